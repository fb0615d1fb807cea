//! Label Studio's JSON: tasks with results, of a video (boxes by frame) or of pictures (a task each). Boxes are percent
//! of the picture.

use std::path::Path;

use footfall_track::Bbox;
use serde::Deserialize;
use serde_json::Value;

use super::cvat::boxes_between;
use super::frames::{from_one, number_in};
use super::{Label, Labels, Size, is_person, left_out, text_of, wrong};
use crate::Error;

const EXPECTED: &str = r#"Label Studio's export as JSON: [{"data":{...},"annotations":[{"result":[{"type":"videorectangle" or "rectanglelabels","value":{...}}]}]}]"#;

#[derive(Deserialize)]
struct Task {
    #[serde(default)]
    data: serde_json::Map<String, Value>,
    #[serde(default)]
    annotations: Vec<Annotation>,
    #[serde(default)]
    predictions: Vec<Annotation>,
}

#[derive(Deserialize)]
struct Annotation {
    #[serde(default)]
    result: Vec<Labelled>,
    #[serde(default)]
    was_cancelled: bool,
}

#[derive(Deserialize)]
struct Labelled {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    value: Boxed,
    #[serde(default)]
    original_width: Option<f64>,
    #[serde(default)]
    original_height: Option<f64>,
    #[serde(default)]
    score: Option<f32>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Boxed {
    frames_count: Option<u64>,
    sequence: Vec<Key>,
    labels: Vec<String>,
    rectanglelabels: Vec<String>,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

#[derive(Deserialize)]
struct Key {
    frame: u64,
    /// Whether the person is there from here to the next one.
    enabled: bool,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

struct Reader<'a> {
    path: &'a Path,
    size: Option<Size>,
    labels: Labels,
    others: usize,
    people: u64,
}

pub(super) fn read(path: &Path, size: Option<Size>) -> Result<Labels, Error> {
    let tasks: Vec<Task> = serde_json::from_str(&text_of(path)?).map_err(|source| Error::Json {
        path: path.to_owned(),
        line: source.line() as u64,
        expected: EXPECTED,
        source,
    })?;
    let mut reader = Reader { path, size, labels: Labels::default(), others: 0, people: 0 };
    let videos = tasks.iter().filter(|task| results(task).any(|one| one.kind == "videorectangle")).count();
    if videos > 1 {
        let problem = format!("it has {videos} videos, and frames of one are tracked");
        return Err(wrong(path, problem, "an export of one task: choose it in the data manager"));
    }
    let mut looked_at = Vec::new();
    for (index, task) in tasks.iter().enumerate() {
        let number = task.data.values().filter_map(Value::as_str).find_map(number_in);
        let frame = number.unwrap_or(index as u64 + 1);
        let mut length = None;
        for labelled in results(task) {
            match labelled.kind.as_str() {
                "videorectangle" => {
                    length = length.max(labelled.value.frames_count);
                    reader.video(labelled)?;
                }
                "rectanglelabels" => reader.picture(frame, labelled)?,
                _ => {}
            }
        }
        match length {
            Some(length) => looked_at.extend(1..=length),
            None if videos == 0 => looked_at.push(frame),
            None => {}
        }
    }
    let Reader { mut labels, others, .. } = reader;
    looked_at.sort_unstable();
    looked_at.dedup();
    labels.notes.extend(left_out(others, "people"));
    labels.notes.extend(from_one(&mut labels.rows, &mut looked_at));
    labels.looked_at = Some(looked_at).filter(|frames| !frames.is_empty());
    Ok(labels)
}

/// Of what people have drawn, or else of what was proposed to them.
fn results(task: &Task) -> impl Iterator<Item = &Labelled> {
    let drawn = task.annotations.iter().find(|annotation| !annotation.was_cancelled);
    drawn.or(task.predictions.first()).into_iter().flat_map(|annotation| &annotation.result)
}

impl Reader<'_> {
    /// Whether it is somebody: a label of people, or none at all.
    fn is_somebody(&mut self, labels: &[String], boxes: usize) -> bool {
        let is = labels.is_empty() || labels.iter().any(|label| is_person(label));
        self.others += if is { 0 } else { boxes };
        is
    }

    fn video(&mut self, labelled: &Labelled) -> Result<(), Error> {
        let value = &labelled.value;
        if !self.is_somebody(&value.labels, value.sequence.len()) {
            return Ok(());
        }
        self.people += 1;
        let (id, confidence) = (Some(self.people), labelled.score.unwrap_or(1.0));
        let mut keys: Vec<(u64, Bbox, bool)> = Vec::new();
        for key in &value.sequence {
            let bbox = self.bbox(labelled, [key.x, key.y, key.width, key.height])?;
            keys.push((key.frame, bbox, key.enabled));
        }
        keys.sort_by_key(|(frame, ..)| *frame);
        let end = value.frames_count;
        for (index, &(frame, bbox, enabled)) in keys.iter().enumerate() {
            let next = keys.get(index + 1).map(|&(frame, bbox, _)| (frame, bbox));
            // Behind the last one the box stands still, to the video's end.
            let until = next
                .or(end.filter(|&end| end >= frame).map(|end| (end + 1, bbox)))
                .unwrap_or((frame + 1, bbox));
            let until = if enabled { until } else { (frame + 1, bbox) };
            let boxes = boxes_between((frame, bbox), until);
            self.labels.rows.extend(boxes.map(|(frame, bbox)| Label { frame, id, bbox, confidence }));
        }
        Ok(())
    }

    fn picture(&mut self, frame: u64, labelled: &Labelled) -> Result<(), Error> {
        let value = &labelled.value;
        if self.is_somebody(&value.rectanglelabels, 1) {
            let bbox = self.bbox(labelled, [value.x, value.y, value.width, value.height])?;
            let confidence = labelled.score.unwrap_or(1.0);
            self.labels.rows.push(Label { frame, id: None, bbox, confidence });
        }
        Ok(())
    }

    fn bbox(&self, labelled: &Labelled, [x, y, w, h]: [f64; 4]) -> Result<Bbox, Error> {
        let own = labelled.original_width.zip(labelled.original_height);
        let known = own.or(self.size.map(|(width, height)| (width as f64, height as f64)));
        let Some((width, height)) = known else {
            let problem = "boxes are percent of the picture, whose size is not known".to_owned();
            return Err(wrong(
                self.path,
                problem,
                "its width and height in pixels: give --size WIDTHxHEIGHT",
            ));
        };
        let (width, height) = (width / 100.0, height / 100.0);
        Ok(Bbox::new(x * width, y * height, w * width, h * height))
    }
}
