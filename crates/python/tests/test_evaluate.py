"""The evaluator: what TrackEval and motmetrics say of the same files, and what is no sequence."""

import sys
from pathlib import Path

import numpy as np
import pytest

import footfall

sys.path.insert(0, str(Path(__file__).parents[3] / "scripts" / "eval"))


def scene(frames=80, people=6, seed=3):
    """Truth and tracks with faults: missed boxes, false ones, identities that change. Columns as in MOT text."""
    random = np.random.default_rng(seed)
    truth, tracks, ids = [], [], np.arange(1, people + 1)
    for frame in range(1, frames + 1):
        for person in range(people):
            box = [15.0 * person + 4 * frame, 30.0 * person, 40, 100]
            truth.append([frame, person + 1, *box, 1])
            if random.random() < 0.02:
                ids[person] = ids.max() + 1
            if random.random() > 0.1:
                tracks.append([frame, ids[person], *(np.array(box) + random.normal(0, 3, 4)), 0.9])
        if random.random() < 0.3:
            tracks.append([frame, 1000 + frame, *random.uniform(0, 500, 2), 40, 100, 0.5])
    return np.array(truth), np.array(tracks)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two sequences as MOTChallenge lays them out."""
    gt, tracks = tmp_path_factory.mktemp("gt"), tmp_path_factory.mktemp("tracks")
    for seed, name in [(3, "A"), (4, "B")]:
        rows = scene(seed=seed)
        (gt / name / "gt").mkdir(parents=True)
        (gt / name / "seqinfo.ini").write_text(f"[Sequence]\nname={name}\nseqLength=80\nframeRate=25\n")
        for path, part, rest in [
            (gt / name / "gt/gt.txt", rows[0], "-1,-1,-1"),
            (tracks / f"{name}.txt", rows[1], "-1,-1,-1"),
        ]:
            text = (f"{int(r[0])},{int(r[1])},{','.join(f'{v:.3f}' for v in r[2:6])},{r[6]:g},{rest}\n" for r in part)
            path.write_text("".join(text))
    return gt, tracks


def test_folders_score_as_trackeval_scores_them(folders):
    import reference

    gt, tracks = folders
    expected = reference.score(gt, tracks, {"A": 80, "B": 80}, "MOT15")
    found = footfall.evaluate(gt, tracks)
    assert found.missing == [] and found.notes == {}
    for name, scores in {**found.sequences, "COMBINED": found.combined}.items():
        for field, value in expected[name].items():
            assert scores[field] == pytest.approx(value, abs=1e-9), (name, field)
    assert 0 < found["HOTA"] < 1


def test_arrays_score_as_their_files_do(folders):
    gt, tracks = folders
    arrays = [
        {n: footfall.read_tracks(p) for n, p in paths.items()}
        for paths in (
            {"A": gt / "A/gt/gt.txt", "B": gt / "B/gt/gt.txt"},
            {"A": tracks / "A.txt", "B": tracks / "B.txt"},
        )
    ]
    assert footfall.evaluate(*arrays).combined == footfall.evaluate(gt, tracks).combined
    one = footfall.evaluate(arrays[0]["A"], arrays[1]["A"])
    assert one.combined == footfall.evaluate(gt, tracks, sequences=["A"]).combined


def test_the_result_has_trackevals_shape(folders, tmp_path):
    """Field by field, at every threshold, against TrackEval's own dictionary."""
    import contextlib
    import io

    import trackeval

    gt, tracks = folders
    trackers = tmp_path / "trackers" / "footfall" / "data"
    trackers.mkdir(parents=True)
    for path in tracks.glob("*.txt"):
        (trackers / path.name).write_text(path.read_text())
    with contextlib.redirect_stdout(io.StringIO()):
        dataset = trackeval.datasets.MotChallenge2DBox(
            {
                "GT_FOLDER": str(gt),
                "TRACKERS_FOLDER": str(tmp_path / "trackers"),
                "SKIP_SPLIT_FOL": True,
                "SEQ_INFO": {"A": 80, "B": 80},
                "DO_PREPROC": False,
                "PRINT_CONFIG": False,
                "BENCHMARK": "MOT15",
            }
        )
        quiet = {
            "USE_PARALLEL": False,
            "PRINT_RESULTS": False,
            "PRINT_CONFIG": False,
            "TIME_PROGRESS": False,
            "OUTPUT_SUMMARY": False,
            "OUTPUT_DETAILED": False,
            "PLOT_CURVES": False,
            "LOG_ON_ERROR": None,
        }
        metrics = [getattr(trackeval.metrics, name)({"PRINT_CONFIG": False}) for name in ("HOTA", "CLEAR", "Identity")]
        expected, _ = trackeval.Evaluator(quiet).evaluate([dataset], metrics)
    found = footfall.evaluate(gt, tracks).to_trackeval()

    def compare(a, b, path=()):
        if isinstance(a, dict):
            assert a.keys() == b.keys(), path
            for key in a:
                compare(a[key], b[key], (*path, key))
        else:
            assert np.allclose(a, b, rtol=0, atol=1e-9), (path, a, b)

    compare(expected, found)


