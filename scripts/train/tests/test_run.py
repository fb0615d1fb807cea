"""Train, export and judge through the command line, on made-up people."""

import json

import numpy as np
import onnx
import pytest
import torch

from conftest import THREADS
from reid import checkpoint
from reid.__main__ import main
from reid.config import CHOICES, read_config
from reid.data import load
from reid.embedding import embed
from reid.export import write
from reid.networks import build
from reid.onnx_model import OnnxModel
from reid.pixels import normalise
from reid.train import Run


def network_of(run):
    network = build("deepsort")
    network.load_state_dict(checkpoint.load(run)["network"])
    return network.eval()


def test_the_loss_falls(trained):
    lines = [json.loads(line) for line in (trained / "log.jsonl").read_text().splitlines()]
    held_out = [line["held out"]["made"] for line in lines if "held out" in line]
    assert [line["batch"] for line in lines if "held out" in line] == [2, 4, 6, 8, 10, 12, 14]
    assert all(0 <= figures["rank-1"] <= 1 for figures in held_out)
    assert checkpoint.load(trained)["batch"] == 14


def test_learning_a_batch_by_heart(crops, recipe, tmp_path):
    config = read_config(recipe)
    config.phases[0].batches, config.phases[0].height = 30, 32
    run = Run(config, crops, tmp_path, "cpu")
    losses = [run.step()["identity"] for _ in range(25)]
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])


def test_bfloat16_learns_as_float32_does(crops, recipe, tmp_path):
    losses = {}
    for precision in CHOICES["precision"]:
        config = read_config(recipe)
        config.precision = precision
        run = Run(config, crops, tmp_path, "cpu")
        losses[precision] = [run.step()["identity"] for _ in range(5)]
        assert all(weights.dtype == torch.float32 for weights in run.network.parameters())
    assert losses["bfloat16"] != losses["float32"]
    np.testing.assert_allclose(losses["bfloat16"], losses["float32"], rtol=0.1)


@pytest.mark.parametrize(("average", "mix_style"), [(0.0, 0.0), (0.7, 0.0), (0.0, 0.6)])
def test_a_resumed_run_ends_where_an_unbroken_one_does(crops, recipe, tmp_path, average, mix_style):
    config = read_config(recipe)
    config.average, config.mix_style = average, mix_style
    unbroken = Run(config, crops, tmp_path, "cpu")
    for _ in range(4):
        unbroken.step()
    first = Run(config, crops, tmp_path, "cpu")
    first.step(), first.step()
    checkpoint.save(tmp_path, first.state())
    second = Run(config, crops, tmp_path, "cpu")
    second.resume(checkpoint.load(tmp_path))
    second.step(), second.step()
    for ours, theirs in ((unbroken.network, second.network), (unbroken.result, second.result)):
        for a, b in zip(ours.state_dict().values(), theirs.state_dict().values(), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)


def test_the_mean_of_weights_is_what_is_kept(crops, recipe, tmp_path):
    config = read_config(recipe)
    config.average = 0.7
    run = Run(config, crops, tmp_path, "cpu")
    passed = []
    for _ in range(3):
        run.step()
        passed.append(run.network.dense.weight.detach().clone())
    mean = passed[0]
    for weights in passed[1:]:
        mean = 0.7 * mean + 0.3 * weights
    torch.testing.assert_close(run.state()["network"]["dense.weight"], mean)
    assert not torch.equal(mean, passed[-1])


