"""Making sets: python -m crowd pictures --out DIR --count 2000 --jobs 2"""

import argparse
import sys
import time
from pathlib import Path

from . import crops, film, pictures, walks
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
    one.set_defaults(run=make_pictures)
    two = commands.add_parser("crops", help="crops of people before many cameras, for an embedder")
    two.add_argument("--out", type=Path, required=True, help="folder to add to")
    two.add_argument("--people", type=int, default=500)
    two.add_argument("--first", type=int, default=0, help="number of the first person")
    two.add_argument("--images", type=int, default=12, help="crops a person")
    two.add_argument("--cameras", type=int, default=60)
    two.add_argument("--seed", type=int, default=1)
    two.add_argument("--style", choices=STYLES, default="street")
    two.add_argument("--jobs", type=int, default=1, help="processes")
    two.add_argument("--twins", type=float, default=0, help="share dressed as somebody else but for one thing (0)")
    two.add_argument("--without", choices=crops.LEFT_OUT, action="append", default=[], help="may be repeated")
    two.set_defaults(run=make_crops)
    three = commands.add_parser("film", help="a film of an entrance with ground truth and passages")
    three.add_argument("--out", type=Path, required=True, help="folder to write to")
    three.add_argument("--seed", type=int, default=1)
    three.add_argument("--view", choices=film.VIEWS, default="steep")
    three.add_argument("--seconds", type=float, default=20)
    three.add_argument("--rate", type=float, default=10, help="frames a second")
    three.add_argument("--people", type=int, default=6)
    three.add_argument("--together", type=float, default=0, help="share of people who come with others (0)")
    three.add_argument("--size", type=size, default=(336, 448), help="HEIGHTxWIDTH (336x448)")
    three.add_argument("--style", choices=STYLES, default="street")
    three.set_defaults(run=make_film)
    four = commands.add_parser("walks", help="boxes of people at a door, without pixels, with who came together")
    four.add_argument("--out", type=Path, required=True, help="folder to add to")
    four.add_argument("--seeds", default="1-3", help="FIRST-LAST")
    four.add_argument("--people-a-minute", default="6,20,45", help="each in a folder of its own")
    four.add_argument("--seconds", type=float, default=180)
    four.set_defaults(run=make_walks)
    return top


def tell(done: int, count: int, start: float) -> None:
    """A line from time to time."""
    if done % 100 == 0 or done == count:
        print(f"{done} of {count}, {done / (time.monotonic() - start):.1f} a second", flush=True)


def make_pictures(a: argparse.Namespace) -> None:
    start = time.monotonic()
    for done in pictures.make(a.out, a.seed, a.style, a.first, a.count, a.size, a.crowd, a.jobs):
        tell(done, a.count, start)


def make_crops(a: argparse.Namespace) -> None:
    start = time.monotonic()
    made = crops.Made(a.seed, a.style, frozenset(a.without), a.twins)
    for done in crops.make(a.out, made, a.people, a.images, a.cameras, a.jobs, a.first):
        tell(done, a.people * a.images, start)


def make_film(a: argparse.Namespace) -> None:
    entrance = film.Entrance(a.seed, a.view, a.seconds, a.rate, a.people, a.size, a.style, together=a.together)
    truth = film.make(a.out, entrance)
    print(f"{a.out}/film.avi: --line {truth['line']}, {len(truth['passages'])} passages in truth.json")


def make_walks(a: argparse.Namespace) -> None:
    first, _, last = a.seeds.partition("-")
    rates = [float(rate) for rate in a.people_a_minute.split(",")]
    for folder in walks.write(a.out, range(int(first), int(last or first) + 1), rates, a.seconds):
        print(folder, flush=True)


def main() -> int:
    arguments = parser().parse_args()
    arguments.run(arguments)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (IngredientError, OSError, ValueError) as error:
        print(f"crowd: {error}", file=sys.stderr)
        sys.exit(1)
