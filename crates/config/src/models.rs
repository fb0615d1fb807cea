//! Which model files are used when none is named.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use footfall_vision::{Device, DeviceRequest, cache};

/// A re-identification network that this program carries: its file's name, and what is in it. Each is a static: a constant is
/// there again in every part of the program that names it.
type Carried = (&'static str, &'static [u8]);

/// The one that runs where none is named: trained on pictures of people that are for research alone.
pub static EMBEDDER: Carried =
    ("reid-mobilenet-128.onnx", include_bytes!("../../../models/reid-mobilenet-128.onnx"));

/// The detectors that set-up makes and packages bring.
pub const DETECTORS: [&str; 4] =
    ["nanodet-g-int8.onnx", "nanodet-g-overhead-int8.onnx", "nanodet-g.onnx", "nanodet-g-overhead.onnx"];

/// The one that may be used for anything: trained on people who do not exist.
static CLEAN_EMBEDDER: Carried =
    ("reid-clean-128.onnx", include_bytes!("../../../models/reid-clean-128.onnx"));

/// What to call that one where a file could be named; a file of that name is `./clean`.
const CLEAN: &str = "clean";

/// Greatest cosine distances that counting goes by, where the file does not say otherwise: they belong to an embedder.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distances {
    /// Of two tracks of one person: `counter.max_cosine_distance`.
    pub join: f64,
    /// From a look that was enrolled: `staff.max_cosine_distance`.
    pub staff: f64,
}

/// Those of the embedder `clean`, of which `models/reid-clean-128.md` says how they were measured.
pub const CLEAN_DISTANCES: Distances = Distances { join: 0.65, staff: 0.35 };

/// An embedder that is to run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Embedder<'a> {
    /// One that the program has in it.
    Carried(Carried),
    /// A file of the user's.
    File(&'a Path),
}

/// Whether `embedder` is the name of one that this program carries, and no file.
#[must_use]
pub fn is_embedder_name(embedder: &Path) -> bool {
    embedder == Path::new(CLEAN)
}

/// The embedder that is wanted, or the usual one.
#[must_use]
pub fn embedder(wanted: Option<&Path>) -> Embedder<'_> {
    match wanted {
        None => Embedder::Carried(EMBEDDER),
        Some(name) if is_embedder_name(name) => Embedder::Carried(CLEAN_EMBEDDER),
        Some(file) => Embedder::File(file),
    }
}

/// What to call the detector for cameras that look down steeply where a file could be named; a file of that
/// name is `./overhead`.
const OVERHEAD: &str = "overhead";

/// Whether `detector` is the name of one of set-up's, and no file.
#[must_use]
pub fn is_name(detector: &Path) -> bool {
    detector == Path::new(OVERHEAD)
}

/// The detector's file: the one that is wanted, or of those that set-up has put into the cache the usual one or
/// `overhead`; int8 on a CPU, where it is three times as fast.
///
/// # Errors
///
/// Where there is no home folder, so no cache.
pub fn detector(wanted: Option<&Path>, device: DeviceRequest) -> anyhow::Result<PathBuf> {
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
    fn an_embedder_is_a_name_or_a_file() {
        let carried = |wanted: Option<&Path>| match embedder(wanted) {
            Embedder::Carried((name, bytes)) => Some((name, bytes.len() > 1_000_000)),
            Embedder::File(_) => None,
        };
        assert_eq!(carried(None), Some(("reid-mobilenet-128.onnx", true)));
        assert_eq!(carried(Some(Path::new("clean"))), Some(("reid-clean-128.onnx", true)));
        for file in ["./clean", "models/clean", "my.onnx"] {
            assert_eq!(embedder(Some(Path::new(file))), Embedder::File(Path::new(file)));
        }
    }

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
