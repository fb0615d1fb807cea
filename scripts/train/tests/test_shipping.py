"""What comes of a trained run: files of each precision, a report, a card."""

from pathlib import Path, PureWindowsPath

import onnx
import torch

from conftest import THREADS
from reid import checkpoint
from reid.__main__ import main
from reid.card import without_places
from reid.networks import build
from reid.onnx_model import OnnxModel
from reid.pixels import normalise


def test_int8_embeds_almost_as_pytorch_does(trained, people, recipe, cache, tmp_path, capsys, crops):
    output = tmp_path / "int8.onnx"
    common = ["--data", f"made={people}", "--config", str(recipe), "--cache", str(cache), *THREADS]
    main(["export", *common, "--run", str(trained), "--output", str(output), "--precision", "int8"])
    told = capsys.readouterr().out
    assert "times as fast as fp32" in told and "rank-1 lost: made" in told
    model = onnx.load(output)
    assert {p.key: p.value for p in model.metadata_props}["footfall.version"] == "test"
    kernels = [i for i in model.graph.initializer if i.data_type == onnx.TensorProto.INT8 and len(i.dims) == 4]
    assert len(kernels) >= 8
    network = build("deepsort")
    network.load_state_dict(checkpoint.load(trained)["network"])
    network.eval()
    with torch.no_grad():
        ours = network(normalise(crops.pixels)).numpy()
    assert (ours * OnnxModel.open(output).embed(crops.pixels)).sum(1).mean() > 0.98


def test_fp32_is_the_larger_file(exported, trained, people, cache, tmp_path):
    output = tmp_path / "fp32.onnx"
    common = ["--data", f"made={people}", "--cache", str(cache), *THREADS]
    main(["export", *common, "--run", str(trained), "--output", str(output), "--precision", "fp32"])
    assert output.stat().st_size > 1.8 * exported.stat().st_size


def test_the_report_is_one_file_with_everything_in_it(trained, people, cache, tmp_path):
    page = tmp_path / "report.html"
    main(
        [
            "report",
            "--data",
            f"made={people}",
            "--cache",
            str(cache),
            *THREADS,
            "--run",
            str(trained),
            "--output",
            str(page),
        ]
    )
    text = page.read_text()
    assert "http" not in text and text.count("data:image/png;base64,") == 4
    for title in ("Training", "Distances", "ROC and CMC", "Found in made", "made in two dimensions", "The recipe"):
        assert f"<h2>{title}</h2>" in text
    assert text.count('class="right"') > 4


def test_the_card_tells_what_the_run_was(exported, trained, people, cache, tmp_path):
    page = tmp_path / "card.md"
    common = ["--data", f"made={people}", "--cache", str(cache), *THREADS, "--run", str(trained)]
    main(["card", *common, "--model", str(exported), "--output", str(page)])
    text = page.read_text()
    for words in (
        "2.80 million weights",
        "294 million multiply-adds",
        "Version test",
        "| made | 8 identities, 48 crops |",
    ):
        assert words in text
    assert "## Terms\n\nnone\n" in text and "`footfall.same_person`" in text


def test_what_is_published_names_no_place_of_this_machine():
    recipe = {
        "warm_start": str(Path("/", "tmp", "somebody", "weights.pt")),
        "past": [
            {"warm_start": "runs/first/checkpoint.pt"},
            str(PureWindowsPath("C:/data/a.pt")),
            "~/b.pt",
            "../../c.pt",
        ],
        "people": 4,
    }
    assert without_places(recipe) == {
        "warm_start": "weights.pt",
        "past": [{"warm_start": "runs/first/checkpoint.pt"}, "a.pt", "b.pt", "c.pt"],
        "people": 4,
    }


def test_a_card_and_a_report_name_no_place_of_this_machine(exported, trained, people, cache, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    state = checkpoint.load(trained)
    earlier = {**state["config"], "warm_start": str(tmp_path / "earlier.pt")}
    state["config"] = {**state["config"], "warm_start": str(tmp_path / "weights.pt")}
    checkpoint.save(run, {**state, "past": [earlier]})
    page = tmp_path / "card.md"
    common = ["--data", f"made={people}", "--cache", str(cache), *THREADS, "--run", str(run)]
    main(["card", *common, "--model", str(exported), "--output", str(page)])
    text = page.read_text()
    assert "warm-started from weights.pt" in text and "warm-started from earlier.pt" in text
    assert str(tmp_path) not in text
