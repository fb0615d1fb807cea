"""Figures of an embedder, from distances alone: pure functions on NumPy arrays."""

import numpy as np

FALSE_ACCEPTS = 0.01
# A tracker takes the nearest of many embeddings of a track: a rate that is harmless in one comparison adds up.
RARE_FALSE_ACCEPTS = 0.001


def cosine_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """1 - a.b for unit rows: [N, D] and [M, D] to [N, M], 0 (same direction) to 2 (opposite)."""
    return 1.0 - a @ b.T


def ranking(distances, query_ids, gallery_ids, usable, ranks=(1, 5, 10)) -> dict:
    """Cumulative match and mean average precision of [Q, G] distances.

    `usable` [Q, G] masks gallery entries that a query may be matched with.
    Queries with no right answer among those are left out, as in Market-1501's
    protocol; average precision is the mean precision at each right answer.
    """
    first, precision = [], []
    for row, identity, mask in zip(distances, query_ids, usable, strict=True):
        order = np.argsort(row[mask], kind="stable")
        right = (gallery_ids[mask] == identity)[order]
        places = np.flatnonzero(right)
        if places.size:
            first.append(places[0])
            precision.append(np.mean(np.arange(1, places.size + 1) / (places + 1)))
    first = np.asarray(first)
    figures = {f"rank-{k}": float(np.mean(first < k)) for k in ranks}
    return {**figures, "mAP": float(np.mean(precision)), "queries": len(first)}


def verification(same: np.ndarray, different: np.ndarray) -> dict:
    """Same-person decisions by a threshold on distance.

    eer              the rate at which false accepts equal false rejects
    threshold        the largest distance that at most `FALSE_ACCEPTS` of the different pairs stay under
    accepts          the share of same pairs under that threshold
    rare_threshold   as `threshold`, for `RARE_FALSE_ACCEPTS`
    separation       d': (mean different - mean same) / sqrt of the mean of both variances
    """
    same, different = np.sort(same), np.sort(different)
    threshold, rare = (float(different[int(rate * len(different))]) for rate in (FALSE_ACCEPTS, RARE_FALSE_ACCEPTS))
    cuts = np.concatenate([same, different])
    accepted = np.searchsorted(different, cuts, side="right") / len(different)
    rejected = 1.0 - np.searchsorted(same, cuts, side="right") / len(same)
    at = np.argmin(np.abs(accepted - rejected))
    spread = np.sqrt((same.var() + different.var()) / 2)
    return {
        "eer": float((accepted[at] + rejected[at]) / 2),
        "threshold": threshold,
        "rare_threshold": rare,
        "accepts": float(np.searchsorted(same, threshold, side="left") / len(same)),
        "separation": float((different.mean() - same.mean()) / spread),
    }
