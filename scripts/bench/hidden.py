"""How many people conditions hide: the model of crates/count/src/visibility.rs and interval.rs, fitted anew.

The true count is the count, less crossings that were none, plus people who were hidden. The former are Poisson with
the mean that confidences say. The latter are negative binomial with the mean m = BASE + max(count, 1) w and the
variance m + VARIES m^2, w a weighted sum of signs that the program tells. The program takes w as it is at each
crossing, the fit as it is at the end, which over a whole sequence is nearly the same. Weights are not negative. All
of it is fitted by maximum likelihood, with between the same weight for each sequence and the same for each count.
"""

import re
from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

import certainty
import setting

SIGNS = {"broken": "BROKEN", "short": "SHORT", "lost": "LOST"}
"""By their names in the program's JSON: the weights' names in the program."""
TAIL = certainty.TAIL
MOST_NONE = 25
"""Crossings of a count that were none, at most, as far as the fit goes."""


def shipped() -> dict[str, float]:
    """The constants that the program has."""
    folder = setting.ROOT / "crates/count/src"
    source = (folder / "visibility.rs").read_text() + (folder / "interval.rs").read_text()
    names = {"BASE": "MISSED_AT_ALL", "VARIES": "VARIES"} | {name: name for name in SIGNS.values()}
    return {ours: float(re.search(rf"const {theirs}: f64 = ([0-9.]+);", source)[1]) for ours, theirs in names.items()}


def log_negative_binomial(k: np.ndarray, mean: np.ndarray, varies: float) -> np.ndarray:
    size = 1 / varies
    return (gammaln(k + size) - gammaln(size) - gammaln(k + 1) - size * np.log1p(varies * mean)
            + k * (np.log(varies * mean) - np.log1p(varies * mean)))  # fmt: skip


def log_poisson(k: np.ndarray, mean: np.ndarray) -> np.ndarray:
    return -mean + k * np.log(mean) - gammaln(k + 1)


def fit(counts: Sequence) -> dict[str, float]:
    """The constants of the model, by their names in the program."""
    counted = np.array([one.counted for one in counts], dtype=float)
    added = np.array([one.truly for one in counts]) - counted
    none = np.arange(MOST_NONE)
    of_none = log_poisson(none, np.maximum([one.doubt for one in counts], 1e-6)[:, None])
    signs = np.array([[one.signs[name] for name in SIGNS] for one in counts])
    weights = certainty.weights_of(np.array([one.sequence for one in counts]))

    def loss(logs: np.ndarray) -> float:
        base, varies, *each = np.exp(logs)
        mean = (base + np.maximum(counted, 1) * (signs @ each))[:, None]
        hidden = added[:, None] + none
        logs_of = np.where(hidden >= 0, log_negative_binomial(np.maximum(hidden, 0), mean, varies) + of_none, -1e9)
        most = logs_of.max(axis=1)
        # One count that nothing explains is not to decide all.
        likelihood = np.maximum(most + np.log(np.exp(logs_of - most[:, None]).sum(axis=1)), -25)
        return -float(np.average(likelihood, weights=weights)) + 1e-4 * float(np.sum(each))

    start = np.log([0.1, 1.0, *[0.13] * len(SIGNS)])
    bounds = [(-5, 1), (-2.5, 1.2), *[(-9, 3)] * len(SIGNS)]
    found = np.exp(minimize(loss, start, method="L-BFGS-B", bounds=bounds).x)
    return dict(zip(("BASE", "VARIES", *SIGNS.values()), map(float, found), strict=True))


def interval(count, constants: dict[str, float]) -> tuple[int, int]:
    """The range of a count, as the program makes it of these constants."""
    share = sum(constants[weight] * count.signs[sign] for sign, weight in SIGNS.items())
    mean = constants["BASE"] + max(count.counted, 1) * share
    k = np.arange(int(min(1000, count.counted + 8 * mean + 60)))
    hidden = np.exp(log_negative_binomial(k, np.maximum(mean, 1e-9), constants["VARIES"]))
    none = np.exp(log_poisson(k, np.maximum(count.doubt, 1e-300)))
    total = np.convolve(hidden, none[::-1])
    low = int(np.argmax(np.cumsum(total) > TAIL)) - len(k) + 1
    high = len(total) - 1 - int(np.argmax(np.cumsum(total[::-1]) > TAIL)) - len(k) + 1
    return min(max(count.counted + low, 0), count.counted), max(count.counted + high, count.counted)