def test_the_file_says_how_to_use_it(exported):
    model = onnx.load(exported)
    facts = {p.key: p.value for p in model.metadata_props}
    assert facts["footfall.task"] == "embed"
    assert facts["footfall.size"] == "128x64"
    assert facts["footfall.colour"] == "rgb"
    assert facts["footfall.dimension"] == "128"
    assert facts["footfall.mean"] == "123.675,116.28,103.53"
    assert facts["footfall.std"] == "58.395,57.12,57.375"
    assert facts["footfall.trained_on"] == "made-up people"
    assert facts["footfall.terms"] == "none" and facts["footfall.version"] == "test"
    assert 0 < float(facts["footfall.max_cosine_distance"]) < 2
    assert float(facts["footfall.same_mean"]) < float(facts["footfall.different_mean"])
    midpoint, scale = (float(value) for value in facts["footfall.same_person"].split(","))
    assert 0 < midpoint < 2 and scale > 0
    (images,), (embeddings,) = model.graph.input, model.graph.output
    assert images.name == "images" and embeddings.name == "embeddings"
    dims = images.type.tensor_type.shape.dim
    assert dims[0].dim_param == "N" and [d.dim_value for d in dims[1:]] == [3, 128, 64]
    assert embeddings.type.tensor_type.shape.dim[1].dim_value == 128


def test_the_file_embeds_as_pytorch_does(exported, trained, crops):
    with torch.no_grad():
        ours = network_of(trained)(normalise(crops.pixels)).numpy()
    theirs = OnnxModel.open(exported).embed(crops.pixels, batch=7)
    assert (ours * theirs).sum(1).min() > 0.9999
    np.testing.assert_allclose(np.linalg.norm(theirs, axis=1), 1, atol=1e-5)


def test_weights_are_halved_and_the_bytes_are_the_checkpoint_s_alone(exported, trained, tmp_path):
    assert exported.stat().st_size < 6_000_000
    facts = {p.key: p.value for p in onnx.load(exported).metadata_props}
    write(network_of(trained), tmp_path / "again.onnx", facts, "deepsort")
    assert (tmp_path / "again.onnx").read_bytes() == exported.read_bytes()


def test_judging_writes_a_table(exported, people, recipe, cache, tmp_path):
    page = tmp_path / "scores.md"
    common = ["--data", f"made={people}", "--config", str(recipe), "--cache", str(cache), *THREADS]
    main(
        [
            "evaluate",
            *common,
            "--model",
            f"tiny={exported}",
            "--output",
            str(page),
            "--json",
            f"{page.with_suffix('.json')}",
        ]
    )
    text = page.read_text()
    assert "4 identities that were not trained on, 24 crops" in text
    assert "| tiny |" in text and "| HSV stripes |" in text
    assert "Pairs within one camera" in text and "of the 8 identities trained on" in text
    assert json.loads(page.with_suffix(".json").read_text())["tiny"]["made"]["ranking"]["queries"] == 24


@pytest.mark.parametrize("loss", CHOICES["loss"])
def test_every_loss_trains(crops, recipe, tmp_path, loss):
    config = read_config(recipe)
    config.loss, config.network, config.centre_weight = loss, "osnet", 0.01
    run = Run(config, crops, tmp_path, "cpu")
    before = [p.detach().clone() for p in run.network.parameters()]
    assert all(np.isfinite(value) for _ in range(2) for value in run.step().values())
    assert any(not torch.equal(a, b) for a, b in zip(before, run.network.parameters(), strict=True))


def test_a_later_phase_may_have_another_loss(crops, recipe, tmp_path):
    config = read_config(recipe)
    config.phases[0].batches, config.phases[0].loss, config.phases[1].loss = 1, "softmax", "triplet"
    config.phases[1].height = 32
    run = Run(config, crops, tmp_path, "cpu")
    assert [sorted(run.step()) for _ in range(2)] == [["accuracy", "identity"], ["triplet"]]


def test_only_the_named_sets_are_trained_on(people, recipe, tmp_path):
    both = load({"a": people, "b": people}, tmp_path / "cache")
    config = read_config(recipe)
    config.train_on, config.hold_out = ["a"], {"a": 4, "b": 4}
    run = Run(config, both, tmp_path, "cpu")
    assert set(both.sets[run.train_rows]) == {0} and set(both.sets[run.test_rows]) == {0, 1}
    config.train_on = ["c"]
    with pytest.raises(SystemExit, match="c"):
        Run(config, both, tmp_path, "cpu")


