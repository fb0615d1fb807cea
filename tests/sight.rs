//! Where people are looked for: not at all over a still scene, and as asked for over the sample clip.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::path::Path;

use common::{DOOR, clip, footfall, summary};
use serde_json::Value;

/// A run by a configuration: its summary and what it tracked.
fn run(folder: &Path, source: &Path, config: &str, more: &[&str]) -> (Value, String) {
    let [file, told, tracks] = ["sight.toml", "summary.json", "tracks.txt"].map(|name| folder.join(name));
    fs::write(&file, config).unwrap();
    let mut command = footfall();
    command.arg("run").arg(source).arg("--config").arg(&file).args(["--line", DOOR]);
    command.arg("--summary").arg(&told).arg("--tracks").arg(&tracks).args(more);
    let ended = command.output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    (summary(&told), fs::read_to_string(tracks).unwrap())
}

/// The same picture, again and again: 768x576, ten a second.
fn still(folder: &Path, count: usize) -> std::path::PathBuf {
    let scene = folder.join("still");
    fs::create_dir(&scene).unwrap();
    common::camera::save_pictures(&scene, 1, None, 1.0);
    let first = fs::read_dir(&scene).unwrap().next().unwrap().unwrap().path();
    let ending = first.extension().unwrap().to_str().unwrap().to_owned();
    for number in 0..count {
        fs::copy(&first, scene.join(format!("copy-{number:04}.{ending}"))).unwrap();
    }
    scene
}

#[test]
fn the_networks_rest_over_a_still_scene_unless_told_not_to() {
    let folder = tempfile::tempdir().unwrap();
    let scene = still(folder.path(), 90);
    let rate = "[source]\nframe_rate = 10.0\n";
    // Nobody is to be followed: whoever stands in the picture would keep the networks awake.
    let nobody = "[tracker.best]\nnew_confidence = 1.0\n[detector]\nconfidence = 0.99\n";
    let (on, _) = run(folder.path(), &scene, &format!("{rate}{nobody}"), &["--no-embedder"]);
    let frames = &on["frames"];
    assert!(frames["rested"].as_u64().unwrap() > 40, "{frames}");
    assert_eq!(frames["read"], frames["processed"]);
    let (off, _) = run(folder.path(), &scene, &format!("{rate}{nobody}rest = false\n"), &["--no-embedder"]);
    assert_eq!(off["frames"]["rested"], 0);
    assert_eq!(on["frames"]["processed"], off["frames"]["processed"]);
}

/// Ten frames a second, with `[detector] rest` or without.
fn settings(rest: bool) -> String {
    format!("[source]\nframe_rate = 10.0\n[detector]\nrest = {rest}\n")
}

#[test]
fn whoever_has_come_keeps_the_networks_awake_however_long_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let scene = folder.path().join("scene");
    fs::create_dir(&scene).unwrap();
    // People walk for five seconds, and then everybody stands as they are for forty.
    common::camera::save_pictures(&scene, 50, None, 1.0);
    let last = fs::read_dir(&scene).unwrap().map(|file| file.unwrap().path()).max().unwrap();
    for number in 0..400 {
        fs::copy(
            &last,
            scene
                .join(format!("{}-{number:04}", last.file_stem().unwrap().to_str().unwrap()))
                .with_extension(last.extension().unwrap()),
        )
        .unwrap();
    }
    let (on, tracks) = run(folder.path(), &scene, &settings(true), &["--no-embedder"]);
    let (_, expected) = run(folder.path(), &scene, &settings(false), &["--no-embedder"]);
    assert_eq!(on["frames"]["read"], 450);
    assert_eq!(on["frames"]["rested"], 0);
    assert_eq!(tracks, expected);
}

#[test]
fn what_has_never_moved_lets_them_rest_and_is_followed_on() {
    let folder = tempfile::tempdir().unwrap();
    let scene = still(folder.path(), 450);
    let (on, tracks) = run(folder.path(), &scene, &settings(true), &["--no-embedder"]);
    let (_, expected) = run(folder.path(), &scene, &settings(false), &["--no-embedder"]);
    assert!(!expected.is_empty(), "nobody to be followed");
    assert_eq!(tracks, expected);
    let frames = &on["frames"];
    assert!((320..385).contains(&frames["rested"].as_u64().unwrap()), "{frames}");
}

#[test]
fn near_a_line_only_those_near_it_are_tracked_and_the_same_again() {
    let folder = tempfile::tempdir().unwrap();
    let line = ["--max-frames", "150", "--no-embedder", "--line", "left:140,470,140,250"];
    let near = "[detector]\nwindows = [[0, 150, 320, 420]]\n";
    let (_, tracks) = run(folder.path(), &clip(), near, &line);
    let lefts: Vec<f64> = tracks.lines().map(|row| row.split(',').nth(2).unwrap().parse().unwrap()).collect();
    assert!(!lefts.is_empty() && lefts.iter().all(|&left| left < 320.0), "{lefts:?}");
    for threads in ["[pipeline]\nthreads = 1\n", "[pipeline]\nthreads = 3\n"] {
        let wished = "[detector]\nwindows = \"near\"\n";
        let (_, tracks) = run(folder.path(), &clip(), &format!("{wished}{threads}"), &line);
        let (_, again) = run(folder.path(), &clip(), &format!("{wished}[pipeline]\nthreads = 2\n"), &line);
        assert_eq!(tracks, again, "{threads}");
    }
}
