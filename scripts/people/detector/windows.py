"""What the network is shown of a picture: a window at some scale, mirrored, in other light."""

import cv2
import numpy as np

from .losses import Truth
from .net import SIZE, normalised

SHOWN = 0.35  # of what is within the picture; less is neither right nor wrong
SMALLEST = 8.0  # pixels of a box's shorter side


class Window:
    """One view [3, 320, 416] of a picture with its people."""

    def __init__(self, draw: np.random.Generator, picture: np.ndarray, label: dict):
        people = label["people"]
        boxes = np.array([p["box"] for p in people], np.float32).reshape(-1, 4)
        hidden = np.array([p["hidden"] for p in people], np.float32)
        pixels, boxes, frame = self._placed(draw, picture, boxes)
        clipped = boxes.copy()
        clipped[:, 0::2] = clipped[:, 0::2].clip(frame[0], frame[2])
        clipped[:, 1::2] = clipped[:, 1::2].clip(frame[1], frame[3])
        size = clipped[:, 2:] - clipped[:, :2]
        full = np.maximum(boxes[:, 2:] - boxes[:, :2], 1e-3)
        left = (size / full).prod(1) if len(boxes) else np.zeros(0)
        there = (size.min(1) > 1) if len(boxes) else np.zeros(0, bool)
        counted = there & (1 - hidden >= SHOWN) & (size.min(1) >= SMALLEST) & (left > 0.06) if len(boxes) else there
        if draw.random() < 0.5:
            pixels, clipped[:, [0, 2]] = pixels[:, ::-1], SIZE[1] - clipped[:, [2, 0]]
        if label["tilt"] > 72 and draw.random() < 0.5:  # from straight above there is no up
            pixels, clipped[:, [1, 3]] = pixels[::-1], SIZE[0] - clipped[:, [3, 1]]
        self.truth = Truth(clipped[counted], clipped[there & ~counted])
        self.pixels = normalised(self._lit(draw, pixels))

    @staticmethod
    def _placed(draw: np.random.Generator, picture: np.ndarray, boxes: np.ndarray):
        """The picture at a random scale and place on black, its boxes moved along, and where it is."""
        height, width = picture.shape[:2]
        scale = min(SIZE[0] / height, SIZE[1] / width)
        if draw.random() < 0.75:
            scale *= np.exp(draw.uniform(-0.35, 0.4))
        wide, high = max(32, int(width * scale)), max(32, int(height * scale))
        left = (SIZE[1] - wide) // 2 if wide < SIZE[1] else -int(draw.uniform(0, wide - SIZE[1] + 1))
        top = (SIZE[0] - high) // 2 if high < SIZE[0] else -int(draw.uniform(0, high - SIZE[0] + 1))
        pixels = np.zeros((*SIZE, 3), np.uint8)
        scaled = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_LINEAR if scale > 0.7 else cv2.INTER_AREA)
        part = scaled[max(0, -top) :, max(0, -left) :][: SIZE[0] - max(0, top), : SIZE[1] - max(0, left)]
        pixels[max(0, top) : max(0, top) + part.shape[0], max(0, left) : max(0, left) + part.shape[1]] = part
        frame = [max(0, left), max(0, top), min(SIZE[1], left + wide), min(SIZE[0], top + high)]
        if draw.random() < 0.15:  # an upright or square picture
            keep = int(draw.uniform(0.6, 1) * (frame[2] - frame[0]))
            frame[0] += (frame[2] - frame[0] - keep) // 2
            frame[2] = frame[0] + keep
            pixels[:, : frame[0]], pixels[:, frame[2] :] = 0, 0
        return (
            pixels,
            boxes * np.float32([wide / width, high / height] * 2) + np.array([left, top, left, top], np.float32),
            frame,
        )

    @staticmethod
    def _lit(draw: np.random.Generator, pixels: np.ndarray) -> np.ndarray:
        if draw.random() < 0.5:
            shown = pixels.any(-1, keepdims=True)
            pixels = (pixels * draw.uniform(0.6, 1.35) + draw.uniform(-15, 15)).clip(0, 255) * shown
        if draw.random() < 0.06:
            pixels = np.repeat(pixels.mean(-1, keepdims=True), 3, -1)
        return pixels.astype(np.uint8)
