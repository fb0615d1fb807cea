"""A body of any shape in any pose: targets mixed, then linear blend skinning.

Frame: x to the person's left, y up, z to the front; unit decimetre. A pose is a rotation matrix
for each bone that turns, in the axes of the rest pose, which stands with the arms held out.
"""

from functools import cache
from pathlib import Path

import numpy as np
from numba import njit

from .ingredients import ingredient

AGES, MUSCLES = ("child", "young", "old"), ("minmuscle", "averagemuscle", "maxmuscle")
WEIGHTS, ORIGINS = ("minweight", "averageweight", "maxweight"), ("african", "asian", "caucasian")
BODY_VERTICES = 13380  # after them come helper shells that clothes and hair are made of


def three(value: float) -> tuple[float, float, float]:
    """Shares of low, middle and high for a value in 0..1."""
    return max(0.0, 1 - 2 * value), 1 - abs(2 * value - 1), max(0.0, 2 * value - 1)


@njit(cache=True, fastmath=True)
def mixed(base, targets, used, shares):
    """The base with shares of some targets added."""
    out = base.copy()
    for i in range(len(used)):
        moved, part = targets[used[i]], shares[i]
        for v in range(out.shape[0]):
            for k in range(3):
                out[v, k] += part * moved[v, k]
    return out


@njit(cache=True, fastmath=True)
def skin(vertices, bones, shares, moves):
    """Each vertex moved by the shares of its four bones' affine maps [bones, 3, 4]."""
    out = np.empty_like(vertices)
    for v in range(vertices.shape[0]):
        x, y, z = vertices[v, 0], vertices[v, 1], vertices[v, 2]
        for axis in range(3):
            total = np.float32(0)
            for k in range(4):
                w = shares[v, k]
                if w > 0:
                    m = moves[bones[v, k], axis]
                    total += w * (m[0] * x + m[1] * y + m[2] * z + m[3])
            out[v, axis] = total
    return out


@njit(cache=True, fastmath=True)
def normals(vertices, triangles, out):
    """Unit vertex normals, weighted by area, of the vertices that `triangles` use."""
    for f in range(triangles.shape[0]):
        for k in range(3):
            out[triangles[f, k], :] = 0
    for f in range(triangles.shape[0]):
        a, b, c = triangles[f, 0], triangles[f, 1], triangles[f, 2]
        ux, uy, uz = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2]
        wx, wy, wz = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2]
        x, y, z = uy * wz - uz * wy, uz * wx - ux * wz, ux * wy - uy * wx
        for i in (a, b, c):
            out[i, 0] += x
            out[i, 1] += y
            out[i, 2] += z
    for f in range(triangles.shape[0]):
        for k in range(3):
            i = triangles[f, k]
            q = np.sqrt(out[i, 0] ** 2 + out[i, 1] ** 2 + out[i, 2] ** 2)
            if q > 0:
                for j in range(3):
                    out[i, j] /= q


class Body:
    """The base mesh with its targets and rig."""

    def __init__(self, path: Path):
        data = np.load(path)
        self.base = data["vertices"]
        self.targets = data["targets"].astype(np.float32)
        self.target = {str(name): i for i, name in enumerate(data["target_names"])}
        self.bones = [str(b) for b in data["bones"]]
        self.bone = {b: i for i, b in enumerate(self.bones)}
        self.parents = data["parents"]
        shares = data["skin_shares"].astype(np.float32)
        self.skin_bones, self.skin_shares = data["skin_bones"], shares / np.maximum(shares.sum(1, keepdims=True), 1e-6)
        self.head_bone, self.head_vertex = data["head_bone"], data["head_vertex"]
        self.head_count = np.bincount(self.head_bone, minlength=len(self.bones)).astype(np.float32)
        self.triangles = {k.split("/")[1]: data[k] for k in data.files if k.startswith("triangles/")}

    def shape(self, male: float, age: float, muscle: float, weight: float, height: float, origin) -> np.ndarray:
        """Vertices at rest. `male`, `muscle`, `weight` 0..1; `age` 0 child, 0.5 young, 1 old;
        `height` -1..1 of what the age allows; `origin`: shares of `ORIGINS`."""
        share = np.zeros(len(self.targets), np.float32)
        size = "max" if height > 0 else "min"

        def add(name: str, part: float) -> None:
            if part > 2e-3 and name in self.target:
                share[self.target[name]] += part

        for gender, g in (("female", 1 - male), ("male", male)):
            for age_name, a in zip(AGES, three(age), strict=True):
                for name, part in zip(ORIGINS, origin, strict=True):
                    add(f"macrodetails/{name}-{gender}-{age_name}", g * a * part)
                for muscle_name, m in zip(MUSCLES, three(muscle), strict=True):
                    for weight_name, w in zip(WEIGHTS, three(weight), strict=True):
                        kind, part = f"{gender}-{age_name}-{muscle_name}-{weight_name}", g * a * m * w
                        add(f"macrodetails/universal-{kind}", part)
                        add(f"macrodetails/height/{kind}-{size}height", part * abs(height))
        used = np.flatnonzero(share)
        return mixed(self.base, self.targets, used, share[used])

    def joints(self, vertices: np.ndarray) -> np.ndarray:
        """Heads of all bones [bones, 3] of a shape at rest."""
        total = np.zeros((len(self.bones), 3), np.float32)
        np.add.at(total, self.head_bone, vertices[self.head_vertex])
        return total / self.head_count[:, None]

    def pose(self, vertices: np.ndarray, turns: dict[str, np.ndarray]):
        """Posed vertices, and each bone's rotation [bones, 3, 3] and head [bones, 3]."""
        rest = self.joints(vertices)
        turn, head = np.zeros((len(rest), 3, 3), np.float32), np.zeros_like(rest)
        for i, bone in enumerate(self.bones):
            own, parent = turns.get(bone), self.parents[i]
            if parent < 0:
                turn[i], head[i] = np.eye(3) if own is None else own, rest[i]
                continue
            turn[i] = turn[parent] if own is None else turn[parent] @ own
            head[i] = turn[parent] @ (rest[i] - rest[parent]) + head[parent]
        shift = head - np.einsum("bij,bj->bi", turn, rest)
        moves = np.concatenate([turn, shift[:, :, None]], 2).astype(np.float32)
        return skin(vertices, self.skin_bones, self.skin_shares, moves), turn, head


@cache
def body() -> Body:
    """The one body of this process, read and checked once."""
    return Body(ingredient("people/body.npz"))
