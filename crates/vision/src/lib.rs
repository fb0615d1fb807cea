//! ONNX Runtime: person detectors and re-identification embedders
