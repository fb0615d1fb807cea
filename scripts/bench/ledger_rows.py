"""What a ledger holds, read from its file: as shops tell it, and as the office is to have it."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ROWS = """SELECT event.seq, lower(hex(event.identity)), event.kind, event.utc, event.until, source.name, event.name,
    event.direction, event.track, event.frame, event.time, event.detail, event.run
    FROM event JOIN run ON run.id = event.run JOIN source ON source.id = run.source ORDER BY event.seq"""
PLACES = {"crossing": "line", "group": "line", "visit": "zone", "health": "condition", "uncounted": "reason"}


def rows(ledger: Path, sql: str = ROWS) -> list[tuple]:
    connection = sqlite3.connect(f"file:{ledger}?mode=ro", uri=True, timeout=60)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def samples(ledger: Path) -> list[dict[str, Any]]:
    """Its entries in JSON, as a shop tells them."""
    return [told(row) for row in rows(ledger)]


def told(row: tuple) -> dict[str, Any]:
    seq, identity, kind, at, until, source, place, direction, track, frame, time, detail, run = row
    entry = {"seq": seq, "id": identity, "run": run, "source": source, "at": text(at), "kind": kind}
    entry[PLACES[kind]] = place
    if kind == "health":
        entry["raised"] = direction == "raised"
    elif direction is not None:
        entry["direction"] = direction
    more = {"track": track, "frame": frame, "until": None if until is None else text(until)}
    entry |= {name: value for name, value in more.items() if value is not None}
    return entry | {"time": time / 1e6, "detail": json.loads(detail)}


def text(micros: int) -> str:
    return (EPOCH + timedelta(microseconds=micros)).isoformat().replace("+00:00", "Z")


def kept(ledger: Path) -> list[list[Any]]:
    """Its entries in order, in the columns of `KEPT`."""
    found = []
    for seq, identity, kind, at, until, source, place, direction, track, frame, time, detail, run in rows(ledger):
        more = json.loads(detail)
        is_staff = more.pop("staff", None) is not None
        values = [seq, identity, kind, at, until, source, place, direction, track, frame, time, run]
        found.append([*values, is_staff, more])
    return found


KEPT = """SELECT jsonb_build_array(seq, replace(entry.id::text, '-', ''), kind,
    (extract(epoch FROM at) * 1000000)::bigint,
    (extract(epoch FROM until) * 1000000)::bigint, source, place, direction, track, frame,
    round(seconds * 1000000)::bigint, run, staff, detail)
    FROM office.entry JOIN office.shop ON shop.id = entry.shop WHERE shop.name = '{shop}' ORDER BY ledger, seq"""
"""The same of a shop, from the office's database: a row of JSON for each."""


def runs(ledger: Path) -> list[list[Any]]:
    """Its runs in order, in the columns of `RUNS`."""
    sql = """SELECT run.id, source.name, source.recorded, run.began, run.start, run.ended, run.outcome, run.version,
        run.config FROM run JOIN source ON source.id = run.source ORDER BY run.id"""
    return [list(row) for row in rows(ledger, sql)]


RUNS = """SELECT jsonb_build_array(run.id, run.source, run.recorded::integer,
    (extract(epoch FROM run.began) * 1000000)::bigint, (extract(epoch FROM run.start) * 1000000)::bigint,
    (extract(epoch FROM run.ended) * 1000000)::bigint, run.outcome, run.program, run.config)
    FROM office.run JOIN office.ledger ON ledger.id = run.ledger JOIN office.shop ON shop.id = ledger.shop
    WHERE shop.name = '{shop}' ORDER BY run.ledger, run.id"""
"""The same of a shop, from the office's database."""
