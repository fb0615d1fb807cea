//! COCO: annotations with their images, and results without.

use std::collections::BTreeMap;
use std::path::Path;

use footfall_track::Bbox;
use serde::Deserialize;

use super::frames::{from_one, number_in};
use super::{Label, Labels, left_out, people, text_of, wrong};
use crate::Error;

const ANNOTATIONS: &str = r#"{"images":[{"id":1,"file_name":"000001.jpg"}],"annotations":[{"image_id":1,"category_id":1,"bbox":[x,y,width,height],"track_id":7}],"categories":[{"id":1,"name":"person"}]}, track_id optional"#;
const RESULTS: &str = r#"[{"image_id":1,"category_id":1,"bbox":[x,y,width,height],"score":0.9}]"#;

/// COCO's own number of people, where no list of categories says otherwise.
const PERSON: i64 = 1;

#[derive(Deserialize)]
struct Document {
    images: Vec<Image>,
    annotations: Vec<Annotation>,
    #[serde(default)]
    categories: Vec<Category>,
}

#[derive(Deserialize)]
struct Image {
    id: Key,
    #[serde(default)]
    file_name: String,
    /// From 1, in data sets of video.
    #[serde(default)]
    frame_id: Option<u64>,
    /// From 0.
    #[serde(default)]
    frame_index: Option<u64>,
}

#[derive(Deserialize)]
struct Annotation {
    image_id: Key,
    #[serde(default)]
    category_id: Option<i64>,
    bbox: [f64; 4],
    #[serde(default)]
    score: Option<f32>,
    #[serde(default)]
    track_id: Option<u64>,
    #[serde(default)]
    instance_id: Option<u64>,
    #[serde(default)]
    attributes: Attributes,
    /// 1 for a box around several people.
    #[serde(default)]
    iscrowd: u8,
}

#[derive(Default, Deserialize)]
struct Attributes {
    #[serde(default)]
    track_id: Option<u64>,
}

#[derive(Deserialize)]
struct Category {
    id: i64,
    name: String,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(untagged)]
enum Key {
    Number(u64),
    Text(String),
}

impl Annotation {
    fn label(&self, frame: u64) -> Label {
        let [x, y, width, height] = self.bbox;
        let id = self.track_id.or(self.instance_id).or(self.attributes.track_id);
        Label { frame, id, bbox: Bbox::new(x, y, width, height), confidence: self.score.unwrap_or(1.0) }
    }
}

pub(super) fn read_annotations(path: &Path) -> Result<Labels, Error> {
    let document: Document = parse(path, ANNOTATIONS)?;
    let (frames, how) = frames(&document.images);
    let is_of_people = of_people(path, &document)?;
    let mut labels = Labels::default();
    let (mut others, mut crowds) = (0, 0);
    for (index, annotation) in document.annotations.iter().enumerate() {
        let Some(&frame) = frames.get(&annotation.image_id) else {
            let problem =
                format!("annotation {index} is of image {:?}, which is not in images", annotation.image_id);
            return Err(wrong(path, problem, ANNOTATIONS));
        };
        match () {
            () if !is_of_people(annotation.category_id) => others += 1,
            () if annotation.iscrowd != 0 => crowds += 1,
            () => labels.rows.push(annotation.label(frame)),
        }
    }
    let mut looked_at: Vec<u64> = frames.into_values().collect();
    looked_at.sort_unstable();
    labels.notes.extend(how);
    labels.notes.extend(left_out(others, "people"));
    labels.notes.extend((crowds > 0).then(|| format!("{crowds} boxes of crowds are left out")));
    labels.notes.extend(from_one(&mut labels.rows, &mut looked_at));
    labels.looked_at = Some(looked_at);
    Ok(labels)
}

pub(super) fn read_results(path: &Path) -> Result<Labels, Error> {
    let results: Vec<Annotation> = parse(path, RESULTS)?;
    let mut categories: Vec<i64> = results.iter().filter_map(|result| result.category_id).collect();
    categories.sort_unstable();
    categories.dedup();
    let person = if categories.len() > 1 { PERSON } else { categories.first().copied().unwrap_or(PERSON) };
    let mut labels = Labels::default();
    let mut others = 0;
    for (index, result) in results.iter().enumerate() {
        let number = match &result.image_id {
            Key::Number(number) => Some(*number),
            Key::Text(name) => number_in(name),
        };
        let Some(frame) = number else {
            let problem =
                format!("result {index} has image_id {:?}, which ends with no number", result.image_id);
            return Err(wrong(path, problem, RESULTS));
        };
        if result.category_id.is_none_or(|category| category == person) {
            labels.rows.push(result.label(frame));
        } else {
            others += 1;
        }
    }
    labels.notes.extend(left_out(others, "1 (person)"));
    labels.notes.extend(from_one(&mut labels.rows, &mut []));
    Ok(labels)
}

fn parse<T: for<'a> Deserialize<'a>>(path: &Path, expected: &'static str) -> Result<T, Error> {
    serde_json::from_str(&text_of(path)?).map_err(|source| Error::Json {
        path: path.to_owned(),
        line: source.line() as u64,
        expected,
        source,
    })
}

/// The frame of each image, and a word on how it was found where that is a guess.
fn frames(images: &[Image]) -> (BTreeMap<Key, u64>, Option<String>) {
    let by = |of: &dyn Fn(&Image) -> Option<u64>| -> Option<BTreeMap<Key, u64>> {
        let frames: Vec<u64> = images.iter().map(of).collect::<Option<_>>()?;
        let mut distinct = frames.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let is_one_each = distinct.len() == images.len();
        is_one_each.then(|| images.iter().map(|image| image.id.clone()).zip(frames).collect())
    };
    let named = by(&|image| image.frame_id)
        .or_else(|| by(&|image| image.frame_index))
        .or_else(|| by(&|image| number_in(&image.file_name)));
    if let Some(frames) = named {
        return (frames, None);
    }
    let mut keys: Vec<Key> = images.iter().map(|image| image.id.clone()).collect();
    keys.sort();
    let note =
        "no number of a frame is in its images' names: they are taken in the order of their ids".to_owned();
    (keys.into_iter().zip(1..).collect(), Some(note))
}

/// Whether a category is people's.
fn of_people(path: &Path, document: &Document) -> Result<impl Fn(Option<i64>) -> bool + use<>, Error> {
    let names: Vec<&str> = document.categories.iter().map(|category| category.name.as_str()).collect();
    let is_told = !names.is_empty();
    let people = match people(names.iter().copied()) {
        Some(people) => people,
        None if !is_told => Vec::new(),
        None => {
            let problem = format!("none of its categories is person: {}", names.join(", "));
            return Err(wrong(path, problem, "a category called person or pedestrian"));
        }
    };
    let is_one = |category: &&Category| people.contains(&category.name.as_str());
    let ids: Vec<i64> = document.categories.iter().filter(is_one).map(|category| category.id).collect();
    Ok(move |id: Option<i64>| !is_told || id.is_none_or(|id| ids.contains(&id)))
}
