"""Batches of P identities x K images (Hermans, Beyer, Leibe 2017)."""

import numpy as np


class PkSampler:
    """Rows of batch number `i`, a function of the seed and `i` alone, so that a run resumes where it stopped.

    Identities are dealt from a fresh shuffle each pass: none is seen twice
    before all are seen once. An identity with fewer than K images repeats some.
    """

    def __init__(self, identities: np.ndarray, rows: np.ndarray, people: int, images: int, seed: int):
        self.people, self.images, self.seed = people, images, seed
        order = rows[np.argsort(identities[rows], kind="stable")]
        cuts = np.flatnonzero(np.diff(identities[order])) + 1
        self.groups = [group for group in np.split(order, cuts) if len(group) > 1]
        if len(self.groups) < people:
            raise SystemExit(f"{people} identities a batch, but only {len(self.groups)} have two images or more")
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
