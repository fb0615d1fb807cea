"""Fine-tuning on a site's tracks: what counts as a stranger, the same network before, a better one after."""

import json

import numpy as np
import onnx
import pytest
import torch

from conftest import person
from reid.__main__ import main
from reid.adapt.run import words
from reid.adapt.sampler import Together
from reid.adapt.strangers import batch_hard
from reid.adapt.weights import network_of
from reid.config import Config
from reid.export import metadata, write
from reid.networks import build
from reid.onnx_model import OnnxModel
from reid.pixels import normalise, resize

TRACKS, CROPS = 10, 6


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Ten people who are all in the picture together."""
    return harvested(tmp_path_factory.mktemp("site") / "shop", TRACKS)


def harvested(root, count):
    """A harvest of so many people who are all in the picture together."""
    for number in range(1, count + 1):
        folder = root / f"{number:04}"
        folder.mkdir(parents=True)
        for image in range(CROPS):
            person(100 + number, image).save(folder / f"{number:04}_c1s1_{10 * image:06}_00.png")
    tracks = [{"track": n, "first_frame": 0, "last_frame": 60} for n in range(1, count + 1)]
    (root / "manifest.json").write_text(json.dumps({"tracks": tracks}))
    return root


def test_a_file_becomes_the_network_that_it_was(exported, crops):
    network, name, facts = network_of(exported)
    assert name == "deepsort" and facts["footfall.version"] == "test"
    with torch.no_grad():
        ours = network.eval()(normalise(crops.pixels)).numpy()
    assert (ours * OnnxModel.open(exported).embed(crops.pixels)).sum(1).min() > 0.99999
    with pytest.raises(SystemExit, match="no such file"):
        network_of(exported.with_name("none.onnx"))


def test_a_file_of_a_network_that_brings_crops_down_does_so_again(crops, tmp_path):
    torch.manual_seed(2)
    network, config = build("mobilenet", seen=96), Config(network="mobilenet", seen=96)
    for module in network.modules():  # of equal tensors the file keeps one
        if isinstance(module, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d)):
            torch.nn.init.uniform_(module.bias, -0.5, 0.5)
    path = tmp_path / "small.onnx"
    write(network.eval(), path, metadata(config, ["made"]), "mobilenet", "fp32")
    again, _, facts = network_of(path)
    assert facts["footfall.seen"] == "96x48" and facts["footfall.size"] == "128x64" and again.seen == 96
    whole = OnnxModel.open(path).embed(crops.pixels)
    small = again.eval()(resize(normalise(crops.pixels), 96)).detach().numpy()
    assert (small * whole).sum(1).min() > 0.9999


def test_the_loss_is_the_definition_and_only_certain_strangers_count():
    draw = np.random.default_rng(3)
    x = draw.normal(size=(9, 5))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    tracks, known = np.repeat([0, 1, 2], 3), {(0, 1), (1, 0)}
    apart = np.array([[(a, b) in known for b in tracks] for a in tracks])
    expected = []
    for i in range(9):
        own = [np.linalg.norm(x[i] - x[j]) for j in range(9) if j != i and tracks[j] == tracks[i]]
        other = [np.linalg.norm(x[i] - x[j]) for j in range(9) if apart[i, j]]
        if other:
            expected.append(max(0, 0.3 + max(own) - min(other)))
    loss, asked = batch_hard(torch.tensor(x), torch.tensor(tracks), torch.tensor(apart), 0.3)
    assert asked == 6 and loss.item() == pytest.approx(np.mean(expected), abs=1e-5)
    nobody = torch.zeros((9, 9), dtype=torch.bool)
    assert batch_hard(torch.tensor(x), torch.tensor(tracks), nobody, 0.3) == (0, 0)


def test_a_batch_is_of_the_first_one_s_strangers():
    apart = np.array([[0, 1, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]], bool)
    sampler = Together([np.array([2 * t, 2 * t + 1]) for t in range(4)], apart, people=3, images=3, seed=1)
    for batch in range(12):
        rows, tracks = sampler(batch)
        assert list(rows // 2) == list(tracks) and 3 not in tracks
        assert all(apart[tracks[0], other] for other in set(tracks) - {tracks[0]})
    with pytest.raises(SystemExit, match="busier"):
        Together([np.array([0])] * 4, np.zeros((4, 4), bool), 3, 3, 1)


def test_from_a_harvest_to_a_file_that_tells_its_people_better(exported, site, tmp_path, capsys):
    output = tmp_path / "site.onnx"
    command = ["adapt", "--crops", str(site), "--model", str(exported), "--output", str(output), "--threads", "1"]
    main([*command, "--batches", "6", "--about", "a shop that is not"])
    told, complaints = capsys.readouterr()
    assert "warning" not in complaints
    assert "10 tracks with 60 crops; 2 tracks are left out" in told and "batch 6 of 6" in told
    facts = {p.key: p.value for p in onnx.load(output).metadata_props}
    assert facts["footfall.trained_on"] == "made-up people; fine-tuned on a shop that is not"
    assert facts["footfall.version"] == "test+site" and facts["footfall.dimension"] == "128"
    pixels = np.random.default_rng(0).integers(0, 255, (2, 128, 64, 3), dtype=np.uint8)
    assert OnnxModel.open(output).embed(pixels).shape == (2, 128)


def test_who_has_little_footage_is_warned_and_a_worse_file_is_called_so(exported, tmp_path, capsys):
    few, output = harvested(tmp_path / "few", 5), tmp_path / "few.onnx"
    main(["adapt", "--crops", str(few), "--model", str(exported), "--output", str(output), "--batches", "1"])
    assert "warning: 4 tracks to learn from are fewer than the 8 people of a batch" in capsys.readouterr().err
    before, after = ({"accepts": a, "rare_accepts": 0.1, "pairs": 9} for a in (0.5, 0.4))
    assert "do not use it" in words(before, after) and "do not use it" not in words(after, before)
