//! Several sources in one process: each comes out as it does alone.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;

use common::{Ended, clip, footfall, names, summary};

const FRAMES: &str = "60";

#[test]
fn two_sources_in_one_process_come_out_as_each_does_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let place = |name: &str| {
        let mut place = std::ffi::OsString::from(format!("{name}="));
        place.push(clip());
        place
    };
    let lines = ["--line", "front/door:384,576,384,0", "--line", "back/gate:200,0,200,576"];
    let ended: Ended = footfall()
        .args(["run", "--max-frames", FRAMES])
        .args([place("front"), place("back")])
        .args(lines)
        .arg("--tracks")
        .arg(file("tracks/"))
        .arg("--crossings")
        .arg(file("c.jsonl"))
        .arg("--detections")
        .arg(file("d.jsonl"))
        .arg("--summary")
        .arg(file("s.json"))
        .output()
        .unwrap()
        .into();
    let ended = ended.success();
    for word in ["2 sources", "front/door", "back/gate", "share"] {
        assert!(ended.stderr.contains(word), "expected \"{word}\" in:\n{}", ended.stderr);
    }
    assert_eq!(names(folder.path()), ["c.jsonl", "d.back.jsonl", "d.front.jsonl", "s.json", "tracks"]);
    let together = fs::read_to_string(file("c.jsonl")).unwrap();
    for (name, line) in [("front", "door:384,576,384,0"), ("back", "gate:200,0,200,576")] {
        let alone: Ended = footfall()
            .args(["run", "--max-frames", FRAMES, "--line", line])
            .arg(place(name))
            .args(["--tracks".into(), file("alone.txt"), "--crossings".into(), file("alone.jsonl")])
            .output()
            .unwrap()
            .into();
        alone.success();
        let read = |name: &str| fs::read_to_string(file(name)).unwrap();
        assert!(!read("alone.txt").is_empty());
        assert_eq!(read("alone.txt"), read(&format!("tracks/{name}.txt")), "{name}");
        let own = format!("\"source\":\"{name}\"");
        let own: String = together.split_inclusive('\n').filter(|row| row.contains(&own)).collect();
        assert_eq!(read("alone.jsonl"), own, "{name}");
    }
    let told = summary(&file("s.json"));
    assert_eq!(told["frames"]["processed"], 120);
    let shares: f64 = told["sources"].as_array().unwrap().iter().map(|s| s["share"].as_f64().unwrap()).sum();
    assert!((shares - 1.0).abs() < 1e-6, "{told}");
}

/// One may gather crops on a CPU too: whose crops are beside one's own in a batch changes nothing.
#[test]
fn sources_whose_crops_go_together_come_out_as_each_does_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let run = |wait: &str, tracks: &str| {
        let ended: Ended = footfall()
            .args(["run", "--max-frames", "30", "--line", "door:384,576,384,0", "--batch-wait-ms", wait])
            .args(["--max-batch", "32", "--threads", "2"])
            .args(["a", "b"].map(|name| format!("{name}={}", clip().display())))
            .arg("--tracks")
            .arg(file(tracks))
            .output()
            .unwrap()
            .into();
        ended.success();
    };
    run("0", "alone/");
    run("20", "together/");
    for name in ["a.txt", "b.txt"] {
        let read = |tracks: &str| fs::read_to_string(file(tracks).join(name)).unwrap();
        assert!(!read("alone").is_empty());
        assert_eq!(read("alone"), read("together"), "{name}");
    }
}

#[test]
fn what_cannot_be_told_apart_is_refused() {
    let failed = |arguments: &[&str], words: &[&str]| {
        let ended: Ended = footfall().arg("run").args(arguments).output().unwrap().into();
        ended.failure(2, words);
    };
    let clip = clip();
    let clip = clip.to_str().unwrap();
    failed(&[clip, clip], &["two sources", "front="]);
    failed(&[&format!("a={clip}"), &format!("b={clip}"), "--tracks", "-"], &["one source only"]);
    failed(&[], &["no source"]);
    failed(&["a=rtsp://127.0.0.1:9/a", "--line", "x:0,0,0,0"], &["same point"]);
}
