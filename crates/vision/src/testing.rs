//! What tests share: the runtime and models that set-up fetched, and pictures that need no file.

use std::path::PathBuf;
use std::sync::Arc;

use footfall_pipeline::Image;

use crate::{Runtime, RuntimeConfig, cache};

pub(crate) fn runtime() -> Runtime {
    Runtime::load(&RuntimeConfig::default()).expect("these tests need ONNX Runtime: run scripts/setup")
}

/// A model that set-up fetched.
pub(crate) fn cached(name: &str) -> PathBuf {
    let path = cache::model(name).expect("these tests need a home folder");
    assert!(path.is_file(), "{} is missing: run scripts/setup", path.display());
    path
}

/// The embedder that comes with the repository.
pub(crate) fn reid() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/reid-deepsort-128.onnx"))
}

/// Waves of colour, different in every part of the picture.
pub(crate) fn picture(width: usize, height: usize) -> Image {
    let mut bytes = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            bytes.extend([(x * 7 + y * 3) as u8, (x * y / 5 + 40) as u8, ((y * 11) ^ (x * 5)) as u8]);
        }
    }
    Image::new(width, height, Arc::new(bytes)).unwrap()
}
