"""ultralytics: labels as save_txt writes them, with scores and ids and without, and results as COCO's JSON; and the
Python package's adapter over its own Results.  with_ultralytics.py FOLDER

Debian's PyTorch comes without torchvision, of which none of this needs more than its version.
"""

import importlib.metadata
import json
import sys
from pathlib import Path
from types import SimpleNamespace

version = importlib.metadata.version
importlib.metadata.version = lambda name: "0.14.1" if name == "torchvision" else version(name)

import numpy as np  # noqa: E402
import torch  # noqa: E402
from ultralytics.engine.results import Results  # noqa: E402
from ultralytics.models.yolo.detect.val import DetectionValidator  # noqa: E402

import scene  # noqa: E402


def results(frame: int, with_ids: bool) -> Results:
    columns = 7 if with_ids else 6
    rows = [[*box, *([who] if with_ids else []), score, kind] for kind, who, score, box in scene.boxes(frame)]
    picture = np.zeros((scene.HEIGHT, scene.WIDTH, 3), np.uint8)
    boxes = torch.tensor(rows, dtype=torch.float64).reshape(-1, columns)
    return Results(picture, f"shop_{frame}.png", dict(enumerate(scene.NAMES)), boxes=boxes)


def main() -> None:
    folder = Path(sys.argv[1])
    for name, with_ids, with_scores in [
        ("yolo", False, False),
        ("yolo-scores", False, True),
        ("yolo-ids", True, False),
        ("yolo-scores-ids", True, True),
    ]:
        (folder / name).mkdir()
        for frame in range(1, scene.FRAMES + 1):
            results(frame, with_ids).save_txt(folder / name / f"shop_{frame}.txt", save_conf=with_scores)
    # Categories as COCO numbers them: a person is 1.
    validator = SimpleNamespace(jdict=[], class_map=[1, 2, 3])
    for frame in range(1, scene.FRAMES + 1):
        found = results(frame, False).boxes
        seen = {"bboxes": found.xyxy, "conf": found.conf, "cls": found.cls}
        DetectionValidator.pred_to_json(validator, seen, {"im_file": f"shop_{frame:04}.jpg"})
    (folder / "ultralytics-coco.json").write_text(json.dumps(validator.jdict))
    adapter()


def adapter() -> None:
    try:
        import footfall.ultralytics
    except ImportError:
        print("the adapter was not tried: footfall cannot be imported", file=sys.stderr)
        return
    tracker = footfall.Tracker(frame_rate=25, n_init=1, evidence=0)
    for frame in (1, 2):
        found = footfall.ultralytics.update(tracker, results(frame, False))
    assert found.boxes.id.tolist() == [1, 2, 3] and found.boxes.cls.tolist() == [0, 0, 0], found.boxes
    nobody = footfall.ultralytics.update(tracker, results(3, False))
    assert len(nobody.boxes) == 0
    print("the adapter takes and gives ultralytics' own Results", file=sys.stderr)


if __name__ == "__main__":
    main()
