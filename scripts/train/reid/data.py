"""Crops of people from folders or tar archives, decoded once into one array.

A set is a tree with one folder an identity (`.../IDENTITY/IMAGE.jpg`), as a
folder or as a tar archive of it. Its name chooses how a camera is read from a
file name: Market-1501's own naming, CUHK03's two views, else none.
"""

import hashlib
import io
import json
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from reid.networks import HEIGHT, WIDTH
from reid.progress import progress

NO_CAMERA = -1
IMAGES = {".jpg", ".jpeg", ".png", ".bmp", ".webp"}


@dataclass
class Crops:
    """Crops of several sets, one row each.

    pixels      [N, 128, 64, 3] uint8, RGB
    identities  [N] int64, distinct across sets
    cameras     [N] int64, NO_CAMERA where unknown
    sets        [N] int64, index into `names`
    """

    pixels: np.ndarray
    identities: np.ndarray
    cameras: np.ndarray
    sets: np.ndarray
    names: list

    def __len__(self):
        return len(self.identities)

    def of_set(self, name: str) -> np.ndarray:
        """Row numbers of one set."""
        return np.flatnonzero(self.sets == self.names.index(name))

    def among(self, rows: np.ndarray, names: list) -> np.ndarray:
        """[len(rows)] mask of the rows that are of the named sets; of all where none is named."""
        unknown = set(names) - set(self.names)
        if unknown:
            raise SystemExit(f"no --data is called {', '.join(sorted(unknown))}")
        return np.isin(self.sets[rows], [self.names.index(name) for name in names or self.names])


def camera_of(name: str, stem: str) -> int:
    """The camera a file name tells: `0002_c1s1_000451_03` is camera 1, CUHK03's `0000_07` view 1."""
    if name == "cuhk03":
        view = re.search(r"_(\d+)$", stem)
        return int(view.group(1)) // 5 if view else NO_CAMERA
    camera = re.search(r"_c(\d+)", stem)
    return int(camera.group(1)) if camera else NO_CAMERA


def read_images(path: Path):
    """Yields (path inside the set, encoded bytes), sorted by path so that row order never varies."""
    if path.is_dir():
        for file in sorted(p for p in path.rglob("*") if p.suffix.lower() in IMAGES):
            yield file.relative_to(path).as_posix(), file.read_bytes()
        return
    with tarfile.open(path) as archive:
        members = (m for m in archive.getmembers() if m.isfile() and PurePosixPath(m.name).suffix.lower() in IMAGES)
        for member in sorted(members, key=lambda m: m.name):
            yield member.name, archive.extractfile(member).read()


def decode(data: bytes) -> np.ndarray:
    """One encoded image as [128, 64, 3] uint8 RGB, resized where it is not that size."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    if image.size != (WIDTH, HEIGHT):
        image = image.resize((WIDTH, HEIGHT), Image.BILINEAR)
    return np.asarray(image)


def load_set(name: str, path: Path, cache: Path):
    """(pixels, identity names, cameras) of one set, decoded now or mapped from the cache."""
    stat = path.stat()
    key = f"{name}\n{path.resolve()}\n{stat.st_size}\n{stat.st_mtime_ns}"
    stem = cache / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
    pixels, index = stem.with_suffix(".npy"), stem.with_suffix(".json")
    if not index.exists():
        rows, people, cameras = [], [], []
        for inner, data in progress(read_images(path), f"decoding {name}"):
            inner = PurePosixPath(inner)
            rows.append(decode(data))
            people.append(inner.parent.name)
            cameras.append(camera_of(name, inner.stem))
        if not rows:
            raise SystemExit(f"{path}: no images found; expected IDENTITY/IMAGE.jpg in a folder or tar archive")
        cache.mkdir(parents=True, exist_ok=True)
        np.save(pixels, np.stack(rows))
        index.write_text(json.dumps({"people": people, "cameras": cameras}))
    listed = json.loads(index.read_text())
    images, people, cameras = np.load(pixels, mmap_mode="r"), listed["people"], listed["cameras"]
    kept = [row for row in range(len(people)) if not is_nobody(name, people[row], cameras[row])]
    if len(kept) == len(people):
        return images, people, cameras
    print(f"{path}: {len(people) - len(kept)} pictures in Market-1501's folders -1 and 0000 are of nobody, left out")
    return images[kept], [people[row] for row in kept], [cameras[row] for row in kept]


def is_nobody(name: str, folder: str, camera: int) -> bool:
    """Whether a crop is one of Market-1501's distractors (folder 0000) or junk (-1), by its names."""
    return name != "cuhk03" and camera != NO_CAMERA and folder in ("-1", "0000")


def load(sources: dict, cache: Path) -> Crops:
    """All sets of `sources` (name to path) as one `Crops`."""
    pixels, identities, cameras, sets = [], [], [], []
    offset = 0
    for number, (name, path) in enumerate(sources.items()):
        images, people, views = load_set(name, Path(path), cache)
        unique, rows = np.unique(people, return_inverse=True)
        pixels.append(images)
        identities.append(rows + offset)
        cameras.append(np.asarray(views))
        sets.append(np.full(len(people), number))
        offset += len(unique)
    return Crops(
        np.concatenate(pixels), np.concatenate(identities), np.concatenate(cameras), np.concatenate(sets), list(sources)
    )
