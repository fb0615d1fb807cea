"""From a run to the file that the program loads: exported, calibrated, checked."""

import os
import tempfile
from pathlib import Path

import numpy as np

from reid import checkpoint
from reid.config import Config
from reid.data import Crops
from reid.embedding import embed
from reid.export import PARITY, metadata, parity, write
from reid.judge import judge
from reid.networks import Embedder, build
from reid.onnx_model import OnnxModel
from reid.speed import milliseconds
from reid.split import split

CHECKED_CROPS = 256
# An int8 file may lose so much rank-1, in points, before it is called a loss.
TOLERATED = 0.5


def trained(config: Config, run: Path) -> Embedder:
    """The network of a run's checkpoint."""
    network = build(config.network, config.output == "unit", config.seen)
    network.load_state_dict(checkpoint.load(run)["network"])
    return network.eval()


def calibrate(report: dict) -> dict | None:
    """Verification figures of the set whose people are most easily mistaken for each other; None without such pairs.

    Of pairs within one camera, which is what a tracker compares, or across where no camera has any.
    """
    pairs = [figures.get("within") or figures.get("across") for figures in report.values()]
    return min(filter(None, pairs), key=lambda figures: figures["rare_threshold"], default=None)


def spread(rows: np.ndarray) -> np.ndarray:
    """`CHECKED_CROPS` of the rows, evenly spread over all."""
    return rows[np.linspace(0, len(rows) - 1, min(CHECKED_CROPS, len(rows))).astype(int)]


def rank1(report: dict) -> dict:
    """Rank-1 of each set that has anybody to look up, in per cent."""
    found = {name: figures["ranking"]["rank-1"] for name, figures in report.items()}
    return {name: 100 * value for name, value in found.items() if value is not None}


def beside_float(network: Embedder, path: Path, crops: Crops, rows: np.ndarray) -> str:
    """What int8 loses and gains against float, in words."""
    with tempfile.TemporaryDirectory() as folder:
        float_ = Path(folder) / "float.onnx"
        write(network, float_, {}, "float", "fp32")
        before, after = milliseconds([float_, path], crops.pixels[spread(np.arange(len(crops)))])
        words = f"{before / after:.2f} times as fast as fp32 ({after:.2f} ms a crop, {before:.2f})"
        if not len(rows):
            return f"{words}; its loss was not measured: nobody held out"
        reports = [rank1(judge(crops, rows, OnnxModel.open(p).embed(crops.pixels[rows]))) for p in (float_, path)]
    lost = {name: reports[0][name] - value for name, value in reports[1].items()}
    if not lost:
        return f"{words}; its loss was not measured: nobody held out has two crops"
    words += "; rank-1 lost: " + ", ".join(f"{name} {points:+.2f} points" for name, points in lost.items())
    if max(lost.values()) >= TOLERATED:
        words += f" - MORE than {TOLERATED} points: fp16 may be the better file"
    return words


def checked(network: Embedder, partial: Path, output: Path, facts: dict, config: Config, wanted: str | None, crops):
    """Writes `partial` in the precision that is wanted, or the smallest float one that embeds as PyTorch does; returns
    (precision, worst cosine). Refuses a float file that does not."""
    pixels, train_rows = crops.pixels[spread(np.arange(len(crops)))], split(crops, config.hold_out, config.seed)[0]
    for precision in [wanted] if wanted else ["fp16", "fp32"]:
        calibration = crops.pixels[spread(train_rows)] if precision == "int8" else None
        write(network, partial, facts, config.network, precision, calibration)
        cosine = parity(network, partial, pixels)
        if cosine >= PARITY or precision == "int8":
            return precision, cosine
        if not wanted and precision == "fp16":
            why = f"in fp16 it embeds otherwise than PyTorch does (cosine {cosine:.6f} on the worst crop)"
            print(f"{output}: written as fp32: {why}, as happens after short runs", flush=True)
    partial.unlink()
    help_ = "; try --precision fp32" if precision == "fp16" else ""
    raise SystemExit(f"{output}: {precision} differs from PyTorch (cosine {cosine:.6f} on the worst crop){help_}")


def ship(config: Config, crops: Crops, run: Path, output: Path, wanted: str | None):
    """Writes `output`; refuses a float file that does not embed as PyTorch does."""
    network, sets = trained(config, run), checkpoint.load(run)["sets"]
    _, rows = split(crops, config.hold_out, config.seed)
    distances = None
    if len(rows):
        distances = calibrate(judge(crops, rows, embed(network, crops.pixels[rows], "cpu")))
    partial = output.with_name(output.name + ".partial")
    facts = metadata(config, sets, distances)
    precision, cosine = checked(network, partial, output, facts, config, wanted, crops)
    compared = "; " + beside_float(network, partial, crops, rows) if precision == "int8" else ""
    os.replace(partial, output)
    known = f"max_cosine_distance {distances['rare_threshold']:.3f}" if distances else "not calibrated: nobody held out"
    size = f"{output.stat().st_size:,} bytes of {precision}"
    print(f"{output}: {size}, worst cosine to PyTorch {cosine:.6f}, {known}{compared}")
