"""Where a measurement takes place: files, program, machine; and how a result is written."""

import importlib.metadata
import os
import platform
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCORES = ROOT / "scores"
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


def command(data: Path | None = None) -> str:
    """What started this, as one types it in the repository; `data` is somebody's own folder."""
    script = {"bench/speed.py": "bench/run", "bench/memory.py": "bench/memory", "bench/viewers.py": "bench/viewers",
              "bench/sources.py": "bench/sources", "bench/score.py": "score", "peers/quality.py": "peers/quality",
              "abuse/abuse.py": "abuse/run", "python/compare.py": "python/compare"}  # fmt: skip
    name = "/".join(Path(sys.argv[0]).parts[-2:])
    return shlex.join([f"scripts/{script[name]}", *arguments({"DATA": data} if data else {})])


def arguments(places: dict[str, Path] | None = None, words: list[str] | None = None) -> list[str]:
    """This program's arguments (or `words`) as a page may tell them: without the places of one machine.

    What lies in one of `places` is told from its name on, what lies in the repository as from there, and of
    any other absolute path the last part alone.
    """
    known = {**(places or {}), "": ROOT}

    def shown(text: str) -> str:
        option, equals, value = text.partition("=") if text.startswith("--") else ("", "", text)
        path = Path(value).expanduser()
        for name, place in known.items():
            if value == str(place) or (path.is_absolute() and path.is_relative_to(Path(place).absolute())):
                inside = path.absolute().relative_to(Path(place).absolute())
                return option + equals + (str(Path(name, inside)) if name else str(inside))
        return option + equals + (path.name if path.is_absolute() or ".." in path.parts else value)

    return [shown(word) for word in (sys.argv[1:] if words is None else words)]


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


def publish(text: str, path: Path | None) -> None:
    """To standard output, and into a file if there is one."""
    print(text)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
        say(f"written: {path}")