def test_a_warm_start_without_weights_says_how_to_get_them(crops, recipe, tmp_path, monkeypatch):
    monkeypatch.setenv("FOOTFALL_CACHE", str(tmp_path))
    config = read_config(recipe)
    config.network, config.warm_start = "mobilenet", "imagenet"
    with pytest.raises(SystemExit, match="scripts/setup --only train"):
        Run(config, crops, tmp_path, "cpu")


def test_a_run_may_begin_where_an_earlier_one_ended(trained, crops, recipe, tmp_path):
    config = read_config(recipe)
    config.warm_start, config.loss = str(trained / checkpoint.NAME), "triplet"
    run, earlier = Run(config, crops, tmp_path, "cpu"), network_of(trained).state_dict()
    assert all(torch.equal(tensor, earlier[name]) for name, tensor in run.network.state_dict().items())
    assert run.state()["past"] == [checkpoint.load(trained)["config"]]
    config.network = "osnet"
    with pytest.raises(SystemExit, match="of deepsort, and this recipe's network is osnet"):
        Run(config, crops, tmp_path, "cpu")


def test_a_device_that_is_not_there_is_an_error(people, recipe, tmp_path):
    if torch.cuda.is_available():
        pytest.skip("this machine has the device")
    with pytest.raises(SystemExit, match="cuda"):
        main(["train", "--data", f"made={people}", "--run", str(tmp_path), "--device", "cuda", *THREADS])


def test_data_must_exist(tmp_path):
    with pytest.raises(SystemExit):
        main(["train", "--data", f"made={tmp_path / 'nowhere'}", "--run", str(tmp_path)])


def test_imprinted_weights_know_people_before_the_first_batch(crops, recipe, tmp_path):
    right = {}
    for imprint in (0, 3):
        config = read_config(recipe)
        config.imprint = imprint
        run = Run(config, crops, tmp_path, "cpu")
        vectors = torch.from_numpy(embed(run.network, crops.pixels[run.train_rows], "cpu", config.phases[0].height))
        answers = (vectors @ run.losses.classify.weight.T).argmax(1).detach().numpy()
        right[imprint] = (answers == run.labels[run.train_rows]).mean()
    assert right[0] < 0.4 < 0.6 < right[3]


def test_a_soup_is_the_mean_of_its_runs_and_can_be_gone_on_from(trained, recipe, people, cache, tmp_path):
    first = checkpoint.load(trained)
    doubled = {key: value * 1.01 if value.is_floating_point() else value for key, value in first["network"].items()}
    other = {**first, "network": doubled, "batch": 3}
    (tmp_path / "other").mkdir()
    checkpoint.save(tmp_path / "other", other)
    main(["soup", "--of", str(trained), "--of", str(tmp_path / "other"), "--run", str(tmp_path / "soup")])
    mixed = checkpoint.load(tmp_path / "soup")
    for name, value in first["network"].items():
        torch.testing.assert_close(mixed["network"][name], value * 1.005 if value.is_floating_point() else value)
    assert [sum(phase["batches"] for phase in past["phases"]) for past in mixed["past"]] == [14]
    assert mixed["batch"] == 3
    words = ["--data", f"made={people}", "--run", str(tmp_path / "soup"), "--cache", str(cache), *THREADS]
    main(["export", *words, "--output", str(tmp_path / "soup.onnx")])
    assert (tmp_path / "soup.onnx").exists()


def test_runs_of_other_networks_have_no_mean(trained, tmp_path):
    state = checkpoint.load(trained)
    (tmp_path / "other").mkdir()
    checkpoint.save(tmp_path / "other", {**state, "network": {"weights": torch.zeros(2)}})
    with pytest.raises(SystemExit, match="different networks"):
        main(["soup", "--of", str(trained), "--of", str(tmp_path / "other"), "--run", str(tmp_path / "soup")])
