//! `footfall ledger`: looking after a ledger.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use footfall_ledger::{Error, Ledger, Reader};

use super::clock::{self, ClockArgs, ForgetArgs, RepairArgs};
use super::copies::{self, BackupArgs, PruneArgs, RestoreArgs};
use super::marks::{self, MarkArgs, MarksArgs, UnmarkArgs};
use super::names::{self, RenameArgs};
use crate::config::Config;
use crate::exit::usage;
use crate::say::say;
use crate::{logging, progress};

/// Look after a ledger: check it, make anew what it derives from its entries, put right its times
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub(crate) struct LedgerCommandArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Go through all of it: every page and index, and whether the sums are those of the entries; also while it
    /// is written
    ///
    /// Exit status: 0 it is whole, 1 something is wrong, and what.
    Check(WhichArgs),
    /// Make anew whatever is derived from the entries: indices and sums
    ///
    /// The entries stay as they are. Nobody else may write the ledger meanwhile.
    Rebuild(WhichArgs),
    /// Tell how the machine's clock went while it was written: when it was set, and when it was off
    Clock(ClockArgs),
    /// Put right the times of entries that a clock has dated which was off
    ///
    /// What was off shows in what was recorded before and after; by how much, in the clock being set while somebody
    /// counted, or in the one place that there is. Entries keep their identities: who has them knows them again.
    /// Nobody else may write the ledger meanwhile. Exit status: 0 all times are right now, 1 some are left.
    RepairClock(RepairArgs),
    /// Tell what retention has removed
    Removed(WhichArgs),
    /// Forget a publisher that comes no more: old entries that it has not sent wait for it
    ForgetPublisher(ForgetArgs),
    /// Give a line or zone another name with all of its history, or join two histories under one name
    ///
    /// A line that is renamed on the page, or in the configuration, keeps its history without this. Nobody else may
    /// write the ledger meanwhile.
    Rename(RenameArgs),
    /// Copy a ledger, also while it is written: one file, as of one moment, gone through before it has its name
    Backup(BackupArgs),
    /// Put a copy in a ledger's place, on this machine or another one; the copy is gone through first
    ///
    /// Nobody may write the ledger meanwhile.
    Restore(RestoreArgs),
    /// Remove everything that is older than a day, with what the till has sold; also while the ledger is written
    ///
    /// `footfall ledger removed` tells of it afterwards.
    Prune(PruneArgs),
    /// Mark a span: as not counted, or with a note; also while the ledger is written
    ///
    /// Nothing that was counted is changed: reports leave a span that is marked as uncounted out of their sums, and
    /// say how many crossings that were. A note is shown under reports of that time.
    Mark(MarkArgs),
    /// Tell of all marks, also of those that were taken back
    Marks(MarksArgs),
    /// Take a mark back
    Unmark(UnmarkArgs),
}

/// Which ledger.
#[derive(Debug, Args)]
pub(crate) struct WhichArgs {
    /// The ledger [default: that of --config, else footfall.db]
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: Option<PathBuf>,

    /// The same, as other commands have it; the one without `--ledger` goes first
    #[arg(long, value_name = "FILE", env = "FOOTFALL_LEDGER", value_hint = ValueHint::FilePath)]
    ledger: Option<PathBuf>,

    /// Settings in TOML: its `ledger` part
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    config: Option<PathBuf>,
}

/// Which ledger, for commands whose own argument is another file.
#[derive(Debug, Args)]
pub(crate) struct WhichLedger {
    /// The ledger [default: that of --config, else footfall.db]
    #[arg(long, value_name = "FILE", env = "FOOTFALL_LEDGER", value_hint = ValueHint::FilePath)]
    ledger: Option<PathBuf>,

    /// Settings in TOML: its `ledger` part
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    config: Option<PathBuf>,
}

const HELP: &str = "\
Examples:
  footfall ledger check shop.db
  footfall ledger rebuild --config shop.toml
  footfall ledger repair-clock --dry-run shop.db
  footfall ledger repair-clock --stretch 3 --shift -10y shop.db
  footfall ledger backup /media/stick/shop.db --config shop.toml
  footfall ledger prune --before 2026-01-01 --dry-run shop.db
  footfall ledger mark --from 2026-03-29T10:00 --to 2026-03-29T12:00 --uncounted --note \"camera turned\" shop.db";

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
