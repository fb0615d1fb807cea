//! Answers of detectors of each family are read as a package of that family reads them, and what is no detector is
//! refused with a reason. `scripts/networks/make` made the files.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests and their helpers panic to fail")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use footfall_pipeline::Image;
use footfall_vision::{
    DetectorConfig, EmbedderConfig, OnnxDetector, OnnxEmbedder, Runtime, RuntimeConfig, Statement,
};
use serde::Deserialize;

/// What a package makes of an answer.
#[derive(Deserialize)]
struct Golden {
    family: String,
    /// Of the square input, in pixels.
    side: usize,
    floor: f32,
    nms_iou: f64,
    options: Vec<Statement>,
    /// Left, top, right, bottom in input pixels, and the score; the surest first.
    people: Vec<[f64; 5]>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/networks")
}

fn runtime() -> Runtime {
    Runtime::load(&RuntimeConfig::default()).expect("these tests need ONNX Runtime: run scripts/setup")
}

/// The files of a folder that end so, by name.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|found| found == ending)).collect();
    found.sort();
    found
}

fn even(width: usize, height: usize) -> Image {
    Image::new(width, height, Arc::new(vec![100_u8; width * height * 3])).unwrap()
}

fn golden(path: &Path) -> Golden {
    serde_json::from_slice(&fs::read(path.with_extension("json")).unwrap()).unwrap()
}

fn config(golden: &Golden) -> DetectorConfig {
    let Golden { floor, nms_iou, options, .. } = golden;
    DetectorConfig {
        confidence: *floor,
        nms_iou: *nms_iou,
        options: options.clone(),
        ..DetectorConfig::default()
    }
}

#[test]
fn each_family_is_read_as_its_own_package_reads_it() {
    let (runtime, paths) = (runtime(), files(&folder(), "onnx"));
    assert!(paths.len() >= 18, "{paths:?}");
    for path in paths {
        let golden = golden(&path);
        let mut detector = OnnxDetector::open(&runtime, &path, &config(&golden))
            .unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
        assert_eq!(detector.family(), golden.family, "{}", path.display());
        // A picture of the input's own size: its pixels are the input's.
        let found = detector.find(&even(golden.side, golden.side)).unwrap();
        assert_eq!(found.len(), golden.people.len(), "{}", path.display());
        for (detection, person) in found.iter().zip(&golden.people) {
            let bbox = &detection.bbox;
            let ours = [bbox.x, bbox.y, bbox.right(), bbox.bottom(), f64::from(detection.confidence)];
            for (ours, theirs) in ours.iter().zip(person) {
                let far = (ours - theirs).abs();
                assert!(far < 2e-3, "{}: {detection:?} is not {person:?}", path.display());
            }
        }
    }
}

/// Where the picture lies in the input depends on the family; boxes come back to the picture all the same.
#[test]
fn boxes_come_back_to_a_picture_of_another_shape() {
    let runtime = runtime();
    for (name, placement) in [("yolov8", "centre"), ("yolox", "top-left"), ("detr", "stretch")] {
        let path = folder().join(format!("{name}.onnx"));
        let golden = golden(&path);
        let mut detector = OnnxDetector::open(&runtime, &path, &config(&golden)).unwrap();
        let letterbox = detector.reading().facts.iter().find(|fact| fact.key() == "letterbox").unwrap();
        assert_eq!(letterbox.value(), placement, "{name}");
        let (width, height) = (4 * golden.side, 2 * golden.side);
        let found = detector.find(&even(width, height)).unwrap();
        // In a square input a picture that is twice as wide as high leaves half of it free.
        let (scale_y, top) = match placement {
            "centre" => (4.0, golden.side as f64 / 4.0),
            "top-left" => (4.0, 0.0),
            _ => (2.0, 0.0),
        };
        let [left, upper, right, lower, _] = golden.people[0];
        let expected = [4.0 * left, (upper - top) * scale_y, 4.0 * right, (lower - top) * scale_y];
        let is_it = |bbox: &footfall_track::Bbox| {
            let ours = [bbox.x, bbox.y, bbox.right(), bbox.bottom()];
            ours.iter().zip(expected).all(|(ours, theirs)| (ours - theirs).abs() < 1e-2)
        };
        let is_inside = expected[3] > 0.0 && expected[1] < height as f64;
        assert_eq!(found.iter().any(|detection| is_it(&detection.bbox)), is_inside, "{name}: {expected:?}");
    }
}

