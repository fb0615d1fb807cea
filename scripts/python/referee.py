#!/usr/bin/env python3
"""One evaluator over folders of ground truth and tracks, as a process of its own.

    referee.py footfall | trackeval | motmetrics  GT TRACKS BENCHMARK

Reading the files is part of the work. Prints, as JSON, seconds of processor time, the memory at its peak above that
of the imports in units of 10^6 bytes, and the scores of each sequence and COMBINED.
"""

import configparser
import json
import resource
import sys
import time
import warnings
from pathlib import Path

COUNTED = ("idf1", "idp", "idr", "recall", "precision", "num_false_positives", "num_misses", "num_switches", "mota")


def footfall(gt: Path, tracks: Path, rules: str):
    import footfall
    import numpy  # noqa: F401 (what the scores are given in; imports are not counted)

    return lambda: footfall.evaluate(gt, tracks, benchmark=rules.lower())


def trackeval(gt: Path, tracks: Path, rules: str):
    import reference

    names = {path.stem: length(gt / path.stem) for path in sorted(tracks.glob("*.txt"))}
    return lambda: {"trackeval": reference.score(gt, tracks, names, rules)}


def motmetrics(gt: Path, tracks: Path, rules: str):
    import numpy as np

    if not hasattr(np, "asfarray"):  # motmetrics 1.4 calls what NumPy 2 has no more
        np.asfarray = lambda values: np.asarray(values, float)
    import motmetrics

    def score():
        accumulators, names = [], sorted(path.stem for path in tracks.glob("*.txt"))
        for name in names:
            truth = motmetrics.io.loadtxt(gt / name / "gt/gt.txt", min_confidence=1)
            found = motmetrics.io.loadtxt(tracks / f"{name}.txt")
            accumulators.append(motmetrics.utils.compare_to_groundtruth(truth, found, "iou", distth=0.5))
        host = motmetrics.metrics.create()
        wanted = motmetrics.metrics.motchallenge_metrics
        table = host.compute_many(accumulators, names=names, metrics=wanted, generate_overall=True)
        return {"motmetrics": table.rename(index={"OVERALL": "COMBINED"}).to_dict(orient="index")}

    return score


def length(sequence: Path) -> int:
    ini = configparser.ConfigParser()
    if ini.read(sequence / "seqinfo.ini"):
        return int(ini["Sequence"]["seqLength"])
    with open(sequence / "gt/gt.txt") as rows:
        return max(int(float(row.split(",")[0])) for row in rows if row.strip())


def main() -> None:
    name, gt, tracks, rules = sys.argv[1:]
    warnings.filterwarnings("ignore")
    evaluators = {"footfall": footfall, "trackeval": trackeval, "motmetrics": motmetrics}
    score = evaluators[name](Path(gt), Path(tracks), rules)
    before, start = peak(), time.process_time()
    scores = score()
    seconds = time.process_time() - start
    plain = lambda value: value.item() if hasattr(value, "item") else value  # noqa: E731
    memory = peak() - before
    if name == "footfall":  # its shapes for others are not part of what is measured
        summary = scores.to_motmetrics().rename(index={"OVERALL": "COMBINED"}).to_dict(orient="index")
        scores = {"trackeval": {**scores.sequences, "COMBINED": scores.combined}, "motmetrics": summary}
    print(json.dumps({"seconds": seconds, "peak_mb": memory, **scores}, default=plain))


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    main()
