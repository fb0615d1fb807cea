"""Counts an archive of short recordings with several workers that are killed, stopped and out of room, and compares the
result with one machine's, byte for byte; also what the queue costs, and how throughput grows with workers.

Needs Debian's nats-server and postgresql. As root, one worker's scratch folder is a small disk that is filled now and
then.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2

import setting
from archive_house import Disk, House
from engines import Hub, Postgres, until

POISON = 3
LEASE = 4
"""Seconds; the abuse is quicker than with the usual minute."""
WHAT = ("killed", "stopped past the lease", "disk filled", "hub killed", "database killed")
STILL = 600
"""Seconds in which something is counted, or something is wrong."""
LOST = 8
"""Seconds after which a worker that was stopped has lost its job for certain, and goes on."""


def films(folder: Path, count: int, frames: int) -> None:
    """Recordings of so many frames of the sample clip, each from another place of it, and some that are none."""
    folder.mkdir(parents=True)
    capture = cv2.VideoCapture(str(setting.clip()))
    pictures = []
    while (read := capture.read())[0]:
        pictures.append(cv2.imencode(".jpg", read[1], [cv2.IMWRITE_JPEG_QUALITY, 95])[1])
    height, width = cv2.imdecode(pictures[0], cv2.IMREAD_COLOR).shape[:2]
    starts = len(pictures) - frames
    for index in range(count):
        path = str(folder / f"{index:04}.avi")
        writer = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*"MJPG"), 10.0, (width, height))
        first = index * 131 % starts
        for picture in pictures[first : first + frames]:
            writer.write(cv2.imdecode(picture, cv2.IMREAD_COLOR))
        writer.release()


def one_machine(folder: Path, names: list[str]) -> tuple[str, float]:
    """What `footfall run` counts of one recording after the other, on one thread; and the seconds that it takes."""
    out, texts, began = folder / "one.jsonl", [], time.perf_counter()
    for name in names:
        words = [setting.program(), "run", name, "--threads", "1", "--line", setting.DOOR, "--crossings", out]
        subprocess.run(words, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        texts.append(out.read_text())
    return "".join(texts), time.perf_counter() - began


def clean(folder: Path, recordings: Path, count: int) -> dict[str, float]:
    """What so many workers that nobody disturbs make of it."""
    house = House(folder, "")
    try:
        house.archive("submit", recordings, "--line", setting.DOOR)
        began = time.perf_counter()
        summaries = [folder / f"{index}.json" for index in range(count)]
        running = [house.hire(f"w{i}", "--until-empty", "--summary", path) for i, path in enumerate(summaries)]
        for worker in running:
            worker.wait()
        seconds = time.perf_counter() - began
        told = [json.loads(path.read_text()) for path in summaries]
        sums = {key: sum(one[key] for one in told) for key in told[0]}
        return sums | {"seconds": seconds}
    finally:
        house.close()


class Abuse:
    """Kills and stops workers and servers, and fills a disk, and says how often."""

    def __init__(self, house: House, count: int, dice: random.Random):
        self.house, self.count, self.dice = house, count, dice
        self.done = dict.fromkeys(
            ("killed", "stopped past the lease", "disk filled", "hub killed", "database killed"), 0
        )
        self.disk = Disk(house.folder / "disk")
        self.stopped: dict[str, float] = {}

    def hire(self, index: int) -> None:
        is_small = index == 0 and self.disk.is_mounted
        self.house.hire(f"w{index}", scratch=self.disk.folder if is_small else None)

    def until_all_is_counted(self) -> dict[str, int]:
        try:
            for index in range(self.count):
                self.hire(index)
            turn, last, since = 0, None, time.monotonic()
            while (left := self.house.left()) != 0:
                if left != last:
                    last, since = left, time.monotonic()
                if time.monotonic() - since > STILL:
                    sys.exit(f"archive: {left} recordings are not counted, and for {STILL} s none was")
                time.sleep(self.dice.uniform(0.5, 2.0))
                turn += 1
                self.turn(turn)
        finally:
            self.disk.close()
        return self.done

    def turn(self, turn: int) -> None:
        for name, since in list(self.stopped.items()):
            if time.monotonic() - since > LOST:
                self.house.workers[name].send_signal(signal.SIGCONT)
                del self.stopped[name]
        index = self.dice.randrange(self.count)
        name = f"w{index}"
        if turn % 40 == 0:
            self.restart(self.house.hub, "hub killed")
        elif turn % 40 == 20:
            self.restart(self.house.postgres, "database killed")
        elif turn % 10 == 5 and self.disk.is_mounted:
            if self.disk.filler.exists():
                self.disk.clear()
            else:
                self.disk.fill()
                self.done["disk filled"] += 1
        elif name in self.stopped:
            return
        elif turn % 5 == 0 and len(self.stopped) < self.count // 3:
            self.house.workers[name].send_signal(signal.SIGSTOP)
            self.stopped[name] = time.monotonic()
            self.done["stopped past the lease"] += 1
        elif turn % 3 == 0:
            self.house.workers[name].kill()
            self.house.workers[name].wait()
            self.hire(index)
            self.done["killed"] += 1
        elif self.house.workers[name].poll() is not None:
            self.hire(index)

    def restart(self, server: Hub | Postgres, what: str) -> None:
        server.kill()
        server.start()
        self.done[what] += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recordings", type=int, default=500)
    parser.add_argument("--frames", type=int, default=20, help="of each recording (default: 20)")
    parser.add_argument("--workers", type=int, default=6)
    parser.add_argument("--few", type=int, default=60, help="recordings by which throughput is measured (default: 60)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        setting.say("making recordings...")
        films(folder / "rec", options.recordings, options.frames)
        names = sorted(f"rec/{path.name}" for path in (folder / "rec").iterdir())
        setting.say("counting them on one machine...")
        expected, alone = one_machine(folder, names)
        few = folder / "few" / "rec"
        few.mkdir(parents=True)
        for name in names[: options.few]:
            os.link(folder / name, few / Path(name).name)
        setting.say("with workers that nobody disturbs...")
        several = sorted({1, 2, options.workers})
        runs = {count: clean(folder / f"clean-{count}", few, count) for count in several}
        long = folder / "long" / "rec"
        long.mkdir(parents=True)
        os.link(setting.clip(), long / "clip.avi") if same_disk(folder) else copy(setting.clip(), long / "clip.avi")
        one = clean(folder / "clean-long", long, 1)
        for index in range(POISON):
            (folder / "rec" / f"poison {index}.avi").write_bytes(random.Random(index).randbytes(50_000))
        setting.say("with workers that are abused...")
        house = House(folder / "abused", f"lease_seconds = {LEASE}.0\ntries = 8\npause_seconds = 0.0\n")
        try:
            house.archive("submit", folder / "rec", "--line", setting.DOOR)
            began = time.perf_counter()
            done = Abuse(house, options.workers, random.Random(options.seed)).until_all_is_counted()
            abused = time.perf_counter() - began
            found = house.archive("export", "--partial")
            status = json.loads(house.archive("status", "--json", check=False))
            sql = "SELECT outcome, count(*) FROM archive.attempt GROUP BY 1 ORDER BY 1"
            outcomes = dict(until("outcomes", lambda: house.postgres.ask(sql)))
        finally:
            house.close()
    verdict = "the same, byte for byte" if found == expected else "DIFFERENT"
    setting.publish(page(options, expected, alone, runs, one, (verdict, done, outcomes, status, abused)))
    if found != expected or status["alarms"] or status["dead"] != POISON:
        sys.exit("archive: the merged result is not that of one machine")


def same_disk(folder: Path) -> bool:
    return folder.stat().st_dev == setting.clip().stat().st_dev


def copy(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes())


def page(options: argparse.Namespace, expected: str, alone: float, runs: dict, one: dict, abused: tuple) -> str:
    """The table."""
    verdict, done, outcomes, status, seconds = abused
    each = alone / options.recordings

    def cost(run: dict[str, float]) -> str:
        return f"{100 * run['queue_seconds'] / (run['counting_seconds'] + run['fetching_seconds']):.2f}%"

    base = runs[1]["done"] / runs[1]["seconds"]
    rows = [
        [
            f"{count}",
            f"{run['done']:.0f}",
            f"{run['seconds']:.1f}",
            f"{run['done'] / run['seconds']:.2f}",
            f"{run['done'] / run['seconds'] / base:.2f}",
            cost(run),
        ]
        for count, run in runs.items()
    ]
    heads = ["workers", "recordings", "seconds", "recordings/s", "times one worker", "queue, of the work"]
    milliseconds = 1e3 * runs[1]["queue_seconds"] / runs[1]["done"]
    lines = [
        "# An archive counted by several workers",
        f"{setting.version()}. Recordings are {options.frames} frames (768x576) of the sample clip each; every worker "
        "has one thread. Debian's nats-server and PostgreSQL run on the same machine, with their promises to the disk. "
        f"Machine: {setting.machine()}, load {setting.load():.1f} from others' work and this.",
        "## Nobody disturbs them",
        f"One machine without a queue, `footfall run` for each recording: {each:.2f} s a recording.",
        setting.table(heads, rows),
        f"One worker needs {milliseconds:.0f} ms of queue and database for a recording, however long that is: of the "
        f"whole clip (795 frames, {one['counting_seconds']:.1f} s) it is {cost(one)} of the work. What the queue takes "
        "is all from asking for a job to the answer that it is done, and what is told meanwhile.",
        "## They are abused",
        f"{options.workers} workers, {options.recordings} recordings and {POISON} files that are none; leases of "
        f"{LEASE} s; {seconds:.0f} s in all.",
        setting.table(["what", "times"], [[what, str(times)] for what, times in done.items()]),
        setting.table(["takings of a job", "number"], [[what or "open", number] for what, number in outcomes.items()]),
        setting.table(
            ["result", ""],
            [
                ["merged crossings beside those of one machine", verdict],
                ["crossings", f"{expected.count(chr(10)):,}"],
                ["recordings counted", str(status["done"])],
                ["dead letters", str(status["dead"])],
                ["alarms", str(len(status["alarms"]))],
            ],
        ),
    ]
    return "\n\n".join(lines)


if __name__ == "__main__":
    main()
