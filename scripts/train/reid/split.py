"""Identity-disjoint splits: nobody who is tested was ever trained on."""

import random

import numpy as np

from reid.data import Crops


def held_out(name: str, wanted: float, people: int) -> int:
    """How many of a set's `people` are tested: so many, or where `wanted` is below 1 that share of them."""
    count = max(1, round(wanted * people)) if 0 < wanted < 1 else wanted
    if count >= people:
        raise SystemExit(
            f"{name}: it has {people} people, and `{name} = {wanted}` under [hold_out] leaves nobody to train on; "
            "hold out fewer, or a share such as 0.2"
        )
    return int(count)


def in_words(wanted: float) -> str:
    """What a recipe holds out, in words."""
    return f"{100 * wanted:g}% of the identities" if 0 < wanted < 1 else f"{wanted} identities"


def split(crops: Crops, hold_out: dict, seed: int):
    """(training rows, test rows). `hold_out` says how many identities of each named set are tested, or which share.

    Each set draws from a generator of its own, so adding a set moves nobody.
    """
    tested = []
    for name, wanted in hold_out.items():
        if name not in crops.names:
            continue
        people = np.unique(crops.identities[crops.of_set(name)])
        order = list(range(len(people)))
        random.Random(f"{seed}/{name}").shuffle(order)
        tested.extend(people[sorted(order[: held_out(name, wanted, len(people))])])
    is_test = np.isin(crops.identities, tested)
    return np.flatnonzero(~is_test), np.flatnonzero(is_test)
