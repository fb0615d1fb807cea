"""`python -m reid train|evaluate|export`: the command line, parsed once."""

import argparse
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent


def named_path(text: str):
    """`NAME=PATH` as a pair."""
    name, equals, path = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=PATH")
    if not Path(path).exists():
        raise argparse.ArgumentTypeError(f"{path} does not exist")
    return name, Path(path)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m reid", description="Train, judge and ship the re-ID embedder.")
    commands = top.add_subparsers(dest="command", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--data", type=named_path, action="append", required=True, metavar="NAME=PATH",
        help="a set: folder or tar of IDENTITY/IMAGE; camera numbers are read from the file names of "
        "market1501 and cuhk03 (repeatable)",
    )  # fmt: skip
    common.add_argument("--config", type=Path, default=HERE / "configs/deepsort.toml", help="the recipe (TOML)")
    common.add_argument("--cache", type=Path, default=HERE / ".cache", help="where decoded crops are kept")
    common.add_argument("--threads", type=int, default=2, help="CPU threads")
    run = argparse.ArgumentParser(add_help=False)
    run.add_argument("--run", type=Path, required=True, help="folder of the run: its checkpoint and log")

    train = commands.add_parser("train", parents=[common, run], help="train an embedder")
    train.add_argument("--device", choices=("cpu", "cuda", "mps"), default="cpu")
    train.add_argument("--resume", action="store_true", help="go on from the run's checkpoint")
    judge = commands.add_parser("evaluate", parents=[common], help="figures on people that were not trained on")
    judge.add_argument(
        "--model", type=named_path, action="append", required=True, metavar="NAME=ONNX",
        help="an embedder to judge; the first is the one the page is about (repeatable)",
    )  # fmt: skip
    judge.add_argument("--output", type=Path, required=True, help="the Markdown page to write")
    ship = commands.add_parser("export", parents=[common, run], help="write the ONNX file of a run")
    ship.add_argument("--output", type=Path, required=True, help="the ONNX file to write")
    return top


def check_device(device: str):
    """A device that was asked for and cannot be had is an error, never a silent CPU."""
    import torch

    have = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not have[device]:
        raise SystemExit(f"--device {device}: this machine or this PyTorch has none; try --device cpu")


def main(arguments=None):
    options = parser().parse_args(arguments)
    import torch

    from reid import data
    from reid.config import read_config

    torch.set_num_threads(options.threads)
    config = read_config(options.config)
    if options.command == "train":
        check_device(options.device)
    crops = data.load(dict(options.data), options.cache)
    if options.command == "train":
        from reid.train import train

        train(config, crops, options.run, options.device, options.resume)
    elif options.command == "evaluate":
        from reid.evaluate import evaluate

        evaluate(config, crops, dict(options.model), options.output)
    else:
        from reid.ship import ship

        ship(config, crops, options.run, options.output)


if __name__ == "__main__":
    main()
