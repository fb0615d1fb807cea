#!/usr/bin/env python3
"""Measures what viewers of the live page cost, and the rate of counting beside them.

Each round is a run over twenty loops of the sample clip, as fast as it goes, so that every core is wanted; by motion
alone, so that every frame costs the same. Windows with viewers stand between windows without any, and each is
compared with the two beside it: whatever else the machine does falls on both. The numbers of viewers come in
another order each round. Viewers (onlookers.py) run on the same machine at the lowest priority. On a machine that has
other work, too, rates waver; processor time tells more: what the server's threads and the viewers took, and how many
frames were counted in a second of the other threads' time.
"""

import argparse
import json
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import setting
from memory import long_clip

LOOPS = 20
SETTLE = 1.0
"""Seconds that nothing is measured after a crowd has come or gone."""
LIMITS = """
[serve.limits]
viewers = {viewers}
connections = {connections}
connections_per_address = {connections}
requests_per_second = 10000
"""


@dataclass(frozen=True)
class Window:
    """What a few seconds came to."""

    rate: float
    """Frames counted a second."""
    work: float
    """Frames counted in a second of processor time of the threads that count."""
    server: float
    """Processors that the server's threads took."""
    crowd: float = 0.0
    """Processors that the viewers took."""
    pictures: float = 0.0
    """Pictures a second, of all viewers."""
    megabytes: float = 0.0
    """Of 10^6 bytes, a second, to all viewers."""


