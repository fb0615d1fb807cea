"""The detector's graph as a module, its targets and losses, and a step of training."""

import numpy as np
import onnxruntime
import pytest
import torch

from crowd import pictures
from crowd.ingredients import cache_folder
from detector.assign import assign
from detector.boxes import cells, common, decode, giou, iou
from detector.data import Pictures, place
from detector.losses import Truth, second_boxes, supervised
from detector.net import SIZE, Net
from detector.train import Recipe, Run
from detector.windows import Window, lit

ORIGINAL = cache_folder() / "models" / "nanodet-g.onnx"


@pytest.fixture(scope="module")
def small_set(tmp_path_factory):
    folder = tmp_path_factory.mktemp("set")
    list(pictures.make(folder, 2, "street", 0, 8, (120, 160)))
    return folder


def test_the_module_computes_what_the_file_does_and_is_written_back(tmp_path):
    net = Net(ORIGINAL)
    net.save(tmp_path / "same.onnx")
    shown = np.random.default_rng(0).normal(0, 1, (1, 3, 64, 96)).astype(np.float32)
    with torch.no_grad():
        logit, dist = net(torch.tensor(shown))
    for path in (ORIGINAL, tmp_path / "same.onnx"):
        session = onnxruntime.InferenceSession(str(path))
        scores, boxes = session.run(["scores", "boxes"], {"images": shown})
        np.testing.assert_allclose(logit.sigmoid().numpy(), scores, atol=1e-5)
        np.testing.assert_allclose(dist.numpy(), boxes, atol=1e-4)


def test_boxes_agree_with_counting_pixels():
    draw = np.random.default_rng(1)
    for _ in range(20):
        corners = draw.integers(0, 20, (2, 2, 2))
        a, b = (np.concatenate([c.min(0), c.max(0) + 1]) for c in corners)
        grid = np.zeros((2, 24, 24), bool)
        for plane, (x0, y0, x1, y1) in zip(grid, (a, b), strict=True):
            plane[y0:y1, x0:x1] = True
        both, either = (grid[0] & grid[1]).sum(), (grid[0] | grid[1]).sum()
        low, high = np.minimum(a, b)[:2], np.maximum(a, b)[2:]
        hull = (high - low).prod()
        ta, tb = torch.tensor(a).float(), torch.tensor(b).float()
        assert float(common(ta, tb)) == both
        assert float(iou(ta, tb)) == pytest.approx(both / either)
        assert float(giou(ta, tb)) == pytest.approx(both / either - (hull - either) / hull)


def test_a_cell_answers_for_one_person_near_its_middle():
    at = cells(*SIZE)
    people = torch.tensor([[40.0, 40, 100, 200], [60, 60, 130, 210], [300, 10, 318, 40]])
    boxes = torch.cat([at[:, :2] - 2 * at[:, 2:], at[:, :2] + 2 * at[:, 2:]], 1)
    owner, overlap = assign(torch.zeros(len(at)), boxes, people, at)
    for person in range(3):
        mine = owner == person
        assert 1 <= int(mine.sum()) <= 10
        assert ((at[mine, :2] > people[person, :2]) & (at[mine, :2] < people[person, 2:])).all()
    assert (overlap[owner < 0] == 0).all()
    none, _ = assign(torch.zeros(len(at)), boxes, torch.zeros(0, 4), at)
    assert (none < 0).all()


def test_a_box_inside_a_person_that_is_nobody_s_counts_as_a_second_one():
    person = torch.tensor([[0.0, 0, 100, 200]])
    boxes = torch.tensor([[0.0, 0, 100, 200], [30, 120, 70, 200], [200, 0, 260, 100]])
    assert second_boxes(boxes, person, torch.tensor([0, -1, -1])).tolist() == [False, True, False]
    assert second_boxes(boxes, person, torch.tensor([0, 0, -1])).tolist() == [False, False, False]


def test_losses_want_the_truth_and_leave_out_what_is_ignored():
    at = cells(*SIZE)
    truth = Truth(np.array([[100.0, 60, 160, 220]]), np.array([[300.0, 60, 400, 220]]))
    logit, dist = torch.full((1, len(at)), -6.0), torch.zeros(1, len(at), 44)
    base = supervised(logit, dist, [truth], at)
    elsewhere = ((at[:, 0] > 200) & (at[:, 0] < 280)).nonzero()[:, 0]
    ignored = ((at[:, 0] > 310) & (at[:, 0] < 390) & (at[:, 1] > 70) & (at[:, 1] < 200)).nonzero()[:, 0]
    for where, worse in ((elsewhere, True), (ignored, False)):
        wrong = logit.clone()
        wrong[0, where] = 3.0
        loss = supervised(wrong, dist, [truth], at)
        assert (float(loss[0]) > float(base[0]) + 1) == worse
        assert (float(loss[3]) > 0.9) == worse


def test_a_window_moves_boxes_with_the_picture():
    """A bright box on grey stays where its label says in every window."""
    picture = np.full((120, 160, 3), 60, np.uint8)
    picture[30:90, 60:100] = 250
    label = {"people": [{"box": [60, 30, 100, 90], "hidden": 0.0}], "tilt": 90.0}
    found = 0
    for seed in range(30):
        window = Window(np.random.default_rng(seed), picture, label)
        bright = window.pixels.mean(0) > (window.pixels.min() + window.pixels.max()) / 2
        if not len(window.truth.boxes):
            continue
        found += 1
        left, top, right, bottom = window.truth.boxes[0].tolist()
        y, x = np.nonzero(bright)
        np.testing.assert_allclose([left, top, right, bottom], [x.min(), y.min(), x.max() + 1, y.max() + 1], atol=4)
    assert found > 15


def test_other_light_leaves_black_black_and_shapes_where_they_are():
    picture = np.zeros((60, 80, 3), np.uint8)
    picture[20:40, 30:50] = (200, 60, 90)
    lights = [lit(np.random.default_rng(seed), picture) for seed in range(40)]
    assert len({light.tobytes() for light in lights}) > 20
    for light in lights:
        assert light.dtype == np.uint8 and not light[picture.sum(-1) == 0].any()
        assert light[25:35, 35:45].any(-1).all(), "somebody was lost in the dark"
    assert (lit(np.random.default_rng(3), picture) == lights[3]).all()


def test_photographed_places_have_nobody_labelled():
    picture, label = place(np.random.default_rng(0))
    assert picture.shape == (320, 416, 3) and picture.std() > 5 and label["people"] == []


def test_training_moves_the_weights_and_leaves_a_file_that_loads(tmp_path, small_set):
    recipe = Recipe(minutes=9, steps=2, batch=3, side=1, threads=1)
    run = Run(ORIGINAL, ORIGINAL, Pictures([small_set]), recipe)
    lines = []
    run.run(tmp_path / "out.onnx", lines.append)
    assert "2 steps of 3" in lines[-1]
    before, after = Net(ORIGINAL), Net(tmp_path / "out.onnx")
    moved = [n for n in after.names if not torch.equal(before.weight(n), after.weight(n))]
    assert moved and not [n for n in moved if n.startswith("conv") and after.depth(n) < recipe.frozen]
    with torch.no_grad():
        logit, dist = after(torch.zeros(1, 3, 64, 96))
    assert decode(dist[0], cells(64, 96)).isfinite().all() and logit.isfinite().all()
