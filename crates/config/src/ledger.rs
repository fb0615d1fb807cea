//! What a user may say about the ledger.

use std::path::{Path, PathBuf};

use anyhow::bail;
use footfall_ledger::jiff::Timestamp;
use footfall_private::LocalPath;
use serde::{Deserialize, Serialize};

/// Where crossings are kept for good.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LedgerConfig {
    /// The database; without one nothing is kept.
    pub file: Option<LocalPath>,
    /// After how many days entries are removed; never by default.
    pub retention: Option<u32>,
    /// Whether old entries go too that a publisher has not sent.
    pub remove_unsent: bool,
    /// What becomes of the counts of a line that is not there any more.
    pub removed_lines: RemovedLines,
    /// When the recording began, by the command line.
    #[serde(skip)]
    pub start_time: Option<Timestamp>,
    /// Whether what the ledger has of a recording is replaced, by the command line.
    #[serde(skip)]
    pub recount: bool,
}

/// What becomes of the counts of a line that was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RemovedLines {
    /// They stay in the totals: people did come in there.
    #[default]
    Keep,
    /// They leave the totals, of earlier days too: the line was a mistake.
    Drop,
}

impl LedgerConfig {
    /// The ledger that a command reads: the one that it was given, else the configuration's, else `footfall.db`.
    #[must_use]
    pub fn read_by(&self, given: Option<&Path>) -> PathBuf {
        given.or(self.file.as_deref()).unwrap_or(Path::new("footfall.db")).to_owned()
    }

    /// Fails on numbers that mean nothing.
    ///
    /// # Errors
    ///
    /// Says which number it is.
    pub fn validate(&self) -> anyhow::Result<()> {
        if self.retention == Some(0) {
            bail!("ledger.retention is 0; it is a number of days, 1 or more, and without it entries stay");
        }
        Ok(())
    }
}
