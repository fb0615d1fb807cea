"""The counter: who passes which line."""

import numpy as np
import pytest

import footfall
from conftest import walk

DOOR = {"door": [(250, 600), (250, 0)]}


def counted(counter, frames):
    tracker = footfall.Tracker(frame_rate=25)
    crossings = [c for frame in frames for c in counter.update(tracker.update(*frame))]
    return crossings + counter.finish()


def test_three_people_come_in(people):
    counter = footfall.Counter(DOOR)
    crossings = counted(counter, people)
    assert sorted(c.track for c in crossings) == [1, 2, 3]
    assert {(c.line, c.direction) for c in crossings} == {("door", "in")}
    assert counter.counts == {"door": {"in": 3, "out": 0}}
    low, high = counter.intervals["door"]["in"]
    assert low <= 3 <= high
    first = crossings[0]
    assert first.point[0] == pytest.approx(250) and first.decided >= first.frame and 0 < first.confidence <= 1
    assert first.time == pytest.approx((first.frame - 1) / 25)
    assert first.to_dict("shop")["source"] == "shop" and "source" not in first.to_dict()
    with pytest.raises(ValueError, match="finished"):
        counter.update(footfall.Tracker().update([], []))


def test_at_a_frame_a_second_nobody_can_be_counted():
    well, rare = (footfall.Counter(DOOR, frame_rate=rate) for rate in (25, 1))
    for counter in (well, rare):
        for frame in range(30):
            counter.update_boxes([[100 + 10 * frame, 100, 140 + 10 * frame, 200]], [1])
        counter.finish()
    assert well.uncountable is None and well.intervals["door"]["in"] is not None
    assert rare.uncountable["because"] == "low_rate" and rare.uncountable["remedy"].startswith("It takes ")
    assert rare.intervals == {"door": {"in": None, "out": None}}


def walked(score=0.9, **settings):
    """A counter that somebody has walked through for 12 seconds, 100 pixels high."""
    tracker, counter = footfall.Tracker(), footfall.Counter(DOOR, **settings)
    for frame in range(300):
        box = [100 + 2 * (frame % 150), 100, 140 + 2 * (frame % 150), 200]
        counter.update(tracker.update([box], [score], [[1.0, 0.0]], time=frame / 25))
    counter.finish()
    return counter


def test_people_who_cannot_be_seen_well_cannot_be_counted():
    assert walked().uncountable is None and walked(input_scale=0.5).uncountable is None
    small, dim = walked(input_scale=0.1), walked(score=0.4)
    assert small.uncountable["because"] == "too_small" and "larger" in small.uncountable["remedy"]
    assert dim.uncountable["because"] == "unclear"
    assert small.intervals == dim.intervals == {"door": {"in": None, "out": None}}
    for scale in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="416 / 1920"):
            footfall.Counter(DOOR, input_scale=scale)


def test_where_tracks_are_over_after_a_moment_more_people_may_have_been_missed(people):
    def missed(flickers):
        """How many more than were counted may have come in, where somebody is seen for a moment now and then."""
        tracker, counter = footfall.Tracker(), footfall.Counter(DOOR)
        for number, (boxes, scores, *_) in enumerate(people * 3):
            if flickers and number % 50 < 5:
                boxes, scores = [*boxes, [600, 300, 640, 400]], [*scores, 0.9]
            counter.update(tracker.update(boxes, scores))
        counter.finish()
        return counter.intervals["door"]["in"][1] - counter.counts["door"]["in"]

    assert missed(True) > missed(False)


def test_lines_as_texts_and_in_percent(people):
    for lines, size in [(["door:250,600,250,0"], None), (["door:25%,100%,25%,0%"], (1000, 600))]:
        counter = footfall.Counter(lines, size=size)
        counted(counter, people)
        assert counter.counts == {"door": {"in": 3, "out": 0}}
    with pytest.raises(ValueError, match="size"):
        footfall.Counter(["door:25%,100%,25%,0%"])


def test_another_tracker_is_counted_the_same(people):
    """From the boxes and ids alone, without looks."""
    tracker, counter = footfall.Tracker(frame_rate=25), footfall.Counter(DOOR, frame_rate=25)
    for frame in people:
        tracks = tracker.update(*frame)
        counter.update_boxes(tracks.boxes, tracks.ids, tracks.scores, removed=tracks.removed)
    counter.finish()
    assert counter.counts == {"door": {"in": 3, "out": 0}}


