"""Identity-disjoint splits: nobody who is tested was ever trained on."""

import random

import numpy as np

from reid.data import Crops


def split(crops: Crops, hold_out: dict, seed: int):
    """(training rows, test rows). `hold_out` says how many identities of each named set are tested.

    Each set draws from a generator of its own, so adding a set moves nobody.
    """
    tested = []
    for name, count in hold_out.items():
        if name not in crops.names:
            continue
        people = np.unique(crops.identities[crops.of_set(name)])
        if count >= len(people):
            raise SystemExit(f"{name}: cannot hold out {count} of {len(people)} identities")
        order = list(range(len(people)))
        random.Random(f"{seed}/{name}").shuffle(order)
        tested.extend(people[sorted(order[:count])])
    is_test = np.isin(crops.identities, tested)
    return np.flatnonzero(~is_test), np.flatnonzero(is_test)
