#!/usr/bin/env python3
"""Recorded footage from a misbehaving camera, for as long as one likes.

A real RTSP server (GStreamer's, by tests/live/server.py) serves the first pictures of the sample clip in a loop,
a few empty ones after each. The program counts over a line, into a ledger. Meanwhile faults are injected:

  kill     the server is killed, and started again after some seconds
  noise    the same, and in between something else answers at its port, with random bytes
  stall    the server stands still for longer than the program waits
  falter   the server stands still for a moment
  garbage  bytes of the pictures are replaced
  slow     pictures come late

What must hold, or the status is 1: memory and file descriptors stay flat, every fault that lasts is noticed
and got over, read = processed + dropped, and each loop that no fault falls into counts what a loop counts when
the same pictures are read from a folder.

scripts/soak faults prepares what this needs, and runs it.
"""

import argparse
import contextlib
import itertools
import json
import os
import random
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

import setting
from soak_camera import EMPTY, Camera, inject, save_pictures

CONFIG = """
[source]
read_timeout = 3.0
open_timeout = 5.0
retry_first = 0.2
retry_most = 2.0
uncounted_gap = 1.0
"""
# Of the median over the last tenth against that over the second tenth.
MEMORY_RATIO, MEMORY_MB, DESCRIPTORS = 1.05, 10.0, 2
# So many seconds at most until something is counted.
START = 120.0
# A fault may show for so many seconds after it is over.
AFTERMATH = 4.0
LASTING = ("kill", "noise", "stall")


@dataclass
class Seen:
    """What was seen of the program, and done to its camera."""

    resident_mb: list[float] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)
    faults: list[tuple[str, float, float]] = field(default_factory=list)
    """Kind, and from when to when, in seconds since 1970."""

    def sample(self, pid: int) -> None:
        status = Path(f"/proc/{pid}/status").read_text()
        resident = next(int(row.split()[1]) for row in status.splitlines() if row.startswith("VmRSS"))
        self.resident_mb.append(resident * 1024 / 1e6)
        self.descriptors.append(len(os.listdir(f"/proc/{pid}/fd")))

    def times(self, kind: str) -> int:
        return sum(fault == kind for fault, _, _ in self.faults)


def until_it_counts(program: subprocess.Popen, ledger: Path) -> None:
    """Waits for the first frame that was counted: what the program takes up until then is no leak."""
    until = time.monotonic() + START
    while time.monotonic() < until and program.poll() is None and not has_counted(ledger):
        time.sleep(0.2)


def has_counted(ledger: Path) -> bool:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT count(seen) FROM run").fetchone()[0] > 0
    except sqlite3.OperationalError:
        # It is not there yet, or has no tables.
        return False


def watch(camera: Camera, program: subprocess.Popen, arguments: argparse.Namespace) -> Seen:
    """Faults, one after the other, and a sample each second, until the time is over."""
    seen, chance, over = Seen(), random.Random(arguments.seed), threading.Event()
    kinds = itertools.cycle(arguments.faults)

    def trouble() -> None:
        while not over.wait(chance.uniform(0.5, 1.5) * arguments.every):
            kind, start = next(kinds), time.time()
            inject(camera, kind, chance)
            seen.faults.append((kind, start, time.time()))

    troublemaker = threading.Thread(target=trouble)
    troublemaker.start()
    until = time.monotonic() + 60 * arguments.minutes
    while time.monotonic() < until and program.poll() is None:
        seen.sample(program.pid)
        time.sleep(1)
    over.set()
    troublemaker.join()
    # What was lost last comes back.
    time.sleep(2 * AFTERMATH)
    return seen


