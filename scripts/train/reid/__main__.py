"""`python -m reid COMMAND`: the command line, parsed once."""

import argparse
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
DEVICES = ("cpu", "cuda", "mps")


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
    common.add_argument("--config", type=Path, help="the recipe (TOML); by default that of the command, or of its run")
    common.add_argument("--cache", type=Path, default=HERE / ".cache", help="where decoded crops are kept")
    common.add_argument("--threads", type=int, default=2, help="CPU threads")
    run = argparse.ArgumentParser(add_help=False)
    run.add_argument("--run", type=Path, required=True, help="folder of the run: its checkpoint and log")

    train = commands.add_parser("train", parents=[common, run], help="train an embedder")
    train.add_argument("--device", choices=DEVICES, default="cpu")
    train.add_argument("--resume", action="store_true", help="go on from the run's checkpoint")
    judge = commands.add_parser("evaluate", parents=[common], help="figures on people that were not trained on")
    judge.add_argument(
        "--model", type=named_path, action="append", required=True, metavar="NAME=ONNX",
        help="an embedder to judge; the first is the one the page is about (repeatable)",
    )  # fmt: skip
    judge.add_argument("--output", type=Path, required=True, help="the Markdown page to write")
    judge.add_argument("--json", type=Path, help="also write all figures here")
    judge.add_argument("--large", action="store_true", help="also judge ImageNet's MobileNetV2 at its own 224x224")
    lab = commands.add_parser("compare", parents=[common, run], help="train every loss and network, and tabulate them")
    lab.add_argument("--device", choices=DEVICES, default="cpu")
    lab.add_argument("--output", type=Path, required=True, help="the Markdown page to write")
    ship = commands.add_parser("export", parents=[common, run], help="write the ONNX file of a run")
    ship.add_argument("--output", type=Path, required=True, help="the ONNX file to write")
    ship.add_argument("--precision", choices=("fp32", "fp16", "int8"), default="fp16", help="of the weights stored")
    looks = commands.add_parser("report", parents=[common, run], help="a run as one HTML page of pictures")
    looks.add_argument("--output", type=Path, required=True, help="the HTML file; it shows crops of people: keep it")
    card = commands.add_parser("card", parents=[common, run], help="the model card of an exported file")
    card.add_argument("--model", type=Path, required=True, help="the ONNX file that was exported from the run")
    card.add_argument("--output", type=Path, required=True, help="the Markdown page to write")
    return top


RECIPES = {"train": "mobilenet.toml", "evaluate": "mobilenet.toml", "compare": "lab.toml"}


def recipe(options):
    """The recipe that was given; else the command's own, or the one that the run was trained by."""
    from reid import checkpoint
    from reid.config import from_dict, read_config

    if options.config or options.command in RECIPES:
        return read_config(options.config or HERE / "configs" / RECIPES[options.command])
    return from_dict(checkpoint.load(options.run)["config"], str(options.run))


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

    torch.set_num_threads(options.threads)
    config = recipe(options)
    check_device(getattr(options, "device", "cpu"))
    crops = data.load(dict(options.data), options.cache)
    match options.command:
        case "train":
            from reid.train import train

            train(config, crops, options.run, options.device, options.resume)
        case "compare":
            from reid.compare import compare

            compare(config, crops, options.run, options.device, options.output)
        case "evaluate":
            from reid.evaluate import evaluate

            evaluate(config, crops, dict(options.model), options.output, options.large, options.json)
        case "export":
            from reid.ship import ship

            ship(config, crops, options.run, options.output, options.precision)
        case "report":
            from reid.report import report

            report(config, crops, options.run, options.output)
        case "card":
            from reid.card import card

            card(config, crops, options.run, options.model, options.output)


if __name__ == "__main__":
    main()
