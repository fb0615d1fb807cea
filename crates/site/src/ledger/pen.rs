//! What writes for one source: its run in the ledger, begun when the ledger lets it.

use std::path::Path;
use std::time::Duration;

use footfall_ledger::{Drawn, Entry, Error, Place, Run, RunInfo};
use footfall_pipeline::Kind;

use super::Book;
use crate::NOTICE;

/// The run of one source.
pub(super) struct Pen {
    book: Book,
    index: usize,
    info: RunInfo,
    run: Option<Run>,
    /// Whether something else is drawn than the ledger knows of.
    is_redrawn: bool,
}

impl Pen {
    /// Begins the run of the source at `index`. A live one begins with its first entry where the ledger cannot be
    /// written now: its frames do not wait.
    pub(super) fn new(book: Book, index: usize, info: RunInfo, kind: Kind) -> Result<Self, Error> {
        let mut pen = Self { book, index, info, run: None, is_redrawn: false };
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

    /// Says that what is written from now on was counted at these places.
    pub(super) fn draw(&mut self, places: Vec<Place>) {
        let is_same = |(a, b): (&Place, &Place)| (a.kind, &a.name, &a.points) == (b.kind, &b.name, &b.points);
        let known = &self.info.places;
        if known.len() != places.len() || !known.iter().zip(&places).all(is_same) {
            self.info.places = places;
            self.is_redrawn = self.run.is_some();
        }
    }

    /// Writes `entries`; of a scene, at `time`, also that it was counted.
    pub(super) fn write(&mut self, time: Option<Duration>, entries: &[Entry]) -> Result<(), Error> {
        self.begin()?;
        if self.is_redrawn {
            self.redraw()?;
        }
        let run = self.begin()?;
        let recorded = time.map_or_else(|| run.record(entries), |time| run.scene(time, entries));
        recorded.map(drop)
    }

    /// Writes down which lines there are from now on, and what they are for.
    pub(super) fn stand(&mut self, drawn: &Drawn) -> Result<(), Error> {
        if self.is_redrawn {
            self.redraw()?;
        }
        self.begin()?.draw(drawn)
    }

    fn redraw(&mut self) -> Result<(), Error> {
        let places = std::mem::take(&mut self.info.places);
        let renamed = self.begin().and_then(|run| run.redraw(&places));
        self.info.places = places;
        for renamed in renamed? {
            let (source, kind) = (&self.info.source, renamed.kind.as_str());
            tracing::info!(
                target: NOTICE,
                "the {kind} \"{}\" of {source} is called \"{}\" from now on, with all that was counted there",
                renamed.from,
                renamed.to
            );
        }
        self.is_redrawn = false;
        Ok(())
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
