"""Shops that count nobody and publish as if they did, many in one process: entries as they come, one message on its
way at a time, and every ten seconds how they are doing."""

import asyncio
import contextlib
import json
import multiprocessing
import os
import random
from datetime import UTC, datetime
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

from hub_link import Link, Refused

BATCH = 200
"""Entries in one message, as `footfall` sends them at most."""
STATE_EVERY = 10
PAUSE = 0.5
"""Seconds until a connection is tried again at first; each next time it is twice as long, up to half a minute."""
LINES = 10


class Plan:
    """What all shops of all processes are to do, and what they have done."""

    def __init__(self) -> None:
        self.rate: Synchronized[float] = multiprocessing.Value("d", 0.0)
        """Entries a second of each shop."""
        self.backlog: Synchronized[int] = multiprocessing.Value("l", 0)
        """Entries that each shop has at once, whenever this rises."""
        self.connected, self.messages, self.entries, self.bytes, self.lost, self.waiting = (
            multiprocessing.Value("l", 0) for _ in range(6)
        )

    def add(self, name: str, number: int) -> None:
        value = getattr(self, name)
        with value.get_lock():
            value.value += number


class Shop:
    """A shop with a ledger that begins empty."""

    def __init__(self, name: str, port: int, seed: str, plan: Plan, samples: list[dict[str, Any]]):
        self.name, self.port, self.seed, self.plan, self.samples = name, port, seed, plan, samples
        self.dice = random.Random(name)
        self.ledger = f"{self.dice.getrandbits(128):032x}"
        self.made = self.kept = self.backlog = 0
        self.news = asyncio.Event()

    async def count(self) -> None:
        """Entries come at random, as people do."""
        while True:
            rate, more = self.plan.rate.value, self.plan.backlog.value - self.backlog
            if more:
                self.backlog += more
                self.put(more)
            if rate == 0:
                await asyncio.sleep(0.5)
                continue
            # A rate that changes meanwhile is seen within a second. Chance has no memory: the wait may begin anew.
            pause = self.dice.expovariate(rate)
            await asyncio.sleep(min(pause, 1.0))
            if pause <= 1.0:
                self.put(1)

    def put(self, number: int) -> None:
        self.made += number
        self.plan.add("waiting", number)
        self.news.set()

    async def publish(self) -> None:
        pause = PAUSE
        while True:
            try:
                link = await Link.reach(self.port, self.seed, self.name)
                try:
                    self.plan.add("connected", 1)
                    pause = PAUSE
                    await self.tell(link)
                finally:
                    self.plan.add("connected", -1)
                    await link.leave()
            except (OSError, TimeoutError, Refused, ValueError):
                self.plan.add("lost", 1)
            await asyncio.sleep(pause * self.dice.uniform(0.5, 1.0))
            pause = min(2 * pause, 30.0)

    async def tell(self, link: Link) -> None:
        due = asyncio.get_running_loop().time() + self.dice.uniform(0, STATE_EVERY)
        while True:
            while self.kept < self.made:
                through = min(self.made, self.kept + BATCH)
                payload = self.batch(self.kept, through)
                await link.keep(f"office.{self.name}.entries", f"{self.ledger} {self.kept}-{through}", payload)
                for name, number in (("messages", 1), ("entries", through - self.kept), ("bytes", len(payload))):
                    self.plan.add(name, number)
                self.plan.add("waiting", self.kept - through)
                self.kept = through
            now = asyncio.get_running_loop().time()
            if now >= due:
                link.tell(f"office.{self.name}.state", self.state())
                due += STATE_EVERY
            self.news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), max(due - now, 0.01))

    def batch(self, after: int, through: int) -> bytes:
        entries = []
        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        for number in range(after + 1, through + 1):
            entry = dict(self.samples[number % len(self.samples)])
            entry |= {"seq": number, "id": f"{self.dice.getrandbits(128):032x}", "at": at, "track": number}
            entry["source"] = f"camera {number % LINES}"
            if "until" in entry:
                entry["until"] = at
            entries.append(entry)
        told = {"version": 1, "ledger": self.ledger, "base": 0, "after": after, "through": through, "entries": entries}
        return json.dumps(told, separators=(",", ":")).encode()

    def state(self) -> bytes:
        sources = [{"name": f"camera {n}", "health": "good", "problems": []} for n in range(LINES)]
        told = {"version": 1, "ledger": self.ledger, "base": 0, "confirmed": self.kept, "head": self.made}
        told |= {"zone": "Europe/Berlin", "program": "0.1.0", "sources": sources}
        return json.dumps(told, separators=(",", ":")).encode()


def main(port: int, keys: dict[str, Path], plan: Plan, samples: list[dict[str, Any]]) -> None:
    """Runs these shops until the process is ended."""
    os.nice(5)

    async def run() -> None:
        shops = [Shop(name, port, key.read_text().strip(), plan, samples) for name, key in keys.items()]
        await asyncio.gather(*(work for shop in shops for work in (shop.count(), shop.publish())))

    asyncio.run(run())


def start(port: int, keys: dict[str, Path], plan: Plan, samples: list[dict[str, Any]], processes: int) -> list:
    """Starts all shops, in so many processes."""
    names, started = list(keys), []
    for index in range(processes):
        own = {name: keys[name] for name in names[index::processes]}
        process = multiprocessing.Process(target=main, args=(port, own, plan, samples), daemon=True)
        process.start()
        started.append(process)
    return started
