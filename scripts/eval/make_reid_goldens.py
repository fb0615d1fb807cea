#!/usr/bin/env python3
"""Writes the golden file of crates/eval's re-identification figures, by definition and without haste.

    make_reid_goldens.py [--out crates/eval/tests/golden/reid.json]      (needs numpy)

Each case is {"rule", "dimension", "identities", "cameras", "embeddings", "expected"}: embeddings are
single-precision numbers, row by row, scaled to unit length before use; a camera of -1 is unknown. The
same file holds the laboratory in scripts/train to these definitions.
"""

import argparse
import json
from pathlib import Path

import numpy as np

PERCENTILES = (1, 5, 25, 50, 75, 95, 99)
RATES = {"threshold": 0.01, "rare_threshold": 0.001}


def draw(seed, people, crops, cameras, dimension=8):
    """Noisy directions: (embeddings, identities, cameras)."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(people, dimension))
    identities = random.integers(0, people, crops)
    noise = random.normal(size=(crops, dimension))
    embeddings = (centres[identities] + 0.8 * noise).round(3).astype(np.float32)
    seen = random.integers(0, cameras, crops) if cameras else np.full(crops, -1)
    if cameras:
        seen[random.random(crops) < 0.05] = -1
    return embeddings, identities, seen


def allowed(rule, query, other, identities, cameras):
    """Whether `query` may be matched with `other`."""
    together = cameras[query] == cameras[other] and cameras[query] != -1
    if query == other:
        return False
    if rule == "cross-camera":
        return not (together and identities[query] == identities[other])
    return not together if rule == "cross-view" else True


def ranking(rule, distances, identities, cameras):
    """Every list sorted in full."""
    firsts, precisions, penalties = [], [], []
    for query in range(len(identities)):
        gallery = [o for o in range(len(identities)) if allowed(rule, query, o, identities, cameras)]
        gallery.sort(key=lambda other: distances[query, other])
        places = [place for place, o in enumerate(gallery, 1) if identities[o] == identities[query]]
        if places:
            firsts.append(places[0])
            precisions.append(np.mean([found / place for found, place in enumerate(places, 1)]))
            penalties.append(len(places) / places[-1])
    firsts = np.array(firsts)
    figures = {f"rank-{k}": float(np.mean(firsts <= k)) for k in (1, 5, 10)}
    return {**figures, "mAP": float(np.mean(precisions)), "mINP": float(np.mean(penalties)), "queries": len(firsts)}


def verification(same, different):
    """Every threshold tried."""
    figures = {"pairs": [len(same), len(different)]}
    for name, rate in RATES.items():
        threshold = np.sort(different)[int(rate * len(different))]
        figures[name] = float(threshold)
        figures[name.replace("threshold", "accepts")] = float(np.mean(same < threshold))
    rates = [(np.mean(different <= cut), np.mean(same > cut)) for cut in np.concatenate([same, different])]
    figures["eer"] = float(np.mean(min(rates, key=lambda pair: abs(pair[0] - pair[1]))))
    spread = np.sqrt((np.var(same) + np.var(different)) / 2)
    figures["separation"] = float((np.mean(different) - np.mean(same)) / spread)
    figures["same"] = np.percentile(same, PERCENTILES).tolist()
    figures["different"] = np.percentile(different, PERCENTILES).tolist()
    return figures


def pairs(distances, identities, cameras, across):
    """(same, different) distances of pairs across, or within, cameras; the unknown camera is one of them."""
    same, different = [], []
    for a in range(len(identities)):
        for b in range(a + 1, len(identities)):
            if (cameras[a] != cameras[b]) == across:
                (same if identities[a] == identities[b] else different).append(distances[a, b])
    return np.array(same), np.array(different)


def centres(units, identities):
    """The nearest centre, all centres made anew for every crop, without it."""
    right = []
    for query in range(len(identities)):
        others = np.arange(len(identities)) != query
        people = np.unique(identities[others])
        if identities[query] not in people:
            continue
        means = np.stack([units[others & (identities == person)].mean(0) for person in people])
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        right.append(people[np.argmax(means @ units[query])] == identities[query])
    return {"accuracy": float(np.mean(right)), "crops": len(right)}


def case(rule, seed, people, crops, cameras):
    embeddings, identities, seen = draw(seed, people, crops, cameras)
    units = embeddings.astype(np.float64)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    distances = 1 - units @ units.T
    expected = {"ranking": ranking(rule, distances, identities, seen), "centres": centres(units, identities)}
    for name, across in (("across", True), ("within", False)):
        same, different = pairs(distances, identities, seen, across)
        if len(same) and len(different):
            expected[name] = verification(same, different)
    return {
        "rule": rule,
        "dimension": embeddings.shape[1],
        "identities": identities.tolist(),
        "cameras": seen.tolist(),
        "embeddings": [round(float(value), 3) for value in embeddings.ravel()],
        "expected": expected,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    golden = Path(__file__).resolve().parents[2] / "crates/eval/tests/golden/reid.json"
    parser.add_argument("--out", type=Path, default=golden)
    cases = [
        case("cross-camera", 1, people=12, crops=150, cameras=4),
        case("cross-view", 2, people=20, crops=120, cameras=2),
        case("all-but-query", 3, people=9, crops=60, cameras=0),
        case("cross-camera", 4, people=40, crops=70, cameras=3),
    ]
    parser.parse_args().out.write_text(json.dumps(cases, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
