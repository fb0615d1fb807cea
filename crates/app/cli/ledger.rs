//! `footfall ledger`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};
use footfall_ledger::jiff::Span;

/// Look after a ledger: check it, make anew what it derives from its entries, put right its times
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub(crate) struct LedgerCommandArgs {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
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
    pub(crate) file: Option<PathBuf>,

    /// The same, as other commands have it; the one without `--ledger` goes first
    #[arg(long, value_name = "FILE", env = "FOOTFALL_LEDGER", value_hint = ValueHint::FilePath)]
    pub(crate) ledger: Option<PathBuf>,

    /// Settings in TOML: its `ledger` part
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
}

/// Which ledger, for commands whose own argument is another file.
#[derive(Debug, Args)]
pub(crate) struct WhichLedger {
    /// The ledger [default: that of --config, else footfall.db]
    #[arg(long, value_name = "FILE", env = "FOOTFALL_LEDGER", value_hint = ValueHint::FilePath)]
    pub(crate) ledger: Option<PathBuf>,

    /// Settings in TOML: its `ledger` part
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ClockArgs {
    #[command(flatten)]
    pub(crate) which: WhichArgs,

    /// Write JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RepairArgs {
    #[command(flatten)]
    pub(crate) which: WhichArgs,

    /// Say what would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Move the times of this stretch alone, by so much; see `footfall ledger clock`
    #[arg(long, value_name = "NUMBER", requires = "shift")]
    pub(crate) stretch: Option<i64>,

    /// By how much: -10y, 56y, "-3d 2h", 90s
    #[arg(long, value_name = "TIME", requires = "stretch", allow_hyphen_values = true)]
    pub(crate) shift: Option<Span>,
}

#[derive(Debug, Args)]
pub(crate) struct ForgetArgs {
    /// The publisher's name, as `mqtt`, `nats` or a webhook's
    #[arg(value_name = "NAME")]
    pub(crate) name: String,

    #[command(flatten)]
    pub(crate) which: WhichArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RenameArgs {
    /// What it is called in the ledger
    #[arg(value_name = "FROM")]
    pub(crate) from: String,

    /// What it is to be called: also the name of another one, whose history becomes part of this one's
    #[arg(value_name = "TO")]
    pub(crate) to: String,

    /// At which source [default: every source that has it]
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,

    /// Whether it is a line or a zone
    #[arg(long, value_enum, value_name = "KIND", default_value_t)]
    pub(crate) kind: Kind,

    #[command(flatten)]
    pub(crate) which: WhichArgs,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Kind {
    #[default]
    Line,
    Zone,
}

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// Where the copy is to be: a file that is not there yet
    #[arg(value_name = "COPY", value_hint = ValueHint::FilePath)]
    pub(crate) to: PathBuf,

    #[command(flatten)]
    pub(crate) which: WhichLedger,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// The copy
    #[arg(value_name = "COPY", value_hint = ValueHint::FilePath)]
    pub(crate) from: PathBuf,

    /// Where a ledger is there already: set it aside as LEDGER.replaced-TIME
    #[arg(long)]
    pub(crate) replace: bool,

    #[command(flatten)]
    pub(crate) which: WhichLedger,
}

#[derive(Debug, Args)]
pub(crate) struct PruneArgs {
    /// Everything that ended before this day, or moment: 2026-01-01, 2026-01-01T10:00
    #[arg(long, value_name = "DATE")]
    pub(crate) before: String,

    /// Say what would be removed, and remove nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Also what a publisher has not sent yet
    #[arg(long)]
    pub(crate) remove_unsent: bool,

    /// Whose clock: Europe/Zurich, UTC, ... [default: this machine's]
    #[arg(long, value_name = "ZONE")]
    pub(crate) timezone: Option<String>,

    #[command(flatten)]
    pub(crate) which: WhichArgs,
}

#[derive(Debug, Args)]
pub(crate) struct MarkArgs {
    /// The first day, or moment: 2026-03-29, 2026-03-29T10:00
    #[arg(long, value_name = "TIME")]
    pub(crate) from: String,

    /// The last day, all of it, or the moment at which it ends
    #[arg(long, value_name = "TIME")]
    pub(crate) to: String,

    /// At this source alone [default: all sources]
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,

    /// Take the span for uncounted: what was counted in it is kept, and told apart
    #[arg(long, required_unless_present = "note")]
    pub(crate) uncounted: bool,

    /// Why, or whatever else is to be shown with it
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) note: String,

    /// Whose clock: Europe/Zurich, UTC, ... [default: this machine's]
    #[arg(long, value_name = "ZONE")]
    pub(crate) timezone: Option<String>,

    #[command(flatten)]
    pub(crate) which: WhichArgs,
}

#[derive(Debug, Args)]
pub(crate) struct MarksArgs {
    #[command(flatten)]
    pub(crate) which: WhichArgs,

    /// Write JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct UnmarkArgs {
    /// The mark's number, as `footfall ledger marks` tells it
    #[arg(value_name = "NUMBER")]
    pub(crate) id: i64,

    #[command(flatten)]
    pub(crate) which: WhichArgs,
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
