//! What a file may say, and what follows from it.

use std::num::NonZeroUsize;

use footfall_count::Calibration;
use footfall_vision::Device;

use crate::Config;
use crate::models::{CLEAN_DISTANCES, Distances};

/// The example in the repository, with the settings that have no default commented out.
const EXAMPLE: &str = include_str!("../../../assets/footfall.toml");

#[test]
fn the_example_holds_the_defaults() {
    let mut example = Config::parse(EXAMPLE).unwrap();
    assert_eq!(example.lines.len(), 1, "one line shows how");
    example.lines.clear();
    assert_eq!((example.zones.len(), example.masks.len()), (1, 1), "one shows how");
    example.zones.clear();
    example.masks.clear();
    example.forget_what_is_set();
    assert_eq!(example, Config::default());
}

#[test]
fn the_clean_embedder_has_distances_of_its_own_where_the_file_has_none() {
    let with = |text: &str| {
        let mut config = Config::parse(text).unwrap();
        config.take_distances();
        let calibration = config.counter.visitors.calibration;
        (config.counter.max_cosine_distance, config.staff.max_cosine_distance, calibration)
    };
    let Distances { join, staff } = CLEAN_DISTANCES;
    let usual = with("");
    assert_eq!(usual.2, Calibration::Research);
    assert_eq!(with("[networks]\nembedder = 'clean'\n"), (join, staff, Calibration::Clean));
    assert_eq!(with("[networks]\nembedder = 'own.onnx'\n"), usual);
    let set = "[networks]\nembedder = 'clean'\n[counter]\nmax_cosine_distance = 0.5\n";
    assert_eq!(with(set), (0.5, staff, Calibration::Clean));
    let set = "[networks]\nembedder = 'clean'\n[staff]\nmax_cosine_distance = 0.15\n";
    assert_eq!(with(set), (join, 0.15, Calibration::Clean));
}

#[test]
fn crops_in_a_run_are_set_where_the_pipeline_is_and_read_where_they_were() {
    let most = |text: &str| {
        let config = Config::parse(text).unwrap();
        (
            config.embedding().max_batch.map(NonZeroUsize::get),
            config.options(Device::Cpu, None).gather.max_batch,
        )
    };
    assert_eq!(most(""), (None, 4));
    assert_eq!(most("[pipeline]\nmax_batch = 7\n"), (Some(7), 7));
    assert_eq!(most("[embedder]\nmax_batch = 9\n"), (Some(9), 9));
    assert_eq!(most("[pipeline]\nmax_batch = 7\n[embedder]\nmax_batch = 9\n"), (Some(7), 7));
}

#[test]
fn an_unknown_key_is_named_with_its_place() {
    let error = format!("{:#}", Config::parse("[tracker]\nmax_aeg = 3\n").unwrap_err());
    assert!(error.contains("max_aeg") && error.contains("line 2"), "{error}");
    let error = format!("{:#}", Config::parse("[[line]]\nname='a'\nfrom=[1,2]\nto=[1,2]\n").unwrap_err());
    assert!(error.contains("same point"), "{error}");
}

#[test]
fn the_frame_rate_of_the_source_is_the_nominal_one_unless_set() {
    assert_eq!(Config::default().tracker(Some(7.0), None).frame_rate, 7.0);
    let set = Config::parse("[tracker]\nframe_rate = 25.0\n").unwrap().tracker(Some(7.0), Some(0.5));
    assert_eq!((set.frame_rate, set.max_cosine_distance), (25.0, 0.5));
}
