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
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/reid-mobilenet-128.onnx"))
}

/// A fixture that `assets/make.py` made.
pub(crate) fn asset(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/assets")).join(name)
}

/// A picture whose pixels (x, y) are `bgr`.
pub(crate) fn painted(width: usize, height: usize, bgr: impl Fn(usize, usize) -> [u8; 3]) -> Image {
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let bytes: Vec<u8> = pixels.flat_map(|(x, y)| bgr(x, y)).collect();
    Image::new(width, height, Arc::new(bytes)).unwrap()
}

/// Waves of colour, different in every part of the picture.
pub(crate) fn picture(width: usize, height: usize) -> Image {
    painted(width, height, |x, y| [(x * 7 + y * 3) as u8, (x * y / 5 + 40) as u8, ((y * 11) ^ (x * 5)) as u8])
}
