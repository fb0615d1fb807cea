use std::error::Error as _;
use std::num::NonZeroUsize;

use footfall_track::Bbox;

use super::{EmbedderConfig, OnnxEmbedder};
use crate::testing::{asset, cached, painted, picture, reid, runtime};

fn embedder(max_batch: usize) -> OnnxEmbedder {
    OnnxEmbedder::open(
        &runtime(),
        &reid(),
        &EmbedderConfig { max_batch: NonZeroUsize::new(max_batch), ..EmbedderConfig::default() },
    )
    .unwrap()
}

/// People of all sizes, some partly and one entirely outside a picture of 320x240.
fn boxes() -> Vec<Bbox> {
    vec![
        Bbox::new(10.0, 10.0, 40.0, 100.0),
        Bbox::new(-20.0, -30.0, 60.0, 120.0),
        Bbox::new(400.0, 10.0, 40.0, 100.0),
        Bbox::new(300.5, 200.5, 80.0, 160.0),
        Bbox::new(100.0, 100.0, 1.0, 1.0),
        Bbox::new(0.0, 0.0, 320.0, 240.0),
        Bbox::new(150.3, 20.7, 33.3, 99.9),
    ]
}

#[test]
fn every_box_with_a_pixel_has_a_unit_vector() {
    let embeddings = embedder(32).map(&picture(320, 240), &boxes()).unwrap();
    assert_eq!(embeddings.len(), boxes().len());
    assert_eq!(embeddings.dimension(), 128);
    for index in 0..boxes().len() {
        let Some(row) = embeddings.get(index) else {
            assert_eq!(index, 2, "only the box outside has none");
            continue;
        };
        let norm: f32 = row.iter().map(|value| value * value).sum();
        assert!((norm - 1.0).abs() < 1e-5, "{norm}");
    }
}

#[test]
fn company_in_the_batch_changes_no_bit_of_an_embedding() {
    let picture = picture(320, 240);
    let together = embedder(32).map(&picture, &boxes()).unwrap();
    for max_batch in [1, 2, 5] {
        assert_eq!(embedder(max_batch).map(&picture, &boxes()).unwrap(), together, "batches of {max_batch}");
    }
}

#[test]
fn pictures_that_go_together_come_out_as_each_does_alone() {
    let pictures = [picture(320, 240), picture(200, 300), picture(64, 64)];
    let boxes = boxes();
    let asked = [(&pictures[0], &boxes[..]), (&pictures[1], &boxes[..3]), (&pictures[2], &[])];
    for max_batch in [1, 4, 32] {
        let mut embedder = embedder(max_batch);
        let alone: Vec<_> = asked.iter().map(|(image, boxes)| embedder.map(image, boxes).unwrap()).collect();
        assert_eq!(embedder.map_all(&asked).unwrap(), alone, "batches of {max_batch}");
    }
    assert!(embedder(4).map_all(&[]).unwrap().is_empty());
}

#[test]
fn a_crop_is_embedded_as_its_box_in_the_picture() {
    let whole = picture(320, 240);
    let boxes = [(10, 20, 40, 100), (200, 100, 64, 128), (0, 0, 31, 77)];
    let crops: Vec<_> = (boxes.iter())
        .map(|&(left, top, width, height)| {
            painted(width, height, |x, y| {
                let at = 3 * ((top + y) * 320 + left + x);
                [0, 1, 2].map(|channel| whole.bytes()[at + channel])
            })
        })
        .collect();
    let boxes = boxes.map(|(x, y, w, h)| Bbox::new(x as f64, y as f64, w as f64, h as f64));
    let mut embedder = embedder(2);
    assert_eq!(embedder.map_crops(&crops).unwrap(), embedder.map(&whole, &boxes).unwrap());
    assert!(embedder.map_crops(&[]).unwrap().is_empty());
}

#[test]
fn the_repositorys_embedder_says_what_it_needs() {
    let embedder = embedder(32);
    assert_eq!(embedder.crop_size().to_string(), "128x64");
    assert!(embedder.max_cosine_distance().is_some_and(|distance| distance > 0.0 && distance < 1.0));
    let [share] = embedder.providers().shares.as_slice() else { panic!("{:?}", embedder.providers()) };
    assert_eq!(share.provider, "CPUExecutionProvider");
    assert!(share.heavy > 20 && share.nodes > share.heavy, "{share:?}");
}

