"""Counting from above, with the program and the detector for it, at an entrance whose passages are known exactly."""

import json
import os
import subprocess

import pytest

from crowd import film
from crowd.film import Entrance

PROGRAM = os.environ.get("FOOTFALL_BINARY")
DOOR = Entrance(seed=7, view="down", seconds=9, rate=8, people=4, returns=0.0, waits=0.0)


@pytest.mark.skipif(not PROGRAM, reason="scripts/test says where the program is")
def test_a_made_up_entrance_is_counted_from_above(tmp_path):
    truth = film.make(tmp_path, DOOR)
    told = tmp_path / "summary.json"
    command = [PROGRAM, "run", tmp_path / "film.avi", "--line", truth["line"], "--detector", "overhead", "--summary", told]
    subprocess.run(command, check=True, capture_output=True)
    line = json.loads(told.read_text())["lines"][0]
    counted = {way: line[way] for way in ("in", "out")}
    true = {way: sum(p["direction"] == way for p in truth["passages"]) for way in ("in", "out")}
    assert sum(true.values()) >= 3
    assert counted == true
