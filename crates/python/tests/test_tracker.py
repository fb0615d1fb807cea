"""The tracker: who is who, whatever arrays come in."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import footfall
from conftest import walk


def run(frames, **settings):
    tracker = footfall.Tracker(frame_rate=25, **settings)
    return "".join(tracker.update(boxes, scores, looks).to_mot() for boxes, scores, looks in frames)


def test_three_people_stay_three(people):
    tracker = footfall.Tracker(frame_rate=25)
    for boxes, scores, embeddings in people:
        tracks = tracker.update(boxes, scores, embeddings)
    assert tracks.ids.tolist() == [1, 2, 3]
    assert tracks.frame == 60 and tracks.time == pytest.approx(59 / 25)
    assert np.abs(tracks.boxes - boxes[tracks.detections]).max() < 5
    assert tracks.scores.tolist() == pytest.approx(scores.tolist())


@pytest.mark.parametrize("preset", ["best", "deepsort"])
def test_the_same_calls_give_the_same_bytes(people, preset):
    assert len({run(people, preset=preset) for _ in range(3)}) == 1


def changed(kind, array):
    """The same numbers in another kind of memory."""
    wide = np.asarray(array)
    match kind:
        case "list":
            return wide.tolist()
        case "strided":
            other = np.zeros((2 * len(wide), *[2 * n for n in wide.shape[1:]]))
            other[::2, ...][tuple([slice(None), *[slice(None, n) for n in wide.shape[1:]]])] = wide
            return other[::2, ...][tuple([slice(None), *[slice(None, n) for n in wide.shape[1:]]])]
        case "fortran":
            return np.asfortranarray(wide)
        case "backwards":
            return wide[::-1].copy()[::-1]
        case "big-endian":
            return wide.astype(">f8")
        case "read-only":
            wide = wide.copy()
            wide.flags.writeable = False
            return wide
        case "unaligned":
            memory = np.zeros(wide.nbytes + 1, np.uint8)
            other = memory[1:].view(np.float64).reshape(wide.shape)
            other[...] = wide
            assert not other.flags.aligned
            return other


@pytest.mark.parametrize("kind", ["list", "strided", "fortran", "backwards", "big-endian", "read-only", "unaligned"])
def test_how_an_array_lies_in_memory_does_not_matter(people, kind):
    other = [tuple(changed(kind, array) for array in frame) for frame in people]
    assert run(other) == run(people)


def test_whole_numbers_and_single_precision_do(people):
    rounded = [(boxes.round(), scores, None) for boxes, scores, _ in people]
    whole = [(boxes.astype(np.int64), scores, None) for boxes, scores, _ in rounded]
    assert run(whole) == run(rounded)
    single = [(boxes.astype(np.float32), scores.astype(np.float32), None) for boxes, scores, _ in rounded]
    assert run(single) == run(rounded)


def test_corners_and_sizes_are_the_same_people(people):
    whole = [(np.round(boxes), scores, looks) for boxes, scores, looks in people]
    sizes = [(np.hstack([b[:, :2], b[:, 2:] - b[:, :2]]), s, e) for b, s, e in whole]
    assert run(sizes, box_format="tlwh") == run(whole)


BOX = [10.0, 20.0, 50.0, 120.0]


@pytest.mark.parametrize(
    ("boxes", "scores", "told"),
    [
        ([BOX, [1, 2, float("nan"), 4]], [0.9, 0.9], "boxes[1] is [1.0, 2.0, NaN, 4.0]; expected four finite"),
        ([[1, 2, float("inf"), 4]], [0.9], "boxes[0]"),
        ([BOX, [50, 20, 10, 120]], [0.9, 0.9], "boxes[1] is [50.0, 20.0, 10.0, 120.0]; expected left, top, right"),
        ([[1e308, 0, -1e308, 5]], [0.9], "boxes[0]"),
        (BOX, [0.9], "boxes has shape (4,); expected (n, 4)"),
        (np.zeros((2, 5)), [0.9, 0.9], "boxes has shape (2, 5)"),
        (np.zeros((1, 2, 4)), [0.9], "boxes has shape (1, 2, 4)"),
        (7, [0.9], "boxes has shape ()"),
        ([[1, 2], [3]], [0.9], "boxes cannot be made an array"),
        ([BOX], [0.9, 0.8], "scores has 2 rows, and boxes has 1"),
        ([BOX], [], "scores has 0 rows, and boxes has 1"),
        ([BOX], [[0.9]], "scores has shape (1, 1)"),
        ([BOX], [-0.1], "scores[0] is -0.1"),
        ([BOX, BOX], [0.5, 87], "scores[1] is 87"),
        ([BOX], [float("nan")], "scores[0] is NaN"),
    ],
)
def test_a_wrong_number_is_named_and_the_tracker_goes_on(boxes, scores, told):
    tracker = footfall.Tracker()
    with pytest.raises(ValueError) as caught:
        tracker.update(boxes, scores)
    assert told in str(caught.value)
    assert tracker.update([BOX], [0.9]).frame == 1


@pytest.mark.parametrize("boxes", [["a", "b"], [[1j, 2, 3, 4]], [[None] * 4], [[object()] * 4], {1: 2}, "boxes", b"x"])
def test_what_is_no_number_is_a_type_error(boxes):
    with pytest.raises((TypeError, ValueError)):
        footfall.Tracker().update(boxes, [0.9])


@pytest.mark.parametrize("empty", [[], np.zeros((0, 4)), np.zeros(0), np.zeros((0, 4), np.int32), np.zeros((4, 0))])
def test_nobody_is_no_error(empty):
    assert len(footfall.Tracker().update(empty, [])) == 0


def test_ten_million_boxes_are_no_frame():
    boxes = np.broadcast_to(np.array(BOX), (10_000_000, 4))
    with pytest.raises(ValueError, match="frame by frame"):
        footfall.Tracker().update(boxes, np.broadcast_to(0.9, 10_000_000))


ENDLESS = 10**12
"""Rows over a few numbers, which as an array of their own would fill any memory."""


def endless(*numbers):
    return np.broadcast_to(np.array(numbers, float), (ENDLESS, len(numbers)))


@pytest.mark.parametrize(
    "given",
    [
        {"boxes": endless(*BOX)},
        {"scores": np.broadcast_to(0.9, ENDLESS)},
        {"embeddings": endless(0.6, 0.8)},
        {"embeddings": endless(0.6).T},
        {"embeddings": np.ones((1, 2)), "embedded": np.broadcast_to(0, ENDLESS)},
    ],
)
def test_arrays_that_would_fill_the_memory_are_refused(given):
    tracker = footfall.Tracker()
    with pytest.raises((ValueError, MemoryError)):
        tracker.update(**({"boxes": [BOX], "scores": [0.9]} | given))
    assert tracker.update([BOX], [0.9]).frame == 1


@pytest.mark.parametrize(
    ("embeddings", "embedded", "told"),
    [
        (np.ones((3, 8)), None, "embeddings has 3 rows, and boxes has 2"),
        (np.ones(8), None, "embeddings has shape (8,)"),
        (np.full((2, 8), np.nan), None, "embeddings[0]"),
        (np.ones((1, 8)), [2], "embedded[0] is 2, and there are 2 boxes"),
        (np.ones((2, 8)), [1, 1], "embedded[1] is 1, as one before is"),
        (np.ones((1, 8)), [0, 1], "embedded has 2 indices, and embeddings has 1"),
        (np.ones((1, 8)), [-1], "embedded[0] is -1"),
        (None, [0], "there are none"),
    ],
)
def test_wrong_embeddings_are_named(embeddings, embedded, told):
    with pytest.raises(ValueError) as caught:
        footfall.Tracker().update([BOX, BOX], [0.9, 0.8], embeddings, embedded=embedded)
    assert told in str(caught.value)


def test_embeddings_are_of_one_network():
    tracker = footfall.Tracker()
    tracker.update([BOX], [0.9], np.ones((1, 8)))
    with pytest.raises(ValueError, match="4 numbers each, and those before had 8"):
        tracker.update([BOX], [0.9], np.ones((1, 4)))
    assert tracker.update([BOX], [0.9], np.zeros((1, 8))).frame == 2


def test_time_and_frames_rise():
    tracker = footfall.Tracker(frame_rate=10)
    assert tracker.update([], []).time == 0
    assert tracker.update([], [], frame=5).time == pytest.approx(0.4)
    assert tracker.update([], [], time=2.0).frame == 6
    assert tracker.update([], []).time == pytest.approx(2.1)
    for wrong in [{"frame": 7}, {"time": 1.0}, {"time": float("nan")}, {"time": -1.0}, {"time": 1e300}]:
        with pytest.raises(ValueError):
            tracker.update([], [], **wrong)
    assert tracker.update([], []).frame == 8


def test_what_was_planned_is_enough(people):
    """With the embeddings that were asked for alone, everybody stays who they were."""
    tracker, asked = footfall.Tracker(frame_rate=25), 0
    for boxes, scores, embeddings in people:
        wanted = tracker.plan(boxes, scores)
        asked += len(wanted)
        tracks = tracker.update(boxes, scores, embeddings[wanted], embedded=wanted)
    assert tracks.ids.tolist() == [1, 2, 3]
    assert 0 < asked < 3 * len(people)


def test_offline_fills_a_gap(people):
    tracker = footfall.Tracker(frame_rate=25, record=True)
    online = [
        tracker.update(boxes[: 2 if 30 <= i < 36 else 3], scores[: 2 if 30 <= i < 36 else 3])
        for i, (boxes, scores, _) in enumerate(people)
    ]
    refined = tracker.offline()
    assert [len(tracks) for tracks in online][30:36] == [2] * 6
    assert [len(tracks) for tracks in refined][30:36] == [3] * 6
    assert refined[32].detections.tolist()[2] == -1
    with pytest.raises(RuntimeError, match="record=True"):
        footfall.Tracker().offline()


def test_settings_are_known_by_name():
    settings = footfall.Tracker("deepsort", max_age=2.5, n_init=1, max_cosine_distance=0.25).settings
    assert (settings["max_age"], settings["n_init"], settings["max_cosine_distance"]) == (2.5, 1, 0.25)
    assert footfall.Tracker(max_age=np.float32(2), camera_motion=False).settings["camera_motion"] is False
    with pytest.raises(TypeError, match=r'no setting "max_agee"; it has .*max_age'):
        footfall.Tracker(max_agee=1)
    with pytest.raises(ValueError, match="max_age"):
        footfall.Tracker(max_age=-1)
    with pytest.raises(ValueError, match=r"best\.max_distance"):
        footfall.Tracker(max_distance=1e9)
    with pytest.raises(ValueError, match="deepsort or best"):
        footfall.Tracker("worst")
    with pytest.raises(ValueError, match="box_format"):
        footfall.Tracker(box_format="xywh")
    with pytest.raises(ValueError, match="frame_rate"):
        footfall.Tracker(frame_rate=0)


def test_threads_share_a_tracker_and_others_run_meanwhile():
    """Each frame is taken whole: the numbers of frames are all there, each once."""
    tracker = footfall.Tracker()
    frames = list(itertools.islice(walk(200, 8, 32), 200))
    with ThreadPoolExecutor(8) as pool:
        numbers = [future.frame for future in pool.map(lambda frame: tracker.update(*frame), frames)]
    assert sorted(numbers) == list(range(1, 201))


def test_the_interpreter_is_free_while_it_works():
    """A frame that takes long does not hold up another thread: that one is seen to run within it."""
    random = np.random.default_rng(1)
    corners = random.uniform(0, 3000, (6000, 2))
    boxes, scores = np.hstack([corners, corners + 200]), np.full(6000, 0.9)
    tracker, ran, stop = footfall.Tracker(), [0], threading.Event()

    def other():
        while not stop.is_set():
            ran[0] += 1

    thread = threading.Thread(target=other)
    tracker.update(boxes, scores)
    thread.start()
    before = ran[0]
    tracker.update(boxes, scores)
    during = ran[0] - before
    stop.set()
    thread.join()
    assert during > 0