def count_recorded(pictures: Path, folder: Path, arguments: argparse.Namespace) -> list[Counter]:
    """What the second and the third of three loops count, read from a folder."""
    loops, length = folder / "loops", len(list(pictures.glob("*.jpg")))
    loops.mkdir()
    for number in range(3 * length):
        (loops / f"{number:06}.jpg").symlink_to(pictures / f"{number % length:05}.jpg")
    config, crossings = folder / "recorded.toml", folder / "crossings.jsonl"
    config.write_text(f"[source]\nframe_rate = {arguments.rate}.0\n")
    command = [setting.program(), "run", loops, "--config", config, "--crossings", crossings]
    subprocess.run([*command, *counting(arguments)], check=True, capture_output=True)
    passed = [json.loads(row) for row in crossings.read_text().splitlines()]
    return [
        Counter(f"{row['line']} {row['direction']}" for row in passed if (row["frame"] - 1) // length == loop)
        for loop in (1, 2)
    ]


def counting(arguments: argparse.Namespace) -> list[str]:
    return ["--line", arguments.line, *(["--no-embedder"] if arguments.no_embedder else [])]


@dataclass
class Loops:
    """How loops that no fault falls into were counted."""

    clean: int = 0
    equal: int = 0
    crossings: int = 0
    off: int = 0
    """Crossings too many or too few."""


def compare(
    ledger: Path, starts: list[tuple[float, int]], seen: Seen, recorded: list[Counter], seconds: float
) -> Loops:
    """Each whole loop without a fault, by the ledger, against those that were read from a folder."""
    with contextlib.closing(sqlite3.connect(ledger)) as connection:
        rows = connection.execute("SELECT utc, name || ' ' || direction FROM event WHERE kind = 'crossing'").fetchall()
    loops = Loops()
    for (start, number), (end, following) in itertools.pairwise(starts):
        disturbed = any(begun < end and over + AFTERMATH > start - EMPTY for _, begun, over in seen.faults)
        if number == 0 or following != number + 1 or disturbed or abs(end - start - seconds) > 1:
            continue
        counted = Counter(name for utc, name in rows if start - 1 <= utc / 1e6 < end - 1)
        off = min(((counted - other) + (other - counted)).total() for other in recorded)
        loops.clean += 1
        loops.equal += off == 0
        loops.crossings += counted.total()
        loops.off += off
    return loops


def flat(values: list[float]) -> tuple[float, float]:
    """The medians over the second and the last tenth."""
    tenth = max(1, len(values) // 10)
    return statistics.median(values[tenth : 2 * tenth] or values), statistics.median(values[-tenth:])


def judge(seen: Seen, told: dict, loops: Loops, recorded: list[Counter]) -> dict:
    """What must hold, and whether it does; and the figures."""
    memory, descriptors = flat(seen.resident_mb), flat([float(count) for count in seen.descriptors])
    source, frames = told["sources"][0], told["frames"]
    troubles = {trouble["condition"]: trouble["times"] for trouble in source["troubles"]}
    losses = sum(troubles.get(condition, 0) for condition in ("disconnected", "stalled", "garbled"))
    return {
        "holds": {
            "memory is flat": memory[1] <= max(MEMORY_RATIO * memory[0], memory[0] + MEMORY_MB),
            "file descriptors are flat": descriptors[1] <= descriptors[0] + DESCRIPTORS,
            "every fault that lasts was noticed": losses >= sum(seen.times(kind) for kind in LASTING),
            "frames read = processed + dropped": frames["read"] == frames["processed"] + frames["dropped"],
            "loops without a fault count what the folder counts": loops.clean > 0 and loops.off == 0,
        },
        "memory_mb": memory,
        "descriptors": descriptors,
        "faults": {kind: seen.times(kind) for kind in ("kill", "noise", "stall", "falter", "garbage", "slow")},
        "losses": losses,
        "troubles": troubles,
        "frames": frames,
        "uncounted_seconds": sum(trouble["uncounted_seconds"] for trouble in source["troubles"]),
        "recorded": recorded[0],
        "loops": asdict(loops),
    }


def page(found: dict, told: dict, arguments: argparse.Namespace, used: float) -> str:
    """The result for people."""
    memory, descriptors, frames, loops = (found[name] for name in ("memory_mb", "descriptors", "frames", "loops"))
    faults = ", ".join(f"{times} {kind}" for kind, times in found["faults"].items())
    recorded = ", ".join(f"{count} {name}" for name, count in sorted(found["recorded"].items()))
    rows = [
        ["pictures", f"{frames['read']} read, {frames['processed']} processed, {frames['dropped']} dropped"],
        ["faults", faults],
        ["losses that were noticed", found["losses"]],
        ["uncounted", f"{found['uncounted_seconds']:.0f} s"],
        ["memory, second tenth and last", f"{memory[0]:.1f} MB, {memory[1]:.1f} MB"],
        ["file descriptors, likewise", f"{descriptors[0]:.0f}, {descriptors[1]:.0f}"],
        ["a loop read from a folder", recorded],
        ["loops without a fault", f"{loops['clean']}, of which {loops['equal']} count the same"],
        ["crossings in these", f"{loops['crossings']}, {loops['off']} too many or too few"],
        ["cores used", f"{used / told['seconds']:.2f}"],
    ]
    holds = "\n".join(f"- {what}: **{'yes' if well else 'no'}**" for what, well in found["holds"].items())
    return f"""# Soak

{setting.version()}: {arguments.frames} pictures of the sample clip and {EMPTY} s without people, in a loop over RTSP at
{arguments.rate} a second for {arguments.minutes:g} minutes, with faults. MB of 10^6 bytes.

{holds}

{setting.table(["", "seen"], rows)}

Machine: {setting.machine()}, load {setting.load():.1f}."""


def run(folder: Path, arguments: argparse.Namespace) -> tuple[dict, dict, float]:
    """What was found, the program's own summary, and its processor time in seconds."""
    pictures = arguments.pictures or folder / "pictures"
    if not arguments.pictures:
        pictures.mkdir()
        save_pictures(pictures, arguments.frames, arguments.rate)
    recorded = count_recorded(pictures.resolve(), folder, arguments)
    setting.say(f"a loop of the recording: {dict(recorded[0])}, the next one: {dict(recorded[1])}")
    (folder / "starts").touch()
    camera = Camera(pictures, arguments.rate, folder / "starts")
    config, summary, ledger = (folder / name for name in ("soak.toml", "summary.json", "ledger.db"))
    config.write_text(CONFIG)
    command = [setting.program(), "run", f"front=rtsp://127.0.0.1:{camera.port}/camera", "--config", config]
    command += [*counting(arguments), "--summary", summary, "--ledger", ledger]
    with (folder / "log").open("w") as log:
        program = subprocess.Popen([str(word) for word in command], stderr=log)
        try:
            until_it_counts(program, ledger)
            seen = watch(camera, program, arguments)
        finally:
            program.send_signal(signal.SIGINT)
            _, status, used = os.wait4(program.pid, 0)
            camera.kill()
    if arguments.log:
        shutil.copy(folder / "log", arguments.log)
    if status:
        sys.exit(f"soak: the program ended with status {status}:\n{(folder / 'log').read_text()[-4000:]}")
    told = json.loads(summary.read_text())
    seconds = len(list(pictures.glob("*.jpg"))) / arguments.rate
    loops = compare(ledger, camera.loop_starts(), seen, recorded, seconds)
    return judge(seen, told, loops, recorded), told, used.ru_utime + used.ru_stime


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/soak faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30, help="for how long (%(default)s)")
    parser.add_argument("--rate", type=int, default=10, help="pictures a second (%(default)s)")
    parser.add_argument("--frames", type=int, default=300, help="pictures of a loop (%(default)s)")
    parser.add_argument("--every", type=float, default=90, help="mean seconds between two faults (%(default)s)")
    kinds = ["kill", "noise", "stall", "falter", "garbage", "slow"]
    parser.add_argument("--faults", nargs="+", choices=kinds, default=kinds, help="in this order, over and over (all)")
    parser.add_argument("--seed", type=int, default=1, help="of what is random about them (%(default)s)")
    parser.add_argument("--line", default=setting.DOOR, help="what is counted over (%(default)s)")
    parser.add_argument("--no-embedder", action="store_true", help="track by motion alone")
    parser.add_argument("--pictures", type=Path, help="a folder with 00000.jpg, ..., the last ones without people")
    parser.add_argument("--json", type=Path, help="the figures")
    parser.add_argument("--log", type=Path, help="what the program says")
    return parser.parse_args()


def main() -> None:
    arguments = parse()
    with tempfile.TemporaryDirectory() as folder:
        found, told, used = run(Path(folder), arguments)
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=2) + "\n")
    setting.publish(page(found, told, arguments, used))
    if not all(found["holds"].values()):
        sys.exit("soak: not all that must hold does")


if __name__ == "__main__":
    main()
