#!/usr/bin/env python3
"""The table of what was made: how large it is, what is large in it, and how long a user waits.

usage: report.py OUT STAGE TIMES

OUT has what was made, STAGE the tree of a package; TIMES has a line for each time, "WHAT<tab>SECONDS". Markdown, on
standard output.
"""

import subprocess
import sys
from pathlib import Path

PARTS = {
    "ONNX Runtime": ["usr/lib/footfall/onnxruntime"],
    "the program, with the embedders in it": ["usr/bin/footfall"],
    "OpenCV, four modules": ["usr/lib/footfall/libopencv_*"],
    "FFmpeg and dav1d": ["usr/lib/footfall/libav*", "usr/lib/footfall/libsw*", "usr/lib/footfall/libdav1d*"],
    "two detectors, int8": ["usr/share/footfall/models"],
    "the sample clip": ["usr/share/footfall/clips"],
}
MEGABYTE = 1e6


def size(path: Path) -> int:
    """Bytes of a file, or of all files below a folder."""
    if path.is_symlink():
        return 0
    return path.stat().st_size if path.is_file() else sum(map(size, path.iterdir()))


def table(head: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    """Two columns, the second one of numbers."""
    lines = [head, ("---", "---:"), *rows]
    return "\n".join(f"| {left} | {right} |" for left, right in lines)


def needs(deb: Path) -> str:
    """What the package asks of Debian."""
    return subprocess.check_output(["dpkg-deb", "--field", deb, "Depends"], text=True).strip()


def main(out: Path, stage: Path, times: Path) -> None:
    """Prints it."""
    made = [path for path in sorted(out.iterdir()) if path.is_file()]
    parts = [(name, sum(size(path) for glob in globs for path in stage.glob(glob))) for name, globs in PARTS.items()]
    parts.sort(key=lambda part: -part[1])
    rest = size(stage) - sum(part for _, part in parts)
    parts.append(("all else: completions, man pages, licences, cards", rest))
    waits = [line.split("\t") for line in times.read_text().splitlines()]
    [deb] = out.glob("*.deb")
    print("# Packages\n\nMade by `scripts/package` and `scripts/package --test --report scores/packages.md`.\n")
    print(table(("what", "MB"), [(f"`{path.name}`", f"{path.stat().st_size / MEGABYTE:.1f}") for path in made]))
    print("\nWhat is large in them, unpacked:\n")
    print(table(("part", "MB"), [(name, f"{part / MEGABYTE:.1f}") for name, part in parts]))
    print(f"\nThe Debian package needs: {needs(deb)}.\n\nHow long it takes, on the machine that tried them:\n")
    print(table(("what", "s"), [(what, seconds) for what, seconds in waits]))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
