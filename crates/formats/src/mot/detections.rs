//! Detections as MOT text: `frame,-1,x,y,w,h,score[,...]`.

use std::fs;
use std::iter::{self, Peekable};
use std::path::Path;

use footfall_track::{Detection, Observations};

use super::row::{Row, Shape};
use crate::lines::Lines;
use crate::{DetectionFrame, Error};

const SHAPE: Shape = Shape { at_least: 7, used: 7, expected: "frame,-1,x,y,width,height,score" };

type BoxedRows = Box<dyn Iterator<Item = Result<(u64, Detection), Error>> + Send>;

/// Frames with at least one detection, by rising number; within a frame, rows keep their order.
///
/// A file whose frames rise is read as it goes, a frame in memory at a time. Any other, and whatever
/// cannot be read twice (a pipe), is loaded whole. The second column is ignored.
pub struct MotDetections {
    rows: Peekable<BoxedRows>,
}

impl MotDetections {
    /// Opens a file and checks every line of it; `-` is the standard input.
    ///
    /// # Errors
    /// When the file cannot be read, and for its first bad line.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::over(Lines::open(path)?)
    }

    pub(crate) fn over(mut lines: Lines) -> Result<Self, Error> {
        let path = lines.path().to_owned();
        let repeatable = path.as_os_str() != "-" && fs::metadata(&path).is_ok_and(|m| m.is_file());
        let rows: BoxedRows = if !repeatable {
            loaded(lines)?
        } else if is_sorted(&mut lines)? {
            let mut lines = Lines::open(&path)?;
            Box::new(iter::from_fn(move || next_detection(&mut lines).transpose()))
        } else {
            loaded(Lines::open(&path)?)?
        };
        Ok(Self { rows: rows.peekable() })
    }
}

fn loaded(mut lines: Lines) -> Result<BoxedRows, Error> {
    let mut rows = Vec::new();
    while let Some(row) = next_detection(&mut lines)? {
        rows.push(row);
    }
    rows.sort_by_key(|(frame, _)| *frame);
    Ok(Box::new(rows.into_iter().map(Ok)))
}

impl Iterator for MotDetections {
    type Item = Result<DetectionFrame, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let (number, first) = match self.rows.next()? {
            Ok(row) => row,
            Err(error) => return Some(Err(error)),
        };
        let mut detections = vec![first];
        while let Some(Ok((_, detection))) =
            self.rows.next_if(|row| row.as_ref().is_ok_and(|(frame, _)| *frame == number))
        {
            detections.push(detection);
        }
        let observations = Observations::without_appearance(detections);
        Some(Ok(DetectionFrame { number, time: None, observations }))
    }
}

fn is_sorted(lines: &mut Lines) -> Result<bool, Error> {
    let (mut last, mut sorted) = (0, true);
    while let Some((frame, _)) = next_detection(lines)? {
        sorted &= frame >= last;
        last = frame;
    }
    Ok(sorted)
}

fn next_detection(lines: &mut Lines) -> Result<Option<(u64, Detection)>, Error> {
    let row = Row::next(lines, SHAPE)?;
    Ok(row.map(|row| {
        let detection = Detection { bbox: row.bbox(), confidence: row.value(6) as f32 };
        (row.frame(), detection)
    }))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::{DetectionReader, Error};

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
    fn a_bad_line_is_named() {
        for (text, problem) in [
            ("1,-1,10,2,3,4\n", "line 1: 6 columns of 7"),
            ("1,-1,1,2,3,4,1\n\nx,-1,1,2,3,4,1\n", "line 3: column 1 (frame) is \"x\""),
            ("0,-1,1,2,3,4,1\n", "line 1: the frame is 0"),
            ("1.5,-1,1,2,3,4,1\n", "line 1: the frame is 1.5"),
            ("1,-1,nan,2,3,4,1\n", "line 1: column 3 (x) is \"nan\""),
            ("1,-1,1,2,3,inf,1\n", "line 1: column 6 (height) is \"inf\""),
            ("1 -1 1 2 3 4 1\n", "line 1: column 1 (frame) is \"1 -1 1 2 3 4 1\""),
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
