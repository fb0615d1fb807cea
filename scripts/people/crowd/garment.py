"""A garment: a part of the base mesh or of its helper shells, blown up and cut off where it ends."""

from dataclasses import dataclass

import numpy as np

from .anatomy import anatomy


@dataclass(frozen=True)
class Garment:
    """Triangles with vertices of their own, which are `used` of the base mesh's."""

    shell: str  # body, helper-tights, helper-skirt or helper-hair
    used: np.ndarray
    triangles: np.ndarray
    inside: np.ndarray  # [used], decimetres to the edge, negative outside
    swell: np.ndarray  # [used], decimetres along the normal
    material: np.ndarray
    closed: bool = False


def garment(shell: str, inside, swell, material: np.ndarray, closed: bool = False) -> Garment | None:
    """Cuts a shell by `inside`, given at all vertices; None where nothing is left."""
    triangles = anatomy().triangles[shell]
    inside = np.broadcast_to(np.asarray(inside, np.float32), len(anatomy().base))
    swell = np.broadcast_to(np.asarray(swell, np.float32), len(anatomy().base))
    triangles = triangles[(inside[triangles] >= 0).any(1)]
    if not len(triangles):
        return None
    kept = np.zeros(len(inside), bool)
    kept[triangles] = True
    used = np.flatnonzero(kept)
    compact = (np.cumsum(kept, dtype=np.int32) - 1)[triangles]
    return Garment(shell, used, compact, inside[used].copy(), swell[used].copy(), material, closed)
