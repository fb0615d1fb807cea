//! Detections from a file, whichever form it has.

use std::path::Path;
use std::time::Duration;

use footfall_track::Observations;

use crate::Error;
use crate::jsonl::{About, JsonDetections};
use crate::labels::{LabelKind, Labels, Size};
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

/// Frames of a detection file, by rising number: MOT text, JSON lines, or what other programs write
/// ([`LabelKind`]); told by what is in it.
///
/// Of JSON lines a frame that is missing was not looked at: one in which nobody was seen has its line. Of MOT
/// text it may be either, and the [survey](Self::survey) tells.
pub struct DetectionReader {
    form: Form,
}

enum Form {
    Mot(MotDetections),
    Json(JsonDetections),
    Labels {
        kind: LabelKind,
        frames: std::vec::IntoIter<DetectionFrame>,
        survey: Option<Survey>,
        notes: Vec<String>,
    },
}

impl DetectionReader {
    /// Opens a file; `-` is the standard input.
    ///
    /// # Errors
    /// When the file cannot be read. MOT text is checked here line by line, JSON lines as they come; of other kinds
    /// everything is read here.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_sized(path, None)
    }

    /// As [`open`](Self::open), where the picture's size is known: some kinds of file have boxes in shares of it.
    ///
    /// # Errors
    /// As [`open`](Self::open), and where the size is needed and not known.
    pub fn open_sized(path: impl AsRef<Path>, size: Option<Size>) -> Result<Self, Error> {
        if let Some(kind) = LabelKind::of(path.as_ref())? {
            let mut labels = Labels::read(path.as_ref(), kind, size)?;
            let notes = std::mem::take(&mut labels.notes);
            let (frames, survey) = labels.into_frames();
            return Ok(Self { form: Form::Labels { kind, frames: frames.into_iter(), survey, notes } });
        }
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
            Form::Mot(_) | Form::Labels { .. } => About::default(),
            Form::Json(frames) => frames.about(),
        }
    }

    /// What the numbers of frames say of those that are not in the file; nothing of JSON lines and others that
    /// have a place for each frame that was looked at.
    #[must_use]
    pub fn survey(&self) -> Option<&Survey> {
        match &self.form {
            Form::Mot(frames) => Some(frames.survey()),
            Form::Json(_) => None,
            Form::Labels { survey, .. } => survey.as_ref(),
        }
    }

    /// Which other program's form it has; nothing for MOT text and JSON lines.
    #[must_use]
    pub fn kind(&self) -> Option<LabelKind> {
        match &self.form {
            Form::Labels { kind, .. } => Some(*kind),
            Form::Mot(_) | Form::Json(_) => None,
        }
    }

    /// What is to be known about how the file was taken.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        match &self.form {
            Form::Labels { notes, .. } => notes,
            Form::Mot(frames) => frames.notes(),
            Form::Json(_) => &[],
        }
    }
}

impl Iterator for DetectionReader {
    type Item = Result<DetectionFrame, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.form {
            Form::Mot(frames) => frames.next(),
            Form::Json(frames) => frames.next(),
            Form::Labels { frames, .. } => frames.next().map(Ok),
        }
    }
}
