"""A synthetic crowd with known identities: what the trackers race over.

N people at a time in a picture of 1920x1080 at 30 frames a second: 45 to 110 pixels tall, walking 0.5 to 5 pixels a
frame with a little noise. Boxes are off by 2% of the height. 5% of the people are missed: three single, two
in gaps of 8 to 20 frames, in which a tracker has to remember them. 2% more boxes show nobody. People leave,
and others come. Embeddings are unit vectors around each person's own, which share a direction as those of real
networks do: the median cosine distance is 0.14 to oneself and 0.7 to another.

The same seed gives the same workload.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

WIDTH, HEIGHT, FRAME_RATE = 1920, 1080, 30
DIMENSION = 128
MISSED = 0.03
GAPS = 0.0015
LEAVING = 0.0015
NOBODY = 0.02


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


@dataclass
class Person:
    """Somebody on their way. Pixels, and pixels a frame."""

    identity: int
    middle: np.ndarray
    velocity: np.ndarray
    height: float
    aspect: float
    looks: np.ndarray
    gap: int = 0
    """Frames in which they will still be missed."""

    def walk(self, random: np.random.Generator) -> None:
        self.velocity += random.normal(0, (0.05, 0.03))
        self.middle += self.velocity
        self.height *= 1 + random.normal(0, 0.002)

    def inside(self) -> bool:
        return bool(np.all(self.middle >= 0) and np.all(self.middle <= (WIDTH, HEIGHT)))

    def box(self) -> np.ndarray:
        """Left, top, width, height."""
        size = np.array([self.aspect * self.height, self.height])
        return np.concatenate([self.middle - size / 2, size])

    def missed(self, random: np.random.Generator) -> bool:
        """Whether the detector does not see them in this frame."""
        if self.gap > 0:
            self.gap -= 1
            return True
        if random.random() < GAPS:
            self.gap = int(random.integers(8, 21)) - 1
            return True
        return random.random() < MISSED

    def detection(self, random: np.random.Generator) -> np.ndarray:
        """Left, top, width, height, confidence, embedding."""
        size = np.array([self.aspect * self.height, self.height]) * (1 + random.normal(0, (0.03, 0.02)))
        middle = self.middle + random.normal(0, 0.02 * self.height, 2)
        confidence = np.clip(random.normal(0.82, 0.08), 0.5, 0.99)
        noise = unit(random.standard_normal(DIMENSION)) * abs(random.normal(0.4, 0.08))
        return np.concatenate([middle - size / 2, size, [confidence], unit(self.looks + noise)])


class Crowd:
    """People who come and go, `size` at a time."""

    def __init__(self, size: int, seed: int) -> None:
        self.random = np.random.default_rng([seed, size])
        self.common = unit(self.random.standard_normal(DIMENSION))
        self.born = 0
        self.people = [self.newcomer(inside=True) for _ in range(size)]
        self.arrivals: list[int] = []
        """Frames in which somebody takes the place of one who left."""

    def looks(self) -> np.ndarray:
        return unit(0.75 * self.common + unit(self.random.standard_normal(DIMENSION)))

    def newcomer(self, inside: bool) -> Person:
        random = self.random
        height, aspect = random.uniform(45, 110), random.uniform(0.36, 0.46)
        speed, angle = random.uniform(0.5, 5), random.uniform(0, 2 * np.pi)
        velocity = speed * np.array([np.cos(angle), 0.5 * np.sin(angle)])
        edge = 0.0 if velocity[0] > 0 else float(WIDTH)
        x = random.uniform(30, WIDTH - 30) if inside else edge
        middle = np.array([x, random.uniform(60, HEIGHT - 60)])
        self.born += 1
        return Person(self.born, middle, velocity, height, aspect, self.looks())

    def frame(self, number: int) -> tuple[list[Person], list[np.ndarray]]:
        """Who is there, and the detections in no order."""
        random = self.random
        for _ in [due for due in self.arrivals if due <= number]:
            self.people.append(self.newcomer(inside=random.random() < 0.3))
        self.arrivals = [due for due in self.arrivals if due > number]
        for person in self.people:
            person.walk(random)
        staying = [person for person in self.people if person.inside() and random.random() >= LEAVING]
        leaving = len(self.people) - len(staying)
        self.arrivals += [number + int(wait) for wait in random.integers(1, 15, leaving)]
        self.people = staying
        rows = [person.detection(random) for person in self.people if not person.missed(random)]
        rows += [self.nobody() for _ in range(random.binomial(len(self.people), NOBODY))]
        return self.people, [rows[i] for i in random.permutation(len(rows))]

    def nobody(self) -> np.ndarray:
        """A detection where nobody is."""
        random = self.random
        height = random.uniform(45, 110)
        width = 0.41 * height
        confidence = np.clip(random.normal(0.6, 0.08), 0.5, 0.95)
        corner = random.uniform(0, (WIDTH - width, HEIGHT - height))
        return np.concatenate([corner, [width, height, confidence], self.looks()])


def write(folder: Path, size: int, frames: int, seed: int) -> None:
    """Writes DETECTIONS, rows of little-endian 32-bit floats (frame from 1, left, top, width, height, confidence,
    embedding), and the truth as MOTChallenge text, people who were missed included."""
    crowd = Crowd(size, seed)
    truth = folder / "truth" / "crowd" / "gt" / "gt.txt"
    truth.parent.mkdir(parents=True)
    rows = []
    with truth.open("w") as lines:
        for number in range(1, frames + 1):
            people, detections = crowd.frame(number)
            rows += [np.concatenate([[number], row]) for row in detections]
            for person in people:
                box = ",".join(f"{value:.3f}" for value in person.box())
                lines.write(f"{number},{person.identity},{box},1,1,1\n")
    np.array(rows, "<f4").tofile(folder / DETECTIONS)


DETECTIONS = "detections.f32"


def read(path: Path) -> Iterator[np.ndarray]:
    """A frame's detections after the other: n rows of left, top, width, height, confidence, embedding."""
    rows = np.fromfile(path, "<f4").reshape(-1, 6 + DIMENSION)
    numbers = rows[:, 0].astype(int)
    ends = np.searchsorted(numbers, np.arange(1, numbers[-1] + 2))
    for start, end in pairwise(ends):
        yield rows[start:end, 1:]
