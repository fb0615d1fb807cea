"""How long an embedder takes."""

import time
from pathlib import Path

import numpy as np

from reid.onnx_model import OnnxModel

BATCH, REPEATS = 8, 12


def milliseconds(paths: list, pixels: np.ndarray) -> list:
    """Each model's own processor time a crop, one thread, batches of 8: the best of a dozen.

    The models take turns, so that a busy machine is busy for all of them.
    """
    models = [OnnxModel.open(Path(path), threads=1) for path in paths]
    fed = [model.prepare(pixels[np.arange(BATCH) % len(pixels)]) for model in models]
    best = [float("inf")] * len(models)
    for repeat in range(REPEATS + 1):
        for i, (model, x) in enumerate(zip(models, fed, strict=True)):
            began = time.process_time()
            model.session.run(None, {model.session.get_inputs()[0].name: x})
            if repeat:
                best[i] = min(best[i], time.process_time() - began)
    return [seconds / BATCH * 1000 for seconds in best]
