//! Detections with embeddings: a frame a line.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use footfall_track::{Bbox, Detection, Embeddings, Observations};
use serde::{Deserialize, Serialize};

use crate::lines::Lines;
use crate::{DetectionFrame, Error, PartialFile};

const EXPECTED: &str = r#"{"frame":1,"time":0.0,"detections":[{"bbox":[x,y,width,height],"confidence":0.9,"embedding":[...]}]}, time and embedding optional"#;

#[derive(Serialize, Deserialize)]
struct FrameText<'a> {
    frame: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time: Option<f64>,
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
    last: Option<(u64, Option<Duration>)>,
    dimension: Option<usize>,
}

impl JsonDetections {
    /// Opens a file; `-` is the standard input.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Ok(Self::over(Lines::open(path)?))
    }

    pub(crate) fn over(lines: Lines) -> Self {
        Self { lines, last: None, dimension: None }
    }

    fn next_frame(&mut self) -> Result<Option<DetectionFrame>, Error> {
        let parsed = match self.lines.next_line()? {
            None => return Ok(None),
            Some(text) => serde_json::from_str::<FrameText<'static>>(text),
        };
        let frame = parsed.map_err(|source| self.lines.json_error(source, EXPECTED))?;
        self.checked(&frame).map(Some).map_err(|problem| self.lines.line_error(problem, EXPECTED))
    }

    fn checked(&mut self, text: &FrameText<'_>) -> Result<DetectionFrame, String> {
        let time = text.time.map(Duration::try_from_secs_f64).transpose();
        let time = time.map_err(|_| format!("the time is {:?} seconds", text.time.unwrap_or_default()))?;
        self.check_order(text.frame, time)?;
        let embeddings = Embeddings::new(self.dimension.unwrap_or(0));
        let mut observations = Observations { detections: Vec::new(), embeddings };
        for (index, detection) in text.detections.iter().enumerate() {
            let [x, y, width, height] = detection.bbox;
            let confidence = detection.confidence;
            observations.detections.push(Detection { bbox: Bbox::new(x, y, width, height), confidence });
            self.check_dimension(index, detection.embedding.as_deref())?;
            observations.embeddings.push(detection.embedding.as_deref());
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
}

impl DetectionWriter {
    /// Starts a file that takes the name `path` in [`finish`](Self::finish).
    ///
    /// # Errors
    /// As [`PartialFile::create_private`]: embeddings tell people apart.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, Error> {
        Ok(Self { file: PartialFile::create_private(path)? })
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
        let text = FrameText {
            frame: frame.number,
            time: frame.time.map(|t| t.as_secs_f64()),
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
mod tests {
    use std::fs;
    use std::time::Duration;

    use footfall_track::{Bbox, Detection, Embeddings, Observations};
    use proptest::prelude::*;

    use super::DetectionWriter;
    use crate::{DetectionFrame, DetectionReader, Error};

    fn read(text: &str) -> Result<Vec<DetectionFrame>, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("det.jsonl");
        fs::write(&path, text).unwrap();
        DetectionReader::open(&path)?.collect()
    }

    #[test]
    fn time_and_embedding_are_optional_and_more_is_welcome() {
        let frames = read(concat!(
            "\n",
            r#"{"frame":1,"time":0.04,"detections":[{"bbox":[1,2,3,4],"confidence":0.9,"embedding":[3,4],"class":1},{"bbox":[5,6,7,8],"confidence":1}]}"#,
            "\r\n",
            r#"{"frame":3,"detections":[],"camera":"door"}"#,
        ))
        .unwrap();
        assert_eq!(frames.len(), 2);
        assert_eq!(frames[0].time, Some(Duration::from_millis(40)));
        assert_eq!(frames[0].observations.embeddings.get(0), Some(&[0.6, 0.8][..]));
        assert_eq!(frames[0].observations.embeddings.get(1), None);
        assert_eq!(frames[0].observations.detections[1].bbox, Bbox::new(5.0, 6.0, 7.0, 8.0));
        assert_eq!((frames[1].number, frames[1].time), (3, None));
    }

    #[test]
    fn a_bad_line_is_named() {
        let empty = r#"{"frame":1,"time":1,"detections":[]}"#;
        for (line, problem) in [
            (r#"{"frame":1,"detections":[]}"#, ": frame 1 comes after frame 1"),
            (r#"{"frame":2,"time":0.5,"detections":[]}"#, ": frame 2 is earlier"),
            (r#"{"frame":2,"time":-1,"detections":[]}"#, ": the time is -1"),
            (r#"{"frame":2}"#, "missing field `detections`"),
            (r#"{"frame":2,"detections":["#, "EOF"),
            (r#"{"frame":2,"detections":[{"bbox":[1,2,3],"confidence":1}]}"#, "invalid length 3"),
            (r#"{"frame":2,"detections":[{"bbox":[1,2,3,1e999],"confidence":1}]}"#, "number out of range"),
            (r#"{"frame":2,"detections":[{"bbox":[1,2,3,4],"confidence":1e99}]}"#, "number out of range"),
            (
                r#"{"frame":2,"detections":[{"bbox":[1,2,3,4],"confidence":1,"embedding":[1,0]},{"bbox":[1,2,3,4],"confidence":1,"embedding":[1]}]}"#,
                ": the embedding of detection 1 has 1 numbers",
            ),
        ] {
            let error = read(&format!("{empty}\n{line}\n")).unwrap_err().to_string();
            assert!(error.contains(problem) && error.contains("det.jsonl, line 2"), "{line}: {error}");
        }
    }

    prop_compose! {
        fn detection()(b in prop::array::uniform4(-1e4f64..1e4), confidence in 0f32..=1.0,
                       vector in prop::option::of(prop::array::uniform3(0.1f32..1.0)))
            -> (Detection, Option<[f32; 3]>) {
            (Detection { bbox: Bbox::new(b[0], b[1], b[2], b[3]), confidence }, vector)
        }
    }

    fn observed(people: &[(Detection, Option<[f32; 3]>)]) -> Observations {
        let mut embeddings = Embeddings::new(3);
        for (_, vector) in people {
            embeddings.push(vector.as_ref().map(|v| &v[..]));
        }
        Observations { detections: people.iter().map(|(detection, _)| *detection).collect(), embeddings }
    }

    fn round_trip(frames: &[DetectionFrame]) -> Vec<DetectionFrame> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("det.jsonl");
        let mut writer = DetectionWriter::create(&path).unwrap();
        for frame in frames {
            writer.write(frame).unwrap();
        }
        writer.finish().unwrap();
        DetectionReader::open(&path).unwrap().collect::<Result<_, _>>().unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_was_written_is_read(
            people in prop::collection::vec(prop::collection::vec(detection(), 0..4), 0..6), timed: bool
        ) {
            let frames: Vec<DetectionFrame> = (1u64..).zip(&people).map(|(number, people)| DetectionFrame {
                number,
                time: timed.then(|| Duration::from_nanos(number * 40_000_001)),
                observations: observed(people),
            }).collect();
            let read = round_trip(&frames);
            prop_assert_eq!(read.len(), frames.len());
            for (read, frame) in read.iter().zip(&frames) {
                prop_assert_eq!((read.number, read.time), (frame.number, frame.time));
                prop_assert_eq!(&read.observations.detections, &frame.observations.detections);
                // Vectors are scaled to unit length again, which may move the last bit.
                for i in 0..frame.observations.detections.len() {
                    let of = |f: &DetectionFrame| f.observations.embeddings.get(i).map(<[f32]>::to_vec);
                    let (a, b) = (of(read), of(frame));
                    prop_assert_eq!(a.is_some(), b.is_some());
                    let apart = a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| (a - b).abs());
                    prop_assert!(apart.fold(0.0, f32::max) < 1e-6);
                }
            }
        }
    }
}
