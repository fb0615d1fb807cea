"""The run: some minutes on one core, judged on tracks that were left out, written as a file of its own."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from reid.adapt.sampler import Together
from reid.adapt.strangers import batch_hard
from reid.adapt.weights import network_of
from reid.augment import training_batch
from reid.config import Augment
from reid.data import decode
from reid.embedding import embed
from reid.export import PARITY, parity, write
from reid.joins.tracks import read, strangers
from reid.metrics import verification
from reid.networks import HEIGHT
from reid.progress import progress

PEOPLE, IMAGES = 8, 4
RATE, MARGIN = 1e-4, 0.3
# How much crops may move away from where the network had them, against the triplets: it keeps what it knew.
KEPT = 1.0
HELD_OUT = 0.25
# Pairs of strangers of which a distance that one in a thousand is under can be told.
ENOUGH = 5000
MILD = Augment(erase=0.3, low_resolution=0.2, brightness=0.2, contrast=0.2, saturation=0.2)


@dataclass
class Site:
    """Crops of a site: pixels [N, 128, 64, 3], the rows of each track, and which tracks are certain strangers."""

    pixels: np.ndarray
    groups: list[np.ndarray]
    apart: np.ndarray

    @classmethod
    def read(cls, sets: list[Path]) -> "Site":
        tracks = read(sets)
        pixels = [decode(file.read_bytes()) for track in tracks for file in track.files]
        ends = np.cumsum([len(track.files) for track in tracks])
        groups = [np.arange(end - len(track.files), end) for track, end in zip(tracks, ends, strict=True)]
        return cls(np.stack(pixels), groups, strangers(tracks))

    def part(self, tracks: np.ndarray) -> "Site":
        """The same with these tracks alone."""
        return Site(self.pixels, [self.groups[t] for t in tracks], self.apart[np.ix_(tracks, tracks)])

    def figures(self, embeddings: np.ndarray) -> dict | None:
        """`verification` of pairs within tracks and between certain strangers; None where one kind is missing."""
        same, different = [], []
        for a, rows in enumerate(self.groups):
            distance = 1 - embeddings[rows] @ embeddings[rows].T
            same.append(distance[np.triu_indices(len(rows), 1)])
            for b in np.flatnonzero(self.apart[a]):
                if a < b:
                    different.append((1 - embeddings[rows] @ embeddings[self.groups[b]].T).ravel())
        same, different = np.concatenate(same or [[]]), np.concatenate(different or [[]])
        return {**verification(same, different), "pairs": len(different)} if len(same) and len(different) else None


def split(site: Site, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(tracks to learn from, tracks to judge by): the latter a quarter."""
    order = np.random.default_rng([seed, 9]).permutation(len(site.groups))
    count = round(HELD_OUT * len(order))
    return np.sort(order[count:]), np.sort(order[:count])


def adapt(sets: list[Path], model: Path, output: Path, batches: int, seed: int, about: str):
    """Fine-tunes `model` on the harvests `sets` for so many batches, and writes `output`."""
    network, name, facts = network_of(model)
    site = Site.read(sets)
    learnt, judged = split(site, seed)
    held = site.part(judged)
    before = held.figures(embed(network, site.pixels, "cpu"))
    counts = f"{len(site.groups)} tracks with {len(site.pixels)} crops"
    print(f"{counts}; {len(judged)} tracks are left out to judge by", flush=True)
    if len(learnt) < PEOPLE:
        print(f"warning: {scarce(len(learnt))}", file=sys.stderr, flush=True)
    learn(network, site.part(learnt), batches, seed)
    after = held.figures(embed(network, site.pixels, "cpu"))
    facts = told(facts, about, after)
    partial = output.with_name(output.name + ".partial")
    output.parent.mkdir(parents=True, exist_ok=True)
    write(network, partial, facts, name, "fp32")
    cosine = parity(network, partial, site.pixels[:256])
    if cosine < PARITY:
        partial.unlink()
        raise SystemExit(f"{output}: the file differs from PyTorch (cosine {cosine:.6f} on the worst crop)")
    partial.replace(output)
    print(f"{output}: {words(before, after)}")


def scarce(tracks: int) -> str:
    """What is said where there is little to learn from: on two sequences four seconds did harm, and forty helped."""
    return (
        f"{tracks} tracks to learn from are fewer than the {PEOPLE} people of a batch, and so few did harm where it "
        "was measured (scores/site.md): harvest more footage, with several people at once, before you use this file"
    )


def learn(network, site: Site, batches: int, seed: int):
    """Trains in place; the embedding that each crop had stays near. Batch norms that are left keep their statistics."""
    network.eval()
    torch.manual_seed(seed)
    sampler = Together(site.groups, site.apart, PEOPLE, IMAGES, seed)
    reference = torch.from_numpy(embed(network, site.pixels, "cpu"))
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.01)
    apart, began, losses = torch.from_numpy(site.apart), time.monotonic(), []
    for batch in progress(range(batches), "fine-tuning", total=batches):
        rows, tracks = sampler(batch)
        draw = np.random.default_rng([seed, 2, batch])
        x = training_batch(site.pixels[rows], HEIGHT, MILD, draw)
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, (batch + 1) / 20, 2 * (1 - batch / batches))
        embeddings = functional.normalize(network.features(x).normed)
        labels = torch.from_numpy(tracks)
        triplets, _ = batch_hard(embeddings, labels, apart[labels][:, labels], MARGIN)
        moved = (1 - (embeddings * reference[rows]).sum(1)).mean()
        loss = triplets + KEPT * moved
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        losses.append((triplets.item(), moved.item()))
        if batch + 1 in (batches // 10, batches):
            means, minutes = np.mean(losses[-max(1, batches // 10) :], 0), (time.monotonic() - began) / 60
            done = f"batch {batch + 1} of {batches}, {minutes:.1f} min"
            print(f"{done}: triplets {means[0]:.3f}, moved {means[1]:.3f}", flush=True)


def told(facts: dict, about: str, figures: dict | None) -> dict:
    """The metadata of the new file: what it comes from and whose footage it has seen; calibrated to that, if there is
    enough of it."""
    facts = {
        **facts,
        "footfall.trained_on": f"{facts.get('footfall.trained_on', 'not told')}; fine-tuned on {about}",
        "footfall.terms": f"{facts.get('footfall.terms', 'not stated')} Fine-tuned on footage with terms of its own.",
        "footfall.version": f"{facts.get('footfall.version', '0')}+site",
    }
    if figures and figures["pairs"] >= ENOUGH:
        facts["footfall.max_cosine_distance"] = f"{figures['rare_threshold']:.3f}"
    return facts


def words(before: dict | None, after: dict | None) -> str:
    """What it brought on the tracks that were left out."""
    if not before or not after:
        return "written; not judged: none of the tracks left out are strangers to each other"
    worse = "; it tells them apart worse than before, so do not use it" if after["accepts"] < before["accepts"] else ""
    pairs = [f"{100 * f['accepts']:.1f} and {100 * f['rare_accepts']:.1f}%" for f in (before, after)]
    return (
        f"of pairs within tracks that were left out {pairs[0]} were accepted where 1 and 0.1% of {before['pairs']} "
        f"pairs of strangers are, and now {pairs[1]}{worse}"
    )
