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
    /// How often the receiver was lost or did not take what there was.
    pub failures: u64,
    /// Crossings that the receiver has refused for good, and that it was not asked to take again.
    pub refused: u64,
    /// What is wrong now, in words; nothing while all goes well.
    pub trouble: Option<String>,
}

/// All publishers; clones show the same.
#[derive(Clone, Debug, Default)]
pub struct PublisherStates(Arc<Mutex<Vec<PublisherState>>>);

/// Tells of one publisher.
#[derive(Debug)]
pub(crate) struct Reporter {
    states: PublisherStates,
    index: usize,
}

impl PublisherStates {
    /// All of them as they are now.
    #[must_use]
    pub fn all(&self) -> Vec<PublisherState> {
        self.lock().clone()
    }

    pub(crate) fn add(&self, name: &str) -> Reporter {
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

    /// The receiver was reached.
    pub(super) fn up(&self) {
        self.change(|state| state.up = true);
    }

    /// The receiver took something: nothing is wrong any more.
    pub(crate) fn well(&self) {
        self.change(|state| (state.up, state.trouble) = (true, None));
    }

    pub(super) fn behind(&self, behind: u64) {
        self.change(|state| state.behind = behind);
    }

    /// So many crossings were refused for good, in all.
    pub(super) fn refused(&self, refused: u64) {
        self.change(|state| state.refused = refused);
    }

    /// Something is in the way; whether that is news.
    pub(super) fn waits(&self, trouble: &str) -> bool {
        let mut is_news = false;
        self.change(|state| {
            is_news = state.trouble.as_deref() != Some(trouble);
            state.trouble = Some(trouble.to_owned());
        });
        is_news
    }

    /// The receiver refuses what there is, for now; whether that is news.
    pub(super) fn stuck(&self, trouble: &str) -> bool {
        self.change(|state| state.failures += 1);
        self.waits(trouble)
    }

    /// The receiver was lost; whether that is news.
    pub(crate) fn failed(&self, trouble: &str) -> bool {
        self.change(|state| state.up = false);
        self.stuck(trouble)
    }
}
