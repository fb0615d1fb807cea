"""One picture of a place with people in it, and what is true of it."""

from dataclasses import dataclass

import cv2
import numpy as np

from .camera import Camera
from .light import Lamp, floor_light
from .noise import clouds
from .raster import Buffers, draw
from .room import Room
from .shade import shade
from .surface import Surface

FINE = 2  # drawn so much larger, then averaged


@dataclass
class Subject:
    """Somebody, or with identity -1 something, in the world; metres."""

    identity: int
    surfaces: list[Surface]
    foot: np.ndarray
    head: np.ndarray
    about: dict


@dataclass
class Look:
    """Light of a scene, and the unevenness of what is lit."""

    lamp: Lamp
    sky: np.ndarray  # colour of what comes from all around
    blotches: float
    glare: float
    contact: float
    seed: int


class Stage:
    """Buffers for pictures of one size."""

    def __init__(self, size: tuple[int, int]):
        self.size = size
        fine = size[0] * FINE, size[1] * FINE
        self.buffers = Buffers(*fine)
        self.colour, self.alpha = np.zeros((*fine, 3), np.float32), np.zeros(fine, np.float32)

    def picture(self, camera: Camera, room: Room, look: Look, subjects: list[Subject]):
        """Linear light [h, w, 3] and a label for each person that is in the picture."""
        b = self.buffers
        b.clear()
        self.colour.fill(0)
        self.alpha.fill(0)
        drawn, extents = [], []
        for number, subject in enumerate(subjects):
            extents.append(self._draw(camera, look, subject, number, drawn))
        self._shade(camera, room, look, drawn)
        ground = self._ground(camera, room, look, subjects)
        alpha = _averaged(self.alpha)
        light = ground * (1 - alpha[..., None]) + _averaged(self.colour)
        return light, self._labels(camera, subjects, extents, drawn)

    def _draw(self, camera: Camera, look: Look, subject: Subject, number: int, drawn: list):
        b, low, high, covered = self.buffers, np.full(2, 1e9), np.full(2, -1e9), 0
        for surface in subject.surfaces:
            pixels, far = camera.project(surface.vertices, FINE)
            look.lamp.see(surface.vertices, surface.triangles)
            seen = far > 0
            if not seen.any():
                drawn.append(None)
                continue
            covered += draw(
                pixels, far, surface.triangles, surface.inside, len(drawn), np.float32(surface.bias), number,
                surface.closed, b.distance, b.layer, b.triangle, b.share, b.owner,
            )  # fmt: skip
            box = np.concatenate([pixels[seen].min(0), pixels[seen].max(0)])
            drawn.append((surface, box, number))
            if surface.boxed:
                on = seen & (surface.inside >= 0)
                if on.any():
                    low, high = np.minimum(low, pixels[on].min(0)), np.maximum(high, pixels[on].max(0))
        return np.concatenate([low, high]) / FINE, covered

    def _shade(self, camera: Camera, room: Room, look: Look, drawn: list) -> None:
        b, (height, width) = self.buffers, self.buffers.layer.shape
        for number, item in enumerate(drawn):
            if item is None:
                continue
            surface, box, _ = item
            left, top = np.clip(np.floor(box[:2]), 0, [width, height])
            right, bottom = np.clip(np.ceil(box[2:]) + 1, 0, [width, height])
            bounds = np.array([left, top, right, bottom], np.int64)
            shade(
                bounds, number, b.layer, b.triangle, b.share, surface.triangles, surface.vertices, surface.normals,
                surface.cloth, surface.traits, surface.material, camera.position, *look.lamp.numbers,
                look.lamp.colour, look.sky, room.stock.prints, self.colour, self.alpha,
            )  # fmt: skip

    def _ground(self, camera: Camera, room: Room, look: Look, subjects: list[Subject]) -> np.ndarray:
        """Floor and walls with light, shadows and what makes them uneven."""
        colour, points = room.picture(camera)
        direct = np.empty(self.size, np.float32)
        floor_light(points, *look.lamp.numbers, direct)
        direct = cv2.GaussianBlur(direct, (0, 0), 0.8 + look.lamp.soft * 0.4)
        around = 1 - np.float32(look.contact) * self._contact(points, subjects)
        light = look.sky * around[..., None] + look.lamp.colour * direct[..., None]
        draw_ = np.random.default_rng(look.seed)
        height, width = self.size
        uneven = 0.85 * (1 + np.float32(look.blotches) * (clouds(draw_, height, width, 3) - np.float32(0.5)))
        ground = colour * light * uneven[..., None]
        if look.glare:
            for _ in range(draw_.integers(1, 4)):
                at, wide = draw_.random(2) * [width, height], draw_.uniform(5, 60, 2)
                across = np.exp(-(((np.arange(width) - at[0]) / wide[0]) ** 2))
                down = np.exp(-(((np.arange(height) - at[1]) / wide[1]) ** 2))
                ground += (look.glare * down[:, None] * across).astype(np.float32)[..., None]
        return ground

    def _contact(self, points: np.ndarray, subjects: list[Subject]) -> np.ndarray:
        """How much of the sky feet and legs keep from the floor beside them: a blurred plan of 4 cm cells."""
        cells, half = 512, 512 * 0.04 / 2
        plan = np.zeros((cells, cells), np.float32)
        for subject in subjects:
            for surface in subject.surfaces:
                v = surface.vertices[surface.vertices[:, 1] < 0.5]
                at = ((v[:, [2, 0]] + [half - 6.0, half]) / 0.04).astype(int)
                at = at[((at >= 0) & (at < cells)).all(1)]
                plan[at[:, 0], at[:, 1]] = 1
        plan = cv2.GaussianBlur(plan, (0, 0), 3.0)
        x = (points[..., 0] + np.float32(half)) * np.float32(25)
        z = (points[..., 2] + np.float32(half - 6.0)) * np.float32(25)
        near = cv2.remap(plan, x, z, cv2.INTER_LINEAR)
        return np.where(points[..., 3] == 0, np.minimum(near * np.float32(1.6), np.float32(1)), np.float32(0))

    def _labels(self, camera: Camera, subjects: list[Subject], extents: list, drawn: list) -> list[dict]:
        layers = self.buffers.layer
        shown = np.bincount(layers[layers >= 0], minlength=len(drawn))
        left = np.zeros(len(subjects), np.int64)
        for number, item in enumerate(drawn):
            if item is not None:
                left[item[2]] += shown[number]
        labels, (height, width) = [], self.size
        for number, subject in enumerate(subjects):
            (x0, y0, x1, y1), covered = extents[number]
            box = [max(0.0, x0), max(0.0, y0), min(float(width), x1), min(float(height), y1)]
            if subject.identity < 0 or covered < 5 * FINE**2 or box[2] <= box[0] + 2 or box[3] <= box[1] + 2:
                continue
            inside = (box[2] - box[0]) * (box[3] - box[1]) / max(1e-6, (x1 - x0) * (y1 - y0))
            shown_share = left[number] / covered
            ends, _ = camera.project(np.stack([subject.foot, subject.head]))
            labels.append(
                {
                    "id": subject.identity,
                    "box": [round(float(v), 2) for v in box],
                    "visible": round(float(shown_share * inside), 3),
                    "hidden": round(float(1 - shown_share), 3),
                    "foot": [round(float(v), 1) for v in ends[0]],
                    "head": [round(float(v), 1) for v in ends[1]],
                    **subject.about,
                }
            )
        return labels


def _averaged(a: np.ndarray) -> np.ndarray:
    return sum(a[i::FINE, j::FINE] for i in range(FINE) for j in range(FINE)) / FINE**2
