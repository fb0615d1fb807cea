//! `footfall sales`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use super::ledger::WhichLedger;

/// Keep what the till has sold beside the counts: `footfall report` shows how many of those who came in bought
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub(crate) struct SalesArgs {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take over transactions from a CSV file, also while the ledger is written
    ///
    /// Its columns are time, transactions and, where it is known, amount: with a head line in any order, among
    /// others; without one in this order. A time is that of a transaction, or the beginning of the hour or day that
    /// the row is of. Rows of one time are added up. All of the file is taken, or nothing; the same file again
    /// changes nothing, and what it says of a time takes the place of what was known.
    Import(ImportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The file; - is the standard input
    #[arg(value_name = "FILE.csv", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,

    /// Which till it is from, where there are several
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub(crate) till: String,

    /// Whose clock the times are of, where they have no offset: Europe/Zurich, UTC, ... [default: this machine's]
    #[arg(long, value_name = "ZONE")]
    pub(crate) timezone: Option<String>,

    #[command(flatten)]
    pub(crate) which: WhichLedger,
}

const HELP: &str = "\
Examples:
  footfall sales import till.csv --ledger shop.db
  footfall report --ledger shop.db --by hour

till.csv:
  time,transactions,amount
  2026-03-28T09:00,12,310.50
  2026-03-28T10:00,17,402.00";
