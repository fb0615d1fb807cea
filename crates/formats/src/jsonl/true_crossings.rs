//! True crossings: JSON lines as a counter writes them, or one JSON object of sequences.

use std::path::Path;

use footfall_count::Direction;
use footfall_track::Point;
use serde::Deserialize;

use super::{CrossingReader, CrossingRow};
use crate::Error;
use crate::lines::Lines;

const EXPECTED: &str = r#"{"sequences":[{"sequence":"NAME","fps":25,"lines":[{"name":"door","a":[x,y],"b":[x,y]}],"events":[{"frame":12,"line":"door","direction":"in"}]}]}"#;

/// What a file of true crossings holds.
#[derive(Clone, Debug, PartialEq)]
pub enum TrueCrossings {
    /// Rows of JSON lines.
    Rows(Vec<CrossingRow>),
    /// Sequences, each with its lines and its frame rate.
    Sequences(Vec<TrueSequence>),
}

/// The true crossings of one sequence.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TrueSequence {
    /// Its name.
    #[serde(rename = "sequence")]
    pub name: String,
    /// Frames a second, above 0.
    pub fps: f64,
    /// How many frames it has.
    #[serde(default)]
    pub frames: Option<u64>,
    /// The lines that were watched.
    #[serde(default)]
    pub lines: Vec<TrueLine>,
    /// Who passed them.
    pub events: Vec<TrueEvent>,
}

/// A line from `a` to `b`, in pixels.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TrueLine {
    /// Its name.
    pub name: String,
    #[serde(rename = "a")]
    from: [f64; 2],
    #[serde(rename = "b")]
    to: [f64; 2],
}

/// One true crossing.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TrueEvent {
    /// Number of the frame, from 1.
    pub frame: u64,
    /// The line's name.
    pub line: String,
    /// Which way.
    pub direction: Direction,
    /// Who, by the ground truth's number.
    #[serde(default)]
    pub gt_id: Option<u64>,
}

impl TrueLine {
    /// Where it starts.
    #[must_use]
    pub fn a(&self) -> Point {
        Point::new(self.from[0], self.from[1])
    }

    /// Where it ends.
    #[must_use]
    pub fn b(&self) -> Point {
        Point::new(self.to[0], self.to[1])
    }
}

#[derive(Deserialize)]
struct Document {
    sequences: Vec<TrueSequence>,
}

/// Reads a file of true crossings in either form. An empty file is one without crossings.
///
/// # Errors
/// When the file cannot be read, for its first bad line, and for a frame rate of 0 or less.
pub fn read_true_crossings(path: &Path) -> Result<TrueCrossings, Error> {
    if is_one_object(path)? {
        return read_document(path).map(TrueCrossings::Sequences);
    }
    CrossingReader::open(path)?.collect::<Result<_, _>>().map(TrueCrossings::Rows)
}

/// Whether the first line is not an object by itself, or is one that holds sequences.
fn is_one_object(path: &Path) -> Result<bool, Error> {
    let mut lines = Lines::open(path)?;
    let Some(first) = lines.next_line()? else { return Ok(false) };
    Ok(match serde_json::from_str::<serde_json::Value>(first) {
        Ok(value) => value.get("sequences").is_some(),
        Err(error) => error.is_eof(),
    })
}

fn read_document(path: &Path) -> Result<Vec<TrueSequence>, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::read(path, source))?;
    let document: Document = serde_json::from_str(&text).map_err(|source| Error::Json {
        path: path.to_owned(),
        line: source.line() as u64,
        expected: EXPECTED,
        source,
    })?;
    for sequence in &document.sequences {
        if !(sequence.fps.is_finite() && sequence.fps > 0.0) {
            let problem = format!("sequence {} has {} frames a second", sequence.name, sequence.fps);
            return Err(Error::Line { path: path.to_owned(), line: 1, problem, expected: EXPECTED });
        }
    }
    Ok(document.sequences)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use footfall_count::Direction;

    use super::{TrueCrossings, read_true_crossings};
    use crate::Error;

    fn read(text: &str) -> Result<TrueCrossings, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("truth.json");
        fs::write(&path, text).unwrap();
        read_true_crossings(&path)
    }

    #[test]
    fn both_forms_are_read_on_one_line_or_many() {
        let text = r#"{"set":"x","sequences":[{"sequence":"S","fps":10.0,"frames":5,
            "lines":[{"name":"v1","a":[1,2],"b":[3,4]}],
            "events":[{"frame":3,"line":"v1","direction":"out","gt_id":9}]}]}"#;
        for text in [text.to_owned(), text.replace('\n', "")] {
            let TrueCrossings::Sequences(sequences) = read(&text).unwrap() else { panic!() };
            assert_eq!((sequences[0].name.as_str(), sequences[0].fps), ("S", 10.0));
            assert_eq!((sequences[0].lines[0].b().x, sequences[0].lines[0].b().y), (3.0, 4.0));
            assert_eq!(sequences[0].events[0].direction, Direction::Out);
        }
        let TrueCrossings::Rows(rows) = read("{\"frame\":3,\"line\":\"a\",\"direction\":\"in\"}\n").unwrap()
        else {
            panic!()
        };
        assert_eq!(rows.len(), 1);
        assert_eq!(read("").unwrap(), TrueCrossings::Rows(Vec::new()));
    }

    #[test]
    fn what_is_neither_is_an_error() {
        assert!(matches!(read("{\"sequences\":[{\"sequence\":\"S\"}]}"), Err(Error::Json { .. })));
        let still = r#"{"sequences":[{"sequence":"S","fps":0,"events":[]}]}"#;
        assert!(read(still).unwrap_err().to_string().contains("0 frames a second"));
        assert!(matches!(read("hello"), Err(Error::Json { line: 1, .. })));
    }
}
