//! Which model files are used when none is named.

use std::path::PathBuf;

use anyhow::Context as _;
use footfall_vision::{Device, DeviceRequest, cache};

/// The re-identification network that this program carries, and its name.
pub(crate) const EMBEDDER: (&str, &[u8]) =
    ("reid-mobilenet-128.onnx", include_bytes!("../../models/reid-mobilenet-128.onnx"));

/// The detector that set-up has put into the cache: int8 on a CPU, where it is three times as fast.
pub(crate) fn detector(device: DeviceRequest) -> anyhow::Result<PathBuf> {
    let is_cpu = device == DeviceRequest::Named(Device::Cpu);
    let name = if is_cpu { "nanodet-g-int8.onnx" } else { "nanodet-g.onnx" };
    cache::model(name).context(
        "there is no home folder, so no cache with the detector: set FOOTFALL_CACHE, or name a detector with --detector",
    )
}