def test_the_summary_has_motmetrics_shape(folders, monkeypatch):
    if not hasattr(np, "asfarray"):  # motmetrics 1.4 calls what NumPy 2 has no more
        monkeypatch.setattr(np, "asfarray", lambda values: np.asarray(values, float), raising=False)
    import motmetrics

    gt, tracks = folders
    names = ["A", "B"]
    accumulators = [
        motmetrics.utils.compare_to_groundtruth(
            motmetrics.io.loadtxt(gt / n / "gt/gt.txt"), motmetrics.io.loadtxt(tracks / f"{n}.txt"), "iou", distth=0.5
        )
        for n in names
    ]
    host = motmetrics.metrics.create()
    wanted = motmetrics.metrics.motchallenge_metrics
    expected = host.compute_many(accumulators, names=names, metrics=wanted, generate_overall=True)
    found = footfall.evaluate(gt, tracks).to_motmetrics()
    assert list(found.index) == list(expected.index)
    shared = [name for name in wanted if name in found]
    assert set(wanted) - set(shared) == {"num_transfer", "num_ascend", "num_migrate"}
    # What follows from the best match of the whole sequence, or of a frame, is the same in both.
    for name in [
        "idf1",
        "idp",
        "idr",
        "recall",
        "precision",
        "num_unique_objects",
        "num_misses",
        "num_false_positives",
        "mota",
        "num_switches",
    ]:
        assert np.allclose(found[name].astype(float), expected[name].astype(float), rtol=0, atol=1e-9), name
    assert np.allclose(found["motp"], expected["motp"], rtol=0, atol=1e-6)


def test_a_table_has_a_row_a_sequence(folders):
    table = footfall.evaluate(*folders).to_pandas()
    assert list(table.index) == ["A", "B", "COMBINED"] and table.loc["A", "GT_IDs"] == 6
    assert "per_alpha" not in table


def test_frames_are_chosen(folders):
    gt, tracks = folders
    half = footfall.evaluate(gt, tracks, frames="second-half")
    assert half.combined["GT_Dets"] == 2 * 6 * 39
    with pytest.raises(ValueError, match="expected A-B"):
        footfall.evaluate(gt, tracks, frames="half")


def test_what_is_left_out_is_named(folders, tmp_path):
    gt, tracks = folders
    (tmp_path / "A.txt").write_text((tracks / "A.txt").read_text())
    assert footfall.evaluate(gt, tmp_path).missing == ["B"]
    for wrong in [{"gt": tmp_path / "none"}, {"tracks": tmp_path / "none"}, {"gt": tracks}]:
        with pytest.raises(FileNotFoundError):
            footfall.evaluate(**({"gt": gt, "tracks": tracks} | wrong))
    with pytest.raises(ValueError, match="there are A, B"):
        footfall.evaluate(gt, tracks, sequences=["C"])
    (tmp_path / "A.txt").write_text("1,1,2,3,4,5,1\n1,1,x,3,4,5,1\n")
    with pytest.raises(ValueError, match=r"A\.txt, line 2"):
        footfall.evaluate(gt, tmp_path)


