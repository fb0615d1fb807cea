"""The protocol: which crops are compared with which, and what is made of it."""

import numpy as np

from reid import curve
from reid.data import NO_CAMERA, Crops
from reid.metrics import cosine_distances, nearest_centre, ranking, verification

PERCENTILES = (1, 5, 25, 50, 75, 95, 99)


def same_camera(cameras: np.ndarray) -> np.ndarray:
    """[N, N] mask of pairs known to come from one camera."""
    return (cameras[:, None] == cameras[None, :]) & (cameras != NO_CAMERA)


def across_cameras(crops: Crops, rows: np.ndarray) -> bool:
    """Whether anybody of the rows was seen by two cameras: else nobody can be looked up in another one."""
    known = rows[crops.cameras[rows] != NO_CAMERA]
    people = np.unique(crops.identities[known])
    return len(np.unique(np.stack([crops.identities[known], crops.cameras[known]], 1), axis=0)) > len(people)


def usable(crops: Crops, rows: np.ndarray, views: bool) -> np.ndarray:
    """[N, N] mask: whether each crop, as a query, may be matched with each other.

    Market-1501's rule leaves out gallery crops of the query's identity seen by
    the query's camera. With `views` (CUHK03) the whole of the query's view is
    left out: each view is matched against the other. Without cameras, or where
    nobody was seen by two (one camera is no camera), only the query itself is left
    out: these are figures within a camera, and easier.
    """
    if not views and not across_cameras(crops, rows):
        return ~np.eye(len(rows), dtype=bool)
    ids, together = crops.identities[rows], same_camera(crops.cameras[rows])
    mask = ~together if views else ~(together & (ids[:, None] == ids[None, :]))
    np.fill_diagonal(mask, False)
    return mask


def rank(crops: Crops, rows: np.ndarray, embeddings: np.ndarray, views: bool, measure=cosine_distances) -> dict:
    """Every crop a query against the others that are `usable`, by `measure` of rows and rows."""
    ids = crops.identities[rows]
    return ranking(measure(embeddings, embeddings), ids, ids, usable(crops, rows, views))


def pairs(crops: Crops, rows: np.ndarray, embeddings: np.ndarray, across: bool, measure=cosine_distances):
    """(same, different) distances over all pairs of one set that are across, or within, cameras.

    Crops without a camera number count as one camera's.
    """
    ids, cameras = crops.identities[rows], crops.cameras[rows]
    upper = np.triu(np.ones((len(rows), len(rows)), dtype=bool), k=1)
    chosen = upper & ((cameras[:, None] != cameras[None, :]) == across)
    same_id = ids[:, None] == ids[None, :]
    distances = measure(embeddings, embeddings)
    return distances[chosen & same_id], distances[chosen & ~same_id]


def judge(crops: Crops, rows: np.ndarray, embeddings: np.ndarray, measure=cosine_distances) -> dict:
    """Figures for each set of the test rows: `embeddings` [len(rows), D], unit rows for cosine distances.

    `across` and `within` are there where the set has such pairs; `curve` in
    them is midpoint and scale of the probability of one person.
    """
    report = {}
    for number, name in enumerate(crops.names):
        here = crops.sets[rows] == number
        if not here.any():
            continue
        subset, vectors = rows[here], embeddings[here]
        figures = {"identities": len(np.unique(crops.identities[subset])), "crops": len(subset)}
        figures["ranking"] = rank(crops, subset, vectors, name == "cuhk03", measure)
        figures["one_camera"] = not across_cameras(crops, subset)
        figures["centres"] = nearest_centre(vectors, crops.identities[subset])
        for label, across in (("across", True), ("within", False)):
            same, different = pairs(crops, subset, vectors, across, measure)
            if len(same) and len(different):
                figures[label] = verification(same, different)
                figures[label]["curve"] = curve.fit(same, different)
                figures[label]["same"] = np.percentile(same, PERCENTILES).tolist()
                figures[label]["different"] = np.percentile(different, PERCENTILES).tolist()
        report[name] = figures
    return report
