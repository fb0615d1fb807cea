//! `footfall model`, own networks in `footfall run`, and `footfall reid calibrate`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::io::BufRead as _;
use std::path::{Path, PathBuf};

use common::{Ended, cached, clip, footfall, run};
use opencv::core::{CV_8UC3, Mat, Rect, Scalar};
use opencv::imgcodecs::{IMREAD_COLOR, imread, imwrite_def};
use opencv::imgproc::{FILLED, LINE_8, rectangle};
use opencv::prelude::MatTraitConst as _;
use serde_json::Value;

/// A network that `scripts/networks/make` made.
fn network(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/vision/tests/networks").join(name)
}

fn asset(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/vision/assets").join(name)
}

fn model(arguments: &[&str]) -> Ended {
    footfall().arg("model").args(arguments).output().unwrap().into()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// How often `part` is in `whole`.
fn occurrences(mut whole: &[u8], part: &[u8]) -> usize {
    let mut found = 0;
    while whole.skip_until(part[0]).unwrap() > 0 {
        found += usize::from(whole.starts_with(&part[1..]));
    }
    found
}

/// They are the largest part of a package.
#[test]
fn the_program_carries_each_embedder_once() {
    let program = fs::read(env!("CARGO_BIN_EXE_footfall")).unwrap();
    for name in ["reid-mobilenet-128.onnx", "reid-clean-128.onnx"] {
        let network = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(name)).unwrap();
        let middle = &network[network.len() / 2..][..256];
        assert_eq!(occurrences(&program, middle), 1, "{name}");
    }
}

/// A grey picture of this size with rectangles of a colour (BGR).
fn draw(path: &Path, size: [i32; 2], shapes: &[(Rect, [f64; 3])]) {
    let mut picture = Mat::new_rows_cols_with_default(size[1], size[0], CV_8UC3, Scalar::all(100.0)).unwrap();
    for &(place, [b, g, r]) in shapes {
        rectangle(&mut picture, place, Scalar::new(b, g, r, 0.0), FILLED, LINE_8, 0).unwrap();
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    imwrite_def(text(path), &picture).unwrap();
}

#[test]
fn a_detector_is_told_of_and_shows_whom_it_sees() {
    let folder = tempfile::tempdir().unwrap();
    let (picture, seen) = (folder.path().join("shop.png"), folder.path().join("seen.jpg"));
    draw(&picture, [192, 192], &[]);
    let yolo = network("yolov8.onnx");
    let ended = model(&[text(&yolo), "--picture", text(&picture), "--output", text(&seen)]).success();
    for words in
        ["a detector of people", "yolov8", "output0", "5 classes", "divided by 255", "score", "by its name"]
    {
        assert!(ended.stdout.contains(words), "expected {words:?} in:\n{}", ended.stdout);
    }
    assert!(!ended.stdout.contains("Guessed"), "{}", ended.stdout);
    let drawn = imread(text(&seen), IMREAD_COLOR).unwrap();
    assert_eq!((drawn.cols(), drawn.rows()), (192, 192));

    let told = model(&[text(&yolo), "--picture", text(&picture), "--json", "-"]).success();
    let told: Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(told["task"], "detect");
    let people = told["seen"]["people"].as_array().unwrap();
    let golden: Value = serde_json::from_slice(&fs::read(network("yolov8.json")).unwrap()).unwrap();
    let best = &golden["people"][0];
    // The picture is twice as large as the input.
    for (index, ours) in people[0]["bbox"].as_array().unwrap().iter().take(2).enumerate() {
        assert!((ours.as_f64().unwrap() - 2.0 * best[index].as_f64().unwrap()).abs() < 0.01, "{told}");
    }
}

#[test]
fn what_is_guessed_is_said_and_written_out_to_be_corrected() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("own.onnx");
    fs::copy(network("detr.onnx"), &copy).unwrap();
    let ended = model(&[text(&copy), "--write"]).success();
    assert!(
        ended.stdout.contains("Guessed") && ended.stdout.contains("letterbox = \"stretch\""),
        "{}",
        ended.stdout
    );
    let beside = folder.path().join("own.onnx.toml");
    let written = fs::read_to_string(&beside).unwrap();
    assert!(written.contains("GUESS"), "{written}");
    // It says what was so anyway, so nothing changes but that it is no guess any more.
    let again = model(&[text(&copy)]).success();
    assert!(
        !again.stdout.contains("Guessed") && again.stdout.contains("by own.onnx.toml"),
        "{}",
        again.stdout
    );
    model(&[text(&copy), "--write"]).failure(2, &["own.onnx.toml", "already"]);
    fs::write(&beside, written.replace("\"rgb\"", "\"green\"")).unwrap();
    model(&[text(&copy)]).failure(1, &["own.onnx.toml says colour", "green", "bgr or rgb"]);
}

#[test]
fn what_cannot_be_known_is_asked_for() {
    let asked = network("wrong/no-classes.onnx");
    let ended = model(&[text(&asked)]).failure(1, &["class", "write class = 0", "no-classes.onnx"]);
    drop(ended);
    model(&[text(&asked), "--class", "3"]).success();
    model(&[text(&asked), "--option", "klass=3"]).failure(2, &["KEY=VALUE", "class"]);
    for (name, words) in [("free-size", "640x640"), ("words", "input_ids"), ("undecoded", "decoded")] {
        let path = network(&format!("wrong/{name}.onnx"));
        model(&[text(&path)]).failure(1, &[words]);
    }
    let classifier = network("wrong/classifier.onnx");
    model(&[text(&classifier)]).failure(1, &["as a detector", "as an embedder", "dimension = 1000"]);
    let text_file = tempfile::NamedTempFile::with_suffix(".onnx").unwrap();
    fs::write(text_file.path(), "no network").unwrap();
    model(&[text(text_file.path())]).failure(1, &["no ONNX model"]);
}

