"""Other packages' objects in and out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import supervision as sv

import footfall
import footfall.dataframes
import footfall.mot
import footfall.norfair
import footfall.supervision
import footfall.ultralytics
from conftest import walk


def detections(boxes, scores):
    return sv.Detections(xyxy=boxes, confidence=scores, class_id=np.zeros(len(boxes), int))


def test_the_place_of_supervisions_bytetrack(people):
    """The same calls, the same kind of answer: each detection with its own box, and who it is."""
    theirs, ours = sv.ByteTrack(frame_rate=25), footfall.supervision.ByteTrack(frame_rate=25)
    for boxes, scores, _ in people:
        a, b = (tracker.update_with_detections(detections(boxes, scores)) for tracker in (theirs, ours))
        assert isinstance(b, sv.Detections)
    assert a.tracker_id.tolist() == b.tracker_id.tolist() == [1, 2, 3]
    assert np.array_equal(a.xyxy, b.xyxy) and b.tracker_id.dtype == a.tracker_id.dtype
    ours.reset()
    nobody = ours.update_with_detections(sv.Detections.empty())
    assert len(nobody) == 0 and nobody.tracker_id.tolist() == []
    with pytest.raises(ValueError, match="confidence"):
        ours.update_with_detections(sv.Detections(xyxy=boxes))
    with pytest.warns(UserWarning, match="minimum_matching_threshold"):
        footfall.supervision.ByteTrack(0.25, 30, 0.8, 25, 1)
    assert footfall.supervision.ByteTrack(lost_track_buffer=60).tracker.settings["max_age"] == 2


def test_the_place_of_supervisions_linezone(people):
    start, end = sv.Point(250, 0), sv.Point(250, 600)
    theirs = sv.LineZone(start, end, triggering_anchors=[sv.Position.BOTTOM_CENTER])
    ours = footfall.supervision.LineZone(start, end, [sv.Position.BOTTOM_CENTER], frame_rate=25)
    tracker, marked = footfall.supervision.ByteTrack(frame_rate=25), [0, 0]
    for boxes, scores, _ in people:
        tracked = tracker.update_with_detections(detections(boxes, scores))
        theirs.trigger(tracked)
        for side, crossed in enumerate(ours.trigger(tracked)):
            marked[side] += int(crossed.sum())
    ours.finish()
    assert (ours.in_count, ours.out_count) == (theirs.in_count, theirs.out_count) != (0, 0)
    assert marked == [ours.in_count, ours.out_count]
    picture = np.zeros((600, 800, 3), np.uint8)
    assert sv.LineZoneAnnotator().annotate(picture, ours).any()
    with pytest.warns(UserWarning, match="BOTTOM_CENTER"):
        footfall.supervision.LineZone(start, end, [sv.Position.CENTER])
    with pytest.raises(ValueError, match="tracker_id"):
        ours.trigger(detections(boxes, scores))


class Boxes:
    """As ultralytics' Boxes: rows of corners, (id,) score, class."""

    def __init__(self, data):
        self.data = data

    xyxy = property(lambda self: self.data[:, :4])
    conf = property(lambda self: self.data[:, -2])
    cls = property(lambda self: self.data[:, -1])
    id = property(lambda self: self.data[:, 4] if self.data.shape[1] == 7 else None)


class Results:
    """As ultralytics' Results. scripts/python/foreign runs the adapter over the real ones."""

    def __init__(self, boxes):
        self.boxes = Boxes(boxes)

    def __getitem__(self, index):
        return Results(self.boxes.data[index])

    def update(self, boxes):
        self.boxes = Boxes(boxes)


def test_ultralytics_results(people):
    tracker = footfall.Tracker(frame_rate=25)
    for boxes, scores, _ in people:
        rows = np.column_stack([boxes, scores, [0, 2, 0]]).astype(np.float32)  # the second one is a car
        found = footfall.ultralytics.update(tracker, Results(rows))
    assert found.boxes.id.tolist() == [1, 2]
    assert np.array_equal(found.boxes.data[:, :4], rows[[0, 2], :4]) and found.boxes.data.dtype == np.float32
    nobody = footfall.ultralytics.update(tracker, Results(np.zeros((0, 6), np.float32)))
    assert len(nobody.boxes.data) == 0
    assert len(footfall.ultralytics.track(footfall.Tracker(), Results(rows), classes=[0, 2])) == 3


@dataclass
class Detection:
    """As norfair's."""

    points: Any
    scores: Any = None
    embedding: Any = None
    label: str | None = "person"


