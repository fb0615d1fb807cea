"""The comparison, and what it is there to show."""

import json

from conftest import THREADS
from reid.__main__ import main
from reid.baselines import hsv_stripes
from reid.order import bias


def test_the_comparison_trains_everything_and_goes_on_where_it_was(people, tmp_path, cache):
    lab = tmp_path / "lab.toml"
    lab.write_text(
        'network = "osnet"\npeople = 3\nimages = 2\n[hold_out]\na = 4\nb = 4\n[[phases]]\nheight = 32\nbatches = 2\n'
    )
    data = ["--data", f"a={people}", "--data", f"b={people}", "--cache", str(cache), *THREADS, "--config", str(lab)]
    outputs = [tmp_path / "first.md", tmp_path / "again.md"]
    for output in outputs:
        main(["compare", *data, "--run", str(tmp_path / "run"), "--output", str(output)])
    lines = (tmp_path / "run/trials.jsonl").read_text().splitlines()
    assert len(lines) == 21 and outputs[0].read_text() == outputs[1].read_text()
    assert len({json.loads(line)["name"] for line in lines}) == 21
    for words in ("## Losses", "## Across domains", "| pull (negative control) |", "## What was learnt"):
        assert words in outputs[0].read_text()


def test_images_in_order_leave_a_classifier_with_the_last_person(crops):
    shares = bias(hsv_stripes(crops.pixels), crops.identities, seed=1)
    assert shares["people"] == 12
    assert shares["ordered"]["last"] > 0.9
    assert shares["shuffled"]["last"] < 0.3 and shares["shuffled"]["right"] > 2 * shares["ordered"]["right"]
