//! Readers of one ledger for several threads.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use footfall_ledger::{Error, Reader};
use footfall_serve::Waiting;

/// Readers that stay open while nobody uses them: as many as usually answer at once.
const KEPT: usize = 4;

/// Each question gets a reader for itself, so that a long one holds up no other.
pub(super) struct Readers {
    path: PathBuf,
    free: Mutex<Vec<Reader>>,
}

impl Readers {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        Ok(Self { path: path.to_owned(), free: Mutex::new(vec![Reader::open(path)?]) })
    }

    /// Asks a reader, which gives up when nobody waits any more.
    pub(super) fn ask<T, E: From<Error>>(
        &self,
        waiting: &Waiting,
        question: impl FnOnce(&Reader) -> Result<T, E>,
    ) -> Result<T, E> {
        let free = self.take();
        let reader = free.map_or_else(|| Reader::open(&self.path), Ok)?;
        let waiting = waiting.clone();
        reader.read_while(move || !waiting.is_over());
        let answer = question(&reader);
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < KEPT {
            free.push(reader);
        }
        answer
    }

    /// One that is free, if any is. The ledger may have been deleted or replaced since it was opened.
    fn take(&self) -> Option<Reader> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.retain(Reader::is_current);
        free.pop()
    }
}
