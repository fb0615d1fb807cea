//! How publishers are doing, for the page and the metrics.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One publisher.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublisherState {
    /// Its name.
    pub name: String,
    /// Whether its receiver took something, or could be reached, at the last try.
    pub up: bool,
    /// Crossings that the receiver does not have yet.
    pub behind: u64,
    /// How often the receiver was lost or refused something.
    pub failures: u64,
}

/// All publishers; clones show the same.
#[derive(Clone, Debug, Default)]
pub struct PublisherStates(Arc<Mutex<Vec<PublisherState>>>);

/// Tells of one publisher.
#[derive(Debug)]
pub(super) struct Reporter {
    states: PublisherStates,
    index: usize,
}

impl PublisherStates {
    /// All of them as they are now.
    #[must_use]
    pub fn all(&self) -> Vec<PublisherState> {
        self.lock().clone()
    }

    pub(super) fn add(&self, name: &str) -> Reporter {
        let mut states = self.lock();
        states.push(PublisherState { name: name.to_owned(), ..PublisherState::default() });
        Reporter { states: self.clone(), index: states.len() - 1 }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<PublisherState>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reporter {
    fn change(&self, change: impl FnOnce(&mut PublisherState)) {
        if let Some(state) = self.states.lock().get_mut(self.index) {
            change(state);
        }
    }

    pub(super) fn up(&self) {
        self.change(|state| state.up = true);
    }

    pub(super) fn behind(&self, behind: u64) {
        self.change(|state| state.behind = behind);
    }

    /// Notes a failure; whether it was up until now.
    pub(super) fn failed(&self) -> bool {
        let mut was_up = false;
        self.change(|state| {
            was_up = std::mem::take(&mut state.up);
            state.failures += 1;
        });
        was_up
    }
}
