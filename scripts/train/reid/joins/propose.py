"""Which tracks look alike: pairs for somebody to look at, the likeliest first."""

from pathlib import Path

import numpy as np
from scipy.special import expit

from reid.data import decode
from reid.joins import page
from reid.joins.tracks import Track, read, strangers
from reid.metrics import cosine_distances
from reid.onnx_model import OnnxModel
from reid.progress import progress

# Pairs shown of each track: who has many alike is shown with the nearest.
OF_EACH = 3


def distances(tracks: list[Track], model: OnnxModel) -> np.ndarray:
    """[N, N] mean cosine distances over the pairs of crops of two tracks."""
    embeddings = []
    for track in progress(tracks, "embedding", total=len(tracks)):
        embeddings.append(model.embed(np.stack([decode(file.read_bytes()) for file in track.files]), shown=False))
    # The mean over pairs is the distance of the means: a product of sums.
    means = np.stack([rows.mean(0) for rows in embeddings])
    return cosine_distances(means, means)


def probability(model: OnnxModel, distance: np.ndarray) -> np.ndarray | None:
    """Of one person, by the curve that the file carries; None where it carries none."""
    curve = model.session.get_modelmeta().custom_metadata_map.get("footfall.same_person")
    if curve is None:
        return None
    midpoint, scale = (float(value) for value in curve.split(","))
    return expit(-(distance - midpoint) / scale)


def pairs(distance: np.ndarray, apart: np.ndarray, limit: int) -> list[tuple[int, int]]:
    """Pairs of rows, the nearest first: none that are `apart`, `OF_EACH` for each row, `limit` in all."""
    open_ = np.where(apart | np.eye(len(distance), dtype=bool), np.inf, distance)
    rank = open_.argsort(1, kind="stable").argsort(1, kind="stable")
    rows, columns = np.nonzero(np.triu(np.minimum(rank, rank.T) < OF_EACH, 1) & np.isfinite(open_))
    order = np.argsort(distance[rows, columns], kind="stable")[:limit]
    return [(int(rows[i]), int(columns[i])) for i in order]


def propose(sets: list[Path], model: Path, output: Path, limit: int):
    """Writes the page on which somebody says of each pair whether it is one person."""
    tracks, network = read(sets), OnnxModel.open(model)
    distance = distances(tracks, network)
    likely = probability(network, distance)
    chosen = pairs(distance, strangers(tracks), limit)
    asked = [
        page.Question(tracks[a], tracks[b], float(distance[a, b]), None if likely is None else float(likely[a, b]))
        for a, b in chosen
    ]
    output.parent.mkdir(parents=True, exist_ok=True)
    page.write(output, asked)
    joined = f"python -m reid join {' '.join(f'--crops {s}' for s in sets)} --answers joins.json --output DIR"
    print(f"{output}: {len(asked)} pairs of {len(tracks)} tracks; it shows people, so keep it where the crops are.\n"
          f"Open it in a browser, answer, save joins.json, then: {joined}")  # fmt: skip
