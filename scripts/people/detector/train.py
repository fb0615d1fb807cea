"""Fine-tuning: views from above by their labels, side views by what the original network says of them.

AdamW on a cosine, the first convolutions kept as they are, and the weights averaged over the last steps.
The same seed, set, weights and machine give the same batches; training stops after a number of steps or minutes.
"""

import copy
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .boxes import cells
from .data import Pictures, place
from .losses import distilled, supervised
from .net import Net
from .windows import Window

LOG = 25
SAVE = 50


@dataclass(frozen=True)
class Recipe:
    """How to train."""

    minutes: float = 30.0  # of wall clock; the learning rate follows whichever of the two limits is nearer
    steps: int = 1_000_000
    rate: float = 4e-4
    batch: int = 10
    side: int = 3  # of the batch: side views that the original teaches, a quarter of them photographed places
    frozen: int = 12  # convolutions that stay
    distil: float = 2.0  # weight of what the original says
    window: tuple[int, int] = (256, 320)  # height and width of what is shown: a part is cheaper than the whole
    seed: int = 0
    threads: int = 2


class Averaged:
    """An exponential mean of the weights over about the last 500 steps."""

    def __init__(self, net: Net):
        self.net, self.steps = copy.deepcopy(net).requires_grad_(False), 0

    @torch.no_grad()
    def update(self, net: Net) -> None:
        self.steps += 1
        keep = min(0.998, self.steps / (self.steps + 20))
        for name in net.names:
            self.net.weight(name).lerp_(net.weight(name), 1 - keep)


def optimiser(net: Net, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW without decay of biases; the first convolutions are left out."""
    decayed, free = [], []
    for name in net.names:
        if name.startswith("conv") and net.depth(name) < recipe.frozen:
            net.weight(name).requires_grad_(False)
        else:
            (free if name.endswith("bias") else decayed).append(net.weight(name))
    groups = [{"params": decayed, "weight_decay": 0.02}, {"params": free, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=recipe.rate)


def rate(recipe: Recipe, step: int, gone: float) -> float:
    """The learning rate after a share `gone` of the training: a short rise, then a cosine to a fiftieth."""
    rise = min(1.0, (step + 1) / 60)
    return recipe.rate * rise * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * gone)))


class Run:
    """One training; `step` does a batch and returns its losses."""

    def __init__(self, start: Path, original: Path, pictures: Pictures, recipe: Recipe):
        torch.set_num_threads(recipe.threads)
        torch.manual_seed(recipe.seed)
        self.draw = np.random.default_rng(recipe.seed)
        self.recipe, self.pictures = recipe, pictures
        self.net, self.teacher = Net(start), Net(original).requires_grad_(False)
        self.optimiser = optimiser(self.net, recipe)
        self.average = Averaged(self.net)
        self.at = cells(*recipe.window)

    def batch(self) -> tuple[list[Window], list[int]]:
        """Windows, those that the original teaches last; and the numbers of the labelled ones."""
        recipe, draw = self.recipe, self.draw
        numbers = [self.pictures.drawn(draw, False) for _ in range(recipe.batch - recipe.side)]
        windows = [Window(draw, *self.pictures.read(n), recipe.window) for n in numbers]
        for _ in range(recipe.side):
            real = draw.random() < 0.25
            shown = place(draw) if real else self.pictures.read(self.pictures.drawn(draw, True))
            windows.append(Window(draw, *shown, recipe.window))
        return windows, numbers

    def step(self) -> list[float]:
        windows, numbers = self.batch()
        shown = torch.from_numpy(np.stack([w.pixels for w in windows]))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logit, dist = self.net(shown)
        logit, dist, n = logit.float(), dist.float(), len(numbers)
        truths = [w.truth for w in windows[:n]]
        score, box, side, phantom = supervised(logit[:n], dist[:n], truths, self.at)
        self.pictures.phantom[numbers] = phantom.numpy()
        kept = torch.zeros(())
        if n < len(windows):
            with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
                taught = self.teacher(shown[n:])
            kept = distilled(logit[n:], dist[n:], taught[0].float(), taught[1].float())
        loss = score + box + side + self.recipe.distil * kept
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for g in self.optimiser.param_groups for p in g["params"]], 10.0)
        self.optimiser.step()
        self.average.update(self.net)
        return [float(v) for v in (score, box, side, kept)]

    def run(self, output: Path, tell=print) -> None:
        """Trains to the recipe's end; the file is written from time to time and at the end."""
        start, step, losses = time.monotonic(), 0, []
        while (gone := max((time.monotonic() - start) / 60 / self.recipe.minutes, step / self.recipe.steps)) < 1:
            for group in self.optimiser.param_groups:
                group["lr"] = rate(self.recipe, step, gone)
            losses.append(self.step())
            step += 1
            if step % LOG == 0:
                speed = step * self.recipe.batch / (time.monotonic() - start)
                means = " ".join(f"{v:.3f}" for v in np.mean(losses, 0))
                tell(f"step {step}, {gone:.0%}, {speed:.1f} a second: score, box, side, kept {means}")
                losses = []
            if step % SAVE == 0:
                self.save(output)
                self.pictures.refresh()
        self.save(output)
        tell(f"{step} steps of {self.recipe.batch} in {(time.monotonic() - start) / 60:.1f} minutes")

    def save(self, output: Path) -> None:
        """Writes the averaged weights, whole or not at all."""
        partial = output.with_suffix(".part")
        about = "NanoDet-g (Apache-2.0), fine-tuned on made-up pictures by scripts/people"
        self.average.net.save(partial, **{"footfall.source": about})
        partial.replace(output)
