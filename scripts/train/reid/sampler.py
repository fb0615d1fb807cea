"""Which crops make a batch.

Batch number `i` is a function of the seed and `i` alone, so that a run resumes where it stopped.

pk           P identities x K images at random (Hermans, Beyer, Leibe 2017)
consecutive  the crops in the order they are listed, person after person, a batch the next P x K of
             them: two crops in a row make a pair, and nothing is ever shuffled. The order is a
             bias: for as long as a batch holds the same few people, answering "one of these" is
             right, and by the end of a pass a classifier gives nearly every crop to the people it
             saw last. It is here to show that.
"""

import numpy as np

from reid.config import Config


class PkSampler:
    """Identities are dealt from a fresh shuffle each pass: none is seen twice before all are seen once.

    An identity with fewer than K images repeats some; one with a single image is left out.
    """

    def __init__(self, identities: np.ndarray, rows: np.ndarray, people: int, images: int, seed: int):
        self.people, self.images, self.seed = people, images, seed
        order = rows[np.argsort(identities[rows], kind="stable")]
        cuts = np.flatnonzero(np.diff(identities[order])) + 1
        self.groups = [group for group in np.split(order, cuts) if len(group) > 1]
        if len(self.groups) < people:
            left = len(np.unique(identities[rows]))
            raise SystemExit(
                f"the recipe wants `people = {people}` in a batch, and {len(self.groups)} of the {left} people that "
                "[hold_out] leaves have two images or more: give a smaller `people`, or hold out fewer"
            )
        self.batches_a_pass = len(self.groups) // people

    def __call__(self, batch: int) -> np.ndarray:
        number, place = divmod(batch, self.batches_a_pass)
        order = np.random.default_rng([self.seed, 0, number]).permutation(len(self.groups))
        draw = np.random.default_rng([self.seed, 1, batch])
        chosen = order[place * self.people : (place + 1) * self.people]
        return np.concatenate([self.pick(self.groups[group], draw) for group in chosen])

    def pick(self, group: np.ndarray, draw) -> np.ndarray:
        repeats = -(-self.images // len(group))
        return np.concatenate([draw.permutation(group) for _ in range(repeats)])[: self.images]


class ConsecutiveSampler:
    """Rows in the order of their identities, `size` a batch, the last of a pass filled up from the first."""

    def __init__(self, identities: np.ndarray, rows: np.ndarray, size: int):
        self.order, self.size = rows[np.argsort(identities[rows], kind="stable")], size
        self.batches_a_pass = -(-len(rows) // size)

    def __call__(self, batch: int) -> np.ndarray:
        start = batch % self.batches_a_pass * self.size
        return self.order[np.arange(start, start + self.size) % len(self.order)]


def build(identities: np.ndarray, rows: np.ndarray, config: Config):
    """The sampler that the recipe names."""
    if config.sampling == "consecutive":
        return ConsecutiveSampler(identities, rows, config.people * config.images)
    return PkSampler(identities, rows, config.people, config.images, config.seed)
