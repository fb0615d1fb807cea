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
    ship.add_argument(
        "--precision", choices=("fp32", "fp16", "int8"),
        help="of the weights stored; by default fp16, and fp32 where fp16 embeds differently",
    )  # fmt: skip
    looks = commands.add_parser("report", parents=[common, run], help="a run as one HTML page of pictures")
    looks.add_argument("--output", type=Path, required=True, help="the HTML file; it shows crops of people: keep it")
    card = commands.add_parser("card", parents=[common, run], help="the model card of an exported file")
    card.add_argument("--model", type=Path, required=True, help="the ONNX file that was exported from the run")
    card.add_argument("--output", type=Path, required=True, help="the Markdown page to write")
    card.add_argument("--notes", type=Path, help="Markdown that goes into the card before its limits")
    mix = commands.add_parser("soup", help="the mean of several runs' weights, as a run")
    mix.add_argument(
        "--of", type=Path, action="append", required=True, metavar="RUN", help="a run's folder (repeatable)"
    )
    mix.add_argument("--run", type=Path, required=True, help="folder to write the checkpoint to")
    add_joins(commands)
    return top


def add_joins(commands):
    """The commands on tracks of a harvest, which follow no recipe."""
    sets = argparse.ArgumentParser(add_help=False)
    sets.add_argument(
        "--crops", type=Path, action="append", required=True, metavar="DIR",
        help="a folder of `footfall harvest`; one for each camera (repeatable)",
    )  # fmt: skip
    ask = commands.add_parser("propose", parents=[sets], help="tracks that may be one person, as a page that asks")
    ask.add_argument("--model", type=Path, required=True, help="the embedder (ONNX) that likeness is judged by")
    ask.add_argument("--output", type=Path, required=True, help="the HTML file; it shows crops of people: keep it")
    ask.add_argument("--limit", type=int, default=200, help="pairs at most (200)")
    do = commands.add_parser("join", parents=[sets], help="a new set with the tracks joined that are one person")
    do.add_argument("--answers", type=Path, required=True, help="the joins.json that the page saved")
    do.add_argument("--output", type=Path, required=True, help="the folder to make; nothing is overwritten")
    site = commands.add_parser("adapt", parents=[sets], help="fine-tune an exported embedder on a site's own tracks")
    site.add_argument("--model", type=Path, required=True, help="the embedder (ONNX, fp32 or fp16) to begin with")
    site.add_argument("--output", type=Path, required=True, help="the ONNX file to write")
    site.add_argument("--batches", type=int, default=300, help="of 8 tracks x 4 crops (300)")
    site.add_argument("--seed", type=int, default=1)
    site.add_argument("--about", default="own footage", help="what the footage is, for the file's metadata")
    site.add_argument("--threads", type=int, default=2, help="CPU threads")


def without_recipe(options) -> bool:
    """Does `propose`, `join`, `adapt` or `soup`; whether it was one of them."""
    if options.command == "propose":
        from reid.joins import propose

        propose(options.crops, options.model, options.output, options.limit)
    elif options.command == "join":
        from reid.joins import join

        join(options.crops, options.answers, options.output)
    elif options.command == "adapt":
        import torch

        from reid.adapt import adapt

        torch.set_num_threads(options.threads)
        adapt(options.crops, options.model, options.output, options.batches, options.seed, options.about)
    elif options.command == "soup":
        from reid.soup import soup

        soup(options.of, options.run)
    return options.command in ("propose", "join", "adapt", "soup")


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
    if without_recipe(options):
        return
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

            card(config, crops, options.run, options.model, options.output, options.notes)


if __name__ == "__main__":
    main()
