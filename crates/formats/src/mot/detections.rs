//! Detections as MOT text: `frame,-1,x,y,w,h,score[,...]`.

use std::fs;
use std::iter::{self, Peekable};
use std::path::Path;

use footfall_track::{Bbox, Detection, Observations};

use super::row::{Rows, Shape};
use super::{Cadence, ScoreRange, Scores};
use crate::lines::Lines;
use crate::{DetectionFrame, Error};

const SHAPE: Shape = Shape { at_least: 7, used: 7, expected: "frame,-1,x,y,width,height,score" };

/// A row: the frame, where, and how surely.
type Seen = (u64, Bbox, f32);
type BoxedRows = Box<dyn Iterator<Item = Result<Seen, Error>> + Send>;

/// Frames with at least one detection, by rising number; within a frame, rows keep their order.
///
/// A file whose frames rise is read as it goes, a frame in memory at a time. Any other, and whatever
/// cannot be read twice (a pipe), is loaded whole. The second column is ignored.
pub struct MotDetections {
    rows: Peekable<BoxedRows>,
    survey: Survey,
}

/// What a file says as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Survey {
    /// Which frames it tells of.
    pub cadence: Cadence,
    /// Its scores.
    pub scores: ScoreRange,
}

impl Survey {
    fn add(&mut self, (frame, _, score): &Seen) {
        self.cadence.add(*frame);
        self.scores.add(*score);
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
        let (rows, survey) = if !repeatable {
            loaded(rows)?
        } else if let Some(survey) = survey_if_sorted(rows)? {
            let mut rows = again()?;
            let rows: BoxedRows = Box::new(iter::from_fn(move || next_detection(&mut rows).transpose()));
            (rows, survey)
        } else {
            loaded(again()?)?
        };
        Ok(Self { rows: rows.peekable(), survey })
    }

    /// What the file says as a whole.
    #[must_use]
    pub fn survey(&self) -> &Survey {
        &self.survey
    }
}

fn loaded(mut rows: Rows) -> Result<(BoxedRows, Survey), Error> {
    let mut all = Vec::new();
    while let Some(row) = next_detection(&mut rows)? {
        all.push(row);
    }
    all.sort_by_key(|(frame, ..)| *frame);
    let mut survey = Survey::default();
    for row in &all {
        survey.add(row);
    }
    Ok((Box::new(all.into_iter().map(Ok)), survey))
}

/// Checks every line; nothing where frames fall somewhere.
fn survey_if_sorted(mut rows: Rows) -> Result<Option<Survey>, Error> {
    let (mut last, mut sorted, mut survey) = (0, true, Survey::default());
    while let Some(row) = next_detection(&mut rows)? {
        sorted &= row.0 >= last;
        last = row.0;
        survey.add(&row);
    }
    Ok(sorted.then_some(survey))
}

fn next_detection(rows: &mut Rows) -> Result<Option<Seen>, Error> {
    Ok(rows.next()?.map(|row| (row.frame(), row.bbox(), row.value(6) as f32)))
}

impl Iterator for MotDetections {
    type Item = Result<DetectionFrame, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let scores = self.survey.scores.scores();
        let detection = |bbox, score| Detection { bbox, confidence: Scores::confidence(scores, score) };
        let (number, bbox, score) = match self.rows.next()? {
            Ok(row) => row,
            Err(error) => return Some(Err(error)),
        };
        let mut detections = vec![detection(bbox, score)];
        while let Some(Ok((_, bbox, score))) =
            self.rows.next_if(|row| row.as_ref().is_ok_and(|(frame, ..)| *frame == number))
        {
            detections.push(detection(bbox, score));
        }
        let observations = Observations::without_appearance(detections);
        Some(Ok(DetectionFrame { number, time: None, observations }))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::{DetectionFrame, DetectionReader, Error};

