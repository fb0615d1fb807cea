//! Detections with embeddings: a frame a line.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use footfall_track::{Bbox, Detection, Embeddings, Observations};
use serde::{Deserialize, Serialize};

use crate::lines::Lines;
use crate::{DetectionFrame, Error, PartialFile};

const EXPECTED: &str = r#"{"frame":1,"time":0.0,"detections":[{"bbox":[x,y,width,height],"confidence":0.9,"embedding":[...]}]}, time and embedding optional"#;

/// What the first line of a file may say of the run that made it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct About {
    /// Nominal frames a second that its tracker went by.
    pub frame_rate: Option<f64>,
    /// Cosine distance up to which two of the embeddings are hardly ever of different people.
    pub max_cosine_distance: Option<f32>,
}

#[derive(Serialize, Deserialize)]
struct FrameText<'a> {
    frame: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time: Option<f64>,
    // By themselves: serde's `flatten` would read every frame twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frame_rate: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_cosine_distance: Option<f32>,
    detections: Vec<DetectionText<'a>>,
}

#[derive(Serialize, Deserialize)]
struct DetectionText<'a> {
    bbox: [f64; 4],
    confidence: f32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    embedding: Option<Cow<'a, [f32]>>,
}

/// Frames in the order of the file, which is by rising number; one is in memory at a time.
pub struct JsonDetections {
    lines: Lines,
    /// The first frame, which is read ahead.
    first: Option<DetectionFrame>,
    about: About,
    last: Option<(u64, Option<Duration>)>,
    dimension: Option<usize>,
}

impl JsonDetections {
    /// Opens a file; `-` is the standard input.
    ///
    /// # Errors
    /// When the file cannot be read, and where its first frame is none.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::over(Lines::open(path)?)
    }

    pub(crate) fn over(lines: Lines) -> Result<Self, Error> {
        let mut file = Self { lines, first: None, about: About::default(), last: None, dimension: None };
        if let Some((frame, about)) = file.next_text()? {
            (file.first, file.about) = (Some(frame), about);
        }
        Ok(file)
    }

    /// What the first line says of the run that made the file.
    #[must_use]
    pub fn about(&self) -> About {
        self.about
    }

    fn next_text(&mut self) -> Result<Option<(DetectionFrame, About)>, Error> {
        let parsed = match self.lines.next_line()? {
            None => return Ok(None),
            Some(text) => serde_json::from_str::<FrameText<'static>>(text),
        };
        let text = parsed.map_err(|source| self.lines.json_error(source, EXPECTED))?;
        let frame = self.checked(&text).map_err(|problem| self.lines.line_error(problem, EXPECTED))?;
        let FrameText { frame_rate, max_cosine_distance, .. } = text;
        Ok(Some((frame, About { frame_rate, max_cosine_distance })))
    }

    fn next_frame(&mut self) -> Result<Option<DetectionFrame>, Error> {
        match self.first.take() {
            Some(frame) => Ok(Some(frame)),
            None => Ok(self.next_text()?.map(|(frame, _)| frame)),
        }
    }

    fn checked(&mut self, text: &FrameText<'_>) -> Result<DetectionFrame, String> {
        let time = text.time.map(Duration::try_from_secs_f64).transpose();
        let time = time.map_err(|_| format!("the time is {:?} seconds", text.time.unwrap_or_default()))?;
        if let Some(rate) = text.frame_rate.filter(|rate| !(rate.is_finite() && *rate > 0.0)) {
            return Err(format!("the frame_rate is {rate}, and must be above 0"));
        }
        self.check_order(text.frame, time)?;
        let embeddings = Embeddings::new(self.dimension.unwrap_or(0));
        let mut observations = Observations { detections: Vec::new(), embeddings };
        for (index, detection) in text.detections.iter().enumerate() {
            let [x, y, width, height] = detection.bbox;
            let confidence = detection.confidence;
            observations.detections.push(Detection { bbox: Bbox::new(x, y, width, height), confidence });
            self.check_dimension(index, detection.embedding.as_deref())?;
            observations.embeddings.push_exact(detection.embedding.as_deref());
        }
        Ok(DetectionFrame { number: text.frame, time, observations })
    }

    fn check_order(&mut self, frame: u64, time: Option<Duration>) -> Result<(), String> {
        if frame == 0 {
            return Err("the frame is 0, and frames are counted from 1".to_owned());
        }
        if let Some((last, before)) = self.last {
            if frame <= last {
                return Err(format!("frame {frame} comes after frame {last}, and frames must rise"));
            }
            if time.zip(before).is_some_and(|(time, before)| time < before) {
                return Err(format!("frame {frame} is earlier than frame {last}"));
            }
        }
        self.last = Some((frame, time));
        Ok(())
    }

    fn check_dimension(&mut self, index: usize, embedding: Option<&[f32]>) -> Result<(), String> {
        let Some(embedding) = embedding else { return Ok(()) };
        let dimension = *self.dimension.get_or_insert(embedding.len());
        if embedding.len() == dimension {
            return Ok(());
        }
        Err(format!(
            "the embedding of detection {index} has {} numbers, those before have {dimension}",
            embedding.len()
        ))
    }
}

impl Iterator for JsonDetections {
    type Item = Result<DetectionFrame, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_frame().transpose()
    }
}

/// Writes detections, a frame a line, for [`JsonDetections`] and other programs.
#[derive(Debug)]
pub struct DetectionWriter {
    file: PartialFile,
    /// For the next line, if that is the first.
    about: About,
}

impl DetectionWriter {
    /// Starts a file that takes the name `path` in [`finish`](Self::finish).
    ///
    /// # Errors
    /// As [`PartialFile::create_private`]: embeddings tell people apart.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, Error> {
        Ok(Self { file: PartialFile::create_private(path)?, about: About::default() })
    }

    /// The same, saying in the first line what run it is of.
    #[must_use]
    pub fn about(self, about: About) -> Self {
        Self { about, ..self }
    }

    /// Writes the next frame; numbers must rise.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&mut self, frame: &DetectionFrame) -> Result<(), Error> {
        let Observations { detections, embeddings } = &frame.observations;
        let detections = detections.iter().enumerate().map(|(index, d)| DetectionText {
            bbox: [d.bbox.x, d.bbox.y, d.bbox.width, d.bbox.height],
            confidence: d.confidence,
            embedding: embeddings.get(index).map(Cow::Borrowed),
        });
        let About { frame_rate, max_cosine_distance } = std::mem::take(&mut self.about);
        let text = FrameText {
            frame: frame.number,
            time: frame.time.map(|t| t.as_secs_f64()),
            frame_rate,
            max_cosine_distance,
            detections: detections.collect(),
        };
        self.file.put_json_line(&text)
    }

    /// Completes the file.
    ///
    /// # Errors
    /// As [`PartialFile::finish`].
    pub fn finish(self) -> Result<(), Error> {
        self.file.finish()
    }
}

#[cfg(test)]
mod tests;
