"""Training and judging the detector: python -m detector train --set DIR --out detector.onnx"""

import argparse
import sys
from pathlib import Path

from crowd.ingredients import cache_folder


def train(a: argparse.Namespace) -> None:
    from .data import Pictures
    from .train import Recipe, Run

    pictures = Pictures(a.set)
    print(f"{len(pictures.rows)} pictures, {int(pictures.side.sum())} of them side views with people", flush=True)
    recipe = Recipe(
        minutes=a.minutes, steps=a.steps, rate=a.rate, batch=a.batch, side=a.side, seed=a.seed, threads=a.threads
    )
    run = Run(a.start or a.original, a.original, pictures, recipe)
    run.run(a.out, lambda line: print(line, flush=True))


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="detector", description="The detector that sees from above.")
    commands = top.add_subparsers(dest="command", required=True)
    original = cache_folder() / "models" / "nanodet-g.onnx"
    one = commands.add_parser("train", help="fine-tune on made-up pictures")
    one.set_defaults(run=train)
    one.add_argument("--set", type=Path, action="append", required=True, help="folder of pictures (repeatable)")
    one.add_argument("--out", type=Path, required=True, help="float ONNX file to write")
    one.add_argument("--original", type=Path, default=original, help="the network that teaches side views")
    one.add_argument("--start", type=Path, help="weights to begin with (the original)")
    one.add_argument("--minutes", type=float, default=30)
    one.add_argument("--steps", type=int, default=1_000_000)
    one.add_argument("--rate", type=float, default=3e-4)
    one.add_argument("--batch", type=int, default=12)
    one.add_argument("--side", type=int, default=4, help="side views a batch")
    one.add_argument("--seed", type=int, default=0)
    one.add_argument("--threads", type=int, default=2)
    return top


def main() -> int:
    arguments = parser().parse_args()
    arguments.run(arguments)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError) as error:
        print(f"detector: {error}", file=sys.stderr)
        sys.exit(1)
