"""Which crops make a batch: of people who were in the picture together."""

import numpy as np


class Together:
    """Batches of `people` tracks that are strangers to the first of them, `images` crops of each.

    The first takes turns in a fresh shuffle each pass; who is no stranger of anybody is never first.
    """

    def __init__(self, groups: list[np.ndarray], apart: np.ndarray, people: int, images: int, seed: int):
        self.groups, self.apart, self.people, self.images, self.seed = groups, apart, people, images, seed
        self.first = np.flatnonzero(apart.any(1))
        if len(self.first) < 2:
            raise SystemExit(
                "no two tracks were in the picture together, so nothing is known of who is a stranger: harvest longer, "
                "or busier, footage"
            )

    def __call__(self, batch: int) -> tuple[np.ndarray, np.ndarray]:
        """(rows of crops, the track of each) of a batch."""
        turn, place = divmod(batch, len(self.first))
        draw = np.random.default_rng([self.seed, batch])
        first = np.random.default_rng([self.seed, 0, turn]).permutation(self.first)[place]
        others = draw.permutation(np.flatnonzero(self.apart[first]))[: self.people - 1]
        chosen = np.concatenate([[first], others])
        rows = [draw.choice(self.groups[t], self.images, replace=len(self.groups[t]) < self.images) for t in chosen]
        return np.concatenate(rows), np.repeat(chosen, self.images)
