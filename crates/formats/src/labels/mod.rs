//! Boxes as other programs write them: COCO, YOLO, supervision, CVAT and Label Studio.
//!
//! Each is told by what is in it ([`LabelKind::of`]). What the files do not say, and what is left out of them, is
//! told in [`Labels::notes`].

mod coco;
mod cvat;
mod frames;
mod kind;
mod label_studio;
mod supervision;
mod yolo;

use std::path::Path;

use footfall_track::{Bbox, Detection, Observations};

use crate::mot::{Cadence, Layout, ScoreRange, Survey, Truth, TruthRow};
use crate::{DetectionFrame, Error};

pub use kind::LabelKind;

/// Width and height of the picture, in pixels.
pub type Size = (usize, usize);

/// A person's box in a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Label {
    /// Number of the frame, from 1.
    pub frame: u64,
    /// Who, where the file tells.
    pub id: Option<u64>,
    /// Where, in pixels.
    pub bbox: Bbox,
    /// 0 to 1; 1 where the file has none.
    pub confidence: f32,
}

/// The people in a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labels {
    /// By rising frame; within a frame, as in the file.
    pub rows: Vec<Label>,
    /// The frames that were looked at, rising, where the file tells of those without anybody too.
    pub looked_at: Option<Vec<u64>>,
    /// What is to be known about how the file was taken.
    pub notes: Vec<String>,
}

impl Labels {
    /// Reads a file or folder of a kind. `size` is that of the picture, for those kinds whose boxes are shares of it.
    ///
    /// # Errors
    /// When it cannot be read, by its line or place for what is wrong in it, and where the size is needed and not
    /// known.
    pub fn read(path: &Path, kind: LabelKind, size: Option<Size>) -> Result<Self, Error> {
        let mut labels = match kind {
            LabelKind::CocoAnnotations => coco::read_annotations(path)?,
            LabelKind::CocoResults => coco::read_results(path)?,
            LabelKind::Yolo => yolo::read(path, size)?,
            LabelKind::Supervision => supervision::read(path)?,
            LabelKind::Cvat => cvat::read(path)?,
            LabelKind::LabelStudio => label_studio::read(path, size)?,
        };
        labels.rows.sort_by_key(|row| row.frame);
        Ok(labels)
    }

    /// As ground truth: every box is scored.
    ///
    /// # Errors
    /// When a box is nobody's.
    pub fn into_truth(self, path: &Path) -> Result<Truth, Error> {
        let row = |label: Label| {
            let Label { frame, id, bbox, .. } = label;
            let problem = || format!("a box of frame {frame} has no track's number");
            let id =
                id.ok_or_else(|| wrong(path, problem(), "a number for each person, the same in all frames"))?;
            Ok(TruthRow { frame, id, bbox, mark: 1.0, class: 1 })
        };
        let rows: Vec<TruthRow> = self.rows.into_iter().map(row).collect::<Result<_, Error>>()?;
        Ok(Truth { layout: (!rows.is_empty()).then_some(Layout::Mot15), rows })
    }

    /// As detections, frame by frame, and what their frames' numbers say where nothing else does.
    pub(crate) fn into_frames(self) -> (Vec<DetectionFrame>, Option<Survey>) {
        let cadence = Cadence::of(self.rows.iter().map(|row| row.frame));
        let survey = self.looked_at.is_none().then(|| Survey { cadence, scores: ScoreRange::default() });
        let mut frames: Vec<DetectionFrame> = Vec::new();
        let mut numbers = self.looked_at.unwrap_or_default();
        numbers.extend(self.rows.iter().map(|row| row.frame));
        numbers.sort_unstable();
        numbers.dedup();
        let mut rows = self.rows.into_iter().peekable();
        for number in numbers {
            let mut detections = Vec::new();
            while let Some(row) = rows.next_if(|row| row.frame == number) {
                detections.push(Detection { bbox: row.bbox, confidence: row.confidence });
            }
            let observations = Observations::without_appearance(detections);
            frames.push(DetectionFrame { number, time: None, observations });
        }
        (frames, survey)
    }
}

/// What is wrong with a file as a whole, or in a place that the problem names.
fn wrong(path: &Path, problem: String, expected: &'static str) -> Error {
    Error::Labels { path: path.to_owned(), problem, expected }
}

fn text_of(path: &Path) -> Result<String, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::read(path, source))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Whether a class is people, by the name that data sets and people give it.
fn is_person(name: &str) -> bool {
    ["person", "people", "pedestrian", "human"].contains(&name.trim().to_ascii_lowercase().as_str())
}

/// Which of a file's classes are people: those that are called so, or the only one that there is.
fn people<'a>(names: impl IntoIterator<Item = &'a str> + Clone) -> Option<Vec<&'a str>> {
    let named: Vec<&str> = names.clone().into_iter().filter(|name| is_person(name)).collect();
    if !named.is_empty() {
        return Some(named);
    }
    let mut all: Vec<&str> = names.into_iter().collect();
    all.sort_unstable();
    all.dedup();
    (all.len() == 1).then_some(all)
}

/// What is left out, where anything is.
fn left_out(count: usize, of: &str) -> Option<String> {
    (count > 0).then(|| format!("{count} boxes of other classes than {of} are left out"))
}
