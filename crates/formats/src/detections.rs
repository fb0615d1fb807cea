//! Detections from a file, whichever form it has.

use std::path::Path;
use std::time::Duration;

use footfall_track::Observations;

use crate::Error;
use crate::jsonl::{About, JsonDetections};
use crate::lines::Lines;
use crate::mot::{MotDetections, Survey};

/// What was seen in one frame.
#[derive(Clone, Debug, PartialEq)]
pub struct DetectionFrame {
    /// Number of the frame, from 1.
    pub number: u64,
    /// Time since the source's start, where the file tells; MOT text does not.
    pub time: Option<Duration>,
    /// The people, with embeddings where the file has them.
    pub observations: Observations,
}

/// Frames of a detection file, by rising number: MOT text or JSON lines, told apart by the first
/// character.
///
/// Of JSON lines a frame that is missing was not looked at: one in which nobody was seen has its line. Of MOT
/// text it may be either, and the [survey](Self::survey) tells.
pub struct DetectionReader {
    form: Form,
}

enum Form {
    Mot(MotDetections),
    Json(JsonDetections),
}

impl DetectionReader {
    /// Opens a file; `-` is the standard input.
    ///
    /// # Errors
    /// When the file cannot be read. MOT text is checked here line by line, JSON lines as they come.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let mut lines = Lines::open(path.as_ref())?;
        let form = if lines.starts_with_brace()? {
            Form::Json(JsonDetections::over(lines)?)
        } else {
            Form::Mot(MotDetections::over(lines)?)
        };
        Ok(Self { form })
    }

    /// What the file says of the run that made it; nothing in MOT text.
    #[must_use]
    pub fn about(&self) -> About {
        match &self.form {
            Form::Mot(_) => About::default(),
            Form::Json(frames) => frames.about(),
        }
    }

    /// What MOT text says as a whole; nothing of JSON lines, which are read as they come.
    #[must_use]
    pub fn survey(&self) -> Option<&Survey> {
        match &self.form {
            Form::Mot(frames) => Some(frames.survey()),
            Form::Json(_) => None,
        }
    }
}

impl Iterator for DetectionReader {
    type Item = Result<DetectionFrame, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.form {
            Form::Mot(frames) => frames.next(),
            Form::Json(frames) => frames.next(),
        }
    }
}