def test_zones_and_masks(people):
    counter = footfall.Counter(
        zones={"till": [(0, 0), (250, 0), (250, 600), (0, 600)]}, masks=[[(0, 0), (9, 0), (9, 9)]]
    )
    counted(counter, people)
    visits = counter.visits()
    assert len(visits) == 3 and all(visit.left > visit.entered and visit.zone == "till" for visit in visits)
    assert counter.zones["till"]["visits"] == 3 and counter.visits() == []
    assert counter.hides([[0, 0, 8, 3], [0, 0, 80, 300]]).tolist() == [True, False]


@pytest.mark.parametrize(
    ("ids", "told"),
    [
        ([1, 1], "ids[1] is 1, as ids[0] is"),
        ([1, -1], "ids[1] is -1"),
        ([1, 1.5], "ids[1] is 1.5"),
        ([1], "ids has 1 rows, and boxes has 2"),
        ([1, np.nan], "ids[1] is NaN"),
    ],
)
def test_a_wrong_id_is_named(ids, told):
    with pytest.raises(ValueError) as caught:
        footfall.Counter(DOOR).update_boxes([[1, 2, 3, 4], [5, 6, 7, 8]], ids)
    assert told in str(caught.value)


def test_what_would_fill_the_memory_is_refused():
    counter, many = footfall.Counter(DOOR), 10**12
    with pytest.raises(ValueError, match="1000000000000 rows"):
        counter.update_boxes(np.broadcast_to([1.0, 2, 3, 4], (many, 4)), [1])
    for given in [{"ids": np.broadcast_to(1.0, many)}, {"ids": [1], "removed": np.broadcast_to(1.0, many)}]:
        with pytest.raises(ValueError, match="1000000000000 rows"):
            counter.update_boxes([[1, 2, 3, 4]], **given)
    for shape in ["lines", "zones"]:
        with pytest.raises(ValueError, match="1000000000000 rows"):
            footfall.Counter(**{shape: {"a": np.broadcast_to([1.0, 2.0], (many, 2))}})
    assert counter.update_boxes([[1, 2, 3, 4]], [1]) == []


@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        ({"lines": "door:1,2,3,4"}, TypeError, "expected a list"),
        ({"lines": ["door"]}, ValueError, "expected NAME:x1,y1,x2,y2"),
        ({"lines": [7]}, TypeError, "expected texts"),
        ({"lines": ["a:1,2,3,4", "a:1,2,3,5"]}, ValueError, "twice"),
        ({"lines": {"door": [(1, 2)]}}, ValueError, "at least 2"),
        ({"lines": {"door": [(1, 2, 3)]}}, ValueError, "shape (1, 3)"),
        ({"lines": {"door": [(1, 2), (np.nan, 4)]}}, ValueError, "finite"),
        ({"zones": {"till": [(1, 1), (2, 2), (3, 3)]}}, ValueError, "no area"),
        ({"smoothing": -1}, ValueError, "counter.smoothing"),
        ({"smothing": 1}, TypeError, "smoothing"),
    ],
)
def test_what_is_no_counter_says_so(arguments, error, told):
    with pytest.raises(error) as caught:
        footfall.Counter(**arguments)
    assert told in str(caught.value)


def test_long_walks_are_counted_in_both_directions():
    forward = list(walk(60))
    counter = footfall.Counter(DOOR)
    counted(counter, forward + forward[::-1])
    assert counter.counts == {"door": {"in": 3, "out": 3}}


def test_crossings_are_scored():
    truth = [{"line": "a", "direction": "in", "time": 1.0}, {"line": "a", "direction": "out", "time": 9.0}]
    counted = [{"line": "a", "direction": "in", "time": 1.4}, {"line": "b", "direction": "in", "time": 2.0}]
    scores = footfall.evaluate_crossings(truth, counted)
    assert (scores["combined"]["matched"], scores["combined"]["missed"], scores["combined"]["false_alarms"]) == (
        1,
        1,
        1,
    )
    assert scores["lines"]["a"]["recall"] == 0.5
    with pytest.raises(ValueError, match=r"crossings\[0\].*direction"):
        footfall.evaluate_crossings(truth, [{"line": "a", "direction": "up", "time": 1.0}])
    with pytest.raises(ValueError, match=r"truth\[0\]"):
        footfall.evaluate_crossings([{"line": "a"}], counted)
