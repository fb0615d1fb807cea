//! The one error that a run reports.

use std::sync::{Mutex, PoisonError};

use crate::BoxError;

/// Why a run failed. Of several failures the first is reported: the others follow from it.
///
/// A source that cannot be read ends its own lane; everything else ends the run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The source could not give its next frame, or ended before its time.
    #[error("reading {name}: {source}")]
    Read {
        /// The source's name.
        name: String,
        /// The adapter's error.
        source: BoxError,
    },
    /// A network could not be run.
    #[error("{stage} failed on frame {frame} of {name}: {source}")]
    Stage {
        /// `detect` or `embed`.
        stage: &'static str,
        /// The source's name.
        name: String,
        /// The frame's number, from 1.
        frame: u64,
        /// The adapter's error.
        source: BoxError,
    },
    /// An output could not be written or completed.
    #[error("writing {name}: {source}")]
    Write {
        /// The sink's name.
        name: String,
        /// The adapter's error.
        source: BoxError,
    },
    /// A thread could not be started.
    #[error("no thread could be started for the stage {stage}: {source}")]
    Thread {
        /// The stage.
        stage: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// A stage's code is wrong.
    #[error("the stage {stage} panicked: this is a bug in Footfall, please report it with the lines above")]
    Panic {
        /// The stage.
        stage: &'static str,
    },
}

/// Holds the first failure of a run or a lane.
#[derive(Debug, Default)]
pub(crate) struct Failure(Mutex<Option<RunError>>);

impl Failure {
    /// Keeps `error` if it is the first. Called before the failing stage closes its channels, so that
    /// whoever sees them closed can know why.
    pub(crate) fn report(&self, error: RunError) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    pub(crate) fn is_reported(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    pub(crate) fn take(&self) -> Option<RunError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
