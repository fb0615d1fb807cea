"""Walks through a door without pixels: where everybody's box is in the picture, and who came with whom.

Boxes are those of upright bodies before a camera. They jitter, some are missed, and who is hidden behind others is not
seen, as with a detector; identities are the true ones.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .camera import Camera
from .company import gather
from .walk import Crowd, Passages, Walker

VIEWS = {"side": 15.0, "high": 45.0, "steep": 65.0, "down": 88.0}  # degrees below the horizon
HIDDEN = 0.7  # of a box, covered by that of somebody nearer: nobody is seen there
LEAST = 0.4  # of a box that must be within the picture


@dataclass(frozen=True)
class Door:
    """What to make up."""

    seed: int
    view: str = "high"
    seconds: float = 180.0
    rate: float = 10.0  # frames a second
    a_minute: float = 20.0  # people who come, both ways
    together: float = 0.5  # share of them who come with others
    width: float = 1.8  # metres of the door
    size: tuple[int, int] = (480, 640)
    jitter: float = 0.02  # of a box's edges, in heights
    missed: float = 0.05  # share of boxes


def write(folder: Path, seeds: range, rates: list[float], seconds: float) -> Iterator[Path]:
    """Walks of every view and rate, each in a folder of `folder` called VIEW-RATE-SEED; gives the folders."""
    for seed in seeds:
        for view in VIEWS:
            for rate in rates:
                rows, truth = make(Door(seed, view, seconds=seconds, a_minute=rate))
                made = folder / f"{view}-{rate:g}-{seed}"
                made.mkdir(parents=True, exist_ok=True)
                (made / "tracks.txt").write_text(rows)
                (made / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
                yield made


def make(door: Door) -> tuple[str, dict]:
    """MOT text, and what is true of it: the line, the passages with their seconds, who came together."""
    draw = np.random.default_rng([door.seed, list(VIEWS).index(door.view), round(door.a_minute), 91])
    cam = _camera(draw, door)
    height, width = door.size
    a, b = (cam.floor((x * width, 0.55 * height))[[0, 2]] for x in (0.04, 0.96))
    walkers = _walkers(draw, door, a, b)
    companies = gather(draw, walkers, door.together)
    crowd, passages = Crowd(walkers), Passages(a, b)
    drift = np.zeros((len(walkers), 4))
    rows = []
    for frame in range(round(door.seconds * door.rate)):
        crowd.advance(frame / door.rate)
        present = crowd.present()
        for who in present:
            passages.see(who, walkers[who].at, frame / door.rate)
        drift = 0.7 * drift + np.sqrt(1 - 0.7**2) * draw.normal(0, door.jitter, drift.shape)
        seen = draw.random(len(walkers)) >= door.missed
        for who, box in _boxes(cam, [(who, walkers[who]) for who in present]):
            if seen[who]:
                left, top, right, bottom = box + drift[who] * (box[3] - box[1])
                rows.append(
                    f"{frame + 1},{who + 1},{left:.2f},{top:.2f},{right - left:.2f},{bottom - top:.2f},1,-1,-1,-1\n"
                )
    (ax, ay), (bx, by) = ((round(x * width), round(0.55 * height)) for x in (0.04, 0.96))
    truth = {
        "made_up": True, "seed": door.seed, "view": door.view, "rate": door.rate, "seconds": door.seconds,
        "a_minute": door.a_minute, "line": f"door:{ax},{ay},{bx},{by}", "size": [width, height],
        "passages": [{"time": round(t, 3), "id": who + 1, "direction": way} for t, who, way in passages.found],
        "companies": [[member + 1 for member in members] for members in companies],
    }  # fmt: skip
    return "".join(rows), truth


def _camera(draw: np.random.Generator, door: Door) -> Camera:
    tilt, height = VIEWS[door.view] + draw.uniform(-2, 2), float(draw.uniform(2.8, 4.2))
    return Camera.looking(height, min(90, tilt), draw.normal(0, 1), 0, draw.uniform(60, 85), door.size)


def _walkers(draw: np.random.Generator, door: Door, a: np.ndarray, b: np.ndarray) -> list[Walker]:
    along = (b - a) / np.linalg.norm(b - a)
    across, middle = np.array([-along[1], along[0]]), (a + b) / 2
    reach = float(np.clip(0.6 * np.linalg.norm(b - a), 2.5, 7.0))
    walkers = []
    for start in np.sort(draw.uniform(0, door.seconds - 15, round(door.a_minute * door.seconds / 60))):
        way = draw.choice([-1, 1])
        through = middle + along * draw.uniform(-0.5, 0.5) * (door.width - 0.6)
        begin, end = (through + along * draw.normal(0, 0.25 * reach) for _ in range(2))
        tall = draw.normal(1.7, 0.09) if draw.random() < 0.85 else draw.uniform(1.0, 1.45)
        goals = [through, end + way * across * reach]
        walkers.append(Walker(begin - way * across * reach, goals, float(draw.uniform(0.9, 1.6)), float(start), tall))
    return walkers


def _boxes(cam: Camera, walkers: list[tuple[int, Walker]]) -> list[tuple[int, np.ndarray]]:
    """Who is to be seen, with left, top, right and bottom in pixels."""
    height, width = cam.size
    found = []
    for who, walker in walkers:
        pixels, far = cam.project(_body(walker))
        if far.min() < 0.3:
            continue
        low, high = pixels.min(0), pixels.max(0)
        inside = np.clip(high, 0, [width, height]) - np.clip(low, 0, [width, height])
        if np.prod(inside) < LEAST * np.prod(high - low):
            continue
        box = np.concatenate([np.clip(low, 0, [width, height]), np.clip(high, 0, [width, height])]).astype(float)
        found.append((float(far.mean()), who, box))
    found.sort(key=lambda one: one[0])
    shown: list[tuple[int, np.ndarray]] = []
    for index, (_, who, box) in enumerate(found):
        covers = [_overlap(box, nearer) for _, _, nearer in found[:index]]
        if max(covers, default=0.0) < HIDDEN:
            shown.append((who, box))
    return sorted(shown, key=lambda one: one[0])


def _body(walker: Walker) -> np.ndarray:
    """Points around a person: feet in a stride, hips, shoulders, head."""
    tall, points = walker.height, []
    step = 0.22 * tall * np.sin(2 * np.pi * walker.phase) * walker.moving
    ahead = np.array([np.sin(walker.heading), np.cos(walker.heading)])
    for level, radius, shift in ((0.0, 0.08, step), (0.0, 0.08, -step), (0.5, 0.11, 0), (0.8, 0.13, 0), (1.0, 0.05, 0)):
        for angle in np.arange(0, 2 * np.pi, np.pi / 4):
            x, z = walker.at + shift * ahead + radius * tall * np.array([np.cos(angle), np.sin(angle)])
            points.append((x, level * tall, z))
    return np.array(points, np.float32)


def _overlap(box: np.ndarray, other: np.ndarray) -> float:
    """The share of a box that another one covers."""
    sides = np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2])
    return float(np.prod(np.maximum(sides, 0)) / max(np.prod(box[2:] - box[:2]), 1e-9))
