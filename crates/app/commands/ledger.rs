//! `footfall ledger`: looking after a ledger.

mod clock;
mod copies;
pub(super) mod marks;
mod names;

use std::path::PathBuf;

use footfall_config::{Config, usage};
use footfall_ledger::{Error, Ledger, Reader};

use crate::cli::LedgerCommandArgs;
use crate::cli::ledger::{Command, WhichArgs, WhichLedger};
use crate::say::say;
use crate::{logging, progress};

impl WhichArgs {
    /// Where it is, or is to be.
    pub(crate) fn wanted(&self) -> anyhow::Result<PathBuf> {
        let config = Config::load(self.config.as_deref())?;
        Ok(config.ledger.read_by(self.file.as_deref().or(self.ledger.as_deref())))
    }

    /// Where it is; one that is not there is the caller's mistake.
    pub(crate) fn path(&self) -> anyhow::Result<PathBuf> {
        there(self.wanted()?)
    }
}

impl WhichLedger {
    /// Where it is, or is to be.
    pub(crate) fn wanted(&self) -> anyhow::Result<PathBuf> {
        let config = Config::load(self.config.as_deref())?;
        Ok(config.ledger.read_by(self.ledger.as_deref()))
    }

    /// Where it is; one that is not there is the caller's mistake.
    pub(crate) fn path(&self) -> anyhow::Result<PathBuf> {
        there(self.wanted()?)
    }
}

fn there(path: PathBuf) -> anyhow::Result<PathBuf> {
    if path.exists() { Ok(path) } else { Err(usage(Error::Missing { path })) }
}

/// Does what was asked for.
pub(crate) fn run(args: &LedgerCommandArgs, verbose: u8) -> anyhow::Result<()> {
    logging::start(verbose, &progress::bar(), None)?;
    match &args.command {
        Command::Check(which) => check(which),
        Command::Rebuild(which) => rebuild(which),
        Command::Clock(args) => clock::clock(args),
        Command::RepairClock(args) => clock::repair(args),
        Command::Removed(which) => clock::removed(which),
        Command::ForgetPublisher(args) => clock::forget(args),
        Command::Rename(args) => names::rename(args),
        Command::Backup(args) => copies::backup(args),
        Command::Restore(args) => copies::restore(args),
        Command::Prune(args) => copies::prune(args),
        Command::Mark(args) => marks::mark(args),
        Command::Marks(args) => marks::marks(args),
        Command::Unmark(args) => marks::unmark(args),
    }
}

fn check(which: &WhichArgs) -> anyhow::Result<()> {
    let path = which.path()?;
    Reader::open(&path)?.check()?;
    say(&format!("{} is whole\n", path.display()));
    Ok(())
}

fn rebuild(which: &WhichArgs) -> anyhow::Result<()> {
    let path = which.path()?;
    Ledger::open(&path)?.rebuild()?;
    say(&format!("{}: made anew from its entries\n", path.display()));
    Ok(())
}
