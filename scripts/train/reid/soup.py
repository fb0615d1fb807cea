"""The mean of several runs' weights, as a run of its own.

Runs that began from one another, or from the same weights, but learnt from other crops or in another way, lie in one
valley: the mean of their weights is often better than each, above all on people and cameras of another kind
(Wortsman et al., "Model Soups", 2022, and "Robust Fine-Tuning of Zero-Shot Models", 2022, eq. 1).
"""

from pathlib import Path

import torch

from reid import checkpoint
from reid.train import done


def mean(states: list[dict]) -> dict:
    """The mean of networks' states, tensor by tensor; counters are those of the first."""
    if any(state.keys() != states[0].keys() for state in states):
        raise SystemExit("the runs are of different networks: their weights have no mean")
    return {
        name: torch.stack([state[name] for state in states]).mean(0) if first.is_floating_point() else first
        for name, first in states[0].items()
    }


def soup(runs: list[Path], folder: Path):
    """Writes to `folder` a checkpoint with the mean of the weights of `runs`, which can be exported or gone on from.

    Its recipe is that of the last; the others' are told as what led to it.
    """
    parts = [checkpoint.load(run) for run in runs]
    last = parts[-1]
    past = [recipe for part in parts for recipe in (*part.get("past", []), done(part["config"], part["batch"]))]
    once = [recipe for place, recipe in enumerate(past) if recipe not in past[:place]]
    folder.mkdir(parents=True, exist_ok=True)
    mixed = {"network": mean([part["network"] for part in parts]), "past": once[:-1]}
    kept = {key: last[key] for key in ("batch", "config", "sets", "people")}
    checkpoint.save(folder, {**kept, **mixed, "soup": len(parts)})
    print(f"{folder}: the mean of {len(parts)} runs' weights")
