//! The detector for cameras that look down steeply is chosen by name, and a name that is none is a file.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;

use common::{clip, footfall, run, summary};

#[test]
fn the_detector_for_steep_cameras_is_chosen_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let told = folder.path().join("summary.json");
    let path = told.to_str().unwrap();
    run(clip(), ["--detector", "overhead", "--no-embedder", "--max-frames", "3", "--summary", path])
        .success();
    let detector = summary(&told)["networks"]["detector"].as_str().unwrap().to_owned();
    assert!(detector.starts_with("nanodet-g-overhead-int8.onnx "), "{detector}");
    run(clip(), ["--detector", "./overhead", "--max-frames", "3"]).failure(1, &["./overhead"]);
}

#[test]
fn a_configuration_may_name_it_too() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("door.toml");
    fs::write(&config, "[networks]\ndetector = \"overhead\"\n").unwrap();
    let checked = footfall().arg("check").arg(&config).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}
