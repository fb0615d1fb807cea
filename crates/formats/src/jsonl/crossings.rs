//! Crossings: one a line.

use std::io::Write;
use std::path::{Path, PathBuf};

use footfall_count::{Crossing, Direction, Elsewhere, Passage, Reason, Seen, Visitor};
use serde::{Deserialize, Serialize};

use crate::lines::Lines;
use crate::{Error, PartialFile};

const EXPECTED: &str =
    r#"{"frame":12,"time":1.1,"source":"...","line":"door","direction":"in","track":7}, direction in or out"#;

/// One crossing, as it stands in a file. Other programs' files need `frame`, `line` and `direction` only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CrossingRow {
    /// Number of the frame in which the anchor came to the other side, from 1.
    pub frame: u64,
    /// That frame's time since the source's start, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<f64>,
    /// What the frames came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The line's name.
    pub line: String,
    /// Which way.
    pub direction: Direction,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<u64>,
    /// Where the anchor's path met the line, in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<[f64; 2]>,
    /// Number of the frame in which it was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<u64>,
    /// How likely it is that somebody truly passed, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// What the confidence rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// Which visitor came in, from 1, where they can be known again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visitor: Option<u64>,
    /// Which of their comings it is, from 1; above it, they come again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coming: Option<u64>,
    /// How likely it is that they came in before within the window, 0 to 1, where their looks are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<f64>,
    /// The name of who works there, and is left out of counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<String>,
    /// The passage of another camera that is counted in its place, where several see the same people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<Passage>,
    /// What other cameras make of it, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Elsewhere>,
}

impl CrossingRow {
    /// The row of `crossing`, which passed the line called `line` in `source`.
    ///
    /// Times are rounded to microseconds, points to hundredths of a pixel, confidences to ten-thousandths.
    #[must_use]
    pub fn new(crossing: &Crossing, line: &str, source: &str) -> Self {
        let hundredths = |v: f64| (v * 100.0).round() / 100.0 + 0.0;
        Self {
            frame: crossing.frame,
            time: Some((crossing.time.as_secs_f64() * 1e6).round() / 1e6),
            source: Some(source.to_owned()),
            line: line.to_owned(),
            direction: crossing.direction,
            track: Some(crossing.track.0),
            point: Some([hundredths(crossing.point.x), hundredths(crossing.point.y)]),
            decided: Some(crossing.decided),
            confidence: Some((crossing.confidence * 1e4).round() / 1e4),
            reasons: crossing.reasons.clone(),
            visitor: crossing.visitor.as_ref().and_then(Visitor::number),
            coming: crossing
                .visitor
                .filter(|_| crossing.direction == Direction::In)
                .as_ref()
                .map(Visitor::coming),
            again: crossing.again.map(|again| (again * 1e4).round() / 1e4),
            staff: crossing.staff.as_deref().map(str::to_owned),
            same_as: crossing.elsewhere.as_ref().and_then(|elsewhere| elsewhere.same_as.clone()),
            site: crossing.elsewhere.as_deref().cloned(),
        }
    }
}

/// Writes crossings. Those that go to a pipe or a terminal can be read at once.
#[derive(Debug)]
pub struct CrossingWriter {
    file: PartialFile,
}

impl CrossingWriter {
    /// Starts a file that takes the name `path` in [`finish`](Self::finish).
    ///
    /// # Errors
    /// As [`PartialFile::create`].
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, Error> {
        Ok(Self { file: PartialFile::create(path)? })
    }

    /// Writes the crossings that were decided in a frame of `source`.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write_all(&mut self, seen: &Seen, source: &str) -> Result<(), Error> {
        seen.passages()
            .try_for_each(|(crossing, line)| self.write(&CrossingRow::new(crossing, line.name(), source)))
    }

    /// Writes one crossing.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&mut self, row: &CrossingRow) -> Result<(), Error> {
        self.file.put_json_line(row)?;
        if self.file.is_direct() {
            return self.file.flush().map_err(|source| Error::write(self.file.path(), source));
        }
        Ok(())
    }

    /// Completes the file.
    ///
    /// # Errors
    /// As [`PartialFile::finish`].
    pub fn finish(self) -> Result<(), Error> {
        self.file.finish()
    }
}

/// Crossings in the order of the file, one in memory at a time.
pub struct CrossingReader {
    lines: Lines,
}

impl CrossingReader {
    /// Opens a file; `-` is the standard input.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Ok(Self { lines: Lines::open(path)? })
    }

    fn next_row(&mut self) -> Result<Option<CrossingRow>, Error> {
        let parsed = match self.lines.next_line()? {
            None => return Ok(None),
            Some(text) => serde_json::from_str(text),
        };
        parsed.map(Some).map_err(|source| self.lines.json_error(source, EXPECTED))
    }
}

impl Iterator for CrossingReader {
    type Item = Result<CrossingRow, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().transpose()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use footfall_count::{Crossing, Direction, Reason};
    use footfall_track::{Point, TrackId};

    use super::{CrossingReader, CrossingRow, CrossingWriter};

    #[test]
    fn what_was_written_is_read() {
        let crossing = Crossing {
            line: 0,
            direction: Direction::In,
            track: TrackId(7),
            frame: 12,
            time: Duration::from_millis(1100),
            decided: 14,
            point: Point::new(384.0, 301.256),
            confidence: 0.912_34,
            reasons: vec![Reason::Joined, Reason::LineEnd],
            visitor: None,
            again: None,
            staff: None,
            hidden: None,
            elsewhere: None,
            look: None,
        };
        let row = CrossingRow::new(&crossing, "door", "shop.mp4");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("crossings.jsonl");
        let mut writer = CrossingWriter::create(&path).unwrap();
        writer.write(&row).unwrap();
        writer.finish().unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "{\"frame\":12,\"time\":1.1,\"source\":\"shop.mp4\",\"line\":\"door\",\"direction\":\"in\",\
             \"track\":7,\"point\":[384.0,301.26],\"decided\":14,\
             \"confidence\":0.9123,\"reasons\":[\"joined\",\"line_end\"]}\n"
        );
        let rows: Vec<CrossingRow> = CrossingReader::open(&path).unwrap().collect::<Result<_, _>>().unwrap();
        assert_eq!(rows, [row]);
    }

    #[test]
    fn other_programs_need_three_fields_and_errors_name_the_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.jsonl");
        let text = "{\"frame\":3,\"line\":\"a\",\"direction\":\"out\",\"score\":1}\n\
                    {\"frame\":3,\"line\":\"a\",\"direction\":\"up\"}\n";
        fs::write(&path, text).unwrap();
        let mut rows = CrossingReader::open(&path).unwrap();
        assert_eq!(rows.next().unwrap().unwrap().direction, Direction::Out);
        let error = rows.next().unwrap().unwrap_err().to_string();
        assert!(error.contains("c.jsonl, line 2, column 38: unknown variant `up`"), "{error}");
    }
}
