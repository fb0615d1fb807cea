//! Which model files are used when none is named.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use footfall_vision::{Device, DeviceRequest, cache};

/// The re-identification network that this program carries, and its name.
pub(crate) const EMBEDDER: (&str, &[u8]) =
    ("reid-mobilenet-128.onnx", include_bytes!("../../models/reid-mobilenet-128.onnx"));

/// The detectors that set-up makes and packages bring.
pub(crate) const DETECTORS: [&str; 4] =
    ["nanodet-g-int8.onnx", "nanodet-g-overhead-int8.onnx", "nanodet-g.onnx", "nanodet-g-overhead.onnx"];

/// What to call the detector for cameras that look down steeply where a file could be named; a file of that
/// name is `./overhead`.
const OVERHEAD: &str = "overhead";

/// Whether `detector` is the name of one of set-up's, and no file.
pub(crate) fn is_name(detector: &Path) -> bool {
    detector == Path::new(OVERHEAD)
}

/// The detector's file: the one that is wanted, or of those that set-up has put into the cache the usual one or
/// `overhead`; int8 on a CPU, where it is three times as fast.
pub(crate) fn detector(wanted: Option<&Path>, device: DeviceRequest) -> anyhow::Result<PathBuf> {
    let family = match wanted {
        None => "nanodet-g",
        Some(name) if is_name(name) => "nanodet-g-overhead",
        Some(file) => return Ok(file.to_owned()),
    };
    let is_cpu = device == DeviceRequest::Named(Device::Cpu);
    cache::model(&format!("{family}{}.onnx", if is_cpu { "-int8" } else { "" })).context(
        "there is no home folder, so no cache with the detector: set FOOTFALL_CACHE, or name a detector with --detector",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_of_set_up_s_detectors_and_anything_else_is_a_file() {
        let name = |wanted: Option<&str>, device: Device| {
            let path = detector(wanted.map(Path::new), device.into()).unwrap();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), path)
        };
        assert_eq!(name(None, Device::Cpu).0, "nanodet-g-int8.onnx");
        assert_eq!(name(Some("overhead"), Device::Cpu).0, "nanodet-g-overhead-int8.onnx");
        let gpu: Device = "cuda".parse().unwrap();
        assert_eq!(name(None, gpu).0, "nanodet-g.onnx");
        assert_eq!(name(Some("overhead"), gpu).0, "nanodet-g-overhead.onnx");
        for file in ["./overhead", "models/overhead", "my.onnx"] {
            assert_eq!(name(Some(file), Device::Cpu).1, Path::new(file));
        }
    }
}
