"""Running a program to its end, and what it took."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

LOOKS = 0.03
"""Seconds from one look at a process's threads to the next."""


@dataclass(frozen=True)
class Usage:
    """What a process took."""

    seconds: float
    """From its start to its end."""
    cpu_seconds: float
    """Of all its threads, in user and kernel."""
    peak_mb: float
    """The most memory that was resident at once, in units of 10^6 bytes."""
    stdout: str
    threads: dict[str, float] = field(default_factory=dict)
    """The part of `cpu_seconds` that each name of its threads took, as far as it was seen: to 10 ms a thread."""


class Onlooker(threading.Thread):
    """Sees what the threads of a process have taken, for as long as it is there."""

    def __init__(self, process: int):
        super().__init__(daemon=True)
        self.tasks = Path(f"/proc/{process}/task")
        self.over = threading.Event()
        self.taken: dict[str, tuple[str, float]] = {}

    def run(self) -> None:
        tick = 1 / os.sysconf("SC_CLK_TCK")
        while not self.over.wait(LOOKS):
            for task in self.tasks.glob("*"):
                try:
                    # 123 (name of it) S ...: a name may have spaces in it.
                    before, after = (task / "stat").read_text().rsplit(")", 1)
                except OSError:
                    continue
                user, kernel = after.split()[11:13]
                self.taken[task.name] = (before.split("(", 1)[1], tick * (int(user) + int(kernel)))

    def end(self) -> dict[str, float]:
        """Seconds by the threads' names."""
        self.over.set()
        self.join()
        seconds: Counter[str] = Counter()
        for name, taken in self.taken.values():
            seconds[name] += taken
        return dict(seconds)


def run(command: Sequence[object]) -> Usage:
    """Runs a command to its end. Ends this program, with the command's own words, if it fails."""
    words = [str(word) for word in command]
    with tempfile.TemporaryFile("w+") as complaints:
        start = time.perf_counter()
        child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=complaints, text=True)
        onlooker = Onlooker(child.pid)
        onlooker.start()
        stdout = child.stdout.read()
        # Not Popen.wait: only wait4 tells what this one process used.
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        threads = onlooker.end()
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            complaints.seek(0)
            sys.exit(f"{complaints.read()}\nended with status {child.returncode}: {' '.join(words)}")
    return Usage(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6, stdout, threads)
