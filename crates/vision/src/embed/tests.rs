use footfall_track::Bbox;

use super::{EmbedderConfig, OnnxEmbedder};
use crate::testing::{picture, reid, runtime};

fn embedder(max_batch: usize) -> OnnxEmbedder {
    OnnxEmbedder::open(&runtime(), &reid(), &EmbedderConfig { max_batch }).unwrap()
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
