"""Training and judging the detector: python -m detector train --set DIR --out detector.onnx"""

import argparse
import sys
from pathlib import Path

from crowd.ingredients import cache_folder

from .train import Recipe


def train(a: argparse.Namespace) -> None:
    from .data import Pictures
    from .train import Run

    pictures = Pictures(a.set)
    print(f"{len(pictures.rows)} pictures, {int(pictures.side.sum())} of them side views with people", flush=True)
    recipe = Recipe(
        minutes=a.minutes,
        steps=a.steps,
        rate=a.rate,
        batch=a.batch,
        side=a.side,
        frozen=a.frozen,
        seed=a.seed,
        threads=a.threads,
    )
    run = Run(a.start or a.original, a.original, pictures, recipe)
    run.run(a.out, lambda line: print(line, flush=True))


def judge(a: argparse.Namespace) -> None:
    from .judge import detect, judge_film, judge_set

    for path in a.model:
        detector = detect.Detector(path)
        print(path)
        for folder in a.set:
            print(f"  {folder}")
            for name, s in judge_set(detector, folder, a.limit).items():
                print(
                    f"    {name:12} {s['people']:5} people: AP {s['ap']:.3f}, at .45 recall {s['recall']:.3f} precision"
                    f" {s['precision']:.3f}, boxes a person {s['boxes']:.3f}, phantoms {s['phantoms']:.2f}",
                    flush=True,
                )
        for film, truth in zip(a.video, a.gt, strict=True):
            print(f"  {film.name}: AP {judge_film(detector, film, truth, a.every):.4f}", flush=True)


def export(a: argparse.Namespace) -> None:
    from .export import export

    export(a.model, a.set, a.count, a.ranges, a.out)


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
    one.add_argument("--rate", type=float, default=Recipe.rate)
    one.add_argument("--batch", type=int, default=Recipe.batch)
    one.add_argument("--side", type=int, default=Recipe.side, help="side views a batch")
    one.add_argument("--frozen", type=int, default=Recipe.frozen, help="first convolutions that stay as they are")
    one.add_argument("--seed", type=int, default=0)
    one.add_argument("--threads", type=int, default=2)
    two = commands.add_parser("judge", help="average precision and boxes a person, by view")
    two.set_defaults(run=judge)
    two.add_argument("--model", type=Path, action="append", required=True, help="ONNX file (repeatable)")
    two.add_argument("--set", type=Path, action="append", default=[], help="folder of pictures (repeatable)")
    two.add_argument("--limit", type=int, default=0, help="only so many pictures of a set")
    two.add_argument("--video", type=Path, action="append", default=[], help="film with ground truth (repeatable)")
    two.add_argument("--gt", type=Path, action="append", default=[], help="its MOT ground truth")
    two.add_argument("--every", type=int, default=10, help="frames of films from one to the next")
    three = commands.add_parser("export", help="the int8 file, calibrated on all views")
    three.set_defaults(run=export)
    three.add_argument("--model", type=Path, required=True, help="float ONNX file")
    three.add_argument("--set", type=Path, required=True, help="pictures to measure ranges on")
    three.add_argument("--count", type=int, default=64, help="pictures to measure on")
    three.add_argument("--ranges", type=Path, required=True, help="JSON file to write the ranges to")
    three.add_argument("--out", type=Path, required=True, help="int8 ONNX file to write")
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
