"""TrackEval (the published implementation) behind one call, for comparisons with `footfall eval`."""

import contextlib
import io
import tempfile
from pathlib import Path

import numpy as np
import trackeval
from trackeval.utils import TrackEvalException

# Fields whose mean over the 19 thresholds is reported.
HOTA_FIELDS = "HOTA DetA AssA DetRe DetPr AssRe AssPr LocA OWTA".split()
CLEAR_FIELDS = "MOTA MOTP MODA sMOTA CLR_Re CLR_Pr MTR PTR MLR CLR_TP CLR_FN CLR_FP IDSW Frag MT PT ML".split()
IDENTITY_FIELDS = "IDF1 IDP IDR IDTP IDFN IDFP".split()
COUNT_FIELDS = "Dets GT_Dets IDs GT_IDs".split()

QUIET = {
    "USE_PARALLEL": False,
    "BREAK_ON_ERROR": True,
    "LOG_ON_ERROR": None,
    "PRINT_RESULTS": False,
    "PRINT_CONFIG": False,
    "TIME_PROGRESS": False,
    "OUTPUT_SUMMARY": False,
    "OUTPUT_DETAILED": False,
    "OUTPUT_EMPTY_CLASSES": False,
    "PLOT_CURVES": False,
}


def score(gt: Path, tracks: Path, lengths: dict[str, int], benchmark: str) -> dict[str, dict[str, float]]:
    """Scores gt/SEQ/gt/gt.txt against tracks/SEQ.txt, by sequence and `COMBINED`.

    `lengths` names the sequences and their numbers of frames. Raises `TrackEvalException` where
    TrackEval refuses the files.
    """
    with tempfile.TemporaryDirectory() as scratch, silence():
        Path(scratch, "tracker").symlink_to(tracks.resolve())
        dataset = trackeval.datasets.MotChallenge2DBox(
            {
                "GT_FOLDER": str(gt),
                "TRACKERS_FOLDER": scratch,
                "TRACKERS_TO_EVAL": ["tracker"],
                "TRACKER_SUB_FOLDER": "",
                "OUTPUT_FOLDER": scratch,
                "BENCHMARK": benchmark,
                "SKIP_SPLIT_FOL": True,
                "SEQ_INFO": lengths,
                "PRINT_CONFIG": False,
            }
        )
        metrics = [
            trackeval.metrics.HOTA(),
            trackeval.metrics.CLEAR({"PRINT_CONFIG": False}),
            trackeval.metrics.Identity({"PRINT_CONFIG": False}),
        ]
        results, _ = trackeval.Evaluator(QUIET).evaluate([dataset], metrics)
    by_sequence = results["MotChallenge2DBox"]["tracker"]
    names = {"COMBINED_SEQ": "COMBINED"}
    return {names.get(s, s): fields(r["pedestrian"]) for s, r in by_sequence.items()}


def fields(result: dict) -> dict[str, float]:
    """The fields that `footfall eval mot --json` has too."""
    row = {name: float(np.mean(result["HOTA"][name])) for name in HOTA_FIELDS}
    row |= {name: float(result["CLEAR"][name]) for name in CLEAR_FIELDS}
    row |= {name: float(result["Identity"][name]) for name in IDENTITY_FIELDS}
    return row | {name: float(result["Count"][name]) for name in COUNT_FIELDS}


@contextlib.contextmanager
def silence():
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


__all__ = ["TrackEvalException", "score"]