class Run:
    """A run with its page."""

    def __init__(self, process: subprocess.Popen, url: str) -> None:
        self.process, self.url = process, url
        self.threads: dict[tuple[str, bool], int] = {}
        self.source = self.state()["id"]

    @property
    def port(self) -> int:
        return int(self.url.rstrip("/").rsplit(":", 1)[1])

    def state(self) -> dict:
        with urllib.request.urlopen(f"{self.url}api/v1/sources", timeout=60) as answer:
            return json.load(answer)["sources"][0]

    def frames(self) -> tuple[int, float]:
        """Frames that were finished, and when that was."""
        status = self.state()["status"]
        if status["health"] == "ended":
            sys.exit("viewers: the clip was over before the measurement: ask for fewer rounds or shorter windows")
        return status["frames"], time.perf_counter()

    def spent(self) -> tuple[float, float]:
        """Seconds of processor time so far of the server's threads and of the others, ended ones included."""
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            try:
                serves = (task / "comm").read_text().strip() == "serve"
                self.threads[task.name, serves] = int((task / "schedstat").read_text().split()[0])
            except (FileNotFoundError, ProcessLookupError):
                continue
        sums = [sum(time for (_, serves), time in self.threads.items() if serves == wanted) for wanted in (True, False)]
        return sums[0] / 1e9, sums[1] / 1e9

    def window(self, seconds: float) -> Window:
        (frames, start), before = self.frames(), self.spent()
        time.sleep(seconds)
        (later, end), after = self.frames(), self.spent()
        server, others = (b - a for a, b in zip(before, after, strict=True))
        return Window((later - frames) / (end - start), (later - frames) / others, server / (end - start))

    def watched(self, seconds: float, viewers: int) -> Window:
        """A window with so many viewers."""
        words = [sys.executable, Path(__file__).with_name("onlookers.py"), self.port, self.source, viewers]
        crowd = subprocess.Popen(map(str, words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if crowd.stdout.readline() != "here\n":
            sys.exit("viewers: the crowd did not get in")
        time.sleep(SETTLE)
        crowd.stdin.write("begin\n")
        crowd.stdin.flush()
        seen = self.window(seconds)
        crowd.stdin.close()
        told = json.loads(crowd.stdout.readline())
        crowd.wait()
        if told["refused"]:
            sys.exit(f"viewers: {len(told['refused'])} of {viewers} were refused: {told['refused'][0]}")
        of = told["seconds"]
        crowd, pictures, megabytes = told["cpu_seconds"] / of, told["pictures"] / of, told["bytes"] / 1e6 / of
        return replace(seen, crowd=crowd, pictures=pictures, megabytes=megabytes)


@contextmanager
def running(most: int) -> Iterator[Run]:
    """A run over the long clip that lets so many viewers in."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "viewers.toml")
        config.write_text(LIMITS.format(viewers=most, connections=2 * most + 50))
        words = [setting.program(), "run", long_clip(LOOPS), "--line", setting.DOOR, "--config", config]
        words += ["--no-embedder", "--serve", "127.0.0.1:0"]
        process = subprocess.Popen(map(str, words), stderr=subprocess.PIPE, text=True)
        try:
            url = next(line.split()[-1] for line in process.stderr if line.startswith("the page is at"))
            run = Run(process, url)
            while run.state()["status"]["frames"] < 100:
                time.sleep(0.2)
            yield run
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate()


def measure(run: Run, numbers: list[int], seconds: float) -> Iterator[tuple[int, Window, Window, Window]]:
    """Each number of viewers with its window, and the windows without viewers beside it."""
    before = run.window(seconds)
    for number in numbers:
        seen = run.watched(seconds, number)
        time.sleep(SETTLE)
        after = run.window(seconds)
        setting.say(
            f"{number} viewers: {seen.rate:.1f} frames/s, alone {before.rate:.1f} and {after.rate:.1f}; "
            f"{seen.pictures:.0f} pictures/s to viewers, {seen.server:.3f} processors"
        )
        yield number, seen, before, after
        before = after


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, nargs="+", default=[1, 8, 32, 100, 200], help="(1 8 32 100 200)")
    parser.add_argument("--rounds", type=int, default=3, help="(3)")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each window (5)")
    arguments = parser.parse_args()
    found = {number: [] for number in arguments.viewers}
    order = random.Random(1)
    for _ in range(arguments.rounds):
        with running(max(arguments.viewers)) as run:
            for number, *window in measure(run, order.sample(arguments.viewers, len(found)), arguments.seconds):
                found[number].append(window)
    setting.publish(report(found, arguments.rounds))


def report(found: dict[int, list[list[Window]]], rounds: int) -> str:
    heads = ["viewers", "rate, of that alone", "lowest, highest", "frames a processor second, likewise",
             "pictures/s each", "MB/s", "server, processors", "viewers, processors",
             "server, ms a picture"]  # fmt: skip
    alone = [window.rate for windows in found.values() for _, *beside in windows for window in beside]
    rates = f"{statistics.median(alone):.1f} frames/s without viewers ({min(alone):.1f} to {max(alone):.1f})"
    parts = [
        "# Viewers of the live page",
        f"{setting.version()}, `footfall run --no-embedder` over the sample clip (768x576) as fast as it goes, "
        f"every core wanted: {rates}. Each window with viewers beside the two without; medians of {rounds}.",
        setting.table(heads, (row(number, windows) for number, windows in found.items())),
        "A picture is encoded once for all; a slow viewer, as all are here while counting wants all processors, "
        "gets fewer of them, each the newest. The server's threads have a lower priority than those that count. "
        "Where the machine has other work, rates waver; processor time does not.",
        f"Machine: {setting.machine()}, with {setting.load():.1f} programs that wanted a core in the last minute.",
    ]
    return "\n\n".join(parts)


def row(number: int, windows: list[list[Window]]) -> list[str]:
    def shares(of: Callable[[Window], float]) -> list[float]:
        return sorted(200 * of(seen) / (of(before) + of(after)) for seen, before, after in windows)

    def median(of: Callable[[Window], float]) -> float:
        return statistics.median(of(seen) for seen, *_ in windows)

    rates = shares(lambda window: window.rate)
    return [
        str(number),
        f"{statistics.median(rates):.1f} %",
        f"{rates[0]:.1f}, {rates[-1]:.1f} %",
        f"{statistics.median(shares(lambda window: window.work)):.1f} %",
        f"{median(lambda window: window.pictures) / number:.1f}",
        f"{median(lambda window: window.megabytes):.1f}",
        f"{median(lambda window: window.server):.3f}",
        f"{median(lambda window: window.crowd):.3f}",
        f"{median(lambda window: 1000 * window.server / max(window.pictures, 1)):.2f}",
    ]


if __name__ == "__main__":
    main()
