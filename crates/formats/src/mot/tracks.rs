//! Tracks as MOT text: `frame,id,x,y,w,h,confidence,-1,-1,-1`.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

use footfall_track::{Bbox, TrackId, TrackedBox};

use super::row::{Rows, Shape};
use crate::lines::Lines;
use crate::{Error, PartialFile};

pub(super) const SHAPE: Shape =
    Shape { at_least: 6, used: 8, further: false, expected: "frame,id,x,y,width,height,confidence,-1,-1,-1" };

/// A track's box in one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackRow {
    /// Number of the frame, from 1.
    pub frame: u64,
    /// Who.
    pub id: TrackId,
    /// Where, in pixels.
    pub bbox: Bbox,
    /// 0 to 1; 1 where the file has no such column.
    pub confidence: f32,
}

/// As a line of MOT text, without its end.
///
/// Boxes have two decimals and confidences four: finer than any detector, and the same tracks give
/// the same bytes on every machine.
impl fmt::Display for TrackRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [x, y, w, h] = [self.bbox.x, self.bbox.y, self.bbox.width, self.bbox.height].map(hundredths);
        let Self { frame, id, confidence, .. } = self;
        write!(formatter, "{frame},{id},{x:.2},{y:.2},{w:.2},{h:.2},{confidence:.4},-1,-1,-1")
    }
}

/// Reads a whole file, by rising frame; within a frame, rows keep their order. `-` is the standard input.
///
/// # Errors
/// When the file cannot be read, for its first bad line, and for a class in the eighth column that is
/// not a person's. An empty file is no error: a tracker
/// may have seen nobody.
pub fn read_tracks(path: &Path) -> Result<Vec<TrackRow>, Error> {
    let mut rows = Rows::over(Lines::open(path)?, SHAPE);
    let mut tracks = Vec::new();
    while let Some((_, row)) = next_track(&mut rows)? {
        tracks.push(row);
    }
    tracks.sort_by_key(|row| row.frame);
    Ok(tracks)
}

/// The next row, with the number of its line.
pub(super) fn next_track(rows: &mut Rows) -> Result<Option<(u64, TrackRow)>, Error> {
    let Some(row) = rows.next()? else { return Ok(None) };
    let id = TrackId(rows.whole(&row, 1)?);
    if row.value(7) >= 2.0 {
        let problem = format!("class {}, and only people (class 1, or -1) are tracked", row.value(7));
        return Err(rows.error(problem));
    }
    let confidence = if row.columns > 6 { row.value(6) as f32 } else { 1.0 };
    Ok(Some((row.line, TrackRow { frame: row.frame(), id, bbox: row.bbox(), confidence })))
}

/// Writes tracks, frame by frame, as [`TrackRow`] shows them.
#[derive(Debug)]
pub struct TrackWriter {
    file: PartialFile,
}

impl TrackWriter {
    /// Starts a file that takes the name `path` in [`finish`](Self::finish).
    ///
    /// # Errors
    /// As [`PartialFile::create`].
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, Error> {
        Ok(Self { file: PartialFile::create(path)? })
    }

    /// Writes the tracks of frame `number`, from 1.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&mut self, number: u64, tracks: &[TrackedBox]) -> Result<(), Error> {
        tracks.iter().try_for_each(|track| {
            self.write_row(&TrackRow {
                frame: number,
                id: track.id,
                bbox: track.bbox,
                confidence: track.confidence,
            })
        })?;
        // Whoever reads a pipe is told of each frame when it is decided.
        if self.file.is_direct() {
            self.file.flush().map_err(|source| Error::write(self.file.path(), source))?;
        }
        Ok(())
    }

    /// Writes one row.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write_row(&mut self, row: &TrackRow) -> Result<(), Error> {
        writeln!(self.file, "{row}").map_err(|source| Error::write(self.file.path(), source))
    }

    /// Completes the file.
    ///
    /// # Errors
    /// As [`PartialFile::finish`].
    pub fn finish(self) -> Result<(), Error> {
        self.file.finish()
    }
}

/// Rounded to two decimals, without a sign on zero.
fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0 + 0.0
}

#[cfg(test)]
mod tests {
    use std::fs;

    use footfall_track::{Bbox, TrackId};
    use proptest::prelude::*;

    use super::{TrackRow, TrackWriter, read_tracks};

    fn row(frame: u64, id: u64, [x, y, width, height]: [f64; 4], confidence: f32) -> TrackRow {
        TrackRow { frame, id: TrackId(id), bbox: Bbox::new(x, y, width, height), confidence }
    }

    fn written(rows: &[TrackRow]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tracks.txt");
        let mut writer = TrackWriter::create(&path).unwrap();
        for row in rows {
            writer.write_row(row).unwrap();
        }
        writer.finish().unwrap();
        (folder, path)
    }

    #[test]
    fn numbers_are_short_and_zero_has_no_sign() {
        let (_folder, path) = written(&[
            row(1, 2, [-0.001, 1.005, 30.0, 80.126], 0.98764),
            row(12, 3, [-5.5, 0.0, 1e4, 1.0], 1.0),
        ]);
        let text = fs::read_to_string(path).unwrap();
        assert_eq!(
            text,
            "1,2,0.00,1.00,30.00,80.13,0.9876,-1,-1,-1\n12,3,-5.50,0.00,10000.00,1.00,1.0000,-1,-1,-1\n"
        );
    }

    #[test]
    fn other_programs_rows_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.txt");
        fs::write(&path, "2,1.0,1,2,3,4,-1,-1,-1,-1\n1,5,1,2,3,4\n").unwrap();
        let rows = read_tracks(&path).unwrap();
        assert_eq!(rows, [row(1, 5, [1.0, 2.0, 3.0, 4.0], 1.0), row(2, 1, [1.0, 2.0, 3.0, 4.0], -1.0)]);
        for (text, problem) in [
            ("1,-1,1,2,3,4,1", "the id is -1"),
            ("1,1.5,1,2,3,4,1", "the id is 1.5"),
            ("1,1,1,2,3,4,1,3", "class 3"),
        ] {
            fs::write(&path, text).unwrap();
            let error = read_tracks(&path).unwrap_err().to_string();
            assert!(error.contains(problem), "{error}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_was_written_is_read(rows in prop::collection::vec(
            (1u64..50, 1u64..1_000_000, prop::array::uniform4(-5000i32..500_000), 0u16..=10_000), 0..30)
        ) {
            let mut rows: Vec<TrackRow> = rows
                .into_iter()
                .map(|(frame, id, b, c)| {
                    row(frame, id, b.map(|v| f64::from(v) / 100.0), f32::from(c) / 10_000.0)
                })
                .collect();
            let (_folder, path) = written(&rows);
            rows.sort_by_key(|row| row.frame);
            prop_assert_eq!(read_tracks(&path).unwrap(), rows);
        }
    }
}
