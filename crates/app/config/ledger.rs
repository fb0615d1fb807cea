//! What a user may say about the ledger.

use std::path::{Path, PathBuf};

use anyhow::bail;
use footfall_ledger::jiff::Timestamp;
use footfall_private::LocalPath;
use serde::{Deserialize, Serialize};

use crate::cli::LedgerArgs;

/// Where crossings are kept for good.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LedgerConfig {
    /// The database; without one nothing is kept.
    pub(crate) file: Option<LocalPath>,
    /// After how many days entries are removed; never by default.
    pub(crate) retention: Option<u32>,
    /// Whether old entries go too that a publisher has not sent.
    pub(crate) remove_unsent: bool,
    /// What becomes of the counts of a line that is not there any more.
    pub(crate) removed_lines: RemovedLines,
    #[serde(skip)]
    pub(crate) start_time: Option<Timestamp>,
    #[serde(skip)]
    pub(crate) recount: bool,
}

/// What becomes of the counts of a line that was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RemovedLines {
    /// They stay in the totals: people did come in there.
    #[default]
    Keep,
    /// They leave the totals, of earlier days too: the line was a mistake.
    Drop,
}

impl LedgerConfig {
    /// The ledger that a command reads: the one that it was given, else the configuration's, else `footfall.db`.
    pub(crate) fn read_by(&self, given: Option<&Path>) -> PathBuf {
        given.or(self.file.as_deref()).unwrap_or(Path::new("footfall.db")).to_owned()
    }
}

impl LedgerConfig {
    pub(crate) fn override_by(&mut self, args: &LedgerArgs) -> anyhow::Result<()> {
        if let Some(path) = &args.ledger {
            self.file = Some(path.clone().into());
        }
        self.start_time = args.start_time;
        self.recount = args.recount;
        self.validate()?;
        if args.recount && self.file.is_none() {
            bail!("--recount is about the ledger, and none is named: see --ledger");
        }
        Ok(())
    }

    /// Fails on numbers that mean nothing.
    pub(crate) fn validate(&self) -> anyhow::Result<()> {
        if self.retention == Some(0) {
            bail!("ledger.retention is 0; it is a number of days, 1 or more, and without it entries stay");
        }
        Ok(())
    }
}
