"""Running a program to its end, and what it took."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass


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


def run(command: Sequence[object]) -> Usage:
    """Runs a command to its end. Ends this program, with the command's own words, if it fails."""
    words = [str(word) for word in command]
    with tempfile.TemporaryFile("w+") as complaints:
        start = time.perf_counter()
        child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=complaints, text=True)
        stdout = child.stdout.read()
        # Not Popen.wait: only wait4 tells what this one process used.
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            complaints.seek(0)
            sys.exit(f"{complaints.read()}\nended with status {child.returncode}: {' '.join(words)}")
    return Usage(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6, stdout)