#[test]
fn what_is_said_overrules_what_is_guessed() {
    let runtime = runtime();
    let path = folder().join("detr.onnx");
    let said = |options: &[&str]| {
        let options = options.iter().map(|text| text.parse().unwrap()).collect();
        let config = DetectorConfig { options, ..DetectorConfig::default() };
        OnnxDetector::open(&runtime, &path, &config).unwrap().reading().clone()
    };
    assert!(said(&[]).guesses().unwrap().contains("letterbox"));
    let told = said(&["colour=bgr", "mean=1,2,3", "std=4,5,6", "letterbox=centre", "pad=7", "class=2"]);
    assert_eq!(told.guesses(), None);
    for (key, value) in
        [("colour", "bgr"), ("mean", "1, 2, 3"), ("letterbox", "centre"), ("pad", "7"), ("class", "2")]
    {
        let fact = told.facts.iter().find(|fact| fact.key() == key).unwrap();
        assert_eq!((fact.value(), fact.why()), (value, "by option".to_owned()), "{key}");
    }
    // The same in a file beside the network.
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("own.onnx");
    fs::copy(&path, &copy).unwrap();
    fs::write(footfall_vision::beside(&copy), "colour = \"bgr\"\nclass = 2\n").unwrap();
    let reading = OnnxDetector::open(&runtime, &copy, &DetectorConfig::default()).unwrap().reading().clone();
    let fact = reading.facts.iter().find(|fact| fact.key() == "class").unwrap();
    assert_eq!((fact.value(), fact.why()), ("2", "by own.onnx.toml".to_owned()));
    fs::write(footfall_vision::beside(&copy), "color = \"bgr\"\n").unwrap();
    let error =
        OnnxDetector::open(&runtime, &copy, &DetectorConfig::default()).err().expect("a typing error");
    assert!(error.to_string().contains("own.onnx.toml") && error.to_string().contains("colour"), "{error}");
}

/// All that an error says.
fn told(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |&cause| cause.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[test]
fn wrong_files_are_refused_with_a_reason() {
    let (runtime, wrong) = (runtime(), folder().join("wrong"));
    let reasons: BTreeMap<String, Vec<String>> =
        serde_json::from_slice(&fs::read(wrong.join("reasons.json")).unwrap()).unwrap();
    assert_eq!(files(&wrong, "onnx").len(), reasons.len());
    for (name, words) in reasons {
        let path = wrong.join(format!("{name}.onnx"));
        let error = OnnxDetector::open(&runtime, &path, &DetectorConfig::default());
        let message = told(&error.err().unwrap_or_else(|| panic!("{name} was taken for a detector")));
        assert!(message.contains(&format!("{name}.onnx")), "{message}");
        for word in words {
            assert!(message.contains(&word), "{name}: expected {word:?} in: {message}");
        }
    }
}

#[test]
fn a_detector_is_no_embedder_and_neither_is_a_classifier() {
    let runtime = runtime();
    let refused = |path: &Path| {
        let opened = OnnxEmbedder::open(&runtime, path, &EmbedderConfig::default());
        told(&opened.err().unwrap_or_else(|| panic!("{} was taken for an embedder", path.display())))
    };
    for path in files(&folder(), "onnx") {
        let message = refused(&path);
        assert!(
            message.contains("float output [N, dimension]") || message.contains("dimension ="),
            "{message}"
        );
    }
    let message = refused(&folder().join("wrong/classifier.onnx"));
    assert!(message.contains("1000") && message.contains("dimension = 1000"), "{message}");
    let said =
        EmbedderConfig { options: vec!["dimension=1000".parse().unwrap()], ..EmbedderConfig::default() };
    let embedder = OnnxEmbedder::open(&runtime, &folder().join("wrong/classifier.onnx"), &said).unwrap();
    assert_eq!(embedder.dimension(), 1000);
    let tall = folder().join("wrong/embedder.onnx");
    let embedder = OnnxEmbedder::open(&runtime, &tall, &EmbedderConfig::default()).unwrap();
    assert_eq!((embedder.crop_size().to_string(), embedder.dimension()), ("256x128".to_owned(), 512));
}

#[test]
fn files_that_are_cut_off_or_flipped_are_refused_and_nothing_worse() {
    let runtime = runtime();
    let folder_of_test = tempfile::tempdir().unwrap();
    let whole = fs::read(folder().join("yolov8.onnx")).unwrap();
    let path = folder_of_test.path().join("damaged.onnx");
    for step in 0..40 {
        fs::write(&path, &whole[..whole.len() * step / 40]).unwrap();
        let error = OnnxDetector::open(&runtime, &path, &DetectorConfig::default());
        assert!(error.is_err(), "cut after {step} of 40 parts");
    }
    for step in 0..60 {
        let mut bytes = whole.clone();
        let at = (step * 7919) % bytes.len();
        bytes[at] ^= 1 << (step % 8);
        fs::write(&path, &bytes).unwrap();
        // A flipped bit in a number changes a number; anything else is refused. Neither may panic.
        if let Ok(mut detector) = OnnxDetector::open(&runtime, &path, &DetectorConfig::default()) {
            let _ = detector.find(&even(96, 96));
        }
    }
}
