"""Tracks against ground truth: HOTA, CLEAR (MOTA) and identity metrics (IDF1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Literal, cast

from ._footfall import evaluate_folders, evaluate_rows

if TYPE_CHECKING:
    import pandas
    from numpy.typing import ArrayLike

COMBINED = "COMBINED"
# motmetrics' name of a column, and ours of what it is.
MOTMETRICS = {
    "idf1": "IDF1",
    "idp": "IDP",
    "idr": "IDR",
    "recall": "CLR_Re",
    "precision": "CLR_Pr",
    "num_unique_objects": "GT_IDs",
    "mostly_tracked": "MT",
    "partially_tracked": "PT",
    "mostly_lost": "ML",
    "num_false_positives": "CLR_FP",
    "num_misses": "CLR_FN",
    "num_switches": "IDSW",
    "num_fragmentations": "Frag",
    "mota": "MOTA",
}


class Evaluation:
    """Scores of sequences, and of all of them as one.

    Ratios are 0 to 1 (MOTA has no lower end); HOTA and its parts are means over the thresholds 0.05 to 0.95.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    @property
    def sequences(self) -> dict[str, dict[str, Any]]:
        """The scores of each sequence by their names in the field, as `footfall eval mot --json` writes them."""
        return {name: both["scores"] for name, both in self._document["sequences"].items()}

    @property
    def combined(self) -> dict[str, Any]:
        """The scores of all sequences as one: counts are added, and ratios made anew."""
        return cast("dict[str, Any]", self._document["combined"]["scores"])

    @property
    def missing(self) -> list[str]:
        """Sequences without a file of tracks, which are not scored."""
        return cast("list[str]", self._document["missing"])

    @property
    def notes(self) -> dict[str, list[str]]:
        """What is to be known about a sequence's scores."""
        return cast("dict[str, list[str]]", self._document["notes"])

    def __getitem__(self, name: str) -> Any:
        """A score of all sequences as one."""
        return self.combined[name]

    def to_trackeval(self, tracker: str = "footfall") -> dict[str, Any]:
        """As trackeval.Evaluator.evaluate gives its results: dataset, tracker, sequence, class, metric, field.

        The dataset is MotChallenge2DBox, the class pedestrian, and all sequences as one COMBINED_SEQ.
        """
        rows = {name: {"pedestrian": both["trackeval"]} for name, both in self._document["sequences"].items()}
        rows["COMBINED_SEQ"] = {"pedestrian": _combined(self._document["combined"]["trackeval"])}
        return {"MotChallenge2DBox": {tracker: rows}}

    def to_motmetrics(self) -> pandas.DataFrame:
        """As motmetrics' MetricsHost.compute_many gives its summary, with a row OVERALL.

        Matches are made as in CLEAR and TrackEval, so that motmetrics' own counts may differ where it goes on with
        a match across a gap. motp is the mean distance 1 - IoU of matches. Its num_transfer, num_ascend and
        num_migrate are no metrics of the field, and are left out.
        """
        import pandas

        rows = {**self.sequences, "OVERALL": self.combined}
        table = {
            name: {column: scores[field] for column, field in MOTMETRICS.items()}
            | {"motp": 1.0 - scores["MOTP"] if scores["CLR_TP"] else float("nan")}
            for name, scores in rows.items()
        }
        return pandas.DataFrame.from_dict(table, orient="index")

    def to_pandas(self) -> pandas.DataFrame:
        """A row for each sequence and one for all (COMBINED), a column for each score."""
        import pandas

        rows = {**self.sequences, COMBINED: self.combined}
        flat = {name: {k: v for k, v in scores.items() if k != "per_alpha"} for name, scores in rows.items()}
        return pandas.DataFrame.from_dict(flat, orient="index")

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={100 * self.combined[name]:.2f}" for name in ("HOTA", "MOTA", "IDF1"))
        return f"Evaluation({len(self.sequences)} sequences, {shown})"


def _combined(metrics: dict[str, Any]) -> dict[str, Any]:
    """TrackEval adds no frames up: its Count of all sequences has none."""
    count = {name: value for name, value in metrics["Count"].items() if name != "Frames"}
    return {**metrics, "Count": count}


def evaluate(
    gt: str | PathLike[str] | ArrayLike | Mapping[str, ArrayLike],
    tracks: str | PathLike[str] | ArrayLike | Mapping[str, ArrayLike],
    *,
    frames: str = "all",
    benchmark: Literal["auto", "mot15", "mot17", "mot20"] = "auto",
    sequences: Iterable[str] = (),
    lengths: Mapping[str, int] | int | None = None,
) -> Evaluation:
    """Scores tracks against ground truth, by the rules of MOTChallenge.

    gt, tracks: both folders, GT/SEQ/gt/gt.txt (with GT/SEQ/seqinfo.ini where there is one) and TRACKS/SEQ.txt; or
        both (n, 6) arrays or wider, with the columns of these files: frame from 1, id, left, top, width, height in
        pixels, and of the ground truth a mark (0 is not scored) and, of 8 or 9 columns, a class (1 is a
        pedestrian); or dictionaries of such arrays by the name of the sequence.
    frames: "all", "A-B", or "second-half" (N/2 + 2 to N of N frames).
    benchmark: whose rules to go by. "auto": with classes those of MOT17, or of MOT20 by the sequence's name; without
        them those of MOT15.
    sequences: only these, of folders or dictionaries.
    lengths: numbers of frames of arrays; by default a sequence ends with the last frame of its ground truth.

    Raises FileNotFoundError where there is nothing to score, ValueError that names the sequence and the row, line or
    frame for what cannot be scored.
    """
    wanted = list(sequences)
    if isinstance(gt, str | PathLike) and isinstance(tracks, str | PathLike):
        return Evaluation(evaluate_folders(fspath(gt), fspath(tracks), frames, benchmark, wanted))
    if isinstance(gt, str | PathLike) or isinstance(tracks, str | PathLike):
        raise TypeError("gt and tracks are a folder and an array; expected two folders, or two arrays")
    if isinstance(gt, Mapping) != isinstance(tracks, Mapping):
        raise TypeError("gt and tracks are a dictionary and an array; expected two of one kind")
    if not isinstance(gt, Mapping) or not isinstance(tracks, Mapping):
        gt, tracks = {"sequence": cast("ArrayLike", gt)}, {"sequence": cast("ArrayLike", tracks)}
        lengths = {"sequence": lengths} if isinstance(lengths, int) else lengths
    if isinstance(lengths, int):
        raise TypeError("lengths is a number; expected one by the name of each sequence")
    names = sorted(name for name in gt if not wanted or name in wanted)
    if unknown := [name for name in wanted if name not in gt]:
        raise ValueError(f"sequences has {unknown[0]!r}, and gt has {', '.join(sorted(gt))}")
    missing = [name for name in names if name not in tracks]
    rows = [(name, gt[name], tracks[name], (lengths or {}).get(name)) for name in names if name in tracks]
    if not rows:
        raise ValueError("there is nothing to score: gt and tracks have no sequence in common")
    document = evaluate_rows(rows, frames, benchmark)
    return Evaluation({**document, "missing": missing})
