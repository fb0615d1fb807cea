"""What somebody meets who trains for the first time: few people, one camera, a short run, a file that is not there."""

import json

import pytest

from conftest import THREADS, person
from reid import pace, ship
from reid.__main__ import main
from reid.config import Config, Phase, from_dict
from reid.data import load
from reid.judge import judge
from reid.sampler import PkSampler
from reid.split import split


def small_set(root, people: int, images: int = 4, camera: str = "_c1s1_"):
    for who in range(1, people + 1):
        folder = root / f"{who:04}"
        folder.mkdir(parents=True)
        for image in range(images):
            person(who, image).save(folder / f"{who:04}{camera}{image:06}_00.png")
    return root


def test_one_camera_is_no_camera(tmp_path):
    crops = load({"shop": small_set(tmp_path / "shop", 5)}, tmp_path / "cache")
    rows = split(crops, {"shop": 4}, 1)[1]
    pixels = crops.pixels[rows].reshape(len(rows), -1).astype(float)
    embeddings = pixels - pixels.mean(0)
    embeddings /= (embeddings**2).sum(1, keepdims=True) ** 0.5
    figures = judge(crops, rows, embeddings)["shop"]
    assert figures["one_camera"] and figures["ranking"]["queries"] == 16
    assert 0 <= figures["ranking"]["rank-1"] <= 1 and 0 < figures["ranking"]["mAP"] <= 1
    assert "within" in figures and "across" not in figures


def test_nobody_to_look_up_is_none_and_no_nan(tmp_path):
    crops = load({"shop": small_set(tmp_path / "shop", 4, images=1)}, tmp_path / "cache")
    rows = split(crops, {"shop": 3}, 1)[1]
    figures = judge(crops, rows, crops.pixels[rows].reshape(3, -1)[:, :4].astype(float))["shop"]
    assert figures["ranking"]["rank-1"] is None and figures["centres"]["accuracy"] is None
    json.loads(json.dumps(figures["ranking"], allow_nan=False))


def test_the_readme_s_recipe_trains_on_21_people(tmp_path):
    crops = load({"shop": small_set(tmp_path / "shop", 21, images=2)}, tmp_path / "cache")
    train, test = split(crops, {"shop": 0.2}, 1)
    assert len(set(crops.identities[test])) == 4
    PkSampler(crops.identities, train, people=16, images=4, seed=1)
    train, _ = split(crops, {"shop": 20}, 1)
    with pytest.raises(SystemExit, match=r"`people = 16`.*1 of the 1 people.*\[hold_out\]"):
        PkSampler(crops.identities, train, people=16, images=4, seed=1)
    with pytest.raises(SystemExit, match=r"21 people.*\[hold_out\]"):
        split(crops, {"shop": 21}, 1)


@pytest.mark.parametrize("wanted", [-1, 2.5, "three", True])
def test_held_out_is_a_number_or_a_share(wanted):
    with pytest.raises(SystemExit, match="no number of people"):
        from_dict({"hold_out": {"shop": wanted}}, "x")


def test_a_run_says_how_long_it_will_take():
    config = Config(phases=[Phase(64, 10), Phase(128, 10)])
    # 5 more of 64 pixels at a minute each, and 10 of 128 at four.
    assert "15 batches to go, about 45 minutes" in pace.Pace(config, 0).words(5, 60.0)
    assert "about 3.0 hours" in pace.Pace(config, 0).words(5, 240.0)


def test_an_export_falls_back_to_fp32_and_tells(trained, people, cache, tmp_path, capsys, monkeypatch):
    common = ["--data", f"made={people}", "--cache", str(cache), *THREADS, "--run", str(trained)]
    real, output = ship.parity, tmp_path / "tiny.onnx"
    differs = lambda network, path, pixels: real(network, path, pixels) - (path.stat().st_size < 8_000_000)  # noqa: E731
    monkeypatch.setattr(ship, "parity", differs)
    main(["export", *common, "--output", str(output)])
    told = capsys.readouterr().out
    assert "written as fp32" in told and "bytes of fp32" in told
    main(["card", *common, "--model", str(output), "--output", str(tmp_path / "card.md")])
    output.unlink()
    with pytest.raises(SystemExit, match="try --precision fp32"):
        main(["export", *common, "--output", str(output), "--precision", "fp16"])
    assert not list(tmp_path.glob("tiny.onnx*"))
    with pytest.raises(SystemExit, match=r"no such file; .*reid export"):
        main(["card", *common, "--model", str(output), "--output", str(tmp_path / "card.md")])