def test_norfairs_style(people):
    tracker = footfall.norfair.Tracker(frame_rate=25)
    for boxes, scores, embeddings in people:
        seen = [
            Detection(b.reshape(2, 2), np.repeat(s, 2), e) for b, s, e in zip(boxes, scores, embeddings, strict=True)
        ]
        seen[1].embedding = None
        found = tracker.update(seen)
    assert [one.id for one in found] == [1, 2, 3] and found[1].last_detection is seen[1]
    assert found[0].estimate.shape == (2, 2) and found[0].live_points.all() and found[0].label == "person"
    assert tracker.update(period=3) == [] and tracker.tracker.update([], []).frame == 64
    with pytest.raises(ValueError, match=r"detections\[0\] has points of shape \(2,\)"):
        tracker.update([Detection([1, 2])])


def test_a_table_of_detections_becomes_one_of_tracks(people):
    import pandas

    rows = [
        {"frame": frame, "left": x, "top": y, "width": r - x, "height": b - y, "score": s}
        for frame, (boxes, scores, _) in enumerate(people, 1)
        for (x, y, r, b), s in zip(boxes, scores, strict=True)
        if frame != 20
    ]
    table = footfall.dataframes.track(pandas.DataFrame(rows), footfall.Tracker(frame_rate=25))
    assert table.columns.tolist() == ["frame", "time", "id", "left", "top", "width", "height", "score", "detection"]
    assert set(table["id"]) == {1, 2, 3} and 20 not in set(table["frame"])
    assert table["width"].between(30, 50).all()
    with pytest.raises(ValueError, match="no column 'score'"):
        footfall.dataframes.track(pandas.DataFrame(rows).drop(columns="score"), footfall.Tracker())
    assert len(footfall.dataframes.from_tracks([])) == 0


def write(path, frames, skip=()):
    rows = [
        f"{number},-1,{x:.2f},{y:.2f},{r - x:.2f},{b - y:.2f},{score:.3f}\n"
        for number, (boxes, scores, _) in enumerate(frames, 1)
        if number not in skip
        for (x, y, r, b), score in zip(boxes, scores, strict=True)
    ]
    path.write_text("".join(rows))


def test_mot_text_in_and_out(people, tmp_path):
    write(tmp_path / "det.txt", people, skip=(30, 31))
    tracker = footfall.Tracker(frame_rate=25, box_format="tlwh")
    frames = list(footfall.mot.track(tmp_path / "det.txt", tracker))
    assert [tracks.frame for tracks in frames] == list(range(1, 61)), "two of them without anybody"
    footfall.mot.write_tracks(tmp_path / "tracks.txt", frames)
    rows = footfall.read_tracks(tmp_path / "tracks.txt")
    assert set(rows[:, 1]) == {1, 2, 3} and rows.shape == (3 * 58, 7)
    for name, told, kind in [("none.txt", "check the path", FileNotFoundError), ("bad.txt", "line 1", ValueError)]:
        (tmp_path / "bad.txt").write_text("1,-1,x,2,3,4,1\n")
        with pytest.raises(kind, match=told):
            footfall.DetectionFile(tmp_path / name)


def test_json_lines_bring_embeddings_and_times(tmp_path):
    import json

    path = tmp_path / "det.jsonl"
    with path.open("w") as lines:
        for number, (boxes, scores, looks) in enumerate(walk(dimension=8), 1):
            rows = [
                {"bbox": [x, y, r - x, b - y], "confidence": s} | ({"embedding": e.tolist()} if i else {})
                for i, ((x, y, r, b), s, e) in enumerate(zip(boxes, scores, looks, strict=True))
            ]
            lines.write(
                json.dumps({"frame": number, "time": number / 12.5, "frame_rate": 12.5, "detections": rows}) + "\n"
            )
    file = footfall.DetectionFile(path)
    assert file.frame_rate == 12.5 and file.stride is None
    first = next(file)
    assert first.embeddings.shape == (2, 8) and first.embedded.tolist() == [1, 2] and first.time == 0.08
    assert np.allclose(np.linalg.norm(first.embeddings, axis=1), 1)
    frames = list(footfall.mot.track(path, footfall.Tracker(frame_rate=12.5)))
    assert len(frames) == 60 and frames[-1].ids.tolist() == [1, 2, 3]


LABELS = Path(__file__).parents[2] / "formats" / "tests" / "labels"


@pytest.mark.parametrize("name", ["yolo-scores-ids", "supervision.csv", "datumaro-coco.json", "cvat-video.xml"])
def test_what_other_programs_wrote_is_read(name):
    """Files that the programs themselves wrote: scripts/labels/make."""
    file = footfall.DetectionFile(LABELS / name, size=(640, 480))
    frames = {seen.frame: seen for seen in file}
    assert frames[1].boxes[0].tolist() == pytest.approx([162, 60, 210, 220], abs=1e-2)
    assert len(frames[6]) == 2 and (3 not in frames or len(frames[3]) == 0)
    assert any("other classes" in note for note in file.notes)


def test_shares_of_a_picture_need_its_size():
    with pytest.raises(ValueError, match="size"):
        footfall.DetectionFile(LABELS / "yolo")
