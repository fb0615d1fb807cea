"""Pictures of figures: each takes an axes and what to draw."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np

ACROSS = 3
COLOURS = {"same": "tab:blue", "different": "tab:orange"}


def figure(count: int = 1, height: float = 3.4):
    """(figure, `count` axes, up to `ACROSS` in a row)."""
    rows, columns = -(-count // ACROSS), min(count, ACROSS)
    fig, axes = plt.subplots(rows, columns, figsize=(5.0 * columns, height * rows), layout="constrained", squeeze=False)
    for unused in axes.flat[count:]:
        unused.axis("off")
    return fig, axes.flat[:count]


def curve(axis, log: list, key: str):
    """A loss or accuracy by batch, wherever the log has it."""
    told = [(line["batch"], line[key]) for line in log if key in line]
    axis.plot(*zip(*told, strict=True), linewidth=1.2)
    axis.set(title=key, xlabel="batch")
    axis.grid(alpha=0.3)


def held_out(axis, log: list, name: str):
    """Rank-1 and mAP of a set by batch."""
    told = [line for line in log if name in line.get("held out", {})]
    for key in ("rank-1", "mAP"):
        values = [np.nan if line["held out"][name][key] is None else line["held out"][name][key] for line in told]
        axis.plot([line["batch"] for line in told], values, marker="o", markersize=3, label=key)
    axis.set(title=f"{name}, held out", xlabel="batch", ylim=(0, 1))
    axis.legend()
    axis.grid(alpha=0.3)


def distances(axis, same: np.ndarray, different: np.ndarray, figures: dict, title: str):
    """Both distributions, with the thresholds of 1% and 0.1% false accepts."""
    bins = np.linspace(0, max(1.0, float(different.max())), 80)
    for name, values in (("same", same), ("different", different)):
        axis.hist(values, bins=bins, density=True, alpha=0.6, color=COLOURS[name], label=f"{name} person")
    for key, style, rate in (("threshold", "--", "1%"), ("rare_threshold", ":", "0.1%")):
        axis.axvline(figures[key], color="black", linestyle=style, label=f"{rate} false accepts: {figures[key]:.3f}")
    axis.set(title=title, xlabel="cosine distance", yticks=[])
    axis.legend(fontsize=7)


def roc(axis, report: dict):
    for name, figures in report.items():
        for kind in ("across", "within"):
            if kind in figures:
                points = [(p["false_accepts"], p["accepts"]) for p in figures[kind]["roc"]]
                axis.plot(*zip(*points, strict=True), marker=".", label=f"{name}, {kind} cameras")
    axis.set(title="ROC", xlabel="false accepts", ylabel="true accepts", xscale="log", ylim=(0, 1.02))
    axis.legend(fontsize=7)
    axis.grid(alpha=0.3)


def cmc(axis, matches: dict):
    """`matches`: for each set the share of queries with a right answer among the nearest 1, 2, ..."""
    for name, shares in matches.items():
        axis.plot(range(1, len(shares) + 1), shares, marker=".", label=name)
    axis.set(title="CMC", xlabel="rank", ylabel="queries with a right answer", ylim=(0, 1.02))
    axis.legend(fontsize=7)
    axis.grid(alpha=0.3)


def plane(axis, points: np.ndarray, identities: np.ndarray, title: str):
    """[N, 2] points, a colour for each identity."""
    _, place = np.unique(identities, return_inverse=True)
    axis.scatter(points[:, 0], points[:, 1], c=place, cmap="tab20", s=14)
    axis.set(title=title, xticks=[], yticks=[])
