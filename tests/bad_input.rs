//! Whatever is wrong: a clear error that says what, where and what to do, and nothing half-written.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;
use std::process::Stdio;

use common::{Ended, clip, footfall, names, run};

fn path(folder: &tempfile::TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

#[test]
fn sources_that_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let tracks = path(&folder, "tracks.txt");
    let text = path(&folder, "text.mp4");
    fs::write(&text, "this is no video\n").unwrap();
    let empty = path(&folder, "empty.avi");
    fs::write(&empty, "").unwrap();
    let pictures = path(&folder, "pictures");
    fs::create_dir(&pictures).unwrap();
    let missing = path(&folder, "missing.mp4");
    for (source, words) in [
        (&missing, &["missing.mp4"][..]),
        (&text, &["text.mp4"]),
        (&empty, &["empty.avi"]),
        (&pictures, &["pictures"]),
        (&"rtsp://user:secret@127.0.0.1:9/stream".to_owned(), &["127.0.0.1:9"]),
        (&"97".to_owned(), &["97"]),
    ] {
        let ended = run(source, ["--tracks", &tracks]).failure(1, words);
        assert!(ended.stderr.contains("error:"), "{}", ended.stderr);
        assert!(!ended.stderr.contains("secret"), "{}", ended.stderr);
    }
    assert_eq!(names(folder.path()), ["empty.avi", "pictures", "text.mp4"], "no output was begun");
}

#[test]
fn a_truncated_video_is_processed_as_far_as_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(clip()).unwrap();
    let half = path(&folder, "half.avi");
    fs::write(&half, &whole[..whole.len() / 8]).unwrap();
    let (tracks, video, told) = (path(&folder, "t.txt"), path(&folder, "v.mp4"), path(&folder, "s.json"));
    let arguments = ["--no-embedder", "--tracks", &tracks, "--output", &video, "--summary", &told];
    run(&half, arguments).failure(1, &["half.avi", "795"]);
    let processed = common::summary(Path::new(&told))["frames"]["processed"].as_u64().unwrap();
    assert!((50..200).contains(&processed), "{processed} frames of an eighth of the file");
    let again = path(&folder, "again.json");
    run(&video, ["--no-embedder", "--summary", &again]).success();
    assert_eq!(common::summary(Path::new(&again))["frames"]["processed"], processed, "the video is playable");
}

/// Pictures of these sizes, as a folder.
fn pictures(folder: &tempfile::TempDir, name: &str, sizes: &[(i32, i32)]) -> String {
    let pictures = folder.path().join(name);
    fs::create_dir(&pictures).unwrap();
    for (number, &(width, height)) in sizes.iter().enumerate() {
        let grey = opencv::core::Scalar::all(90.0);
        let picture =
            opencv::core::Mat::new_rows_cols_with_default(height, width, opencv::core::CV_8UC3, grey)
                .unwrap();
        let path = pictures.join(format!("{number:04}.png"));
        opencv::imgcodecs::imwrite_def(path.to_str().unwrap(), &picture).unwrap();
    }
    pictures.to_str().unwrap().to_owned()
}

#[test]
fn a_frame_size_that_changes_is_named_and_what_was_before_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mixed = pictures(&folder, "mixed", &[(320, 240), (320, 240), (320, 240), (240, 320), (320, 240)]);
    let (video, told) = (path(&folder, "v.mp4"), path(&folder, "s.json"));
    let arguments = ["--no-embedder", "--output", &video, "--summary", &told];
    run(&mixed, arguments).failure(1, &["0003.png", "320x240", "240x320"]);
    assert_eq!(common::summary(Path::new(&told))["frames"]["processed"], 3);
    run(&video, ["--no-embedder"]).success();
}

#[test]
fn frames_too_small_to_see_anyone_in_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let dots = pictures(&folder, "dots", &[(1, 1), (1, 1)]);
    run(&dots, ["--no-embedder", "--output", &path(&folder, "v.mp4")]).failure(1, &["dots", "1x1"]);
    let hollow = path(&folder, "hollow");
    fs::create_dir(&hollow).unwrap();
    fs::write(Path::new(&hollow).join("1.png"), "").unwrap();
    run(&hollow, ["--no-embedder"]).failure(1, &["1.png"]);
    assert_eq!(names(folder.path()), ["dots", "hollow"]);
}

