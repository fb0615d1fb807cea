//! Writing a recording.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use footfall_track::Observations;

use super::block::{Kind, pack};
use super::frames::Columns;
use super::{MAGIC, RecordingHead};
use crate::{Error, PartialFile};

/// A block ends after so much footage,
const LONGEST: Duration = Duration::from_secs(5);
/// or so many bytes, whichever comes first.
const LARGEST: usize = 1 << 20;

/// Writes a recording. Every block goes to the system as it is full: a kill loses the last seconds alone.
///
/// Until [`finish`](Self::finish) the file stands beside its final name, as every output does.
#[derive(Debug)]
pub struct RecordingWriter {
    file: PartialFile,
    columns: Columns,
    /// Time of the first frame in `columns`.
    began: Option<Duration>,
    frames: u64,
}

impl RecordingWriter {
    /// Starts a file that takes the name `path` in [`finish`](Self::finish).
    ///
    /// # Errors
    /// As [`PartialFile::create_private`], and when the system refuses.
    pub fn create(path: impl Into<PathBuf>, head: &RecordingHead) -> Result<Self, Error> {
        let mut file = PartialFile::create_private(path)?;
        file.put(&MAGIC)?;
        let head = serde_json::to_vec(head).map_err(|source| Error::write(file.path(), source.into()))?;
        let mut writer = Self { file, columns: Columns::default(), began: None, frames: 0 };
        writer.put(Kind::Head, &head)?;
        Ok(writer)
    }

    /// Writes the next frame; numbers and times must rise.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&mut self, number: u64, time: Duration, seen: &Observations) -> Result<(), Error> {
        let began = *self.began.get_or_insert(time);
        if time.saturating_sub(began) >= LONGEST || self.columns.bytes() >= LARGEST {
            self.end_block()?;
            self.began = Some(time);
        }
        self.columns.push(number, time, seen);
        Ok(())
    }

    /// Completes the file.
    ///
    /// # Errors
    /// As [`PartialFile::finish`].
    pub fn finish(mut self) -> Result<(), Error> {
        self.end_block()?;
        self.put(Kind::End, &self.frames.to_le_bytes())?;
        self.file.finish()
    }

    fn end_block(&mut self) -> Result<(), Error> {
        let columns = std::mem::take(&mut self.columns);
        if columns.frames() == 0 {
            return Ok(());
        }
        self.frames += columns.frames() as u64;
        self.put(Kind::Frames, &columns.pack())
    }

    fn put(&mut self, kind: Kind, content: &[u8]) -> Result<(), Error> {
        let block = pack(kind, content).map_err(|source| Error::write(self.file.path(), source))?;
        self.file.put(&block)?;
        self.file.flush().map_err(|source| Error::write(self.file.path(), source))
    }
}
