//! Tracks: a box a line.

use std::io::Write as _;
use std::path::PathBuf;

use footfall_count::{Anchor, Direction, Seen, Zone};
use footfall_track::TrackedBox;
use serde::Serialize;

use crate::{Error, PartialFile};

#[derive(Serialize)]
struct RowText<'a> {
    frame: u64,
    time: f64,
    id: u64,
    bbox: [f64; 4],
    confidence: f64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    crossed: Vec<CrossedText<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    zones: Vec<&'a str>,
}

#[derive(Serialize)]
struct CrossedText<'a> {
    line: &'a str,
    direction: Direction,
    frame: u64,
}

/// Writes tracks with what they have touched: `zones` are those that a person stands in, and `crossed` the lines
/// that they were found to have passed, in this frame, with the frame in which they did. What goes to a pipe or a
/// terminal can be read at once.
///
/// Times are rounded to microseconds, boxes to hundredths of a pixel, confidences to ten-thousandths.
#[derive(Debug)]
pub struct JsonTrackWriter {
    file: PartialFile,
}

impl JsonTrackWriter {
    /// Starts a file that takes the name `path` in [`finish`](Self::finish).
    ///
    /// # Errors
    /// As [`PartialFile::create`].
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, Error> {
        Ok(Self { file: PartialFile::create(path)? })
    }

    /// Writes the tracks of the next frame; `anchor` is the point of a person that is in a zone or not.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&mut self, seen: &Seen, anchor: Anchor) -> Result<(), Error> {
        for track in &seen.tracks {
            self.file.put_json_line(&RowText::of(seen, anchor, track))?;
        }
        if self.file.is_direct() {
            self.file.flush().map_err(|source| Error::write(self.file.path(), source))?;
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

impl<'a> RowText<'a> {
    fn of(seen: &'a Seen, anchor: Anchor, track: &TrackedBox) -> Self {
        let bbox = &track.bbox;
        let rounded = |value: f64, unit: f64| (value * unit).round() / unit + 0.0;
        let own = seen.passages().filter(|(crossing, _)| crossing.track == track.id);
        let crossed = own.map(|(crossing, line)| CrossedText {
            line: line.name(),
            direction: crossing.direction,
            frame: crossing.frame,
        });
        let within = seen.zones.iter().filter(|zone| zone.depth(anchor.of(bbox)) > 0.0);
        Self {
            frame: seen.frame,
            time: rounded(seen.time.as_secs_f64(), 1e6),
            id: track.id.0,
            bbox: [bbox.x, bbox.y, bbox.width, bbox.height].map(|value| rounded(value, 100.0)),
            confidence: rounded(track.confidence.into(), 1e4),
            crossed: crossed.collect(),
            zones: within.map(Zone::name).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use footfall_count::{Anchor, Crossing, Direction, Line, Seen, Zone};
    use footfall_track::{Bbox, Point, TrackId, TrackedBox};

    use super::JsonTrackWriter;

    #[test]
    fn a_box_says_whose_it_is_and_what_they_have_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tracks.jsonl");
        let lines: [Line; 1] = ["door:384,576,384,0".parse().unwrap()];
        let zones: [Zone; 2] =
            ["till:0,0,99,0,99,300,0,300", "far:900,0,999,0,999,9"].map(|text| text.parse().unwrap());
        let crossing = Crossing {
            line: 0,
            direction: Direction::Out,
            track: TrackId(2),
            frame: 7,
            time: Duration::ZERO,
            decided: 12,
            point: Point::new(384.0, 9.0),
            confidence: 1.0,
            reasons: Vec::new(),
            visitor: None,
            again: None,
            staff: None,
            hidden: None,
            elsewhere: None,
            look: None,
        };
        let tracked = |id, x| TrackedBox {
            id: TrackId(id),
            bbox: Bbox::new(x, 50.0, 40.0, 100.0),
            confidence: 0.912_345,
            detection: 0,
        };
        let mut writer = JsonTrackWriter::create(&path).unwrap();
        let seen = Seen {
            frame: 12,
            time: Duration::from_millis(440),
            tracks: vec![tracked(1, 10.123), tracked(2, 500.0)],
            crossings: vec![crossing],
            lines: lines.into(),
            zones: zones.into(),
            ..Seen::default()
        };
        writer.write(&seen, Anchor::Feet).unwrap();
        writer.finish().unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "{\"frame\":12,\"time\":0.44,\"id\":1,\"bbox\":[10.12,50.0,40.0,100.0],\"confidence\":0.9123,\
             \"zones\":[\"till\"]}\n\
             {\"frame\":12,\"time\":0.44,\"id\":2,\"bbox\":[500.0,50.0,40.0,100.0],\"confidence\":0.9123,\
             \"crossed\":[{\"line\":\"door\",\"direction\":\"out\",\"frame\":7}]}\n"
        );
    }
}
