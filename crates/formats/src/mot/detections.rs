//! Detections as MOT text: `frame,-1,x,y,w,h,score[,...]`.

use std::fs;
use std::iter::{self, Peekable};
use std::path::Path;

use footfall_track::{Bbox, Detection, Embeddings, Observations};

use super::row::{Rows, Shape};
use super::stream::Stream;
use super::{Cadence, ScoreRange, Scores};
use crate::lines::Lines;
use crate::{DetectionFrame, Error};

const SHAPE: Shape =
    Shape { at_least: 7, used: 7, further: true, expected: "frame,-1,x,y,width,height,score" };

/// A row.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) frame: u64,
    bbox: Bbox,
    pub(super) score: f32,
    /// What stands in the columns after the tenth.
    further: Vec<f32>,
}

pub(super) type BoxedRows = Box<dyn Iterator<Item = Result<Seen, Error>> + Send>;

/// Frames with at least one detection, by rising number; within a frame, rows keep their order.
///
/// A file whose frames rise is read as it goes, a frame in memory at a time; any other is loaded whole. What can be
/// read once only (a pipe) is given on as it comes, and its frames have to rise. The second column is ignored. Columns
/// after the tenth are embeddings, where all rows have as many.
pub struct MotDetections {
    rows: Peekable<BoxedRows>,
    survey: Survey,
    notes: Vec<String>,
    /// Numbers in an embedding, where there are any.
    dimension: usize,
}

/// What a file says as a whole; of a pipe, what its first frame says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Survey {
    /// Which frames it tells of.
    pub cadence: Cadence,
    /// Its scores.
    pub scores: ScoreRange,
}

/// How many columns there are after the tenth: in the row that has the fewest, and in the one with the most.
#[derive(Clone, Copy, Debug, Default)]
struct Further(Option<(usize, usize)>);

impl Further {
    fn add(&mut self, count: usize) {
        let (least, most) = self.0.unwrap_or((count, count));
        self.0 = Some((least.min(count), most.max(count)));
    }

    /// Numbers in an embedding, and what is to be said.
    fn meaning(self) -> (usize, Option<String>) {
        match self.0 {
            None | Some((_, 0)) => (0, None),
            Some((least, most)) if least == most && most > 1 => {
                (most, Some(format!("the {most} columns after the tenth are taken as embeddings")))
            }
            Some((least, most)) if least == most => {
                (0, Some("the column after the tenth is not used".to_owned()))
            }
            Some((least, most)) => {
                let told = "rows have {least} to {most} columns after the tenth, which are not used: embeddings have as \
                            many numbers in each row";
                (0, Some(told.replace("{least}", &least.to_string()).replace("{most}", &most.to_string())))
            }
        }
    }
}

impl MotDetections {
    /// Opens a file and checks every line of it; `-` is the standard input.
    ///
    /// # Errors
    /// When the file cannot be read, and for its first bad line.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::over(Lines::open(path)?)
    }

    pub(crate) fn over(lines: Lines) -> Result<Self, Error> {
        let path = lines.path().to_owned();
        let repeatable = path.as_os_str() != "-" && fs::metadata(&path).is_ok_and(|m| m.is_file());
        let again = || Ok(Rows::over(Lines::open(&path)?, SHAPE));
        let rows = Rows::over(lines, SHAPE);
        let (rows, survey, further) = if !repeatable {
            streamed(rows)?
        } else if let Some((survey, further)) = survey_if_sorted(rows)? {
            (one_by_one(again()?), survey, further)
        } else {
            let mut rows = again()?;
            loaded(iter::from_fn(move || next_detection(&mut rows).transpose()))?
        };
        let (dimension, note) = further.meaning();
        Ok(Self { rows: rows.peekable(), survey, notes: note.into_iter().collect(), dimension })
    }

    /// What the file says as a whole; of a pipe, what its first frame says, and the frames that came since.
    #[must_use]
    pub fn survey(&self) -> &Survey {
        &self.survey
    }

    /// What is to be known about how the file was taken.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

fn one_by_one(mut rows: Rows) -> BoxedRows {
    Box::new(iter::from_fn(move || next_detection(&mut rows).transpose()))
}

fn loaded(rows: impl Iterator<Item = Result<Seen, Error>>) -> Result<(BoxedRows, Survey, Further), Error> {
    let mut all = rows.collect::<Result<Vec<_>, _>>()?;
    all.sort_by_key(|row| row.frame);
    let (survey, further) = survey_of(&all);
    Ok((Box::new(all.into_iter().map(Ok)), survey, further))
}

/// The first frame is read ahead: what its scores are decides how the others' are taken. Where they are no
/// confidences, that cannot be told from one frame, and all is loaded.
fn streamed(mut rows: Rows) -> Result<(BoxedRows, Survey, Further), Error> {
    let mut first: Vec<Seen> = Vec::new();
    let mut next = None;
    while let Some(row) = next_detection(&mut rows)? {
        if first.last().is_some_and(|before| before.frame != row.frame) {
            next = Some(row);
            break;
        }
        first.push(row);
    }
    let (survey, further) = survey_of(&first);
    let ahead = first.into_iter().chain(next).map(Ok);
    let meaning = survey.scores.scores();
    if !matches!(meaning, Scores::Confidences | Scores::Unknown) {
        return loaded(ahead.chain(one_by_one(rows)));
    }
    Ok((Box::new(Stream::new(ahead, rows, meaning)), survey, further))
}

fn survey_of(rows: &[Seen]) -> (Survey, Further) {
    let (mut survey, mut further) = (Survey::default(), Further::default());
    for row in rows {
        survey.cadence.add(row.frame);
        survey.scores.add(row.score);
        further.add(row.further.len());
    }
    (survey, further)
}

/// Checks every line; nothing where frames fall somewhere.
fn survey_if_sorted(mut rows: Rows) -> Result<Option<(Survey, Further)>, Error> {
    let (mut last, mut sorted, mut survey, mut further) = (0, true, Survey::default(), Further::default());
    while let Some(row) = next_detection(&mut rows)? {
        sorted &= row.frame >= last;
        last = row.frame;
        survey.cadence.add(row.frame);
        survey.scores.add(row.score);
        further.add(row.further.len());
    }
    Ok(sorted.then_some((survey, further)))
}

pub(super) fn next_detection(rows: &mut Rows) -> Result<Option<Seen>, Error> {
    let seen = |row: super::row::Row| Seen {
        frame: row.frame(),
        bbox: row.bbox(),
        score: row.value(6) as f32,
        further: row.further,
    };
    Ok(rows.next()?.map(seen))
}

impl Iterator for MotDetections {
    type Item = Result<DetectionFrame, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let scores = self.survey.scores.scores();
        let first = match self.rows.next()? {
            Ok(row) => row,
            Err(error) => return Some(Err(error)),
        };
        let number = first.frame;
        self.survey.cadence.add(number);
        let mut observations =
            Observations { detections: Vec::new(), embeddings: Embeddings::new(self.dimension) };
        let mut row = Some(first);
        while let Some(Seen { bbox, score, further, .. }) = row {
            let confidence = Scores::confidence(scores, score);
            observations.detections.push(Detection { bbox, confidence });
            let embedding = (self.dimension > 0).then_some(further.as_slice());
            observations.embeddings.push_exact(embedding);
            row = self
                .rows
                .next_if(|row| row.as_ref().is_ok_and(|row| row.frame == number))
                .and_then(Result::ok);
        }
        Some(Ok(DetectionFrame { number, time: None, observations }))
    }
}

#[cfg(test)]
mod tests;
