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

    #[test]
    fn columns_after_the_tenth_are_embeddings_where_all_rows_have_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("det.txt");
        let open = |text: &str| {
            fs::write(&path, text).unwrap();
            DetectionReader::open(&path).unwrap()
        };
        let reader = open("1,-1,1,2,3,4,1,-1,-1,-1,3,4\n1,-1,9,2,3,4,1,-1,-1,-1,0,0\n");
        assert_eq!(reader.notes(), ["the 2 columns after the tenth are taken as embeddings"]);
        let frames: Vec<_> = reader.map(Result::unwrap).collect();
        let embeddings = &frames[0].observations.embeddings;
        assert_eq!((embeddings.get(0), embeddings.get(1)), (Some(&[0.6, 0.8][..]), None));
        let reader = open("1,-1,1,2,3,4,1,-1,-1,-1,3,4\n1,-1,9,2,3,4,1,-1,-1,-1,0\n");
        assert!(reader.notes()[0].starts_with("rows have 1 to 2 columns"), "{:?}", reader.notes());
        assert_eq!(open("1,-1,1,2,3,4,1,-1,-1,-1,3\n").notes(), ["the column after the tenth is not used"]);
        assert!(open("1,-1,1,2,3,4,1,-1,-1,-1\n").notes().is_empty());
        fs::write(&path, "1,-1,1,2,3,4,1,-1,-1,-1,x\n").unwrap();
        let error = DetectionReader::open(&path).err().unwrap().to_string();
        assert!(error.contains("column 11 is \"x\""), "{error}");
    }
}
