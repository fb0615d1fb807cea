"""A stranger's run: crops of one's own, trained, exported, and taken up by the program.

scripts/test says where the program is in FOOTFALL_BINARY; without it there is nothing to run.
"""

import json
import os
import subprocess

import numpy as np
import pytest

from reid import warm
from reid.data import load
from reid.judge import judge
from reid.onnx_model import OnnxModel

BINARY = os.environ.get("FOOTFALL_BINARY")
pytestmark = pytest.mark.skipif(not BINARY, reason="FOOTFALL_BINARY names no program: scripts/test sets it")


def footfall(*arguments) -> subprocess.CompletedProcess:
    ended = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return ended


def test_the_program_tracks_with_it(exported, tmp_path):
    clip, tracks, summary = warm.footfall_cache() / "clips/vtest.avi", tmp_path / "t.txt", tmp_path / "s.json"
    network = ("--embedder", exported, "--threads", 1)
    footfall("run", clip, *network, "--max-frames", 25, "--tracks", tracks, "--summary", summary)
    assert json.loads(summary.read_text())["frames"]["processed"] == 25
    identities = {line.split(",")[1] for line in tracks.read_text().splitlines()}
    assert len(identities) >= 3


def test_the_program_judges_it_as_the_laboratory_does(exported, people, tmp_path):
    figures = tmp_path / "figures.json"
    footfall("reid", "eval", people, "--embedder", exported, "--threads", 1, "--json", figures)
    theirs = json.loads(figures.read_text())
    crops = load({"market1501": people}, tmp_path / "cache")
    ours = judge(crops, np.arange(len(crops)), OnnxModel.open(exported).embed(crops.pixels))["market1501"]
    for part, keys in {
        "ranking": ("rank-1", "rank-5", "mAP", "mINP", "queries"),
        "centres": ("accuracy", "crops"),
        "across": ("eer", "threshold", "accepts", "rare_threshold", "separation"),
        "within": ("eer", "threshold", "accepts", "rare_threshold", "separation"),
    }.items():
        for key in keys:
            assert theirs[part][key] == pytest.approx(ours[part][key], rel=0.02, abs=0.005), (part, key)


def test_the_program_reads_the_probability_it_was_given(exported, people):
    known = OnnxModel.open(exported).session.get_modelmeta().custom_metadata_map["footfall.same_person"]
    midpoint, scale = (float(value) for value in known.split(","))
    one, other = sorted((people / "0001").iterdir())[:2]
    told = json.loads(footfall("reid", "verify", one, other, "--embedder", exported, "--json", "-").stdout)
    expected = 1 / (1 + 2.718281828 ** ((told["distance"] - midpoint) / scale))
    assert told["probability"] == pytest.approx(expected, abs=1e-3)
