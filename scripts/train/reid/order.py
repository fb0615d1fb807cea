"""The bias of training in order, shown where nothing else happens: a softmax on fixed features.

Batches of two consecutive images, person after person, never shuffled. Each
step raises the scores of the person in the batch, by way of the bias and of
all that people's features have in common, and lowers those of whoever is
answered at the moment, who is the person before. At the end of a pass the
last person is the answer to every image. Shuffled, each rise is answered at
once by others, and only what tells people apart stays. In a network, batch
norm takes much of the bias away, as it subtracts what a batch has in common.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

RATE = 5.0
BATCH = 2


def answers(features: np.ndarray, labels: np.ndarray, seed: int | None) -> np.ndarray:
    """Whom a softmax, after one pass over every other row, takes the rest for; in order, or shuffled with `seed`.

    `features` [N, D] unit rows, `labels` [N] from 0, rising. One label for each of the rows 1, 3, 5, ...
    """
    x, y = torch.from_numpy(features).float(), torch.from_numpy(labels)
    layer = nn.Linear(x.shape[1], int(y.max()) + 1)
    nn.init.zeros_(layer.weight), nn.init.zeros_(layer.bias)
    optimiser = torch.optim.SGD(layer.parameters(), lr=RATE)
    learnt = np.arange(0, len(y), 2)
    rows = learnt if seed is None else np.random.default_rng(seed).permutation(learnt)
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        optimiser.zero_grad()
        functional.cross_entropy(layer(x[batch]), y[batch]).backward()
        optimiser.step()
    with torch.no_grad():
        return layer(x[1::2]).argmax(1).numpy()


def bias(features: np.ndarray, labels: np.ndarray, seed: int) -> dict:
    """For `ordered` and `shuffled`: the share of unseen images taken for the last person, and of right answers."""
    order = np.argsort(labels, kind="stable")
    _, people = np.unique(labels[order], return_inverse=True)
    found = {"people": int(people.max()) + 1}
    for name, drawn in (("ordered", None), ("shuffled", seed)):
        told = answers(features[order], people, drawn)
        found[name] = {"last": float((told == people.max()).mean()), "right": float((told == people[1::2]).mean())}
    return found
