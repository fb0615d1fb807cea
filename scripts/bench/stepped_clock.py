"""A clock that can be set for some programs alone, while they run."""

import mmap
import os
import struct
import subprocess
from pathlib import Path


class Clock:
    """A clock that is off by so many seconds for whoever is started with its environment."""

    library: Path | None = None

    def __init__(self, file: Path):
        file.write_bytes(bytes(8))
        file.chmod(0o644)
        self.environment = {"LD_PRELOAD": str(self.library), "STEPPED_CLOCK": str(file)}
        with file.open("r+b") as opened:
            self.map = mmap.mmap(opened.fileno(), 8)
        self.seconds = 0

    @classmethod
    def build(cls, folder: Path) -> None:
        """Compiles what is preloaded: once, before the first clock."""
        cls.library = folder / "stepped_clock.so"
        source = Path(__file__).with_suffix(".c")
        compiler = os.environ.get("CC", "cc")
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", cls.library, source], check=True)
        cls.library.chmod(0o755)

    def set(self, seconds: int) -> None:
        self.seconds = seconds
        self.map[:] = struct.pack("=q", seconds)
