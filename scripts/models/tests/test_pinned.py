"""The scripts still make the very files that the manifest pins, from the graph that set-up fetched."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import onnx
import pytest

import difference
import nanodet
import quantize
import tfjs
from manifest import DEFAULT, Manifest

CACHE = Path(os.environ.get("FOOTFALL_CACHE") or Path.home() / ".cache/footfall")


@pytest.fixture(scope="module")
def pins() -> dict[str, str]:
    return {entry["path"]: entry["sha256"] for entry in Manifest(DEFAULT, CACHE).group("models")}


@pytest.fixture(scope="module")
def converted() -> onnx.ModelProto:
    graph = CACHE / "downloads/nanodet.json", CACHE / "downloads/nanodet.bin"
    if not all(path.is_file() for path in graph):
        pytest.skip(f"{graph[0]} is not there: scripts/setup fetches it")
    return nanodet.convert(tfjs.load(*graph))


def digest(model: onnx.ModelProto) -> str:
    return hashlib.sha256(model.SerializeToString(deterministic=True)).hexdigest()


def test_the_conversion_makes_the_pinned_file(converted, pins):
    assert digest(converted) == pins["models/nanodet-g.onnx"]


def test_the_quantisation_makes_the_pinned_file(converted, pins):
    ranges = json.loads((DEFAULT.parent / "nanodet-g-ranges.json").read_text())["ranges"]
    assert digest(quantize.quantize(converted, ranges)) == pins["models/nanodet-g-int8.onnx"]


def test_the_difference_makes_the_pinned_files_for_steep_cameras(converted, pins):
    with np.load(DEFAULT.parent / "nanodet-g-overhead.npz") as steps:
        tuned = difference.apply(converted, dict(steps))
    assert digest(tuned) == pins["models/nanodet-g-overhead.onnx"]
    ranges = json.loads((DEFAULT.parent / "nanodet-g-overhead-ranges.json").read_text())["ranges"]
    assert digest(quantize.quantize(tuned, ranges)) == pins["models/nanodet-g-overhead-int8.onnx"]
