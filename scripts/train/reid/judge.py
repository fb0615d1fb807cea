"""The protocol: which crops are compared with which, and what is made of it."""

import numpy as np

from reid.data import NO_CAMERA, Crops
from reid.metrics import cosine_distances, ranking, verification

PERCENTILES = (1, 5, 25, 50, 75, 95, 99)


def same_camera(cameras: np.ndarray) -> np.ndarray:
    """[N, N] mask of pairs known to come from one camera."""
    return (cameras[:, None] == cameras[None, :]) & (cameras != NO_CAMERA)


def rank(crops: Crops, rows: np.ndarray, embeddings: np.ndarray, views: bool) -> dict:
    """Every crop a query against the others.

    Market-1501's rule leaves out gallery crops of the query's identity seen by
    the query's camera. With `views` (CUHK03) the whole of the query's view is
    left out: each view is matched against the other. Without cameras only the
    query itself is left out.
    """
    ids, together = crops.identities[rows], same_camera(crops.cameras[rows])
    same_id = ids[:, None] == ids[None, :]
    usable = ~together if views else ~(together & same_id)
    np.fill_diagonal(usable, False)
    return ranking(cosine_distances(embeddings, embeddings), ids, ids, usable)


def pairs(crops: Crops, rows: np.ndarray, embeddings: np.ndarray, across: bool):
    """(same, different) distances over all pairs of one set that are across, or within, cameras.

    Crops without a camera number count as one camera's.
    """
    ids, cameras = crops.identities[rows], crops.cameras[rows]
    upper = np.triu(np.ones((len(rows), len(rows)), dtype=bool), k=1)
    chosen = upper & ((cameras[:, None] != cameras[None, :]) == across)
    same_id = ids[:, None] == ids[None, :]
    distances = cosine_distances(embeddings, embeddings)
    return distances[chosen & same_id], distances[chosen & ~same_id]


def judge(crops: Crops, rows: np.ndarray, embeddings: np.ndarray) -> dict:
    """Figures for each set of the test rows: `embeddings` [len(rows), D], unit rows.

    `across` and `within` are there where the set has such pairs.
    """
    report = {}
    for number, name in enumerate(crops.names):
        here = crops.sets[rows] == number
        if not here.any():
            continue
        subset, vectors = rows[here], embeddings[here]
        figures = {"identities": len(np.unique(crops.identities[subset])), "crops": len(subset)}
        figures["ranking"] = rank(crops, subset, vectors, views=name == "cuhk03")
        for label, across in (("across", True), ("within", False)):
            same, different = pairs(crops, subset, vectors, across)
            if len(same) and len(different):
                figures[label] = verification(same, different)
                figures[label]["same"] = np.percentile(same, PERCENTILES).tolist()
                figures[label]["different"] = np.percentile(different, PERCENTILES).tolist()
        report[name] = figures
    return report
