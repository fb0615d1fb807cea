"""A surface to be drawn: a part of a body, a garment, a bag, a chair."""

from dataclasses import dataclass, replace

import numpy as np

from .solids import Solid


@dataclass(frozen=True)
class Surface:
    """Vertices in metres in the frame of whoever carries it (x left, y up from the floor, z to the front)."""

    vertices: np.ndarray  # [n, 3]
    triangles: np.ndarray  # [m, 3]
    normals: np.ndarray  # [n, 3]
    cloth: np.ndarray  # [n, 3] where on the material a vertex lies, decimetres
    traits: np.ndarray  # [n, 3] looks sideways, belongs to an arm, decimetres down the arm
    inside: np.ndarray  # [n]; the surface ends where this, interpolated, is below zero
    material: np.ndarray
    bias: float = 0.0  # metres that it is brought forward, so that the outer of two layers wins
    closed: bool = False
    boxed: bool = True  # counts for the box of whoever wears it

    def placed(self, turn: np.ndarray, at: np.ndarray) -> "Surface":
        """Turned by a rotation and moved to `at`, metres."""
        vertices = (self.vertices @ turn.T + at).astype(np.float32)
        return replace(self, vertices=vertices, normals=(self.normals @ turn.T).astype(np.float32))


def solid(shape: Solid, size, at, material: np.ndarray, turn: np.ndarray | None = None, boxed: bool = False) -> Surface:
    """A solid scaled to half extents `size`, turned, with its middle at `at`; metres."""
    vertices, triangles, normals = shape
    size = np.asarray(size, np.float32)
    placed, facing = vertices * size, normals / np.maximum(size, 1e-3)
    facing = facing / np.maximum(np.linalg.norm(facing, axis=1, keepdims=True), 1e-6)
    cloth = (placed * 10).astype(np.float32)
    if turn is not None:
        placed, facing = placed @ turn.T, facing @ turn.T
    traits = np.zeros_like(placed, np.float32)
    traits[:, 0] = np.abs(facing[:, 0]) > np.abs(facing[:, 2])
    placed = (placed + np.asarray(at, np.float32)).astype(np.float32)
    inside = np.ones(len(placed), np.float32)
    return Surface(placed, triangles, facing.astype(np.float32), cloth, traits, inside, material, boxed=boxed)
