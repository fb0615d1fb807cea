"""int8 of any detector, with the ranges of its activations from somebody's own footage, and what that costs.

What is done to pixels is asked of the program (`footfall model FILE --json -`), so that the network sees here what it
sees there. Convolutions become int8, except the last before each output: scores would else come in a few dozen steps,
and a tracker leans on their order. Both files then look at frames that had no part in the ranges, through the program,
and are timed beside each other.
"""

import json
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

import detect
import measure

FRAMES = 64
JUDGED = 300
CONFIDENT = 0.3
TIMED = 20
# Between convolutions these pass bytes on; anything else turns them into floats and back.
QUANTISED = ["Conv", "Add", "AveragePool", "Concat", "LeakyRelu", "MaxPool", "Mul", "Relu", "Resize", "Sigmoid"]


class Reading:
    """What the program says is done to pixels, and to which input they go."""

    def __init__(self, program: Path, network: Path):
        told = json.loads(run([program, "model", network, "--json", "-"]))
        if told["task"] != "detect":
            raise SystemExit(f"quantize: {network} is no detector: an embedder is small, and stays in float")
        facts = {fact["key"]: fact["value"] for fact in told["facts"]}
        inputs = onnx.load(network, load_external_data=False).graph.input
        self.input = inputs[0].name
        shape = [side.dim_value for side in inputs[0].type.tensor_type.shape.dim]
        is_float = inputs[0].type.tensor_type.elem_type == onnx.TensorProto.FLOAT
        if len(inputs) > 1 or not is_float or len(shape) != 4 or shape[1] not in (0, 3):
            raise SystemExit(f"quantize: {network} takes more than one picture of floats [1, 3, height, width]")
        self.batch = shape[0] or 1
        height, width = facts["size"].split(",")[0].split("x")
        self.size = int(height), int(width)
        self.is_rgb = facts["colour"] == "rgb"
        self.mean, self.std = (np.array(facts[key].split(","), np.float32) for key in ("mean", "std"))
        self.placement, self.pad = facts["letterbox"], int(facts.get("pad", 0))

    def planes(self, picture: np.ndarray) -> np.ndarray:
        """BGR bytes [h, w, 3] as the network's input [batch, 3, h, w]."""
        height, width = self.size
        if self.placement == "stretch":
            canvas = cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR)
        else:
            scale = min(height / picture.shape[0], width / picture.shape[1])
            inner = [max(round(side * scale), 1) for side in picture.shape[:2]]
            top, left = ((height - inner[0]) // 2, (width - inner[1]) // 2) if self.placement == "centre" else (0, 0)
            canvas = np.full((height, width, 3), self.pad, np.uint8)
            small = cv2.resize(picture, (inner[1], inner[0]), interpolation=cv2.INTER_LINEAR)
            canvas[top : top + inner[0], left : left + inner[1]] = small
        canvas = canvas[..., ::-1] if self.is_rgb else canvas
        return np.repeat(detect.normalise(canvas, self.mean, self.std), self.batch, 0)


class Frames(CalibrationDataReader):
    """The calibrator's view of the frames."""

    def __init__(self, reading: Reading, pictures: list[np.ndarray]):
        self.left: Iterator = iter({reading.input: reading.planes(picture)} for picture in pictures)

    def get_next(self) -> dict | None:
        """The next input, until there is none."""
        return next(self.left, None)


def run(command: list) -> str:
    """Its stdout; its own words where it fails."""
    ended = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"quantize: {command[0]} {command[1]} failed: {ended.stderr.strip()}")
    return ended.stdout


