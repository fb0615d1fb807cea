//! Too few frames a second to count by: said at the start, in the summary, in the ledger, by the doctor.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use common::camera::{Camera, save_pictures};
use common::running::Running;
use common::{DOOR, Ended, clip, footfall, run, summary};

/// A folder with pictures of the sample clip, and a configuration by which they are so many a second.
fn pictures(folder: &Path, count: usize, rate: &str) -> (PathBuf, PathBuf) {
    let (pictures, config) = (folder.join("pictures"), folder.join("c.toml"));
    fs::create_dir(&pictures).unwrap();
    save_pictures(&pictures, count, None, 1.0);
    fs::write(&config, format!("[source]\nframe_rate = {rate}\n")).unwrap();
    (pictures, config)
}

fn said(command: &mut std::process::Command) -> Ended {
    Ended::from(command.output().unwrap())
}

#[test]
fn a_recording_with_too_few_frames_says_so_wherever_its_counts_are() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let (pictures, config) = pictures(folder.path(), 12, "1.0");
    let mut command = footfall();
    command.arg("run").arg(&pictures).args(["--line", DOOR, "--no-embedder", "--config"]).arg(&config);
    command.arg("--summary").arg(file("s.json")).arg("--ledger").arg(file("l.db"));
    command.arg("--record").arg(file("r.ffrec"));
    let ended = said(&mut command).success();
    for words in [
        "has 1 frame a second, too few to count by",
        "0 (too few frames)",
        "too few frames to count by for 11.0 s",
    ] {
        assert!(ended.stderr.contains(words), "{words} in:\n{}", ended.stderr);
    }
    assert!(!ended.stderr.contains("(0 to 1)"), "{}", ended.stderr);
    let told = summary(&file("s.json"));
    assert_eq!(told["sources"][0]["low_rate"]["seconds"], 11.0, "{told}");
    assert_eq!(told["lines"][0]["rate_too_low"], true, "{told}");
    assert!(told["lines"][0].get("in_interval").is_none(), "{told}");
    let trouble = &told["sources"][0]["troubles"][0];
    assert_eq!((&trouble["condition"], &trouble["uncounted_seconds"]), (&"low_rate".into(), &11.0.into()));

    let report =
        |ledger: &str| said(footfall().args(["report", "--ledger"]).arg(file(ledger))).success().stdout;
    assert!(report("l.db").contains("uncounted: low rate 0:11"), "{}", report("l.db"));

    // The same of a recorded run, of its detections, and by the doctor.
    let mut replay = footfall();
    replay.arg("replay").arg(file("r.ffrec")).arg("--ledger").arg(file("again.db"));
    let ended = said(&mut replay).success();
    assert!(ended.stderr.contains("too few frames to count by for 11.0 s"), "{}", ended.stderr);
    assert!(report("again.db").contains("uncounted: low rate 0:11"), "{}", report("again.db"));
    let ended = said(footfall().arg("doctor").arg(&pictures).arg("--config").arg(&config));
    assert!(ended.stdout.contains("1 frame a second, too few to count by"), "{}", ended.stdout);

    // Who knows better may say so.
    fs::write(&config, "[source]\nframe_rate = 1.0\n[health]\nrate = 0.0\n").unwrap();
    let mut command = footfall();
    command.arg("run").arg(&pictures).args(["--line", DOOR, "--no-embedder", "--config"]).arg(&config);
    let ended = said(&mut command).success();
    assert!(!ended.stderr.contains("too few") && ended.stderr.contains("(0 to 1)"), "{}", ended.stderr);
}

#[test]
fn a_recording_with_enough_frames_says_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let told = folder.path().join("s.json");
    let arguments = ["--line", DOOR, "--no-embedder", "--max-frames", "30", "--summary"];
    let ended = run(clip(), arguments.into_iter().chain([told.to_str().unwrap()])).success();
    assert!(!ended.stderr.contains("too few"), "{}", ended.stderr);
    let told = summary(&told);
    assert!(told["lines"][0].get("rate_too_low").is_none(), "{told}");
    assert!(told["lines"][0]["in_interval"].is_object(), "{told}");
    assert_eq!(told["sources"][0]["troubles"], serde_json::json!([]), "{told}");
    let ended = said(footfall().arg("doctor").arg(clip()));
    assert!(ended.stdout.contains("a recording, 10 frames/s"), "{}", ended.stdout);
}

/// One who walks to the right over x = 384, seen in every `stride`-th frame of 30 a second.
fn walk(stride: u64) -> String {
    let mut text = String::new();
    for frame in (1..300).step_by(stride as usize) {
        writeln!(text, "{frame},1,{:.1},200,60,150,0.9", 100.0 + 1.9 * frame as f64).unwrap();
    }
    text
}

#[test]
fn files_of_too_few_frames_say_so_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    fs::write(file("in.txt"), walk(1)).unwrap();
    fs::write(file("thin.txt"), walk(15)).unwrap();
    for (name, fps, is_low) in [("in.txt", "30", false), ("in.txt", "1", true), ("thin.txt", "30", true)] {
        for what in ["track", "count"] {
            let mut command = footfall();
            command.arg(what).arg(file(name)).args(["--fps", fps, "--line", DOOR]);
            command.arg("--crossings").arg(file("c.jsonl"));
            if what == "track" {
                command.arg("--tracks").arg(file("t.txt"));
            }
            let ended = said(&mut command).success();
            let (start, end) = ("too few to count by: people", "these counts are not to be relied on");
            for words in [start, end] {
                assert_eq!(ended.stderr.contains(words), is_low, "{what} {name} {fps}: {}", ended.stderr);
            }
        }
    }
}

#[test]
fn a_camera_that_falls_behind_is_told_while_it_does_and_until_it_has_caught_up() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("c.toml");
    let configure =
        |rate: &str| fs::write(&config, format!("[health]\nhold = 1.0\nrate = {rate}\n")).unwrap();
    configure("4.0");
    let mut camera = Camera::start_at("http", 2);
    let told = folder.path().join("s.json");
    let mut command = footfall();
    command.args(["run", &camera.address, "--no-embedder", "--line", DOOR, "--config"]).arg(&config);
    command.arg("--summary").arg(&told).arg("--ledger").arg(folder.path().join("l.db"));
    let mut running = Running::start(&mut command);
    let raised = running.wait_for("too few frames to count by: ");
    assert!(raised.contains("a second are processed, and at least 4 are needed"), "{raised}");
    camera.stop();
    camera.set_rate(20);
    camera.start_again();
    running.wait_for("frames are enough to count by again");
    let ended = running.stop().success();
    let told = summary(&told);
    let troubles = told["sources"][0]["troubles"].as_array().unwrap();
    let low = troubles.iter().find(|trouble| trouble["condition"] == "low_rate").unwrap();
    assert_eq!(low["times"], 1, "{told}\n{}", ended.stderr);
    assert!(low["uncounted_seconds"].as_f64() > Some(0.9), "{told}");
    let report = said(footfall().args(["report", "--ledger"]).arg(folder.path().join("l.db"))).success();
    assert!(report.stdout.contains("low rate"), "{}", report.stdout);
}
