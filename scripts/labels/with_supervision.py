"""supervision: CSVSink, and a data set as COCO.  with_supervision.py FOLDER"""

import sys
from pathlib import Path

import numpy as np
import supervision as sv

import scene


def detections(frame: int) -> sv.Detections:
    rows = scene.boxes(frame)
    if not rows:
        return sv.Detections.empty()
    return sv.Detections(
        xyxy=np.array([box for *_, box in rows], float),
        confidence=np.array([score for _, _, score, _ in rows]),
        class_id=np.array([kind for kind, *_ in rows]),
        tracker_id=np.array([who for _, who, *_ in rows]),
    )


def main() -> None:
    folder = Path(sys.argv[1])
    scene.write_expected(folder)
    with sv.CSVSink(str(folder / "supervision.csv")) as sink:
        for frame in range(1, scene.FRAMES + 1):
            sink.append(detections(frame), custom_data={"frame_index": frame - 1, "note": 'a "door", left'})
    import cv2

    pictures = folder / "pictures"
    pictures.mkdir()
    paths = [str(pictures / f"shop_{frame:04}.png") for frame in range(1, scene.FRAMES + 1)]
    for path in paths:
        cv2.imwrite(path, np.zeros((scene.HEIGHT, scene.WIDTH, 3), np.uint8))
    found = {path: detections(frame) for frame, path in enumerate(paths, 1)}
    dataset = sv.DetectionDataset(classes=scene.NAMES, images=paths, annotations=found)
    dataset.as_coco(annotations_path=str(folder / "supervision-coco.json"))
    for path in paths:
        Path(path).unlink()
    pictures.rmdir()


if __name__ == "__main__":
    main()
