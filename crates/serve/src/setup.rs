//! The port to what can be set up on the page.

use std::collections::BTreeMap;

use footfall_count::Layout;
use serde_json::Value;

use crate::{Change, PortError, Settings};

/// What is drawn over one source's picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Rises with every change: who changes says which one they have seen.
    pub revision: u64,
    /// In the picture's pixels.
    pub layout: Layout,
}

/// Where a change is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// In the configuration file, too.
    File,
    /// In effect, but there is no file that it could be written to.
    Memory,
    /// In effect, but the command line that the program was started with says otherwise at the next start.
    Elsewhere,
}

impl Saved {
    /// Why it is not in a file, for people.
    #[must_use]
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::File => None,
            Self::Memory => Some("there is no configuration file to keep it"),
            Self::Elsewhere => Some(
                "the command line names this source or draws over it. To keep what is drawn here, give the source a \
                 [[source]] of its own in the configuration, and leave out --line, --zone and --mask",
            ),
        }
    }
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Nothing by that name.
    #[error("there is no source \"{id}\"")]
    NoSource {
        /// What was asked for.
        id: String,
    },
    /// Somebody else was faster.
    #[error("the lines and zones were changed meanwhile (revision {current}): load them again")]
    Stale {
        /// The revision that is in effect.
        current: u64,
    },
    /// What was given cannot be used.
    #[error("{problem}")]
    Invalid {
        /// Why, and what would do.
        problem: String,
    },
    /// Nothing can be changed here: an old ledger is shown, or there is no configuration file.
    #[error("there is no running count with a configuration file that could be changed")]
    ReadOnly,
    /// It could not be saved; nothing has changed.
    #[error("the configuration could not be saved")]
    Save {
        /// Why: for the log, not for clients.
        source: PortError,
    },
}

/// What is drawn, and the configuration: the port to whoever runs the pipeline and owns the file.
pub trait Setup: Send + Sync {
    /// What is drawn over a source's picture.
    ///
    /// # Errors
    /// When there is no such source.
    fn drawing(&self, source: &str) -> Result<Drawing, SetupError>;

    /// Puts these lines, zones and masks into effect at once, and saves them where that can be done.
    ///
    /// # Errors
    /// When the drawing's revision is not the current one, or it cannot be saved; then nothing changes.
    fn redraw(&self, source: &str, drawing: Drawing) -> Result<(Drawing, Saved), SetupError>;

    /// The settings in the configuration file that can be changed.
    ///
    /// # Errors
    /// When there is no file, or it cannot be read.
    fn settings(&self) -> Result<Settings, SetupError> {
        Err(SetupError::ReadOnly)
    }

    /// Makes a change in the configuration file.
    ///
    /// # Errors
    /// When there is no file, the change cannot be used, or it cannot be saved; then nothing changes.
    fn change(&self, change: Change) -> Result<(), SetupError> {
        let _ = change;
        Err(SetupError::ReadOnly)
    }

    /// Thresholds of the counter and the tracker as they stand in the configuration file, as `counter.dead_band`.
    ///
    /// # Errors
    /// When there is no file, or it cannot be read.
    fn thresholds(&self) -> Result<BTreeMap<String, Value>, SetupError> {
        Err(SetupError::ReadOnly)
    }

    /// Writes these thresholds into the configuration file and waits until they are in force; gives why they are not
    /// yet, where that takes long.
    ///
    /// # Errors
    /// When there is no file, one of them cannot be used, or they cannot be saved; then nothing changes.
    fn set_thresholds(&self, thresholds: &BTreeMap<String, Value>) -> Result<Option<String>, SetupError> {
        let _ = thresholds;
        Err(SetupError::ReadOnly)
    }

    /// The configuration in effect, without secrets and without paths of this machine.
    fn configuration(&self) -> Value;
}
