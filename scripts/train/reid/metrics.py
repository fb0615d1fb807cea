"""Figures of an embedder, from distances alone: pure functions on NumPy arrays."""

import numpy as np

FALSE_ACCEPTS = 0.01
# A tracker takes the nearest of many embeddings of a track: a rate that is harmless in one comparison adds up.
RARE_FALSE_ACCEPTS = 0.001
# Rates of false accepts at which the ROC curve is given.
ROC_RATES = (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
FARTHEST = 2.0


def cosine_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """1 - a.b for unit rows: [N, D] and [M, D] to [N, M], 0 (same direction) to 2 (opposite)."""
    return 1.0 - a @ b.T


def euclidean_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """|a - b|: [N, D] and [M, D] to [N, M]."""
    square = (a * a).sum(1)[:, None] + (b * b).sum(1)[None, :] - 2.0 * a @ b.T
    return np.sqrt(np.maximum(square, 0.0))


def ranking(distances, query_ids, gallery_ids, usable, ranks=(1, 5, 10)) -> dict:
    """Figures of looking up each row of [Q, G] distances.

    rank-k   share of queries with a right answer among the nearest k (cumulative match)
    mAP      mean over queries of the mean precision at each right answer
    mINP     mean over queries of right answers / rank of the last of them: how much must be looked
             through to find all (Ye et al., "Deep Learning for Person Re-identification", 2021)

    `usable` [Q, G] masks gallery entries that a query may be matched with.
    Queries with no right answer among those are left out, as in Market-1501's
    protocol; where none is left, every figure is None.
    """
    first, precision, penalty = [], [], []
    for row, identity, mask in zip(distances, query_ids, usable, strict=True):
        order = np.argsort(row[mask], kind="stable")
        right = (gallery_ids[mask] == identity)[order]
        places = np.flatnonzero(right)
        if places.size:
            first.append(places[0])
            precision.append(np.mean(np.arange(1, places.size + 1) / (places + 1)))
            penalty.append(places.size / (places[-1] + 1))
    if not first:
        return {**{f"rank-{k}": None for k in ranks}, "mAP": None, "mINP": None, "queries": 0}
    first = np.asarray(first)
    figures = {f"rank-{k}": float(np.mean(first < k)) for k in ranks}
    return {**figures, "mAP": float(np.mean(precision)), "mINP": float(np.mean(penalty)), "queries": len(first)}


def operating_point(same: np.ndarray, different: np.ndarray, rate: float) -> dict:
    """The largest threshold that at most `rate` of the different pairs stay under; both lists of distances sorted."""
    if rate >= 1.0:
        return {"threshold": FARTHEST, "false_accepts": rate, "accepts": 1.0}
    threshold = float(different[int(rate * len(different))])
    accepts = float(np.searchsorted(same, threshold, side="left") / len(same))
    return {"threshold": threshold, "false_accepts": rate, "accepts": accepts}


def equal_error(same: np.ndarray, different: np.ndarray) -> float:
    """The rate at which false accepts equal false rejects, of sorted distances."""
    cuts = np.concatenate([same, different])
    accepted = np.searchsorted(different, cuts, side="right") / len(different)
    rejected = 1.0 - np.searchsorted(same, cuts, side="right") / len(same)
    at = np.argmin(np.abs(accepted - rejected))
    return float((accepted[at] + rejected[at]) / 2)


def verification(same: np.ndarray, different: np.ndarray) -> dict:
    """Same-person decisions by a threshold on distance.

    eer              the rate at which false accepts equal false rejects
    threshold        the largest distance that at most `FALSE_ACCEPTS` of the different pairs stay under
    accepts          the share of same pairs under that threshold
    rare_threshold   as `threshold`, for `RARE_FALSE_ACCEPTS`; `rare_accepts` as `accepts`
    separation       d': (mean different - mean same) / sqrt of the mean of both variances
    roc              the same at each of `ROC_RATES`
    """
    same, different = np.sort(same), np.sort(different)
    usual, rare = (operating_point(same, different, rate) for rate in (FALSE_ACCEPTS, RARE_FALSE_ACCEPTS))
    spread = max(np.sqrt((same.var() + different.var()) / 2), np.finfo(float).tiny)
    return {
        "eer": equal_error(same, different),
        "threshold": usual["threshold"],
        "accepts": usual["accepts"],
        "rare_threshold": rare["threshold"],
        "rare_accepts": rare["accepts"],
        "separation": float((different.mean() - same.mean()) / spread),
        "same_mean": float(same.mean()),
        "same_std": float(same.std()),
        "different_mean": float(different.mean()),
        "different_std": float(different.std()),
        "roc": [operating_point(same, different, rate) for rate in ROC_RATES],
    }


def nearest_centre(embeddings: np.ndarray, identities: np.ndarray) -> dict:
    """Identification: the share of crops whose nearest identity centre is their own.

    A centre is the mean of an identity's unit rows [N, D]; a crop's own
    identity has, for it, the centre of its other crops. Identities of a single
    crop have a centre, and are not looked up. Of centres at one distance the
    first identity's is taken.
    """
    _, place, count = np.unique(identities, return_inverse=True, return_counts=True)
    sums = np.zeros((len(count), embeddings.shape[1]))
    np.add.at(sums, place, embeddings)
    products = embeddings @ unit(sums).T
    rows = np.arange(len(embeddings))
    products[rows, place] = (embeddings * unit(sums[place] - embeddings)).sum(1)
    asked = count[place] > 1
    if not asked.any():
        return {"accuracy": None, "crops": 0, "identities": len(count)}
    right = products.argmax(1) == place
    return {"accuracy": float(right[asked].mean()), "crops": int(asked.sum()), "identities": len(count)}


def unit(rows: np.ndarray) -> np.ndarray:
    """Rows scaled to unit length; zeros stay."""
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