#[test]
fn an_embedder_is_told_of_and_so_are_the_usual_networks() {
    let tall = network("wrong/embedder.onnx");
    let ended = model(&[text(&tall)]).success();
    for words in ["an embedder of people", "256x128", "512", "not measured"] {
        assert!(ended.stdout.contains(words), "expected {words:?} in:\n{}", ended.stdout);
    }
    let usual = cached("models/nanodet-g-int8.onnx");
    let told = model(&[text(&usual), "--json", "-"]).success();
    let told: Value = serde_json::from_str(&told.stdout).unwrap();
    assert!(told["facts"].as_array().unwrap().iter().all(|fact| fact["guess"] == false), "{told}");
}

#[test]
fn a_run_takes_a_detector_of_any_family_and_says_what_was_guessed() {
    let few = ["--no-embedder", "--max-frames", "3", "--line", common::DOOR];
    let detr = network("detr.onnx");
    let ended = run(clip(), few.iter().copied().chain(["--detector", text(&detr)])).success();
    let warned = ended.stderr.matches("partly a guess").count();
    assert_eq!(warned, 1, "once, however many copies run:\n{}", ended.stderr);
    assert!(
        ended.stdout.contains("detr.onnx (detr") || ended.stderr.contains("detr.onnx (detr"),
        "{}",
        ended.stdout
    );
    let said = ["--detector-option", "colour=rgb", "--detector-option", "mean=0,0,0"];
    let rest =
        ["--detector-option", "std=255,255,255", "--detector-option", "letterbox=stretch", "--class", "0"];
    let all = few.iter().copied().chain(["--detector", text(&detr)]).chain(said).chain(rest);
    let ended = run(clip(), all).success();
    assert!(!ended.stderr.contains("partly a guess"), "{}", ended.stderr);
}

/// Six pictures of each of 12 people, who differ in colour alone; every other one before another camera.
fn crops(folder: &Path) -> PathBuf {
    let set = folder.join("people");
    for (who, take) in (0..12).flat_map(|who| (0..6).map(move |take| (who, take))) {
        let value = |step: i32| f64::from(60 + (who * step + 5 * take) % 190);
        let name = format!("{who:04}_c{}s1_{take:06}_00.png", 1 + take % 2);
        let body = Rect::new(2, 10, 60, 110);
        draw(
            &set.join(format!("{:04}", who + 1)).join(name),
            [64, 128],
            &[(body, [value(37), value(71), value(113)])],
        );
    }
    set
}

#[test]
fn distances_are_measured_and_read_from_beside_the_embedder() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own.onnx");
    fs::copy(asset("embedder-plain.onnx"), &own).unwrap();
    let beside = folder.path().join("own.onnx.toml");
    fs::write(&beside, "# found out by trying\ncolour = \"rgb\"\n").unwrap();
    let set = crops(folder.path());
    let calibrate = |more: &[&str]| -> Ended {
        let mut command = footfall();
        command.args(["reid", "calibrate", text(&set), "--embedder", text(&own)]).args(more);
        command.output().unwrap().into()
    };
    let shown = calibrate(&["--dry-run"]).success();
    assert!(
        shown.stdout.contains("max_cosine_distance = ") && shown.stdout.contains("not written to"),
        "{}",
        shown.stdout
    );
    assert!(!fs::read_to_string(&beside).unwrap().contains("distance"));

    calibrate(&[]).success();
    let written = fs::read_to_string(&beside).unwrap();
    assert!(
        written.starts_with("# found out by trying\ncolour = \"rgb\"\n"),
        "what was there stays: {written}"
    );
    let table: toml::Table = written.parse().unwrap();
    let measured = table["max_cosine_distance"].as_float().unwrap();
    for key in ["same_person", "join_distance", "visitor_distance", "staff_distance"] {
        assert!(table.contains_key(key), "{written}");
    }
    let told: Value = serde_json::from_str(&model(&[text(&own), "--json", "-"]).success().stdout).unwrap();
    let facts = told["facts"].as_array().unwrap();
    let fact = facts.iter().find(|fact| fact["key"] == "max_cosine_distance").unwrap();
    assert_eq!(fact["value"], measured.to_string());
    assert_eq!(fact["why"], "by own.onnx.toml");

    // The judge finds what was asked of it: a thousandth of different people within a camera are nearer.
    let judged: Ended = footfall()
        .args(["reid", "eval", text(&set), "--embedder", text(&own), "--json", "-"])
        .output()
        .unwrap()
        .into();
    let judged: Value = serde_json::from_str(&judged.success().stdout).unwrap();
    let asked = &judged["within"]["asked"];
    assert!(asked["false_accepts"].as_f64().unwrap() <= 0.001, "{asked}");
}

#[test]
fn the_networks_of_the_program_need_no_calibration() {
    let folder = tempfile::tempdir().unwrap();
    let set = crops(folder.path());
    for more in [&[][..], &["--embedder", "clean"]] {
        let ended: Ended =
            footfall().args(["reid", "calibrate", text(&set)]).args(more).output().unwrap().into();
        ended.failure(2, &["--embedder FILE"]);
    }
}
