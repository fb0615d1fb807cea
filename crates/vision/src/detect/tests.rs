use std::error::Error as _;
use std::num::NonZeroUsize;

use footfall_track::Bbox;

use super::{DetectorConfig, OnnxDetector};
use crate::testing::{asset, cached, painted, picture, reid, runtime};
use crate::{Device, Error, Runtime, RuntimeConfig, Statement};

fn detector(config: &DetectorConfig) -> OnnxDetector {
    OnnxDetector::open(&runtime(), &cached("nanodet-g-int8.onnx"), config).unwrap()
}

/// The class that is people, for a network whose classes have no names.
fn of_class(class: &str) -> Vec<Statement> {
    vec![Statement::of_class(class)]
}

fn refusal(path: &std::path::Path) -> Error {
    OnnxDetector::open(&runtime(), path, &DetectorConfig::default())
        .err()
        .expect("it was taken for a detector")
}

#[test]
fn the_fetched_models_are_nanodets_on_the_cpu() {
    for name in ["nanodet-g.onnx", "nanodet-g-int8.onnx"] {
        let detector = OnnxDetector::open(&runtime(), &cached(name), &DetectorConfig::default()).unwrap();
        assert_eq!(detector.family(), "nanodet");
        assert_eq!(detector.device(), Device::Cpu);
        let [share] = detector.providers().shares.as_slice() else { panic!("{:?}", detector.providers()) };
        assert_eq!(share.provider, "CPUExecutionProvider");
        assert_eq!(detector.input_size(768, 576).to_string(), "320x416");
    }
}

#[test]
fn pictures_of_any_size_are_taken_and_the_same_gives_the_same() {
    let config = DetectorConfig { confidence: 0.01, ..DetectorConfig::default() };
    let (mut one, mut other) = (detector(&config), detector(&config));
    let sizes = [(768, 576), (1, 1), (1, 700), (700, 1), (33, 1200), (416, 320)];
    let first: Vec<_> = sizes.iter().map(|&(w, h)| one.find(&picture(w, h)).unwrap()).collect();
    assert!(!first[0].is_empty(), "nothing to compare");
    // The other way round, so that buffers are left over from other pictures.
    for (&(width, height), expected) in sizes.iter().zip(&first).rev() {
        assert_eq!(&other.find(&picture(width, height)).unwrap(), expected, "{width}x{height}");
    }
}

#[test]
fn detectors_on_threads_of_their_own_agree() {
    let config = DetectorConfig { confidence: 0.01, ..DetectorConfig::default() };
    let found = std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..3).map(|_| scope.spawn(|| detector(&config).find(&picture(320, 240)).unwrap())).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(!found[0].is_empty(), "nothing to compare");
    assert!(found.iter().all(|other| other == &found[0]));
}

/// A blue square of `side` pixels at (2, 1) sides, in a picture half as high as the input is.
fn square(side: usize) -> footfall_pipeline::Image {
    let inside = |at: usize, from: usize| (from * side..(from + 1) * side).contains(&at);
    painted(8 * side, 4 * side, |x, y| [if inside(x, 2) && inside(y, 1) { 255 } else { 0 }, 9, 9])
}

#[test]
fn yolox_sees_the_blue_square_and_nothing_in_the_padding() {
    let config = DetectorConfig { confidence: 0.2, options: of_class("0"), ..DetectorConfig::default() };
    let mut detector = OnnxDetector::open(&runtime(), &asset("yolox-tiny.onnx"), &config).unwrap();
    assert_eq!(detector.family(), "yolox");
    // At the input's own size, shrunk and enlarged.
    for side in [8, 16, 4] {
        let found = detector.find(&square(side)).unwrap();
        let size = side as f64;
        let fine = found.iter().find(|d| d.bbox == Bbox::new(2.0 * size, size, size, size)).unwrap();
        assert!(fine.confidence > if side == 4 { 0.6 } else { 0.999 }, "{found:?}");
        let coarse =
            found.iter().find(|d| d.bbox == Bbox::new(2.0 * size, 0.0, 2.0 * size, 2.0 * size)).unwrap();
        assert!((coarse.confidence - 0.25).abs() < 0.05, "{found:?}");
        assert!(found.iter().all(|d| d.bbox.bottom() <= 4.0 * size), "{found:?}");
    }
}

