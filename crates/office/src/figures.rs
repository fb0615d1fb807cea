//! What the office does, in numbers, and what is wrong with it, in words.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::keep::Letter;

/// Numbers that the parts of the office keep.
#[derive(Default)]
pub(crate) struct Figures {
    messages: AtomicU64,
    bytes: AtomicU64,
    waiting: AtomicU64,
    failures: AtomicU64,
    troubles: Mutex<BTreeMap<&'static str, String>>,
}

impl Figures {
    /// These messages are in the database.
    pub(crate) fn kept(&self, letters: &[Letter]) {
        let bytes: usize = letters.iter().map(|letter| letter.payload.len()).sum();
        self.messages.fetch_add(letters.len() as u64, Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// So many messages are at the hub and not in the database.
    pub(crate) fn waiting(&self, waiting: u64) {
        self.waiting.store(waiting, Ordering::Relaxed);
    }

    /// Messages that are in the database.
    pub(crate) fn messages(&self) -> u64 {
        self.messages.load(Ordering::Relaxed)
    }

    /// Bytes of these.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// How often the hub or the database was lost.
    pub(crate) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Messages that are at the hub and not in the database.
    pub(crate) fn still_waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// A part has all that it needs; whether that is news.
    pub(crate) fn well(&self, part: &'static str) -> bool {
        self.lock().remove(part).is_some()
    }

    /// A part has failed; whether that is news.
    pub(crate) fn failed(&self, part: &'static str, trouble: &str) -> bool {
        self.failures.fetch_add(1, Ordering::Relaxed);
        self.lock().insert(part, trouble.to_owned()).is_none_or(|known| known != trouble)
    }

    /// What is wrong now, in words.
    pub(crate) fn troubles(&self) -> Vec<String> {
        self.lock().iter().map(|(part, trouble)| format!("{part}: {trouble}")).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, String>> {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
