//! Tracks into a file, whichever form its name asks for.

use std::ffi::OsStr;
use std::path::PathBuf;

use footfall_count::{Anchor, Seen};

use crate::Error;
use crate::jsonl::JsonTrackWriter;
use crate::mot::TrackWriter;

/// Writes tracks frame by frame: JSON lines where the file's name ends with `.jsonl` or `.ndjson`, else MOT text.
#[derive(Debug)]
pub enum TracksWriter {
    /// MOT text.
    Mot(TrackWriter),
    /// JSON lines.
    Json(JsonTrackWriter),
}

impl TracksWriter {
    /// Starts a file that takes the name `path` in [`finish`](Self::finish); `-` is the standard output, as MOT text.
    ///
    /// # Errors
    /// As [`PartialFile::create`](crate::PartialFile::create).
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        let ending = path.extension().map(OsStr::to_ascii_lowercase);
        if ending.is_some_and(|ending| ending == "jsonl" || ending == "ndjson") {
            JsonTrackWriter::create(path).map(Self::Json)
        } else {
            TrackWriter::create(path).map(Self::Mot)
        }
    }

    /// Writes the tracks of the next frame; `anchor` is the point of a person that is in a zone or not.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&mut self, seen: &Seen, anchor: Anchor) -> Result<(), Error> {
        match self {
            Self::Mot(writer) => writer.write(seen.frame, &seen.tracks),
            Self::Json(writer) => writer.write(seen, anchor),
        }
    }

    /// Completes the file.
    ///
    /// # Errors
    /// As [`PartialFile::finish`](crate::PartialFile::finish).
    pub fn finish(self) -> Result<(), Error> {
        match self {
            Self::Mot(writer) => writer.finish(),
            Self::Json(writer) => writer.finish(),
        }
    }
}
