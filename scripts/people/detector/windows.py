"""What the network is shown of a picture: a window at some scale, mirrored, in other light."""

import cv2
import numpy as np

from .losses import Truth
from .net import SIZE, normalised

SHOWN = 0.35  # of what is within the picture; less is neither right nor wrong
SMALLEST = 8.0  # pixels of a box's shorter side


class Window:
    """One view [3, height, width] of a picture with its people."""

    def __init__(self, draw: np.random.Generator, picture: np.ndarray, label: dict, size: tuple[int, int] = SIZE):
        self.size = size
        people = label["people"]
        boxes = np.array([p["box"] for p in people], np.float32).reshape(-1, 4)
        hidden = np.array([p["hidden"] for p in people], np.float32)
        pixels, boxes, frame = self._placed(draw, picture, boxes)
        clipped = boxes.copy()
        clipped[:, 0::2] = clipped[:, 0::2].clip(frame[0], frame[2])
        clipped[:, 1::2] = clipped[:, 1::2].clip(frame[1], frame[3])
        sides = clipped[:, 2:] - clipped[:, :2]
        full = np.maximum(boxes[:, 2:] - boxes[:, :2], 1e-3)
        left = (sides / full).prod(1) if len(boxes) else np.zeros(0)
        there = (sides.min(1) > 1) if len(boxes) else np.zeros(0, bool)
        counted = there & (1 - hidden >= SHOWN) & (sides.min(1) >= SMALLEST) & (left > 0.06) if len(boxes) else there
        if draw.random() < 0.5:
            pixels, clipped[:, [0, 2]] = pixels[:, ::-1], self.size[1] - clipped[:, [2, 0]]
        if label["tilt"] > 72 and draw.random() < 0.5:  # from straight above there is no up
            pixels, clipped[:, [1, 3]] = pixels[::-1], self.size[0] - clipped[:, [3, 1]]
        self.truth = Truth(clipped[counted], clipped[there & ~counted])
        self.pixels = normalised(lit(draw, pixels))

    def _placed(self, draw: np.random.Generator, picture: np.ndarray, boxes: np.ndarray):
        """The picture at a random scale on black, so that somebody is in the window; its boxes, and where it is."""
        (height, width), (rows, columns) = picture.shape[:2], self.size
        scale = min(SIZE[0] / height, SIZE[1] / width)  # as the program would show it
        if draw.random() < 0.75:
            scale *= np.exp(draw.uniform(-0.35, 0.4))
        wide, high = max(32, int(width * scale)), max(32, int(height * scale))
        boxes = boxes * np.float32([wide / width, high / height] * 2)
        left, top = _offset(draw, columns, wide, boxes[:, 0::2]), _offset(draw, rows, high, boxes[:, 1::2])
        pixels = np.zeros((rows, columns, 3), np.uint8)
        scaled = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_LINEAR if scale > 0.7 else cv2.INTER_AREA)
        part = scaled[max(0, -top) :, max(0, -left) :][: rows - max(0, top), : columns - max(0, left)]
        pixels[max(0, top) : max(0, top) + part.shape[0], max(0, left) : max(0, left) + part.shape[1]] = part
        frame = [max(0, left), max(0, top), min(columns, left + wide), min(rows, top + high)]
        if draw.random() < 0.12:  # an upright or square picture
            keep = int(draw.uniform(0.6, 1) * (frame[2] - frame[0]))
            frame[0] += (frame[2] - frame[0] - keep) // 2
            frame[2] = frame[0] + keep
            pixels[:, : frame[0]], pixels[:, frame[2] :] = 0, 0
        return pixels, boxes + np.array([left, top, left, top], np.float32), frame


def lit(draw: np.random.Generator, pixels: np.ndarray) -> np.ndarray:
    """Bytes [h, w, 3] in other light and other colours, as sharp as another lens makes them; what is black stays so.

    Styles differ in colours above all, and shapes are what is to be learnt.
    """
    shown = pixels.any(-1, keepdims=True)
    seen = pixels.astype(np.float32)
    if draw.random() < 0.5:
        seen = seen * draw.uniform(0.6, 1.35) + draw.uniform(-15, 15)
    if draw.random() < 0.4:
        grey = seen.mean(-1, keepdims=True)
        seen = (grey + (seen - grey) * draw.uniform(0.3, 1.7)) * draw.uniform(0.82, 1.2, 3).astype(np.float32)
    if draw.random() < 0.25:
        seen = seen[..., draw.permutation(3)]
    if draw.random() < 0.3:
        seen = 255 * (seen.clip(0, 255) / 255) ** np.float32(np.exp(draw.uniform(-0.5, 0.5)))
    if draw.random() < 0.2:
        seen = cv2.GaussianBlur(seen, (5, 5), draw.uniform(0.5, 1.3))
    if draw.random() < 0.25:
        seen = seen + draw.standard_normal(seen.shape, dtype=np.float32) * np.float32(draw.uniform(2, 9))
    if draw.random() < 0.06:
        seen = np.repeat(seen.mean(-1, keepdims=True), 3, -1)
    return (seen.clip(0, 255) * shown).astype(np.uint8)


def _offset(draw: np.random.Generator, window: int, picture: int, spans: np.ndarray) -> int:
    """Where the picture begins in the window along one axis; a picture that is larger is shown where somebody is."""
    if picture <= window:
        return int(draw.integers(0, window - picture + 1)) if draw.random() < 0.5 else (window - picture) // 2
    first = draw.uniform(0, picture - window)
    if len(spans) and draw.random() < 0.8:
        first = spans[draw.integers(len(spans))].mean() - window * draw.uniform(0.15, 0.85)
    return -int(np.clip(first, 0, picture - window))
