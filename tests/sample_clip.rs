//! The whole program on real footage.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;

use common::{DOOR, clip, frames, names, run, summary};

/// Ground truth of the sample clip (PETS09-S2L1): the anchor passes x = 384, by more than 15 pixels, so
/// often from left to right and from right to left.
const TRULY_IN: u64 = 12;
const TRULY_OUT: u64 = 17;

#[test]
fn everyone_who_passes_is_counted_and_every_frame_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let outputs =
        ["--output", "out.mp4", "--tracks", "tracks.txt", "--crossings", "c.jsonl", "--summary", "s.json"];
    let outputs = outputs.chunks(2).flat_map(|pair| [pair[0].into(), file(pair[1]).into_os_string()]);
    let ended = run(clip(), ["--line".into(), DOOR.into()].into_iter().chain(outputs)).success();
    assert_eq!(names(folder.path()), ["c.jsonl", "out.mp4", "s.json", "tracks.txt"], "and nothing else");

    let told = summary(&file("s.json"));
    assert_eq!(told["frames"], serde_json::json!({"read": 795, "processed": 795, "dropped": 0, "rested": 0}));
    assert_eq!(told["ended"], "source");
    let frames = frames(&file("tracks.txt"));
    assert!(frames.is_sorted() && frames.first() >= Some(&1) && frames.last() == Some(&795));

    let crossings = fs::read_to_string(file("c.jsonl")).unwrap();
    let crossings: Vec<serde_json::Value> =
        crossings.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let count = |direction: &str| crossings.iter().filter(|c| c["direction"] == direction).count() as u64;
    let (entered, left) = (count("in"), count("out"));
    let error = entered.abs_diff(TRULY_IN) + left.abs_diff(TRULY_OUT);
    assert!(error <= 3, "in {entered} (truly {TRULY_IN}), out {left} (truly {TRULY_OUT})");
    let line = &told["lines"][0];
    assert_eq!((line["in"].as_u64(), line["out"].as_u64()), (Some(entered), Some(left)), "all say the same");
    assert!(ended.stderr.contains("people tracked"), "{}", ended.stderr);

    // The video that was written is a video: the program itself can read all of it.
    let again = ["--no-embedder", "--summary"]
        .map(Into::into)
        .into_iter()
        .chain([file("again.json").into_os_string()]);
    run(file("out.mp4"), again).success();
    let again = summary(&file("again.json"));
    assert_eq!(again["frames"]["processed"], 795);
    assert_eq!(
        (again["source"]["width"].as_u64(), again["source"]["height"].as_u64()),
        (Some(768), Some(576))
    );
}

#[test]
fn the_same_input_gives_the_same_bytes_with_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = |threads: &str, name: &str| {
        let tracks = folder.path().join(format!("{name}.txt"));
        let crossings = folder.path().join(format!("{name}.jsonl"));
        let arguments = ["--line", DOOR, "--max-frames", "120", "--threads", threads];
        let arguments = arguments.map(Into::into).into_iter();
        let outputs = ["--tracks".into(), tracks.clone().into_os_string()]
            .into_iter()
            .chain(["--crossings".into(), crossings.clone().into_os_string()]);
        run(clip(), arguments.chain(outputs)).success();
        (fs::read(tracks).unwrap(), fs::read(crossings).unwrap())
    };
    let first = outcome("1", "first");
    assert!(!first.0.is_empty() && !first.1.is_empty());
    for (threads, name) in [("1", "again"), ("2", "two"), ("5", "five")] {
        assert!(outcome(threads, name) == first, "{threads} threads");
    }
}

#[test]
fn tracking_recorded_detections_again_gives_the_same_tracks() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).into_os_string();
    let arguments = ["--line", DOOR, "--max-frames", "150", "--detections"].map(Into::into).into_iter();
    let outputs = [file("d.jsonl"), "--tracks".into(), file("a.txt"), "--crossings".into(), file("a.jsonl")];
    run(clip(), arguments.chain(outputs)).success();
    let again = common::footfall()
        .args(["track".into(), file("d.jsonl"), "--fps".into(), "10".into(), "--line".into(), DOOR.into()])
        .args(["--tracks".into(), file("b.txt"), "--crossings".into(), file("b.jsonl")])
        .output()
        .unwrap();
    common::Ended::from(again).success();
    let read = |name: &str| fs::read_to_string(file(name)).unwrap();
    assert_eq!(read("a.txt"), read("b.txt"));
    let without_source = |name: &str| {
        let row = |line: &str| {
            let mut row: serde_json::Value = serde_json::from_str(line).unwrap();
            row["source"].take();
            row
        };
        read(name).lines().map(row).collect::<Vec<_>>()
    };
    assert_eq!(without_source("a.jsonl"), without_source("b.jsonl"));
}
