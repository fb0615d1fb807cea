use std::collections::BTreeMap;

use super::{KEYS, Metadata, Origin, Stated, Task};
use crate::letterbox::Placement;
use crate::normalise::Colour;
use crate::{ModelFault, Size};

fn read(pairs: &[(&str, &str)]) -> Result<Metadata, ModelFault> {
    Metadata::read(|key| {
        let (_, value) = pairs.iter().find(|(name, _)| *name == key)?;
        Some(Stated { value: (*value).to_owned(), origin: Origin::Own })
    })
}

#[test]
fn values_are_read_and_missing_ones_are_none() {
    let metadata = read(&[
        ("task", "detect"),
        ("size", "320x416"),
        ("strides", "8, 16,32"),
        ("colour", "bgr"),
        ("mean", "103.53,116.28,123.675"),
        ("letterbox", "centre"),
        ("pad", "114"),
        ("same_person", "0.41, 0.06"),
        ("other", "nonsense"),
    ])
    .unwrap();
    let keys = ["task", "size", "strides", "colour", "mean", "letterbox", "pad", "same_person"];
    let expected = Metadata {
        task: Some(Task::Detect),
        size: Some(Size::new(320, 416)),
        strides: Some(vec![8, 16, 32]),
        colour: Some(Colour::Bgr),
        mean: Some([103.53, 116.28, 123.675]),
        placement: Some(Placement::Centre),
        pad: Some(114),
        same_person: Some([0.41, 0.06]),
        origins: BTreeMap::from(keys.map(|key| (key, Origin::Own))),
        ..Metadata::default()
    };
    assert_eq!(metadata, expected);
}

#[test]
fn a_value_that_is_not_understood_is_named() {
    for (key, value) in [
        ("task", "Detect"),
        ("size", "320"),
        ("strides", "8,,32"),
        ("strides", "0"),
        ("bins", "-1"),
        ("mean", "1,2"),
        ("mean", "1,2,NaN"),
        ("std", "1,0,1"),
        ("pad", "256"),
        ("letterbox", "center"),
        ("class", "1,,2"),
        ("names", ""),
        ("coding", "ltrb"),
        ("scale", "0-1"),
        ("scores", "log"),
        ("nms", "maybe"),
        ("max_cosine_distance", "3"),
        ("same_person", "0.4"),
        ("same_person", "0.4,0"),
    ] {
        let fault = read(&[(key, value)]).unwrap_err();
        let message = fault.to_string();
        assert!(message.contains(&format!("its metadata says footfall.{key} = ")), "{message}");
        assert!(message.contains(value) && message.contains("expected"), "{message}");
    }
}

#[test]
fn every_key_is_read() {
    let asked = std::cell::RefCell::new(Vec::new());
    let ask = |key| {
        asked.borrow_mut().push(key);
        None
    };
    Metadata::read(ask).unwrap();
    assert_eq!(asked.into_inner(), KEYS);
}