def frames(footage: Path, count: int) -> dict[int, np.ndarray]:
    """So many frames from all over the footage, by number from 1."""
    capture = cv2.VideoCapture(str(footage))
    total = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    step, number, taken = max(total // count, 1), 0, {}
    while len(taken) < count:
        more, picture = capture.read()
        if not more:
            break
        number += 1
        if number % step == 0:
            taken[number] = picture
    if not taken:
        raise SystemExit(f"quantize: no frame can be read from {footage}")
    return taken


def heads(graph: onnx.GraphProto) -> set[str]:
    """Names of the nodes from which an output is reached without a convolution, and of the last convolutions."""
    producer = {name: node for node in graph.node for name in node.output}
    waiting, seen, last = [output.name for output in graph.output], set(), set()
    while waiting:
        name = waiting.pop()
        node = producer.get(name)
        if node is None or name in seen:
            continue
        seen.add(name)
        last.add(node.name)
        if node.op_type != "Conv":
            waiting += node.input
    return last


def named(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with a name for each node, by which some are left out."""
    for number, node in enumerate(model.graph.node):
        node.name = node.name or f"node{number}"
    return model


def quantised(network: Path, reading: Reading, pictures: list[np.ndarray], output: Path) -> int:
    """Writes the int8 file; how many convolutions became int8."""
    model = named(onnx.load(network))
    convolutions = [node.name for node in model.graph.node if node.op_type == "Conv"]
    left = heads(model.graph)
    if not set(convolutions) - left:
        raise SystemExit(f"quantize: {network} has no convolution that could become int8")
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "named.onnx"
        onnx.save(model, whole)
        made = Path(folder) / "int8.onnx"
        quantize_static(
            whole,
            made,
            Frames(reading, pictures),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=QUANTISED,
            per_channel=True,
            # 7 bits: without VNNI, two products of 8 bits overflow the 16 in which they are added.
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=sorted(left),
            calibrate_method=CalibrationMethod.MinMax,
        )
        result = onnx.load(made)
    del result.metadata_props[:]
    result.metadata_props.extend(model.metadata_props)
    output.write_bytes(result.SerializeToString(deterministic=True))
    said = network.with_name(network.name + ".toml")
    if said.exists():
        output.with_name(output.name + ".toml").write_bytes(said.read_bytes())
    return len(set(convolutions) - left)


def seen(program: Path, network: Path, footage: Path, without: set[int]) -> measure.Found:
    """Whom the program sees with the network, by frame: boxes [n, 4] (ltrb) and scores [n]."""
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "seen.jsonl"
        run([program, "run", footage, "--detector", network, "--no-embedder", "--no-serve", "--detections", lines,
             "--max-frames", JUDGED])  # fmt: skip
        found = {}
        for line in lines.read_text().splitlines():
            frame = json.loads(line)
            if "detections" not in frame or frame["frame"] in without:
                continue
            rows = [[*one["bbox"], one["confidence"]] for one in frame["detections"]]
            rows = np.array(rows, np.float64).reshape(-1, 5)
            boxes = np.concatenate([rows[:, :2], rows[:, :2] + rows[:, 2:4]], 1)
            found[frame["frame"]] = boxes, rows[:, 4]
    return found


def times(reading: Reading, files: list[Path], picture: np.ndarray) -> list[float]:
    """Milliseconds of a run of each on one thread: the median, in turns, so that a busy machine slows all alike."""
    sessions = [detect.session(path) for path in files]
    inputs = {reading.input: reading.planes(picture)}
    spent = [[] for _ in sessions]
    for _ in range(TIMED):
        for session, list_of in zip(sessions, spent, strict=True):
            began = time.perf_counter()
            session.run(None, inputs)
            list_of.append(time.perf_counter() - began)
    return [1e3 * float(np.median(list_of)) for list_of in spent]


def told(float_found: measure.Found, int8_found: measure.Found) -> str:
    """How well the int8 file agrees with the float one, which is taken for the truth from a score of `CONFIDENT` on."""
    sure = {n: boxes[scores >= CONFIDENT] for n, (boxes, scores) in float_found.items()}
    people = sum(len(boxes) for boxes in sure.values())
    if not people:
        return f"the float file sees nobody from {CONFIDENT} on in this footage: nothing can be compared"
    matched, moved = 0, []
    for number, (boxes, scores) in float_found.items():
        others, other_scores = int8_found.get(number, (np.zeros((0, 4)), np.zeros(0)))
        kept = scores >= CONFIDENT
        for partner, score in zip(measure.pairs(boxes[kept], others), scores[kept], strict=True):
            matched += partner >= 0
            if partner >= 0:
                moved.append(abs(other_scores[partner] - score))
    drift = np.mean(moved) if moved else 0.0
    precision = measure.average_precision({n: int8_found.get(n, (np.zeros((0, 4)), np.zeros(0))) for n in sure}, sure)
    return (
        f"of {people} people that the float file sees from {CONFIDENT} on in {len(sure)} other frames, int8 finds "
        f"{100 * matched / people:.1f}% (IoU {measure.MATCH}); AP {precision:.3f} against the float file; scores move "
        f"by {drift:.3f} on average"
    )


def main(network: Path, footage: Path, output: Path, program: Path) -> None:
    """Writes the file, and says what it costs."""
    if output.resolve() == network.resolve():
        raise SystemExit("quantize: the output is the network itself")
    reading = Reading(program, network)
    pictures = frames(footage, FRAMES)
    print(f"{len(pictures)} frames of {footage} give the ranges ...", file=sys.stderr)
    count = quantised(network, reading, list(pictures.values()), output)
    print("both files look at other frames ...", file=sys.stderr)
    both = [seen(program, path, footage, set(pictures)) for path in (network, output)]
    slow, fast = times(reading, [network, output], next(iter(pictures.values())))
    sizes = [path.stat().st_size / 1e6 for path in (network, output)]
    print(f"{output}: {count} convolutions in int8, {sizes[0]:.1f} MB become {sizes[1]:.1f}")
    print(told(*both))
    print(f"{slow:.1f} ms become {fast:.1f} a picture on one thread ({slow / fast:.2f} times as fast)")
