"""The laboratory's figures are those that the program is held to: both by one golden file."""

import json
from pathlib import Path

import numpy as np
import pytest

from reid.data import Crops
from reid.judge import judge

GOLDENS = json.loads((Path(__file__).resolve().parents[3] / "crates/eval/tests/golden/reid.json").read_text())
SETS = {"cross-camera": "market1501", "cross-view": "cuhk03", "all-but-query": "shop"}


@pytest.mark.parametrize("case", GOLDENS, ids=lambda case: f"{case['rule']}-{len(case['identities'])}")
def test_judge_equals_the_definitions(case):
    count = len(case["identities"])
    units = np.array(case["embeddings"], dtype=np.float64).reshape(count, case["dimension"])
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    identities, cameras = np.array(case["identities"]), np.array(case["cameras"])
    name = SETS[case["rule"]]
    crops = Crops(np.zeros((count, 0)), identities, cameras, np.zeros(count, dtype=int), [name])
    report = judge(crops, np.arange(count), units)[name]
    for part in ("ranking", "centres", "across", "within"):
        assert (part in case["expected"]) == (part in report)
        for key, expected in case["expected"].get(part, {}).items():
            if key in report[part]:
                assert np.allclose(report[part][key], expected, rtol=0, atol=1e-6), (part, key)
