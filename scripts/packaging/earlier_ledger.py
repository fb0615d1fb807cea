#!/usr/bin/env python3
"""A ledger as an earlier program has left it: with tables of version 4, and three crossings of a camera.

usage: earlier_ledger.py SCHEMA OUTPUT

SCHEMA is crates/ledger/src/schema.
"""

import sqlite3
import sys
from pathlib import Path

VERSION = 4
APPLICATION_ID = 0x466F6F74
"""By this a file is known as a ledger."""
START = 1_772_359_200_000_000
"""2026-03-01T10:00:00Z, in microseconds."""


def main(schema: Path, output: Path) -> None:
    """Makes it by the scripts that the program itself goes by."""
    output.unlink(missing_ok=True)
    connection = sqlite3.connect(output)
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.executescript((schema / "v1.sql").read_text())
    connection.execute("INSERT INTO source VALUES (1, 'live:camera', 'camera', 0, NULL)")
    run = (1, b"\x01" * 16, 1, START, START, START + 9_000_000, START + 10_000_000, "stopped", "0.1.0", "c")
    connection.execute("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", run)
    for number in range(1, 4):
        time = START + number * 1_000_000
        event = (number, bytes([number] * 16), 1, "crossing", time, None, "door", "in", number, number, number, "{}")
        connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", event)
    for version in range(2, VERSION + 1):
        connection.executescript((schema / f"v{version}.sql").read_text())
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.commit()
    connection.close()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
