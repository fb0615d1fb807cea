#!/usr/bin/env python3
"""Answers that detectors of each family could give, and what a package of that family makes of the same tensors.

    answers.py FOLDER

Writes FOLDER/NAME.onnx, a network that gives one answer whatever it is shown, and FOLDER/NAME.json with the people in
it by the package's own post-processing. The packages, all of them under MIT, BSD or Apache licences, are those of
`make`, which runs this.
"""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

SIDE, FLOOR, NMS_IOU = 96, 0.3, 0.6
STRIDES = (8, 16, 32)
CLASSES = 5
TYPES = {"float32": TensorProto.FLOAT, "int64": TensorProto.INT64}


def network(outputs: dict[str, np.ndarray], metadata: dict[str, str], extra: list | None = None) -> onnx.ModelProto:
    """Gives `outputs` for any picture: to the first the picture's mean is added, times 0."""
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "nought"], ["nothing"]),
    ]
    constants = [numpy_helper.from_array(np.array(0, np.float32), "nought")]
    for number, (name, value) in enumerate(outputs.items()):
        constants.append(numpy_helper.from_array(value, f"answer{number}"))
        if number == 0:
            nodes.append(helper.make_node("Add", [f"answer{number}", "nothing"], [name]))
        else:
            nodes.append(helper.make_node("Identity", [f"answer{number}"], [name]))
    inputs = [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, SIDE, SIDE]), *(extra or [])]
    ports = [helper.make_tensor_value_info(n, TYPES[v.dtype.name], list(v.shape)) for n, v in outputs.items()]
    graph = helper.make_graph(nodes, "answers", inputs, ports, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="footfall")
    model.ir_version = 8
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model, full_check=True)
    return model


def write(folder: Path, name: str, family: str, model: onnx.ModelProto, people: np.ndarray, options=()) -> None:
    """`people` [n, 5]: left, top, right, bottom and score in input pixels."""
    people = people[np.argsort(-people[:, 4], kind="stable")]
    if not 3 <= len(people) <= 300:
        raise SystemExit(f"{name}: {len(people)} people show nothing")
    (folder / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))
    about = {"family": family, "side": SIDE, "floor": FLOOR, "nms_iou": NMS_IOU, "options": list(options)}
    rows = [[float(f"{value:.6g}") for value in row] for row in people]
    (folder / f"{name}.json").write_text(json.dumps({**about, "people": rows}) + "\n")
    print(f"{name}: {len(people)} people, {(folder / f'{name}.onnx').stat().st_size} bytes")


