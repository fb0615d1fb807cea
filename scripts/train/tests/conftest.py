"""A small world of made-up people, and a run trained on it once a session."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

# One thread: so little work gains nothing by two, and two wait for each other on a busy machine.
torch.set_num_threads(1)
THREADS = ["--threads", "1"]
PEOPLE, IMAGES, CAMERAS = 12, 6, 2

RECIPE = """
version = "test"
trained_on = "made-up people"
terms = "none"
people = 4
images = 3
learning_rate = 0.003
checkpoint_every = 5
evaluate_every = 10
[hold_out]
made = 4
[[phases]]
height = 32
batches = 10
[[phases]]
height = 64
batches = 4
train_stem = false
"""


def person(identity: int, image: int) -> Image.Image:
    """A crop: shirt and trousers of the identity's colours, place and light of the image's."""
    colours = np.random.default_rng(identity).integers(30, 226, (2, 3))
    draw = np.random.default_rng([identity, image])
    pixels = np.full((128, 64, 3), draw.integers(0, 256, 3), dtype=np.float64)
    left, top = draw.integers(8, 16), draw.integers(4, 12)
    pixels[top : top + 50, left : left + 36] = colours[0]
    pixels[top + 50 : top + 112, left : left + 36] = colours[1]
    pixels = pixels * draw.uniform(0.8, 1.2) + draw.normal(0, 8, pixels.shape)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


@pytest.fixture(scope="session")
def people(tmp_path_factory) -> Path:
    """A folder of crops, named as Market-1501 names them."""
    root = tmp_path_factory.mktemp("people")
    for identity in range(1, PEOPLE + 1):
        folder = root / f"{identity:04}"
        folder.mkdir()
        for image in range(IMAGES):
            name = f"{identity:04}_c{image % CAMERAS + 1}s1_{image:06}_00.png"
            person(identity, image).save(folder / name)
    return root


@pytest.fixture(scope="session")
def recipe(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "tiny.toml"
    path.write_text(RECIPE)
    return path


@pytest.fixture(scope="session")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def crops(people, cache):
    from reid.data import load

    return load({"made": people}, cache)


@pytest.fixture(scope="session")
def trained(people, recipe, cache, tmp_path_factory) -> Path:
    """The folder of a run that the command line trained to its end."""
    from reid.__main__ import main

    run = tmp_path_factory.mktemp("run")
    common = ["--data", f"made={people}", "--config", str(recipe), "--cache", str(cache), *THREADS]
    main(["train", *common, "--run", str(run)])
    return run


@pytest.fixture(scope="session")
def exported(people, recipe, cache, trained, tmp_path_factory):
    """The ONNX file of that run."""
    output = tmp_path_factory.mktemp("models") / "tiny.onnx"
    from reid.__main__ import main

    common = ["--data", f"made={people}", "--config", str(recipe), "--cache", str(cache), *THREADS]
    main(["export", *common, "--run", str(trained), "--output", str(output)])
    return output