TRUTH = np.array([[1, 1, 0, 0, 10, 20, 1], [2, 1, 1, 0, 10, 20, 1]], float)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([[1, 1, 0, 0, 10, np.nan]], "tracks[0]: the height is NaN"),
        ([[1, 1, 0, 0, 10, 20], [0, 1, 0, 0, 10, 20]], "tracks[1]: the frame is 0"),
        ([[1.5, 1, 0, 0, 10, 20]], "tracks[0]: the frame is 1.5"),
        ([[1, -1, 0, 0, 10, 20]], "tracks[0]: the id is -1"),
        ([[1, 1, 0, 0, 10, 20], [1, 1, 5, 5, 10, 20]], "frame 1: the tracks have id 1 more than once"),
        ([[1, 1, 0, 0, 10]], "tracks has shape (1, 5)"),
        ([1, 1, 0, 0, 10, 20], "tracks has shape (6,)"),
        (np.tile([[1.0, 0, 0, 0, 1, 1]], (20_000, 1)) + np.eye(6)[1] * np.arange(20_000)[:, None], "20000 boxes"),
    ],
)
def test_a_wrong_row_is_named(rows, told):
    with pytest.raises(ValueError) as caught:
        footfall.evaluate(TRUTH, rows)
    assert told in str(caught.value)


def test_what_would_fill_the_memory_is_refused():
    with pytest.raises(ValueError, match="9007199254740992"):
        footfall.evaluate([[2.0**53, 1, 0, 0, 1, 1]], TRUTH)
    ids = np.arange(100_000)
    rows = np.stack([ids + 1, ids, ids, ids, ids * 0 + 1, ids * 0 + 1], axis=1)
    with pytest.raises(ValueError, match="pairs"):
        footfall.evaluate(rows, rows)


@pytest.mark.parametrize(("rows", "told"), [(10**7, "boxes, more than"), (10**12, "1000000000000 rows")])
def test_any_number_of_rows_is_no_crash(rows, told):
    with pytest.raises(ValueError, match=told):
        footfall.evaluate(TRUTH, np.broadcast_to([1.0, 1, 0, 0, 9, 9], (rows, 6)))


@pytest.mark.parametrize("nothing", [[], np.zeros((0, 6)), np.zeros((0, 10), np.float32)])
def test_no_tracks_are_a_score_and_no_error(nothing):
    scores = footfall.evaluate(TRUTH, nothing)
    assert scores["MOTA"] == 0 and scores["HOTA"] == 0 and scores.combined["CLR_FN"] == 2
    assert footfall.evaluate(nothing, nothing)["GT_Dets"] == 0


def test_two_kinds_at_once_are_no_pair(tmp_path):
    for pair in [(tmp_path, TRUTH), ({"A": TRUTH}, TRUTH)]:
        with pytest.raises(TypeError):
            footfall.evaluate(*pair)
    with pytest.raises(ValueError, match="in common"):
        footfall.evaluate({"A": TRUTH}, {"B": TRUTH})
    assert footfall.evaluate({"A": TRUTH, "B": TRUTH}, {"B": TRUTH}).missing == ["A"]


def test_a_mark_of_zero_and_other_classes_are_not_scored():
    truth = [[1, 1, 0, 0, 9, 9, 1, 1, 1], [1, 2, 50, 0, 9, 9, 0, 1, 1], [1, 3, 90, 0, 9, 9, 1, 7, 1]]
    assert footfall.evaluate(truth, TRUTH)["GT_Dets"] == 1
    with pytest.raises(ValueError, match="class 99"):
        footfall.evaluate([[1, 1, 0, 0, 9, 9, 1, 99, 1]], TRUTH)
    with pytest.raises(ValueError, match="nothing is left"):
        footfall.evaluate([[1, 1, 0, 0, 9, 9, 0, 1, 1]], TRUTH)
