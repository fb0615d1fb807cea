"""What a camera does to light: exposure, colour, lens, resolution, noise, compression."""

from dataclasses import dataclass, field

import cv2
import numpy as np


@dataclass(frozen=True)
class Sensor:
    """One camera's ways, the same in all its pictures; `look` draws one."""

    exposure: float = 1.0
    gamma: float = 1.0
    contrast: float = 1.0
    lift: float = 0.0
    saturation: float = 1.0
    balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    vignette: float = 0.0
    detail: float = 1.0  # of the resolution
    blur: float = 0.0  # pixels
    sharpen: float = 0.0
    noise: float = 0.0  # levels of 255
    speckle: float = 0.0
    quality: int = 90  # of JPEG
    motion: tuple[float, float] = field(default=(0.0, 0.0))  # pixels along x and y

    @classmethod
    def look(cls, draw: np.random.Generator) -> "Sensor":
        """At random."""
        grey = draw.random() < 0.06
        noisy = draw.uniform(0, 6) if draw.random() < 0.6 else 0.0
        shake = draw.normal(0, 1.2, 2) if draw.random() < 0.1 else (0.0, 0.0)
        return cls(
            exposure=float(np.exp(draw.normal(0, 0.22))),
            gamma=draw.uniform(0.75, 1.25),
            contrast=draw.uniform(0.7, 1.2),
            lift=draw.uniform(-0.06, 0.08),
            saturation=0.0 if grey else draw.uniform(0.4, 1.15),
            balance=tuple(1 + draw.normal(0, 0.04, 3)),
            vignette=draw.uniform(0.1, 0.6) if draw.random() < 0.3 else 0.0,
            detail=draw.uniform(0.4, 1.0) if draw.random() < 0.55 else 1.0,
            blur=draw.uniform(0.3, 1.2) if draw.random() < 0.4 else 0.0,
            sharpen=draw.uniform(0.3, 1.2) if draw.random() < 0.15 else 0.0,
            noise=noisy,
            speckle=noisy * draw.uniform(0.1, 0.6),
            quality=int(draw.integers(45, 95)),
            motion=(float(shake[0]), float(shake[1])),
        )

    def picture(self, draw: np.random.Generator, light: np.ndarray) -> np.ndarray:
        """Linear light [h, w, 3] (about 0..1) to 8-bit red, green, blue; noise from `draw`."""
        light = np.clip(np.nan_to_num(light, nan=0.5, posinf=1.6), 0, 1.6)
        light = light / (1 + 0.15 * light)
        tone = np.clip(light * self.exposure, 0, 1) ** np.float32(self.gamma)
        tone = (tone - 0.45) * self.contrast + 0.45 + self.lift
        grey = tone @ np.array([0.3, 0.59, 0.11], np.float32)
        tone = grey[..., None] + (tone - grey[..., None]) * self.saturation
        tone = tone * np.array(self.balance, np.float32)
        height, width = grey.shape
        if self.vignette:
            across, down = (np.arange(n, dtype=np.float32) / n - np.float32(0.5) for n in (width, height))
            tone = tone * (1 - np.float32(2 * self.vignette) * (down[:, None] ** 2 + across**2))[..., None]
        levels = (np.clip(tone, 0, 1) * 255).astype(np.float32)
        levels = self._optics(levels)
        if self.noise:
            levels += draw.standard_normal((height, width, 1), np.float32) * np.float32(self.noise)
            levels += draw.standard_normal((height, width, 3), np.float32) * np.float32(self.speckle)
        return np.clip(levels, 0, 255).astype(np.uint8)

    def _optics(self, levels: np.ndarray) -> np.ndarray:
        height, width = levels.shape[:2]
        if self.detail < 0.95:
            small = (max(8, int(width * self.detail)), max(8, int(height * self.detail)))
            levels = cv2.resize(levels, small, interpolation=cv2.INTER_AREA)
            levels = cv2.resize(levels, (width, height), interpolation=cv2.INTER_LINEAR)
        if self.blur:
            levels = cv2.GaussianBlur(levels, (0, 0), self.blur)
        if any(self.motion):
            steps = max(2, int(np.hypot(*self.motion)) + 1)
            shifted = np.zeros_like(levels)
            for t in np.linspace(-1, 1, steps):
                move = np.array([[1, 0, self.motion[0] * t], [0, 1, self.motion[1] * t]], np.float32)
                shifted += cv2.warpAffine(levels, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
            levels = shifted / steps
        if self.sharpen:
            levels = levels + self.sharpen * (levels - cv2.GaussianBlur(levels, (0, 0), 1.5))
        return levels

    def jpeg(self, picture: np.ndarray) -> bytes:
        """The picture as this camera compresses it."""
        done, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, self.quality])
        if not done:
            raise RuntimeError("OpenCV could not compress a picture")
        return data.tobytes()
