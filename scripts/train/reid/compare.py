"""Every loss on one network and every network under the best loss, all with one budget, as a table."""

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from reid import order
from reid.baselines import hsv_stripes
from reid.config import Config
from reid.data import Crops
from reid.embedding import embed
from reid.judge import judge
from reid.learnt import page
from reid.metrics import euclidean_distances, unit
from reid.networks.size import multiply_adds, weights
from reid.progress import progress
from reid.split import split
from reid.train import Run
from reid.trials import Trial, before_the_best, with_the_best

# People that the order's bias is shown with.
ASKED = 50
# Fewer people held out of a set make no pairs.
PEOPLE = 2


def figures(report: dict) -> dict:
    """What the table shows of each set."""
    kept = {}
    for name, r in report.items():
        pairs = r.get("within") or r["across"]
        kept[name] = {key: r["ranking"][key] for key in ("rank-1", "mAP", "mINP")}
        kept[name] |= {"eer": pairs["eer"], "different": pairs["different_mean"], "centres": r["centres"]["accuracy"]}
    return kept


def order_bias(crops: Crops, rows: np.ndarray, seed: int) -> dict:
    """`reid.order` on colours alone, of the first `ASKED` people."""
    ids = crops.identities[rows]
    chosen = rows[np.isin(ids, np.unique(ids)[:ASKED])]
    return order.bias(hsv_stripes(crops.pixels[chosen]), crops.identities[chosen], seed)


def attempt(trial: Trial, base: Config, crops: Crops, folder: Path, device: str) -> dict:
    """Trains and judges one trial."""
    began = time.process_time()
    run = Run(trial.recipe(base), crops, folder, device)
    for _ in progress(range(run.config.batches), trial.name):
        run.step()
    minutes = (time.process_time() - began) / 60
    height = run.config.phase_at(run.batch - 1).height
    rows, raw = run.test_rows, embed(run.network, crops.pixels[run.test_rows], device, height, to_unit=False)
    result = {"group": trial.group, "name": trial.name, "minutes": minutes, "changes": trial.changes}
    result["sets"] = figures(judge(crops, rows, unit(raw)))
    if run.config.output == "raw":
        result["as it is"] = figures(judge(crops, rows, raw, euclidean_distances))
    network = run.network.to("cpu")
    result |= {"weights": weights(network), "multiply_adds": multiply_adds(network)}
    return result


def mean_map(result: dict) -> float:
    """What trials are put in order by: the mean average precision, averaged over the sets."""
    return float(np.mean([r["mAP"] for r in result["sets"].values()]))


def compare(base: Config, crops: Crops, folder: Path, device: str, output: Path):
    """Writes the page to `output`. Trials that `folder` has the results of are not run again.

    Unless the recipe says what to train on, that is the first set; the others
    are then another domain.
    """
    base = replace(base, train_on=base.train_on or crops.names[:1])
    judged = [name for name in crops.names if base.hold_out.get(name, 0) >= PEOPLE]
    if not judged:
        raise SystemExit(f"hold at least {PEOPLE} people of a set out: nobody is there to be told apart")
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "trials.jsonl"
    results = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []

    def run_all(trials: list):
        for trial in trials:
            if any(r["name"] == trial.name for r in results):
                continue
            results.append(attempt(trial, base, crops, folder, device))
            with open(kept, "a", encoding="utf-8") as file:
                file.write(json.dumps(results[-1]) + "\n")
            told = {name: round(r["rank-1"], 3) for name, r in results[-1]["sets"].items()}
            print(f"{trial.name}: rank-1 {told}, {results[-1]['minutes']:.1f} min", flush=True)

    run_all(before_the_best())
    best = max((r for r in results if r["group"] == "loss"), key=mean_map)
    run_all(with_the_best(best["changes"], base, crops.names))
    output.parent.mkdir(parents=True, exist_ok=True)
    train_rows, _ = split(crops, base.hold_out, base.seed)
    bias = order_bias(crops, train_rows, base.seed)
    output.write_text(page(base, judged, results, best, bias))
    print(output.read_text())
