//! What writes for one source: its run in the ledger, begun when the ledger lets it.

use std::path::Path;
use std::time::Duration;

use footfall_ledger::{Drawn, Entry, Error, Run, RunInfo};
use footfall_pipeline::Kind;

use super::Book;

/// The run of one source.
pub(super) struct Pen {
    book: Book,
    index: usize,
    info: RunInfo,
    run: Option<Run>,
}

impl Pen {
    /// Begins the run of the source at `index`. A live one begins with its first entry where the ledger cannot be
    /// written now: its frames do not wait.
    pub(super) fn new(book: Book, index: usize, info: RunInfo, kind: Kind) -> Result<Self, Error> {
        let mut pen = Self { book, index, info, run: None };
        match pen.begin().map(drop) {
            Err(error) if kind == Kind::Live && error.obstacle().is_some() => {
                tracing::warn!("{error}. Counting begins without it");
                Ok(pen)
            }
            begun => begun.map(|()| pen),
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.book.path()
    }

    /// Writes `entries`; of a scene, at `time`, also that it was counted.
    pub(super) fn write(&mut self, time: Option<Duration>, entries: &[Entry]) -> Result<(), Error> {
        let run = self.begin()?;
        let recorded = time.map_or_else(|| run.record(entries), |time| run.scene(time, entries));
        recorded.map(drop)
    }

    /// Writes down which lines there are from now on.
    pub(super) fn draw(&mut self, drawn: &Drawn) -> Result<(), Error> {
        self.begin()?.draw(drawn)
    }

    fn begin(&mut self) -> Result<&Run, Error> {
        let run = if let Some(run) = self.run.take() {
            run
        } else {
            let run = self.book.ledger.begin(&self.info)?;
            self.book.lock().insert(self.index, run.clone());
            run
        };
        Ok(self.run.insert(run))
    }
}
