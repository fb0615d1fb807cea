"""Made-up people for the tests."""

import numpy as np
import pytest


def walk(frames: int = 60, people: int = 3, dimension: int = 0, seed: int = 1):
    """Frames of people who walk to the right, each in a row of their own: boxes as corners, scores, embeddings."""
    random = np.random.default_rng(seed)
    looks = random.normal(size=(people, dimension)) if dimension else None
    for frame in range(frames):
        left = 20.0 + 8 * frame + 30 * np.arange(people)
        top = 50.0 + 150 * np.arange(people)
        boxes = np.stack([left, top, left + 40, top + 100], axis=1) + random.normal(0, 0.5, (people, 4))
        scores = random.uniform(0.8, 0.95, people)
        yield boxes, scores, None if looks is None else looks + random.normal(0, 0.05, looks.shape)


@pytest.fixture
def people():
    return list(walk(dimension=16))
