"""A float ONNX embedder quantised to 8 bits, from what it makes of real crops.

Static: every tensor's range is measured on calibration crops and fixed, at the
percentile that leaves a ten-thousandth of its values out; kernels have a scale
for each output channel. Convolutions and what lies between them are quantised,
but for the first and last few, which cost little time and most of the loss: how
many of the first ones, the network says. Pooling, the dense layer and the
scaling to unit length stay in float too.

Kernels have all 8 bits: with 7, an embedder loses several times as much. On x86
without VNNI (before 2019) a runtime adds two products in 16 bits, which such
kernels may overflow: there, judge the file with `footfall reid eval` first, or
use fp16.
"""

import contextlib
import logging
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from reid.pixels import normalise

QUANTISED = ["Conv", "Add", "Clip", "Relu", "MaxPool", "Concat", "Mul"]
BATCH = 16
PERCENTILE = 99.99
# Convolutions that stay in float at the end.
LAST = 4


class Calibration(CalibrationDataReader):
    """Crops [N, 128, 64, 3] uint8 RGB, as the model is fed them."""

    def __init__(self, pixels: np.ndarray):
        parts = range(0, len(pixels), BATCH)
        self.batches = iter([{"images": normalise(pixels[i : i + BATCH]).contiguous().numpy()} for i in parts])

    def get_next(self) -> dict | None:
        return next(self.batches, None)


def quantise(model: onnx.ModelProto, first: int, pixels: np.ndarray) -> onnx.ModelProto:
    """`model` in 8 bits but for its `first` convolutions, calibrated on `pixels`."""
    logger = logging.getLogger()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stdout(None), tempfile.TemporaryDirectory() as folder:
            source, prepared, made = (Path(folder) / name for name in ("float.onnx", "prepared.onnx", "int8.onnx"))
            onnx.save(model, source)
            quant_pre_process(source, prepared, skip_symbolic_shape=True)
            convolutions = [node.name for node in onnx.load(prepared).graph.node if node.op_type == "Conv"]
            quantize_static(
                prepared,
                made,
                Calibration(pixels),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=QUANTISED,
                per_channel=True,
                nodes_to_exclude=[*convolutions[:first], *convolutions[-LAST:]],
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                calibrate_method=CalibrationMethod.Percentile,
                extra_options={"CalibPercentile": PERCENTILE},
            )
            return onnx.load(made)
    finally:
        logger.setLevel(level)
