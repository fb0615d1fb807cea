"""What is to be seen in embeddings: who was found, in which order, and how they lie in two dimensions."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from reid.data import Crops
from reid.judge import usable
from reid.metrics import cosine_distances

RANKS = 20
SHOWN = 8
PEOPLE = 20


def ordered(crops: Crops, rows: np.ndarray, embeddings: np.ndarray, views: bool):
    """(queries that have a right answer [Q], what they find [Q, RANKS], nearest first; -1 where no more is left)."""
    allowed = usable(crops, rows, views)
    ids = crops.identities[rows]
    asked = np.flatnonzero((allowed & (ids[:, None] == ids[None, :])).any(1))
    distances = np.where(allowed[asked], cosine_distances(embeddings[asked], embeddings), np.inf)
    found = np.argsort(distances, axis=1, kind="stable")[:, :RANKS]
    return asked, np.where(np.isinf(np.take_along_axis(distances, found, 1)), -1, found)


def matches(ids: np.ndarray, asked: np.ndarray, found: np.ndarray) -> np.ndarray:
    """The cumulative match curve up to `RANKS`."""
    right = (ids[found] == ids[asked][:, None]) & (found >= 0)
    return np.maximum.accumulate(right, axis=1).mean(0)


def shown(ids: np.ndarray, asked: np.ndarray, found: np.ndarray, seed: int) -> np.ndarray:
    """Places in `asked` to show: half of them queries that went wrong at rank 1, where there are so many."""
    wrong = ids[found[:, 0]] != ids[asked]
    draw = np.random.default_rng(seed)
    chosen = [draw.permutation(np.flatnonzero(mask))[: SHOWN // 2] for mask in (wrong, ~wrong)]
    return np.concatenate(chosen)


def two_dimensions(embeddings: np.ndarray, identities: np.ndarray, seed: int):
    """(chosen rows, PCA [n, 2], t-SNE [n, 2]) of the crops of the `PEOPLE` who have most."""
    names, counts = np.unique(identities, return_counts=True)
    most = names[np.argsort(-counts, kind="stable")[:PEOPLE]]
    chosen = np.flatnonzero(np.isin(identities, most))
    x = embeddings[chosen]
    perplexity = min(20.0, (len(chosen) - 1) / 3)
    spread = TSNE(2, perplexity=perplexity, init="pca", random_state=seed).fit_transform(x)
    return chosen, PCA(2, random_state=seed).fit_transform(x), spread
