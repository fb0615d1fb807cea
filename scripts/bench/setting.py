"""Where a measurement takes place: files, program, machine; and how a result is written."""

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EMBEDDER = ROOT / "models" / "reid-mobilenet-128.onnx"

# Upwards through the middle of the sample clip: left to right is `in`.
DOOR = "door:384,576,384,0"


def cached(name: str) -> Path:
    """A file that scripts/setup has put into the cache."""
    return Path(os.environ["FOOTFALL_CACHE"], name)


def clip() -> Path:
    """The sample clip: 768x576, 10 frames a second, 795 frames."""
    return cached("clips/vtest.avi")


def program() -> Path:
    """The program to measure."""
    return Path(os.environ["FOOTFALL"])


def version() -> str:
    """The program's name and version."""
    return subprocess.run([program(), "--version"], check=True, capture_output=True, text=True).stdout.strip()


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))


def load() -> float:
    """Programs that wanted a core during the last minute, on average."""
    return os.getloadavg()[0]


def machine() -> str:
    """Processor, cores and system."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [row.partition(":")[2].strip() for row in cpuinfo.read_text().splitlines() if "model name" in row]
        model = names[0] if names else model
    return f"{model}, {cores()} cores, {platform.system()} {platform.release()}"


def packages(*names: str) -> str:
    """Python and packages with their versions."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in names]
    return ", ".join([f"Python {platform.python_version()}", *versions])


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table, the first column to the left and the others to the right, as wide as they need."""
    cells = [list(heads), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = ["| " + " | ".join(pad(row, widths)) + " |" for row in cells]
    rule = "|" + "|".join("-" * (w + 2) if i == 0 else "-" * (w + 1) + ":" for i, w in enumerate(widths)) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def pad(row: list[str], widths: list[int]) -> list[str]:
    return [cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))]


def say(text: str) -> None:
    """Progress, for people; on a terminal it does not outlive the next line."""
    width = shutil.get_terminal_size().columns - 1
    print(text[:width] if sys.stderr.isatty() else text, file=sys.stderr, flush=True)


def publish(text: str) -> None:
    """To standard output: `scripts/measure` keeps it."""
    print(text)
