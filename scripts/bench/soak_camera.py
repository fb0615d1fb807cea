"""A camera that misbehaves on demand: tests/live/server.py, over all its lives."""

import contextlib
import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import setting

# Seconds without people at a loop's end: tracks end, what is undecided is decided.
EMPTY = 4


class Camera:
    """The RTSP server, at one port."""

    def __init__(self, pictures: Path, rate: int, loops: Path) -> None:
        self.pictures, self.port, self.loops = pictures, "0", loops
        self.environment = os.environ | {"RATE": str(rate), "LOOPS": str(loops)}
        self.start()

    def start(self) -> None:
        script = setting.ROOT / "tests/live/server.py"
        command = ["/usr/bin/python3", script, "rtsp", self.pictures, self.port]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.server = subprocess.Popen(command, **pipes, text=True, env=self.environment)
        self.port = self.server.stdout.readline().strip()
        if not self.port:
            sys.exit("soak: tests/live/server.py did not start: are the packages there that scripts/test names?")

    def kill(self) -> None:
        self.server.kill()
        self.server.wait()

    def pause(self, seconds: float) -> None:
        self.server.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.server.send_signal(signal.SIGCONT)

    def tell(self, command: str, seconds: float) -> None:
        """Has the server do something for a while."""
        name = command.split()[0]
        for words in (command, f"{name} 0"):
            self.server.stdin.write(words + "\n")
            self.server.stdin.flush()
            time.sleep(seconds)

    def answer_with_noise(self, seconds: float, chance: random.Random) -> None:
        """Random bytes for whoever connects to the server's port."""
        until = time.monotonic() + seconds
        with socket.create_server(("127.0.0.1", int(self.port))) as listener:
            while (left := until - time.monotonic()) > 0:
                listener.settimeout(left)
                with contextlib.suppress(OSError):
                    client, _ = listener.accept()
                    with client:
                        client.sendall(chance.randbytes(4096))

    def loop_starts(self) -> list[tuple[float, int]]:
        """When each loop began, and its number since the server's client came."""
        rows = (row.split() for row in self.loops.read_text().splitlines())
        return [(float(start), int(loop)) for start, loop in rows]


def inject(camera: Camera, kind: str, chance: random.Random) -> None:
    """Something goes wrong, and is right again."""
    if kind in ("kill", "noise"):
        camera.kill()
        if kind == "noise":
            camera.answer_with_noise(chance.uniform(2, 5), chance)
        else:
            time.sleep(chance.uniform(0, 6))
        camera.start()
    elif kind == "stall":
        camera.pause(chance.uniform(4, 8))
    elif kind == "falter":
        camera.pause(chance.uniform(0.2, 1.5))
    elif kind == "garbage":
        camera.tell(f"garble {10 ** chance.uniform(-5, -2):.6f}", chance.uniform(1, 4))
    else:
        camera.tell("slow 600", chance.uniform(2, 5))


def save_pictures(folder: Path, frames: int, rate: int) -> None:
    """The sample clip's first pictures, as the server wants them, and empty ones."""
    import cv2

    capture = cv2.VideoCapture(str(setting.clip()))
    pictures = itertools.takewhile(lambda read: read[0], (capture.read() for _ in range(frames)))
    shown = [picture for _, picture in pictures]
    empty = shown[0].copy()
    empty[:] = 127
    for number, picture in enumerate([*shown, *[empty] * (EMPTY * rate)]):
        cv2.imwrite(str(folder / f"{number:05}.jpg"), picture)
