"""Where on the base mesh arms, legs, head and necklines are: what clothes are cut by.

All in the mesh's frame at rest (x left, y up, z front, decimetres); one value a vertex.
"""

from functools import cache

import numpy as np

from .body import Body, body, normals

ARMS = ("upperarm", "lowerarm", "hand", "index", "middle", "ring", "pinky", "thumb")


def without_mouth(base: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Skin without the inside of the mouth, which pokes through the face when it turns."""
    middle = base[triangles].mean(1)
    near = np.linalg.norm(middle[:, [0, 2]] - [0, 0.5], axis=1) < 0.45
    return triangles[~((middle[:, 2] < 1.2) & (middle[:, 1] > 6.5) & (middle[:, 1] < 7.6) & near)]


class Anatomy:
    """Shares and lengths at every vertex of the base mesh."""

    def __init__(self, source: Body):
        base = source.base
        joint = dict(zip(source.bones, source.joints(base), strict=True))
        self.base, self.x, self.y, self.z = base, *base.T
        self.arm, self.head = self._share(source, ARMS), self._share(source, ("head",))
        self.triangles = dict(source.triangles)
        self.triangles["body"] = without_mouth(base, source.triangles["body"])
        shoulder, elbow, hand = (joint[b] for b in ("upperarm_l", "lowerarm_l", "hand_l"))
        self.elbow = float(np.linalg.norm(elbow - shoulder))
        self.wrist = self.elbow + float(np.linalg.norm(hand - elbow))
        mirrored = base * [1, 1, 1]
        mirrored[:, 0] = np.abs(mirrored[:, 0])
        upper = (mirrored - shoulder) @ (elbow - shoulder) / self.elbow
        lower = (mirrored - elbow) @ (hand - elbow) / (self.wrist - self.elbow)
        self.along = np.where(upper < self.elbow, upper, self.elbow + np.maximum(lower, 0)).astype(np.float32)
        facing = np.zeros_like(base)
        for triangles in self.triangles.values():
            normals(base, triangles, facing)
        side = (np.abs(facing[:, 0]) > np.abs(facing[:, 2])).astype(np.float32)
        self.traits = np.stack([side, self.arm, self.along], 1).astype(np.float32)

    @staticmethod
    def _share(source: Body, names: tuple[str, ...]) -> np.ndarray:
        wanted = np.array([b.startswith(names) for b in source.bones])
        return (wanted[source.skin_bones] * source.skin_shares).sum(1)


@cache
def anatomy() -> Anatomy:
    """Of the one body of this process."""
    return Anatomy(body())
