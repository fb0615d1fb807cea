"""From a distance to the probability that two crops show one person."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, log_expit

BINS = 2000
SMALLEST_SLOPE = 1e-3


def binned(distances: np.ndarray, target: float):
    """(distances, targets, weights) of a fine histogram whose weights sum to 1."""
    counts, edges = np.histogram(distances, bins=BINS)
    held = counts > 0
    middles = ((edges[:-1] + edges[1:]) / 2)[held]
    return middles, np.full(len(middles), target), counts[held] / counts.sum()


def fit(same: np.ndarray, different: np.ndarray) -> tuple:
    """(midpoint, scale) of `P(same | d) = 1 / (1 + exp((d - midpoint) / scale))`, of greatest likelihood.

    Platt, "Probabilistic Outputs for Support Vector Machines" (1999), with one
    person and different people equally likely beforehand. His targets
    `(n + 1) / (n + 2)` for 1 keep the curve finite where no pair is mistaken.
    """
    sure = [(len(pairs) + 1) / (len(pairs) + 2) for pairs in (same, different)]
    columns = zip(binned(same, sure[0]), binned(different, 1 - sure[1]), strict=True)
    d, target, weight = (np.concatenate(column) for column in columns)
    centre = (np.mean(same) + np.mean(different)) / 2

    def loss(values):
        bias, slope = values
        odds = bias - slope * (d - centre)
        error = weight * (expit(odds) - target)
        entropy = -(weight * (target * log_expit(odds) + (1 - target) * log_expit(-odds))).sum()
        return entropy, np.array([error.sum(), -(error * (d - centre)).sum()])

    bias, slope = minimize(loss, np.array([0.0, 1.0]), jac=True, method="BFGS", options={"gtol": 1e-8}).x
    if slope < SMALLEST_SLOPE:
        return float(centre), 1 / SMALLEST_SLOPE
    return float(centre + bias / slope), float(1 / slope)
