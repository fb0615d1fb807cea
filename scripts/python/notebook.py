"""Makes crates/python/examples/footfall.ipynb: runs its cells, and keeps what they say and draw.

notebook.py FILE
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

CELLS = [
    (
        "markdown",
        """# People, followed and counted

What a detector sees of a made-up crowd becomes tracks, tracks become counts, and both are scored. Everything here is
made up by this notebook; `scripts/python/notebook` runs it and keeps its pictures.""",
    ),
    (
        "code",
        """import footfall
import matplotlib.pyplot as plt
import numpy as np

random = np.random.default_rng(7)
WIDTH, HEIGHT, FRAMES, RATE = 960, 540, 150, 25
PEOPLE = 12
start = random.uniform((0, 60), (WIDTH, HEIGHT - 160), (PEOPLE, 2))
speed = random.choice([-1, 1], PEOPLE)[:, None] * random.uniform((3, -0.3), (7, 0.3), (PEOPLE, 2))
looks = random.normal(size=(PEOPLE, 64))  # what an embedder would say of each


def seen(frame):
    \"\"\"Who is there: ids, true boxes, and of those that a detector finds boxes, scores and embeddings.\"\"\"
    corner = start + speed * frame
    here = np.flatnonzero((corner[:, 0] > -40) & (corner[:, 0] < WIDTH))
    true = np.hstack([corner, corner + (40, 110)])[here]
    found = random.random(len(here)) > 0.1
    boxes = true[found] + random.normal(0, 2, (found.sum(), 4))
    scores = random.uniform(0.5, 0.95, found.sum())
    return here, true, boxes, scores, looks[here[found]] + random.normal(0, 0.3, (found.sum(), 64))""",
    ),
    ("markdown", "## Who is who\n\nOne person in ten is missed in each frame. Each colour is one id."),
    (
        "code",
        """tracker = footfall.Tracker(frame_rate=RATE, max_cosine_distance=0.3)
counter = footfall.Counter({"door": [(480, 540), (480, 0)]})
tracks, truth, crossings = [], [], []
for frame in range(FRAMES):
    who, true, boxes, scores, embeddings = seen(frame)
    truth += [[frame + 1, one + 1, x, y, r - x, b - y] for one, (x, y, r, b) in zip(who, true)]
    tracks.append(tracker.update(boxes, scores, embeddings))
    crossings += counter.update(tracks[-1])
crossings += counter.finish()

paths = {}
for one in tracks:
    for who, (x, y, r, b) in zip(one.ids, one.boxes):
        paths.setdefault(int(who), []).append(((x + r) / 2, b))
figure, axes = plt.subplots(figsize=(8, 4.5))
for who, path in paths.items():
    x, y = np.array(path).T
    axes.plot(x, y, color=f"C{who % 10}", linewidth=1.5)
    axes.annotate(str(who), (x[0], y[0]), color=f"C{who % 10}")
axes.plot([480, 480], [540, 0], "k--")
for crossing in crossings:
    axes.plot(*crossing.point, marker=">" if crossing.direction == "in" else "<", color="k")
axes.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0), title="Where people stood, and where they passed the door")
plt.show()""",
    ),
    ("markdown", "## How many"),
    ("code", "print(counter.counts)\nprint(counter.intervals)"),
    ("markdown", "## How good that is\n\nHOTA at each threshold of overlap, with its two parts."),
    (
        "code",
        """found = [
    [one.frame, who, x, y, r - x, b - y] for one in tracks for who, (x, y, r, b) in zip(one.ids, one.boxes)
]
scores = footfall.evaluate(truth, found)
print(scores)
figure, axes = plt.subplots(figsize=(6, 3.5))
alpha = np.arange(0.05, 0.99, 0.05)
for name in ("HOTA", "DetA", "AssA"):
    axes.plot(alpha, scores.combined["per_alpha"][name], label=name)
axes.set(xlabel="overlap that a match needs", ylim=(0, 1))
axes.legend()
plt.show()""",
    ),
]


def main() -> None:
    path = Path(sys.argv[1])
    make = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    cells = [make[kind](text, id=f"cell-{number}") for number, (kind, text) in enumerate(CELLS)]
    book = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(book, timeout=600, kernel_name="python3").execute()
    for cell in book.cells:
        cell.metadata.pop("execution", None)  # when it ran is nobody's business
    book.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(book, path)


if __name__ == "__main__":
    main()