#[test]
fn no_more_than_the_limit_and_the_best_of_them() {
    let open = |max_detections| {
        let config = DetectorConfig { confidence: 0.01, max_detections, ..DetectorConfig::default() };
        detector(&config).find(&picture(320, 240)).unwrap()
    };
    let (all, few) = (open(300), open(2));
    assert!(all.len() > 2);
    assert_eq!(few, all[..2]);
}

#[test]
fn an_embedder_is_no_detector() {
    let error = refusal(&reid());
    assert!(error.to_string().contains("reid-mobilenet-128.onnx"), "{error}");
    assert!(error.source().unwrap().to_string().contains("embed crops of people"), "{error:?}");
}

#[test]
fn what_is_no_model_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.onnx");
    std::fs::write(&text, "not a model").unwrap();
    let empty = folder.path().join("empty.onnx");
    std::fs::write(&empty, "").unwrap();
    let cut = folder.path().join("cut.onnx");
    let whole = std::fs::read(reid()).unwrap();
    std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    for path in [&text, &empty, &cut] {
        let error = refusal(path);
        assert!(matches!(error, Error::Load { .. }), "{error:?}");
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    }
    for path in [folder.path(), &folder.path().join("missing.onnx")] {
        let error = refusal(path);
        assert!(matches!(error, Error::ModelFile { .. }), "{error:?}");
        assert!(error.to_string().contains("scripts/setup"), "{error}");
    }
}

#[test]
fn an_input_size_that_the_network_does_not_take_is_refused() {
    let config = DetectorConfig { input_size: Some("320x400".parse().unwrap()), ..DetectorConfig::default() };
    let result = OnnxDetector::open(&runtime(), &cached("nanodet-g-int8.onnx"), &config);
    assert!(matches!(result, Err(Error::InputSize { .. })));
}

#[test]
fn values_that_mean_nothing_are_refused() {
    for (confidence, nms_iou, key) in
        [(f32::NAN, 0.6, "confidence"), (1.5, 0.6, "confidence"), (0.3, -0.1, "nms_iou")]
    {
        let config = DetectorConfig { confidence, nms_iou, ..DetectorConfig::default() };
        let error = OnnxDetector::open(&runtime(), &asset("yolox-tiny.onnx"), &config).err().expect("taken");
        assert!(error.to_string().starts_with(key), "{error}");
    }
}

#[test]
fn threads_within_a_session_change_nothing() {
    let config = DetectorConfig { confidence: 0.01, ..DetectorConfig::default() };
    let with = |threads| {
        let of_threads =
            RuntimeConfig { threads: NonZeroUsize::new(threads).unwrap(), ..RuntimeConfig::default() };
        let runtime = Runtime::load(&of_threads).unwrap();
        let mut detector = OnnxDetector::open(&runtime, &cached("nanodet-g.onnx"), &config).unwrap();
        detector.find(&picture(320, 240)).unwrap()
    };
    let one = with(1);
    assert!(!one.is_empty(), "nothing to compare");
    assert_eq!(with(3), one);
}

#[test]
#[cfg(unix)]
fn a_path_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(std::ffi::OsStr::from_bytes(b"d\xe9tecteur.onnx"));
    std::fs::copy(asset("yolox-tiny.onnx"), &path).unwrap();
    let config = DetectorConfig { options: of_class("0"), ..DetectorConfig::default() };
    OnnxDetector::open(&runtime(), &path, &config).unwrap();
}

#[test]
fn the_configuration_knows_its_keys() {
    let config: DetectorConfig = toml::from_str("confidence = 0.5\ninput_size = \"416x416\"").unwrap();
    assert_eq!(config.input_size, Some("416x416".parse().unwrap()));
    assert_eq!(config.nms_iou, DetectorConfig::default().nms_iou);
    assert!(toml::from_str::<DetectorConfig>("confidance = 0.5").is_err());
}
