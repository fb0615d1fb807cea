"""datumaro, which writes CVAT's formats: for videos, with tracks, and for images; and COCO instances with track ids.
with_datumaro.py FOLDER"""

import shutil
import sys
from pathlib import Path

from datumaro.components.annotation import Bbox
from datumaro.components.dataset import Dataset
from datumaro.components.dataset_base import DatasetItem
from datumaro.components.media import Image

import scene


def item(frame: int) -> DatasetItem:
    boxes = [
        Bbox(x, y, right - x, bottom - y, label=kind, attributes={"track_id": who, "occluded": False})
        for kind, who, _, (x, y, right, bottom) in scene.boxes(frame)
    ]
    # Its frames are counted from 0, as CVAT's are.
    return DatasetItem(
        id=f"shop_{frame:04}",
        annotations=boxes,
        attributes={"frame": frame - 1},
        media=Image.from_file(path=f"shop_{frame:04}.png", size=(scene.HEIGHT, scene.WIDTH)),
    )


def main() -> None:
    folder = Path(sys.argv[1])
    frames = range(1, scene.FRAMES + 1)
    for name, form, found, options in [
        ("cvat-video.xml", "cvat", "*.xml", {"use_track": True, "allow_undeclared_attrs": True}),
        ("cvat-images.xml", "cvat", "*.xml", {"allow_undeclared_attrs": True}),
        ("datumaro-coco.json", "coco_instances", "*.json", {}),
    ]:
        dataset = Dataset.from_iterable([item(frame) for frame in frames], categories=scene.NAMES, media_type=Image)
        scratch = folder / "scratch"
        dataset.export(str(scratch), form, save_media=False, **options)
        [path] = scratch.rglob(found)
        shutil.copyfile(path, folder / name)
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
