//! Groups of those who came in together: one a line.

use std::path::PathBuf;

use footfall_count::Group;
use serde::{Deserialize, Serialize};

use crate::{Error, PartialFile};

/// One group, as it stands in a file; somebody who came alone is a group of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupRow {
    /// Number of the frame in which the first of them reached the line, from 1.
    pub frame: u64,
    /// That frame's time since the source's start, in seconds.
    pub time: f64,
    /// When the last of them reached it, in seconds.
    pub until: f64,
    /// What the frames came from.
    pub source: String,
    /// The line's name.
    pub line: String,
    /// How many they are.
    pub size: u64,
    /// Who, in the order of their coming.
    pub tracks: Vec<u64>,
}

impl GroupRow {
    /// The row of `group`, which came in over the line called `line` in `source`. Times are rounded to microseconds.
    #[must_use]
    pub fn new(group: &Group, line: &str, source: &str) -> Self {
        let seconds = |time: std::time::Duration| (time.as_secs_f64() * 1e6).round() / 1e6;
        Self {
            frame: group.frame,
            time: seconds(group.time),
            until: seconds(group.until),
            source: source.to_owned(),
            line: line.to_owned(),
            size: group.size(),
            tracks: group.tracks.iter().map(|track| track.0).collect(),
        }
    }
}

/// Writes groups, as they are decided.
#[derive(Debug)]
pub struct GroupWriter {
    file: PartialFile,
}

impl GroupWriter {
    /// Starts a file that takes the name `path` in [`finish`](Self::finish).
    ///
    /// # Errors
    /// As [`PartialFile::create`].
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, Error> {
        Ok(Self { file: PartialFile::create(path)? })
    }

    /// Writes one group.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&mut self, row: &GroupRow) -> Result<(), Error> {
        self.file.put_json_line(row)
    }

    /// Completes the file.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn finish(self) -> Result<(), Error> {
        self.file.finish()
    }
}
