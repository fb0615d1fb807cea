"""Simple solids as (vertices, triangles, unit normals), in -1..1 on each axis."""

from functools import cache

import numpy as np

Solid = tuple[np.ndarray, np.ndarray, np.ndarray]


def _solid(vertices, triangles, normals) -> Solid:
    normals = np.asarray(normals, np.float32)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-6)
    return np.asarray(vertices, np.float32), np.asarray(triangles, np.int32), normals


@cache
def box(parts: int = 4) -> Solid:
    """A cube, each face cut into parts x parts: shares are linear on the picture, so faces must be small."""
    vertices, triangles, normals = [], [], []
    grid = np.linspace(-1, 1, parts + 1)
    for axis in range(3):
        for side in (-1, 1):
            first = len(vertices)
            for a in grid:
                for b in grid:
                    point = np.zeros(3)
                    point[axis], point[(axis + 1) % 3], point[(axis + 2) % 3] = side, a, b
                    vertices.append(point)
                    normals.append(side * np.eye(3)[axis])
            for i in range(parts):
                for j in range(parts):
                    k = first + i * (parts + 1) + j
                    triangles += [(k, k + parts + 1, k + 1), (k + 1, k + parts + 1, k + parts + 2)]
    return _solid(vertices, triangles, normals)


@cache
def ball(around: int = 14, up: int = 10, power: float = 1.0) -> Solid:
    """A superellipsoid: power 1 a ball, towards 0 a cushion."""

    def bent(c: float) -> float:
        return float(np.sign(c) * abs(c) ** power)

    vertices = []
    for i in range(up + 1):
        t = np.pi * i / up - np.pi / 2
        for j in range(around):
            p = 2 * np.pi * j / around
            vertices.append((bent(np.cos(t)) * bent(np.cos(p)), bent(np.sin(t)), bent(np.cos(t)) * bent(np.sin(p))))
    triangles = []
    for i in range(up):
        for j in range(around):
            a, b = i * around + j, i * around + (j + 1) % around
            triangles += [(a, a + around, b), (b, a + around, b + around)]
    return _solid(vertices, triangles, vertices)


@cache
def tube(around: int = 16, top: float = 1.0) -> Solid:
    """A closed cylinder along y; `top` is its upper radius (0: a cone)."""
    vertices, normals, triangles = [], [], []
    ring = [(np.cos(2 * np.pi * j / around), np.sin(2 * np.pi * j / around)) for j in range(around)]
    for y, r in ((-1, 1.0), (1, top)):
        vertices += [(c * r, y, s * r) for c, s in ring]
        normals += [(c, (1 - top) / 2, s) for c, s in ring]
    for j in range(around):
        k = (j + 1) % around
        triangles += [(j, around + j, k), (k, around + j, around + k)]
    for y, r in ((-1, 1.0), (1, top)):
        first = len(vertices)
        vertices += [(0, y, 0)] + [(c * r, y, s * r) for c, s in ring]
        normals += [(0, y, 0)] * (around + 1)
        triangles += [(first, first + 1 + j, first + 1 + (j + 1) % around) for j in range(around)]
    return _solid(vertices, triangles, normals)


@cache
def dome(ribs: int = 8, rings: int = 5) -> Solid:
    """An open umbrella: a shallow cap with its rim at y = 0 and its top at y = 1."""
    vertices, normals, triangles = [(0, 1, 0)], [(0, 1, 0)], []
    around = ribs * 3
    for i in range(1, rings + 1):
        t = i / rings
        for j in range(around):
            p = 2 * np.pi * j / around
            sag = 1 - 0.08 * t * (1 - np.cos(ribs * p)) / 2
            vertices.append((t * sag * np.cos(p), 1 - t * t, t * sag * np.sin(p)))
            normals.append((t * np.cos(p), 0.7, t * np.sin(p)))
    for j in range(around):
        triangles.append((0, 1 + j, 1 + (j + 1) % around))
    for i in range(rings - 1):
        for j in range(around):
            a, b = 1 + i * around + j, 1 + i * around + (j + 1) % around
            triangles += [(a, a + around, b), (b, a + around, b + around)]
    return _solid(vertices, triangles, normals)