/// A limit on the size of a file stands for a full disk: writes fail in the same place.
#[test]
fn a_disk_that_fills_up_leaves_no_half_written_file() {
    let folder = tempfile::tempdir().unwrap();
    for (option, name) in [("--output", "v.mp4"), ("--output", "v.avi"), ("--detections", "d.jsonl")] {
        let file = path(&folder, name);
        let script = "trap '' XFSZ; ulimit -f 64; exec \"$@\"";
        let mut command = std::process::Command::new("bash");
        command.args(["-c", script, "bash", env!("CARGO_BIN_EXE_footfall"), "run"]).arg(clip());
        command.args(["--no-embedder", "--max-frames", "300", option, &file]);
        Ended::from(command.output().unwrap()).failure(1, &[name]);
    }
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn a_name_that_is_not_utf_8_is_as_good_as_any() {
    let folder = tempfile::tempdir().unwrap();
    let name = std::ffi::OsString::from_vec(b"clip-\xff\xfe.avi".to_vec());
    let source = folder.path().join(name);
    std::os::unix::fs::symlink(clip(), &source).unwrap();
    run(&source, ["--no-embedder", "--max-frames", "5"]).success();
}

#[test]
fn models_that_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let garbage = path(&folder, "garbage.onnx");
    fs::write(&garbage, "garbage").unwrap();
    let missing = path(&folder, "missing.onnx");
    let embedder = concat!(env!("CARGO_MANIFEST_DIR"), "/models/reid-mobilenet-128.onnx");
    let detector = common::cached("models/nanodet-g-int8.onnx");
    let check = |option: &str, file: &str, words: &[&str]| {
        run(clip(), [option, file, "--max-frames", "2"]).failure(1, words);
    };
    check("--detector", &garbage, &["garbage.onnx"]);
    check("--detector", &missing, &["missing.onnx"]);
    check("--embedder", &garbage, &["garbage.onnx"]);
    check("--detector", embedder, &["reid-mobilenet-128.onnx", "detect people"]);
    check("--embedder", detector.to_str().unwrap(), &["nanodet-g-int8.onnx", "embed"]);
}

#[test]
fn a_missing_runtime_or_cache_says_how_to_get_it() {
    let with = |name: &str, value: &str| {
        let output = footfall().env(name, value).arg("run").arg(clip()).output().unwrap();
        Ended::from(output)
    };
    with("FOOTFALL_ONNXRUNTIME", "/nowhere/libonnxruntime.so").failure(1, &["/nowhere/libonnxruntime.so"]);
    with("FOOTFALL_ONNXRUNTIME", "/etc/passwd").failure(1, &["/etc/passwd"]);
    with("FOOTFALL_CACHE", "/nowhere").failure(1, &["/nowhere", "scripts/setup"]);
}

#[test]
fn a_gpu_that_cannot_be_had_is_an_error() {
    run(clip(), ["--device", "cuda", "--max-frames", "2"]).failure(1, &["cuda", "scripts/setup-gpu"]);
    run(clip(), ["--device", "gpu"]).failure(2, &["gpu"]);
}

#[test]
fn wrong_usage_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let config = path(&folder, "c.toml");
    let with = |text: &str, words: &[&str]| {
        fs::write(&config, text).unwrap();
        run(clip(), ["--config", &config]).failure(2, words);
    };
    with("[tracker]\nmax_aeg = 2.0\n", &["c.toml", "max_aeg", "line 2"]);
    with("[tracker\n", &["c.toml", "line 1"]);
    with("[tracker]\nn_init = 0\n", &["n_init"]);
    with("[counter]\ndead_band = -1.0\n", &["dead_band"]);
    with("[[line]]\nname='a'\nfrom=[1,2]\nto=[1,2]\n", &["same point"]);
    let twice = "[[line]]\nname='a'\nfrom=[1,2]\nto=[3,4]\n".repeat(2);
    with(&twice, &["two lines", "\"a\""]);
    run(clip(), ["--config", "/nowhere/c.toml"]).failure(2, &["/nowhere/c.toml"]);
    run(clip(), ["--line", "door:5,5,5,5"]).failure(2, &["same point"]);
    run(clip(), ["--line", "door"]).failure(2, &["NAME:x1,y1,x2,y2"]);
    run(clip(), ["--max-frames", "0"]).failure(2, &["--max-frames"]);
    run(clip(), ["--nonsense"]).failure(2, &["--nonsense"]);
}

#[test]
fn outputs_that_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let short = ["--no-embedder", "--max-frames", "20"];
    let check = |arguments: &[&str], code: i32, words: &[&str]| {
        run(clip(), short.iter().chain(arguments)).failure(code, words);
    };
    let nowhere = path(&folder, "none/t.txt");
    check(&["--tracks", &nowhere], 1, &["none"]);
    check(&["--output", &path(&folder, "none/v.mp4")], 1, &["none"]);
    check(&["--output", &path(&folder, "video.xyz")], 1, &["xyz", ".mp4"]);
    check(&["--tracks", folder.path().to_str().unwrap()], 1, &["folder"]);
    check(&["--tracks", "/dev/full"], 1, &["/dev/full", "No space"]);
    let same = path(&folder, "same");
    check(&["--tracks", &same, "--crossings", &same], 2, &["same"]);
    assert_eq!(names(folder.path()), [""; 0], "nothing was left behind");
}

#[test]
fn the_source_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let copy = path(&folder, "clip.avi");
    fs::copy(clip(), &copy).unwrap();
    run(&copy, ["--output", &copy]).failure(2, &["would destroy what SOURCES names"]);
    assert_eq!(fs::metadata(&copy).unwrap().len(), fs::metadata(clip()).unwrap().len());
}

#[test]
fn a_reader_that_closes_its_pipe_ends_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let video = path(&folder, "v.mp4");
    let arguments = ["--no-embedder", "--tracks", "-", "--output", &video];
    let mut child = footfall()
        .arg("run")
        .arg(clip())
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The first track is taken, and then nothing more.
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(!first.is_empty());
    let ended = Ended::from(child.wait_with_output().unwrap());
    ended.failure(1, &["writing"]);
    let told = path(&folder, "s.json");
    run(&video, ["--no-embedder", "--summary", &told]).success();
    assert!(
        common::summary(Path::new(&told))["frames"]["processed"].as_u64() > Some(0),
        "a playable video is left"
    );
}