/// Embeds with a fixture whose embedding is the mean colour.
fn colours(fixture: &str, image: &footfall_pipeline::Image, boxes: &[Bbox]) -> footfall_track::Embeddings {
    OnnxEmbedder::open(&runtime(), &asset(fixture), &EmbedderConfig::default())
        .unwrap()
        .map(image, boxes)
        .unwrap()
}

#[test]
fn without_metadata_crops_are_rgb_by_imagenet() {
    let (blue, green, red) = (10.0, 90.0, 250.0);
    let image = painted(40, 30, |x, _| if x < 20 { [10, 90, 250] } else { [0, 0, 0] });
    let embeddings = colours("embedder-plain.onnx", &image, &[Bbox::new(2.0, 2.0, 15.0, 20.0)]);
    let expected = [(red - 123.675) / 58.395, (green - 116.28) / 57.12, (blue - 103.53) / 57.375_f64];
    let norm = expected.iter().map(|value| value * value).sum::<f64>().sqrt();
    for (ours, value) in embeddings.get(0).unwrap().iter().zip(expected) {
        assert!((f64::from(*ours) - value / norm).abs() < 1e-4, "{embeddings:?}");
    }
}

#[test]
fn a_network_for_pairs_embeds_any_number() {
    let image = picture(64, 64);
    let boxes: Vec<Bbox> = (0..5).map(|i| Bbox::new(f64::from(i) * 9.0, 3.0, 12.0, 30.0)).collect();
    for count in 0..=boxes.len() {
        let pairs = colours("embedder-pair.onnx", &image, &boxes[..count]);
        assert_eq!(pairs, colours("embedder-plain.onnx", &image, &boxes[..count]));
        assert!((0..count).all(|index| pairs.get(index).is_some()));
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// What the laboratory ships: weights of 16 bits, or weights and activations of 8.
#[test]
fn weights_of_fewer_bits_are_the_same_embedder() {
    let image = picture(64, 64);
    let boxes: Vec<Bbox> = (0..6).map(|i| Bbox::new(f64::from(i) * 9.0, 3.0, 12.0, 30.0)).collect();
    let exact = colours("embedder-plain.onnx", &image, &boxes);
    for (fixture, least) in [("embedder-half.onnx", 0.999_999), ("embedder-int8.onnx", 0.999)] {
        let embeddings = colours(fixture, &image, &boxes);
        for index in 0..boxes.len() {
            let similar = cosine(embeddings.get(index).unwrap(), exact.get(index).unwrap());
            assert!(similar > least, "{fixture}: {similar}");
        }
    }
}

#[test]
fn an_embedder_tells_how_its_distances_are_read() {
    let open = |fixture| OnnxEmbedder::open(&runtime(), &asset(fixture), &EmbedderConfig::default()).unwrap();
    let told = open("embedder-int8.onnx");
    assert_eq!((told.max_cosine_distance(), told.same_person()), (Some(0.25), Some([0.4, 0.05])));
    assert_eq!((told.crop_size().to_string().as_str(), told.dimension()), ("8x4", 3));
    let silent = open("embedder-half.onnx");
    assert_eq!((silent.max_cosine_distance(), silent.same_person()), (None, None));
}

#[test]
fn detectors_are_no_embedders() {
    for (path, reason) in [
        (cached("nanodet-g-int8.onnx"), "made to detect people"),
        (asset("yolox-tiny.onnx"), "output [1, 84, 7]"),
    ] {
        let error = OnnxEmbedder::open(&runtime(), &path, &EmbedderConfig::default()).err().expect("taken");
        assert!(error.to_string().contains(path.file_name().unwrap().to_str().unwrap()), "{error}");
        assert!(error.source().unwrap().to_string().contains(reason), "{error:?}");
    }
}

#[test]
fn a_file_in_memory_is_the_same_embedder() {
    let bytes = std::fs::read(reid()).unwrap();
    let config = EmbedderConfig::default();
    let mut built_in =
        OnnxEmbedder::from_bytes(&runtime(), "the built-in embedder", &bytes, &config).unwrap();
    let picture = picture(320, 240);
    assert_eq!(built_in.map(&picture, &boxes()).unwrap(), embedder(32).map(&picture, &boxes()).unwrap());

    let cut = OnnxEmbedder::from_bytes(&runtime(), "the built-in embedder", &bytes[..1000], &config);
    let error = cut.err().expect("it was cut short").to_string();
    assert!(error.starts_with("the built-in embedder is no ONNX model"), "{error}");
}
