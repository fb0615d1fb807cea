"""A head office under the messages of a thousand shops, and of more and more of them: how many it takes, how far it is
behind, and in how much memory; and what follows on paper for a year.

The shops are simulated: they count nobody, and send what `footfall` sends, each over a connection of its own with a key
of its own, entries as people come at random. What an entry says is taken from a run over the sample clip. nats-server,
PostgreSQL and `footfall office` are the real ones, on one machine with the shops.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from pathlib import Path

import ledger_rows
import office_shops
import setting
from engines import until
from hub_link import Link
from office_load_page import is_sustained, page
from office_paper import Sizes
from office_town import Town, cpu, memory, memory_of_all

SETTLE = 5
"""Seconds after another rate before anything is measured."""
WALLS = ["--line", setting.DOOR, "--line", "left:192,576,192,0", "--line", "right:576,576,576,0"]


class Lag(threading.Thread):
    """Sees how far the database is behind the hub: for how long the oldest message that is not committed has been at
    the hub, to a fifth of a second."""

    LOOK_EVERY = 0.2

    def __init__(self, town: Town):
        super().__init__(daemon=True)
        self.town, self.over = town, threading.Event()
        self.seconds: list[float] = []
        self.last = self.position = 0

    def run(self) -> None:
        asyncio.run(self.look())

    async def look(self) -> None:
        seed = self.town.key("office").read_text().strip()
        link = await Link.reach(self.town.hub.port, seed, "office")
        psql = Position(self.town)
        came: deque[tuple[int, float]] = deque()
        while not self.over.is_set():
            # The position first: what comes between the two is not behind.
            position = await asyncio.to_thread(psql.ask)
            try:
                info = await link.ask("$JS.API.STREAM.INFO.OFFICE")
            except TimeoutError:
                # The hub is busy. What is behind is seen with the next look.
                continue
            now = time.monotonic()
            self.position, self.last = position, info["state"]["last_seq"]
            came.append((self.last, now))
            while len(came) > 1 and came[0][0] <= position:
                came.popleft()
            self.seconds.append(now - came[0][1] if came[0][0] > position else 0.0)
            await asyncio.sleep(self.LOOK_EVERY)
        await link.leave()

    def take(self) -> list[float]:
        seconds, self.seconds = self.seconds, []
        return sorted(seconds) or [0.0]


class Position:
    """A psql that stays, since one for every look would cost more than what is looked at."""

    def __init__(self, town: Town):
        words = [
            "psql",
            "-X",
            "-A",
            "-t",
            "-q",
            "-U",
            "office",
            "-d",
            "postgres",
            "-h",
            town.folder / "postgres/socket",
        ]
        self.running = subprocess.Popen([*map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self) -> int:
        self.running.stdin.write("SELECT coalesce(max(sequence), 0) FROM office.position;\n")
        self.running.stdin.flush()
        return int(self.running.stdout.readline())


class Trial:
    """The office, and what is seen of it."""

    def __init__(self, town: Town, plan: office_shops.Plan, options: argparse.Namespace):
        self.town, self.plan, self.options = town, plan, options
        self.lag = Lag(town)
        self.lag.start()

    def rate(self) -> float:
        """Entries a second of one shop in the busiest hour."""
        o = self.options
        return o.cameras * o.people * o.entries * o.peak / (o.hours * 3600)

    def step(self, factor: float) -> dict[str, float]:
        """So many times as many entries as real shops send, for some time."""
        self.plan.rate.value = factor * self.rate()
        time.sleep(SETTLE)
        self.lag.take()
        before, began = self.seen(), time.monotonic()
        time.sleep(self.options.seconds)
        after, seconds = self.seen(), time.monotonic() - began
        told = {key: (after[key] - before[key]) / seconds for key in before}
        lags = self.lag.take()
        shown, page_seconds = timed(lambda: self.town.get("api/v1/shops"))
        told |= {
            "factor": factor,
            "median": statistics.median(lags),
            "most": lags[-1],
            "at_end": lags and (self.lag.seconds or lags)[-1],
            "office_mb": memory(self.town.office.pid),
            "hub_mb": memory(self.town.hub.running.pid),
            "postgres_mb": memory_of_all(self.town.postgres.running.pid),
            "page": page_seconds if shown else float("nan"),
            "unsent": self.plan.waiting.value,
        }
        setting.say(
            f"{factor:g} times: {told['entries']:.0f} entries/s in {told['messages']:.0f} messages/s, "
            f"{told['committed']:.0f} messages/s committed, {told['median']:.1f} s behind"
        )
        return told

    def seen(self) -> dict[str, float]:
        return {
            "messages": self.plan.messages.value,
            "entries": self.plan.entries.value,
            "bytes": self.plan.bytes.value,
            "committed": self.lag.position,
            "office_cpu": cpu(self.town.office.pid),
            "hub_cpu": cpu(self.town.hub.running.pid),
        }

    def drained(self, patience: float) -> float:
        """Waits until everything is sent and committed; how long that took."""
        began = time.monotonic()
        until("all is sent", lambda: True if self.plan.waiting.value == 0 else None, patience)
        time.sleep(2 * Lag.LOOK_EVERY)
        until("all is committed", lambda: self.is_committed() or None, patience)
        return time.monotonic() - began

    def is_committed(self) -> bool:
        if not self.lag.is_alive():
            sys.exit("error: nobody looks any longer how far the database is behind: see the error above")
        # Of nothing there is nothing to wait for.
        return self.plan.entries.value == 0 or self.lag.position >= self.lag.last > 0

    def backlog(self, entries: int, is_open: bool) -> dict[str, float]:
        """Every shop has so many entries at once, as after an outage. Where the office is not open, the hub has them
        all before it is."""
        self.plan.rate.value = 0.0
        self.drained(3600)
        if not is_open:
            self.town.stop()
        before, began = self.seen_sent(), time.monotonic()
        self.plan.backlog.value += entries
        time.sleep(1.5)
        if not is_open:
            until("the hub has it", lambda: True if self.plan.waiting.value == 0 else None, 3600)
            sent = time.monotonic() - began
            began = time.monotonic()
            self.town.open()
        self.drained(3600)
        seconds = time.monotonic() - began
        after = self.seen_sent()
        told = {key: after[key] - before[key] for key in before} | {"seconds": seconds}
        told["sent_seconds"] = sent if not is_open else seconds
        setting.say(f"{told['entries']:,.0f} entries at once, in {seconds:.0f} s")
        return told

    def seen_sent(self) -> dict[str, float]:
        return {
            "messages": self.plan.messages.value,
            "entries": self.plan.entries.value,
            "bytes": self.plan.bytes.value,
        }


def timed(work):
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def entries_of_the_clip(folder: Path, frames: int) -> list[dict]:
    ledger = folder / "sample.db"
    words = [setting.program(), "run", setting.clip(), "--ledger", ledger, "--max-frames", frames, *WALLS]
    done = subprocess.run([*map(str, words)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"error: {done.stderr}")
    return ledger_rows.samples(ledger)


def check(town: Town, plan: office_shops.Plan) -> None:
    """Everything that the hub has confirmed is in the database, once, and nothing is missing."""
    counts = {
        "SELECT count(*) FROM office.entry": plan.entries.value,
        "SELECT count(*) FROM office.received": plan.entries.value,
        "SELECT count(*) FROM office.refused": 0,
        "SELECT count(*) FROM office.conflict": 0,
        "SELECT count(*) FROM office.ledger WHERE have <> int8multirange(int8range(1, head + 1))": 0,
        "SELECT count(*) FROM office.gap WHERE closed IS NULL": 0,
    }
    for sql, wanted in counts.items():
        if (found := town.number(sql)) != wanted:
            sys.exit(f"error: {sql} gives {found}, and is to give {wanted}")


def sizes(town: Town, plan: office_shops.Plan, hub_bytes: float) -> Sizes:
    town.postgres.ask("VACUUM ANALYZE")
    entries = plan.entries.value
    tables = town.number(
        "SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables WHERE schemaname = 'office'"
    )
    wal = town.number("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")
    index = town.number("SELECT pg_relation_size('office.received_by_event')")
    measured = (plan.bytes.value, hub_bytes * entries, tables, wal, index)
    return Sizes(entries / plan.messages.value, *(number / entries for number in measured))


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--shops", type=int, default=1000)
    add("--seconds", type=float, default=60, help="that each rate is held (default: 60)")
    add("--factors", default="1,2,4,8", help="times what real shops send in their busiest hour (default: 1,2,4,8)")
    add("--backlog", type=int, default=400, help="entries of each shop after an outage (default: 400)")
    add("--cameras", type=float, default=10, help="of a shop (default: 10)")
    add("--people", type=float, default=500, help="that pass a camera in a day (default: 500)")
    add("--entries", type=float, default=3.6, help="that the ledger has of each (default: 3.6)")
    add("--hours", type=float, default=12, help="that a shop is open (default: 12)")
    add("--peak", type=float, default=2, help="the busiest hour, of the mean (default: 2)")
    add("--senders", type=int, default=2, help="processes that the shops are in (default: 2)")
    add("--frames", type=int, default=795, help="of the sample clip, for what entries say (default: 795)")
    return parser.parse_args()


def main() -> None:
    options = parsed()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        setting.say("counting the sample clip...")
        samples = entries_of_the_clip(folder, options.frames)
        names = [f"shop-{number:04}" for number in range(options.shops)]
        setting.say(f"enrolling {len(names)} shops...")
        town = Town(folder / "town", names)
        shops = []
        try:
            town.open()
            until("the office's page", lambda: town.get("healthz"))
            until("the office reads", lambda: town.number("SELECT 1 FROM office.shop LIMIT 1") or True)
            plan = office_shops.Plan()
            shops = office_shops.start(
                town.hub.port, {name: town.key(name) for name in names}, plan, samples, options.senders
            )
            until("all shops are connected", lambda: True if plan.connected.value == len(names) else None)
            trial = Trial(town, plan, options)
            first = trial.backlog(1, is_open=True)
            steps = []
            for factor in map(float, options.factors.split(",")):
                steps.append(trial.step(factor))
                if not is_sustained(steps[-1]):
                    break
            waves = [trial.backlog(options.backlog, is_open) for is_open in (True, False)]
            check(town, plan)
            stored = asyncio.run(bytes_at_the_hub(town, plan, trial, options))
            text = page(options, trial.rate(), (steps, waves, first), len(samples), sizes(town, plan, stored))
        finally:
            for process in shops:
                process.terminate()
            town.close()
    setting.publish(text)


async def bytes_at_the_hub(town: Town, plan: office_shops.Plan, trial: Trial, options: argparse.Namespace) -> float:
    """What the hub's disk holds of an entry that comes alone, while the office is away."""
    town.stop()
    link = await Link.reach(town.hub.port, town.key("office").read_text().strip(), "office")
    before = plan.entries.value
    plan.rate.value = trial.rate()
    await asyncio.sleep(10)
    plan.rate.value = 0
    until("all is sent", lambda: True if plan.waiting.value == 0 else None)
    info = await link.ask("$JS.API.STREAM.INFO.OFFICE")
    await link.leave()
    town.open()
    return info["state"]["bytes"] / (plan.entries.value - before)


if __name__ == "__main__":
    main()
