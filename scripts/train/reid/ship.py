"""From a run to the file that the program loads: exported, calibrated, checked."""

import os
from pathlib import Path

import numpy as np

from reid import checkpoint
from reid.config import Config
from reid.data import Crops
from reid.embedding import embed
from reid.export import PARITY, metadata, parity, write
from reid.judge import judge
from reid.networks import build
from reid.split import split

CHECKED_CROPS = 256


def calibrate(report: dict):
    """The cosine distance that rarely holds different people within one camera to be one, in every set; or None."""
    within = [figures["within"] for figures in report.values() if "within" in figures]
    return min((figures["rare_threshold"] for figures in within), default=None)


def ship(config: Config, crops: Crops, run: Path, output: Path):
    """Writes `output`; refuses a file that does not embed as PyTorch does."""
    network = build(config.network)
    state = checkpoint.load(run)
    network.load_state_dict(state["network"])
    _, rows = split(crops, config.hold_out, config.seed)
    distance = None
    if len(rows):
        distance = calibrate(judge(crops, rows, embed(network, crops.pixels[rows], "cpu")))
    partial = output.with_name(output.name + ".partial")
    write(network, partial, metadata(config, state["sets"], distance), config.network)
    spread = np.linspace(0, len(crops) - 1, min(CHECKED_CROPS, len(crops))).astype(int)
    cosine = parity(network, partial, crops.pixels[spread])
    if cosine < PARITY:
        partial.unlink()
        raise SystemExit(f"{output}: the exported file differs from PyTorch (cosine {cosine:.6f} on the worst crop)")
    os.replace(partial, output)
    calibrated = "not calibrated: nobody held out" if distance is None else f"max_cosine_distance {distance:.3f}"
    print(f"{output}: {output.stat().st_size:,} bytes, worst cosine to PyTorch {cosine:.6f}, {calibrated}")
