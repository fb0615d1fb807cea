"""A run on disk: written whole or not at all, and enough to go on from."""

import os
from pathlib import Path

import torch

NAME = "checkpoint.pt"


def save(run: Path, state: dict):
    """Writes beside the old checkpoint, then takes its place, so a stop in between loses nothing."""
    run.mkdir(parents=True, exist_ok=True)
    partial = run / (NAME + ".partial")
    torch.save(state, partial)
    os.replace(partial, run / NAME)


def load(run: Path) -> dict:
    path = run / NAME
    if not path.exists():
        raise SystemExit(f"{path}: no checkpoint; `python -m reid train --run {run}` makes one")
    return torch.load(path, map_location="cpu")
