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

#[test]
fn the_anchor_is_chosen_on_the_command_line_and_in_a_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    // Somebody of 100 pixels who walks down, 10 pixels a frame: feet, middle and head pass y = 300 one after the other.
    let rows = (0..40).map(|i| format!("{},1,380,{},40,100,0.9,-1,-1,-1\n", i + 1, 150 + 10 * i));
    fs::write(file("tracks.txt"), rows.collect::<String>()).unwrap();
    let passed = |arguments: &[&str]| {
        let mut command = footfall();
        command.arg("count").arg(file("tracks.txt")).args(["--fps", "10", "--line", "door:768,300,0,300"]);
        let ended = command.arg("--crossings").arg(file("c.jsonl")).args(arguments).output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        let row = fs::read_to_string(file("c.jsonl")).unwrap();
        serde_json::from_str::<serde_json::Value>(&row).unwrap()["frame"].as_u64().unwrap()
    };
    assert_eq!([passed(&[]), passed(&["--anchor", "centre"]), passed(&["--anchor", "head"])], [6, 11, 16]);
    let config = file("door.toml");
    fs::write(&config, "[counter]\nanchor = \"centre\"\n").unwrap();
    let config = config.to_str().unwrap();
    assert_eq!(passed(&["--config", config]), 11);
    assert_eq!(passed(&["--config", config, "--anchor", "feet"]), 6, "the command line goes first");
    let wrong = footfall().args(["run", "0", "--anchor", "foot"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("feet, centre or head"));
}
