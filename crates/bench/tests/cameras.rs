//! `footfall-bench cameras`, the real program with real networks on the CPU.
#![allow(clippy::unwrap_used, reason = "a test, all of it")]

use std::process::{Command, Output};

use serde_json::Value;

const EMBEDDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/reid-mobilenet-128.onnx");

fn bench(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_footfall-bench"));
    command.args(["cameras", "--embedder", EMBEDDER, "--threads", "1"]).args(arguments).output().unwrap()
}

fn measured(arguments: &[&str]) -> Value {
    let output = bench(&[arguments, &["--json", "-"]].concat());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn frames(of: &Value) -> [u64; 3] {
    ["read", "processed", "dropped"].map(|name| of[name].as_u64().unwrap())
}

#[test]
fn every_frame_of_the_cameras_is_accounted_for() {
    // 4 frames for warming up and 8 that count, of each of two cameras.
    let report =
        measured(&["--cameras", "2", "--fps", "4", "--people", "3", "--size", "320x240", "--seconds", "2"]);
    assert_eq!(report["rows"].as_array().unwrap().len(), 1);
    let row = &report["rows"][0];
    let [read, processed, dropped] = frames(row);
    assert_eq!(read, 16);
    assert_eq!(read, processed + dropped);
    let [whole_read, whole_processed, whole_dropped] = frames(&row["whole"]);
    assert_eq!(whole_read, 24);
    assert_eq!(whole_read, whole_processed + whole_dropped, "by the pipeline's own books");
    assert!((processed..=processed + 8).contains(&whole_processed));
    assert!(dropped <= whole_dropped);
    // Of what was processed exactly the known people are embedded, whatever the detector found.
    assert!(processed > 0);
    assert_eq!(row["embedded_per_frame"].as_f64(), Some(3.0));
    let [p50, p90, p99, max] =
        ["p50_ms", "p90_ms", "p99_ms", "max_ms"].map(|name| row[name].as_f64().unwrap());
    assert!(0.0 < p50 && p50 <= p90 && p90 <= p99 && p99 <= max);
    let stages: Vec<_> = row["stages"].as_array().unwrap().iter().map(|stage| &stage["name"]).collect();
    assert_eq!(stages, ["detect", "embed", "track", "write"]);
    assert!(report["boxes"].as_str().unwrap().contains("replaced"));
}

#[test]
fn a_search_ends_at_its_limit_or_with_what_is_carried() {
    let report =
        measured(&["--at-most", "2", "--fps", "2", "--people", "1", "--size", "64x64", "--seconds", "1"]);
    let rows = report["rows"].as_array().unwrap();
    let carried = report["carried"].as_u64().unwrap();
    let of = |row: &Value| (row["cameras"].as_u64().unwrap(), row["is_carried"].as_bool().unwrap());
    let best = rows.iter().map(of).filter(|(_, is_carried)| *is_carried).map(|(cameras, _)| cameras).max();
    assert_eq!(carried, best.unwrap_or(0));
    assert_eq!(report["may_carry_more"].as_bool(), Some(carried == 2));
}

#[test]
fn wrong_options_are_refused() {
    let check = |arguments: &[&str], said: &str| {
        let output = bench(arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(said), "{arguments:?}: {told}");
    };
    check(&["--size", "1920"], "expected a width and a height");
    check(&["--fps", "0"], "expected frames a second from 0.1 to 1000");
    check(&["--max-dropped", "1"], "expected a share from 0 to less than 1");
    check(&["--cameras", "0"], "1..=1024");
    check(&["--cameras", "3", "--at-most", "9"], "cannot be used with");
    check(&["--seconds", "nan"], "expected seconds");
    check(&["--preset", "sort"], "deepsort or best");
    check(&["--people", "301"], "300");
}
