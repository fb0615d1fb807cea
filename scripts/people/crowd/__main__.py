"""Making sets: python -m crowd pictures --out DIR --count 2000 --jobs 2"""

import argparse
import sys
import time
from pathlib import Path

from . import pictures
from .ingredients import IngredientError
from .style import STYLES


def size(text: str) -> tuple[int, int]:
    """HEIGHTxWIDTH."""
    height, width = (int(v) for v in text.lower().split("x"))
    return height, width


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="crowd", description="People who do not exist, with exact labels.")
    commands = top.add_subparsers(dest="command", required=True)
    one = commands.add_parser("pictures", help="pictures with boxes")
    one.add_argument("--out", type=Path, required=True, help="folder to add to")
    one.add_argument("--count", type=int, default=1000)
    one.add_argument("--first", type=int, default=0, help="number of the first picture")
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--style", choices=STYLES, default="street")
    one.add_argument("--size", type=size, default=(336, 448), help="HEIGHTxWIDTH (336x448)")
    one.add_argument("--crowd", type=int, default=-1, help="people a picture (by chance)")
    one.add_argument("--jobs", type=int, default=1, help="processes")
    return top


def main() -> int:
    a = parser().parse_args()
    start = time.monotonic()
    for done in pictures.make(a.out, a.seed, a.style, a.first, a.count, a.size, a.crowd, a.jobs):
        if done % 100 == 0 or done == a.count:
            print(f"{done} of {a.count}, {done / (time.monotonic() - start):.1f} a second", flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (IngredientError, OSError) as error:
        print(f"crowd: {error}", file=sys.stderr)
        sys.exit(1)
