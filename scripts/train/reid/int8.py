"""A float ONNX embedder quantised to 8 bits, from what it makes of real crops.

Static: every tensor's range is measured on calibration crops and fixed.
Kernels have a scale for each output channel, and keep to 7 bits: on x86
without VNNI two products are added in 16 bits, which 8-bit kernels overflow.
Convolutions and what lies between them are quantised; pooling, the dense
layer and the scaling to unit length stay in float, where an embedding's last
digits are decided, and cost next to nothing.
"""

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


class Calibration(CalibrationDataReader):
    """Crops [N, 128, 64, 3] uint8 RGB, as the model is fed them."""

    def __init__(self, pixels: np.ndarray):
        parts = range(0, len(pixels), BATCH)
        self.batches = iter([{"images": normalise(pixels[i : i + BATCH]).contiguous().numpy()} for i in parts])

    def get_next(self) -> dict | None:
        return next(self.batches, None)


def quantise(model: onnx.ModelProto, pixels: np.ndarray) -> onnx.ModelProto:
    """`model` in 8 bits, calibrated on `pixels`."""
    logger = logging.getLogger()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with tempfile.TemporaryDirectory() as folder:
            source, prepared, made = (Path(folder) / name for name in ("float.onnx", "prepared.onnx", "int8.onnx"))
            onnx.save(model, source)
            quant_pre_process(source, prepared, skip_symbolic_shape=True)
            quantize_static(
                prepared,
                made,
                Calibration(pixels),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=QUANTISED,
                per_channel=True,
                reduce_range=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                calibrate_method=CalibrationMethod.MinMax,
            )
            return onnx.load(made)
    finally:
        logger.setLevel(level)
