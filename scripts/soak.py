#!/usr/bin/python3
"""Serves the sample clip over RTSP in a loop, lets faults happen, and watches the program for N minutes.

The camera is tests/live/server.py, GStreamer's RTSP server. Every so often it is killed and started again,
paused for longer than the program waits, or paused for a moment. What must hold: memory and file
descriptors stay flat, every fault that lasts is followed by a return, and read = processed + dropped. Ends
with status 1 where one of these does not.

    FOOTFALL=target/release/footfall scripts/soak.py --minutes 60 [--json FILE]

Needs Debian's gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-good and python3-opencv (or pictures of your own:
--pictures FOLDER with 00000.jpg and so on).
"""

import argparse
import itertools
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONFIG = """
[source]
read_timeout = 3.0
open_timeout = 5.0
retry_first = 0.2
retry_most = 2.0
"""
# Of the median over the last tenth against that over the second tenth.
MEMORY_RATIO, MEMORY_MB, DESCRIPTORS = 1.05, 10.0, 2


class Camera:
    """The RTSP server, at one port over all its lives."""

    def __init__(self, pictures: Path) -> None:
        self.pictures, self.port = pictures, "0"
        self.start()

    def start(self) -> None:
        command = ["/usr/bin/python3", ROOT / "tests/live/server.py", "rtsp", self.pictures, self.port]
        self.server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = self.server.stdout.readline().strip()
        if not self.port:
            sys.exit("soak: tests/live/server.py did not start")

    def kill(self) -> None:
        self.server.kill()
        self.server.wait()

    def pause(self, seconds: float) -> None:
        self.server.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.server.send_signal(signal.SIGCONT)


def fault(camera: Camera, kind: str, chance: random.Random) -> None:
    """Something goes wrong, and is right again."""
    if kind == "restart":
        camera.kill()
        time.sleep(chance.uniform(0, 6))
        camera.start()
    elif kind == "stall":
        camera.pause(chance.uniform(4, 8))
    else:
        camera.pause(chance.uniform(0.2, 1.5))


def sample(pid: int) -> tuple[float, int]:
    """Resident memory in units of 10^6 bytes, and open file descriptors."""
    status = Path(f"/proc/{pid}/status").read_text()
    resident = next(int(row.split()[1]) for row in status.splitlines() if row.startswith("VmRSS"))
    return resident * 1024 / 1e6, len(os.listdir(f"/proc/{pid}/fd"))


def save_pictures(folder: Path) -> None:
    """The sample clip's pictures, as the server wants them."""
    import cv2

    clip = Path(os.environ.get("FOOTFALL_CACHE", Path.home() / ".cache/footfall"), "clips/vtest.avi")
    capture = cv2.VideoCapture(str(clip))
    for number in itertools.count():
        more, picture = capture.read()
        if not more:
            break
        cv2.imwrite(str(folder / f"{number:05}.jpg"), picture)


def watch(camera: Camera, program: subprocess.Popen, minutes: float, chance: random.Random) -> dict:
    """Faults and samples until the time is over."""
    samples, faults = [], {"restart": 0, "stall": 0, "falter": 0}
    until, next_fault = time.monotonic() + 60 * minutes, time.monotonic() + 20
    while time.monotonic() < until and program.poll() is None:
        samples.append(sample(program.pid))
        if time.monotonic() >= next_fault:
            kind = chance.choice(list(faults))
            faults[kind] += 1
            fault(camera, kind, chance)
            next_fault = time.monotonic() + chance.uniform(10, 30)
        time.sleep(1)
    return {"samples": samples, "faults": faults}


def flat(values: list[float]) -> tuple[float, float]:
    """The medians over the second and the last tenth."""
    tenth = max(1, len(values) // 10)
    return statistics.median(values[tenth : 2 * tenth] or values), statistics.median(values[-tenth:])


def judge(seen: dict, told: dict) -> dict:
    """What must hold, and whether it does."""
    memory = flat([resident for resident, _ in seen["samples"]])
    descriptors = flat([float(count) for _, count in seen["samples"]])
    troubles = {trouble["condition"]: trouble["times"] for trouble in told["sources"][0]["troubles"]}
    losses = troubles.get("disconnected", 0) + troubles.get("stalled", 0) + troubles.get("garbled", 0)
    frames = told["frames"]
    return {
        "memory flat": memory[1] <= max(MEMORY_RATIO * memory[0], memory[0] + MEMORY_MB),
        "descriptors flat": descriptors[1] <= descriptors[0] + DESCRIPTORS,
        "every lasting fault was a loss": losses >= seen["faults"]["restart"] + seen["faults"]["stall"],
        "read = processed + dropped": frames["read"] == frames["processed"] + frames["dropped"],
        "memory_mb": memory,
        "descriptors": descriptors,
        "faults": seen["faults"],
        "losses": losses,
        "frames": frames,
        "uncounted_seconds": sum(t["uncounted_seconds"] for t in told["sources"][0]["troubles"]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pictures", type=Path, help="00000.jpg, 00001.jpg, ... instead of the sample clip's")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not arguments.pictures:
            save_pictures(folder)
        camera = Camera(arguments.pictures or folder)
        config, summary, log = folder / "soak.toml", folder / "summary.json", (folder / "log").open("w")
        config.write_text(CONFIG)
        address = f"rtsp://127.0.0.1:{camera.port}/camera"
        command = [os.environ.get("FOOTFALL", ROOT / "target/release/footfall"), "run", f"front={address}"]
        command += ["--config", config, "--line", "door:384,576,384,0", "--summary", summary]
        program = subprocess.Popen([str(word) for word in command], stderr=log)
        seen = watch(camera, program, arguments.minutes, random.Random(arguments.seed))
        program.send_signal(signal.SIGINT)
        status = program.wait(60)
        camera.kill()
        if status or not summary.exists():
            sys.exit(f"soak: the program ended with status {status}:\n{(folder / 'log').read_text()}")
        found = judge(seen, json.loads(summary.read_text()))
    text = json.dumps(found, indent=2)
    print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n")
    if not all(value for value in found.values() if isinstance(value, bool)):
        sys.exit("soak: not all that must hold does")


if __name__ == "__main__":
    main()