    fn read(text: &str) -> Result<Vec<(u64, Vec<f64>)>, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("det.txt");
        fs::write(&path, text).unwrap();
        DetectionReader::open(&path)?
            .map(|frame| {
                frame.map(|f| (f.number, f.observations.detections.iter().map(|d| d.bbox.x).collect()))
            })
            .collect()
    }

    #[test]
    fn rows_are_grouped_by_frame() {
        let text = "1,-1,10,2,3,4,0.9\r\n1,7,11,2,3,4,0.8,-1,-1,-1\n\n 3 , -1, 12.5, 2, 3, 4, 1,\n";
        assert_eq!(read(text).unwrap(), [(1, vec![10.0, 11.0]), (3, vec![12.5])]);
        assert_eq!(read("").unwrap(), []);
    }

    #[test]
    fn unsorted_rows_are_sorted_and_keep_their_order_within_a_frame() {
        let text = "2,-1,1,0,3,4,1\n1,-1,2,0,3,4,1\n2,-1,3,0,3,4,1\n1,-1,4,0,3,4,1\n";
        assert_eq!(read(text).unwrap(), [(1, vec![2.0, 4.0]), (2, vec![1.0, 3.0])]);
    }

    #[test]
    fn comments_and_column_names_are_passed_over() {
        let rows = [(1, vec![10.0]), (3, vec![12.0])];
        let text =
            "\u{feff}# by hand\r\nframe,id,x,y,w,h,score\r\n1,-1,10,2,3,4,1\r\n#\r\n3,-1,12,2,3,4,1\r\n";
        assert_eq!(read(text).unwrap(), rows);
        assert_eq!(read("\"frame_number\" \"track_id\" x\n1 -1 10 2 3 4 1\n3 -1 12 2 3 4 1").unwrap(), rows);
    }

    #[test]
    fn the_whole_file_says_which_frames_were_looked_at_and_what_scores_mean() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("det.txt");
        for order in [["2", "4", "10"], ["10", "2", "4"]] {
            let row = |frame: &str| format!("{frame} -1 5 5 30 80 50\n{frame} -1 90 5 30 80 25\n");
            fs::write(&path, order.map(row).concat()).unwrap();
            let reader = DetectionReader::open(&path).unwrap();
            assert_eq!(reader.survey().map(|survey| survey.cadence.stride()), Some(2));
            let confidences = |f: DetectionFrame| -> Vec<_> {
                f.observations.detections.iter().map(|d| d.confidence).collect()
            };
            let read: Vec<_> = reader.map(|frame| confidences(frame.unwrap())).collect();
            assert_eq!(read, [[0.5, 0.25]; 3]);
        }
    }

    #[test]
    fn a_bad_line_is_named() {
        for (text, problem) in [
            ("1,-1,10,2,3,4\n", "line 1: 6 columns of 7"),
            ("1,-1,1,2,3,4,1\n\nx,-1,1,2,3,4,1\n", "line 3: column 1 (frame) is \"x\""),
            ("0,-1,1,2,3,4,1\n", "line 1: the frame is 0"),
            ("1.5,-1,1,2,3,4,1\n", "line 1: the frame is 1.5"),
            ("1,-1,nan,2,3,4,1\n", "line 1: column 3 (x) is \"nan\""),
            ("1,-1,1,2,3,inf,1\n", "line 1: column 6 (height) is \"inf\""),
            ("1 -1 1 2 3 4\n", "line 1: 6 columns of 7"),
            ("# made by hand\n1 -1 1 2 3 x 1\n", "line 2: column 6 (height) is \"x\""),
            ("id,frame,x,y,w,h,score\n1,-1,1,2,3,4,1\n", "line 1: column 1 (frame) is \"id\""),
            ("1,-1,,2,3,4,1\n", "line 1: column 3 (x) is \"\""),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(problem) && error.contains("det.txt"), "{text:?}: {error}");
            assert!(error.ends_with("expected frame,-1,x,y,width,height,score"), "{error}");
        }
    }

    #[test]
    fn what_is_no_text_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("det.txt");
        fs::write(&path, [0xff, 0xfe, 0x00, b'\n']).unwrap();
        assert!(matches!(DetectionReader::open(&path), Err(Error::Line { line: 1, .. })));
        assert!(matches!(DetectionReader::open(folder.path().join("none")), Err(Error::Read { .. })));
    }
}