def cells() -> tuple[np.ndarray, np.ndarray]:
    """Corners [N, 2] and strides [N] of all cells."""
    grids = [np.stack(np.meshgrid(np.arange(SIDE // s), np.arange(SIDE // s)), -1).reshape(-1, 2) for s in STRIDES]
    return np.concatenate(grids), np.concatenate([np.full(len(g), s) for g, s in zip(grids, STRIDES, strict=True)])


def draw(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def probabilities(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Most of them small, as a detector's are."""
    return (random.random((rows, columns)) ** 3).astype(np.float32)


def boxes(random: np.random.Generator, count: int, side: float = SIDE) -> np.ndarray:
    """Centre and size [count, 4], inside a square of this side."""
    size = random.uniform(0.05, 0.4, (count, 2))
    centre = random.uniform(size / 2, 1 - size / 2)
    return (np.concatenate([centre, size], 1) * side).astype(np.float32)


def corners(centred: np.ndarray) -> np.ndarray:
    return np.concatenate([centred[:, :2] - centred[:, 2:] / 2, centred[:, :2] + centred[:, 2:] / 2], 1)


def people_of(found: dict) -> np.ndarray:
    kept = [np.asarray(found[key]) for key in ("boxes", "scores", "classes")]
    return np.concatenate([kept[0], kept[1][:, None]], 1)[kept[2] == 0]


def yolox(folder: Path) -> None:
    """Raw, and decoded by the package: LibreYOLO's YOLOX."""
    from libreyolo.postprocess.yolox import decode_outputs, postprocess

    random, (grid, _) = draw(1), cells()
    count = len(grid)
    raw = np.concatenate(
        [
            random.uniform(0, 1, (count, 2)),
            random.uniform(-0.5, 1, (count, 2)),
            1 - probabilities(random, count, 1),
            probabilities(random, count, CLASSES),
        ],
        1,
    ).astype(np.float32)
    maps, start = [], 0
    for stride in STRIDES:
        side = SIDE // stride
        maps.append(torch.from_numpy(raw[start : start + side * side].T.reshape(1, -1, side, side).copy()))
        start += side * side
    found = people_of(postprocess([m.clone() for m in maps], FLOOR, NMS_IOU, SIDE, max_det=3000))
    decoded = decode_outputs([m.clone() for m in maps]).numpy()
    write(folder, "yolox", "yolox", network({"output": raw[None]}, {}), found, ["class=0"])
    names = {"names": str(dict(enumerate(["person", "car", "bus", "dog", "cat"])))}
    # What is decoded has lost which class was likeliest only where its score is the product; all classes count here.
    every = torchvision_nms(decoded[0, :, :4], decoded[0, :, 4] * decoded[0, :, 5])
    write(folder, "yolov5", "yolov5", network({"output": decoded}, names), every)


def torchvision_nms(centred: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """[n, 5] of one class, by torchvision."""
    from torchvision.ops import box_convert, nms

    likely = scores >= FLOOR
    sides = box_convert(torch.from_numpy(centred[likely]), "cxcywh", "xyxy")
    kept = nms(sides, torch.from_numpy(scores[likely]), NMS_IOU).numpy()
    return np.concatenate([sides.numpy(), scores[likely][:, None]], 1)[kept]


def yolov8(folder: Path) -> None:
    """Corners as LibreYOLO's YOLOv9 exports them; centre and size, and transposed, as others do."""
    from libreyolo.postprocess.yolo9 import postprocess

    random, (grid, stride) = draw(2), cells()
    centre = (grid + 0.5) * stride[:, None]
    size = random.uniform(0.5, 4, centre.shape) * stride[:, None]
    centred = np.concatenate([centre, size], 1).astype(np.float32)
    scores = probabilities(random, len(grid), CLASSES)
    own = np.concatenate([corners(centred), scores], 1).T[None].copy()
    found = people_of(postprocess({"predictions": torch.from_numpy(own)}, FLOOR, NMS_IOU, SIDE, max_det=3000))
    names = {"names": str(dict(enumerate(["person", "car", "bus", "dog", "cat"])))}
    write(folder, "yolov8-corners", "yolov8", network({"output0": own}, names), found)
    usual = np.concatenate([centred, scores], 1).T[None].copy()
    write(folder, "yolov8", "yolov8", network({"output0": usual}, names), found)
    write(folder, "yolov8-rows", "yolov8", network({"output0": usual.transpose(0, 2, 1).copy()}, names), found)
    shares = usual / np.array([SIDE] * 4 + [1] * CLASSES, np.float32)[None, :, None]
    write(folder, "yolov8-normalised", "yolov8", network({"output0": shares}, names), found)


def end_to_end(folder: Path) -> None:
    """LibreYOLO's suppression inside the network."""
    from libreyolo.export.nms import EmbeddedNMSDetector

    random, (grid, stride) = draw(3), cells()
    centre = (grid + 0.5) * stride[:, None]
    size = random.uniform(0.5, 4, centre.shape) * stride[:, None]
    raw = np.concatenate([corners(np.concatenate([centre, size], 1)), probabilities(random, len(grid), CLASSES)], 1)
    raw = torch.from_numpy(raw.T[None].astype(np.float32))
    given = torch.nn.Identity()
    given.forward = lambda _: raw
    rows = EmbeddedNMSDetector(given, conf=0.05, iou=NMS_IOU, max_det=200)(torch.zeros(1, 3, SIDE, SIDE))
    rows = (rows[0] if isinstance(rows, tuple) else rows).numpy()
    people = rows[0][(rows[0, :, 4] >= FLOOR) & (rows[0, :, 5] == 0)][:, :5]
    write(folder, "end-to-end", "end-to-end", network({"output0": rows}, {}), people)
    numbered = np.concatenate([np.zeros((rows.shape[1], 1), np.float32), rows[0][:, [0, 1, 2, 3, 5, 4]]], 1)
    write(folder, "end-to-end-batch", "end-to-end", network({"output": numbered}, {}), people)
    labelled = rows[:, :, [5, 4, 0, 1, 2, 3]].copy()
    write(folder, "end-to-end-paddle", "end-to-end", network({"rows": labelled[0]}, {}), people, ["family=end-to-end"])


def detr(folder: Path) -> None:
    """Queries by transformers (RT-DETR and D-FINE, DETR) and rfdetr."""
    from rfdetr.models.postprocess import PostProcess
    from transformers import DetrImageProcessor, RTDetrImageProcessor

    random = draw(4)
    centred = boxes(random, 40, 1)
    sizes = torch.tensor([[SIDE, SIDE]])

    def by(processor, logits: np.ndarray, person: int) -> np.ndarray:
        outputs = SimpleNamespace(logits=torch.from_numpy(logits[None]), pred_boxes=torch.from_numpy(centred[None]))
        found = processor.post_process_object_detection(outputs, threshold=FLOOR, target_sizes=sizes)[0]
        rows = torch.cat([found["boxes"], found["scores"][:, None]], 1).numpy()
        return rows[found["labels"].numpy() == person]

    # The package keeps the best 40 pairs of a query and a class: all people are among them.
    logits = random.normal(-7, 1, (40, 80)).astype(np.float32)
    logits[:, 0] += 6
    write(
        folder,
        "detr",
        "detr",
        network({"logits": logits[None], "pred_boxes": centred[None]}, {}),
        by(RTDetrImageProcessor(), logits, 0),
    )
    softmax = random.normal(0, 1, (40, 92)).astype(np.float32)
    softmax[:, 1] += 5
    write(
        folder,
        "detr-softmax",
        "detr",
        network({"logits": softmax[None], "pred_boxes": centred[None]}, {}),
        by(DetrImageProcessor(), softmax, 1),
    )
    coco = random.normal(-6, 1, (40, 91)).astype(np.float32)
    coco[:, 1] += 6
    given = {"pred_boxes": torch.from_numpy(centred[None]), "pred_logits": torch.from_numpy(coco[None])}
    found = PostProcess(num_select=300)(given, sizes)[0]
    kept = (found["labels"] == 1) & (found["scores"] >= FLOOR)
    people = torch.cat([found["boxes"], found["scores"][:, None]], 1)[kept].numpy()
    write(folder, "rf-detr", "detr", network({"dets": centred[None], "labels": coco[None]}, {}), people)


def ssd(folder: Path) -> None:
    """torchvision's SSD, from what its head gives to its answer."""
    from torchvision.models.detection import ssdlite320_mobilenet_v3_large
    from torchvision.ops import box_convert

    random = draw(5)
    model = ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=CLASSES + 1)
    model.score_thresh, model.nms_thresh, model.detections_per_img, model.topk_candidates = FLOOR, NMS_IOU, 300, 1000
    priors = box_convert(torch.from_numpy(boxes(random, 120)), "cxcywh", "xyxy")
    offsets = torch.from_numpy(random.normal(0, 0.2, (120, 4)).astype(np.float32))
    logits = random.normal(0, 1, (120, CLASSES + 1)).astype(np.float32)
    logits[:, 1] += 1
    head = {"bbox_regression": offsets[None], "cls_logits": torch.from_numpy(logits[None])}
    applied = model.box_coder.decode_single(offsets, priors)
    inside = ((applied >= 0) & (applied <= SIDE)).all(1)
    head = {key: value[:, inside] for key, value in head.items()}
    found = model.postprocess_detections(head, [priors[inside]], [(SIDE, SIDE)])[0]
    people = torch.cat([found["boxes"], found["scores"][:, None]], 1)[found["labels"] == 1].numpy()
    scores = torch.softmax(head["cls_logits"], -1).numpy()
    names = {"names": "person, car, bus, dog, cat"}
    boxes_out = (applied[inside] / SIDE)[None].numpy()
    write(folder, "ssd", "ssd", network({"scores": scores, "boxes": boxes_out}, names), people)
    pixels = applied[inside][None].numpy()
    write(folder, "ssd-pixels", "ssd", network({"boxes": pixels, "confidence": scores}, names), people)
    # The same, finished, in the three outputs of torchvision's own exports and of those that are told a size.
    three = {
        "boxes": found["boxes"][None].numpy(),
        "labels": (found["labels"] - 1)[None].numpy(),
        "scores": found["scores"][None].numpy(),
    }
    size = [helper.make_tensor_value_info("orig_target_sizes", TensorProto.INT64, [1, 2])]
    write(folder, "boxes", "boxes", network(three, {}, size), people)
    sides = three["boxes"][..., [1, 0, 3, 2]] / np.float32(SIDE)
    other = {
        "detection_boxes": sides,
        "detection_classes": (three["labels"] + 1).astype(np.float32),
        "detection_scores": three["scores"],
    }
    write(folder, "boxes-tensorflow", "boxes", network(other, {}), people)


def nanodet(folder: Path) -> None:
    """By the reference in scripts/models/detect.py: no package of NanoDet can be had."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "models"))
    import detect

    for name, strides, origin in (("nanodet", STRIDES, 0.5), ("nanodet-plus", (*STRIDES, 64), 0.0)):
        random = draw(6)
        centres, stride = plus_cells(strides, origin)
        scores = probabilities(random, len(centres), 1)
        logits = random.normal(0, 1.5, (len(centres), 32)).astype(np.float32)
        weights = np.exp(logits.reshape(-1, 4, 8))
        distance = (weights @ np.arange(8)) / weights.sum(-1) * stride[:, None]
        sides = np.concatenate([centres - distance[:, :2], centres + distance[:, 2:]], 1)
        likely = scores[:, 0] >= FLOOR
        kept = detect.suppress(sides[likely], scores[likely, 0], NMS_IOU)
        people = np.concatenate([sides[likely], scores[likely, :1]], 1)[kept]
        write(folder, name, name, network({"output": np.concatenate([scores, logits], 1)[None]}, {}), people)


def plus_cells(strides, origin: float) -> tuple[np.ndarray, np.ndarray]:
    """The points [N, 2] that sides are measured from, and strides [N]; a rest has a cell of its own."""
    points, steps = [], []
    for stride in strides:
        count = -(-SIDE // stride)
        y, x = np.mgrid[:count, :count]
        points.append((np.stack([x.ravel(), y.ravel()], 1) + origin) * stride)
        steps.append(np.full(count * count, stride))
    return np.concatenate(points), np.concatenate(steps)


if __name__ == "__main__":
    torch.manual_seed(0)
    for make in (yolox, yolov8, end_to_end, detr, ssd, nanodet):
        make(Path(sys.argv[1]))
