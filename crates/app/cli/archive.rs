//! `footfall archive` and `footfall worker`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum, ValueHint};
use footfall_count::{Anchor, Line, Mask, Zone};
use footfall_track::Preset;

use super::address;

/// Count an archive of recordings on many machines
///
/// Each recording is a job in a queue of NATS JetStream, which `footfall worker` takes on any number of machines. What
/// was counted goes into PostgreSQL. Anybody may be stopped and killed at any time.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub(crate) struct ArchiveArgs {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where the queue and the database are.
#[derive(Debug, Args)]
pub(crate) struct WhichArchive {
    /// The queue, the database and the object store, in TOML [default: archive.toml, where there is one]
    #[arg(long, value_name = "FILE", env = "FOOTFALL_ARCHIVE", value_hint = ValueHint::FilePath)]
    pub(crate) archive: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Submit(SubmitArgs),
    Status(StatusArgs),
    Retry(RetryArgs),
    Export(ExportArgs),
}

/// Have all recordings of a folder or an object store counted; what is known already is not counted again
///
/// Recordings are named after the last part of the place: front/2026-03-29.mp4. One that has changed since, or that is
/// submitted with other settings, is counted anew, and takes the place of the one before.
#[derive(Debug, Args)]
pub(crate) struct SubmitArgs {
    /// A folder or file that all workers see under this path, or `s3://BUCKET/PREFIX`
    #[arg(value_name = "PLACE", value_hint = ValueHint::AnyPath)]
    pub(crate) place: String,

    /// What comes before the recordings' names [default: the last part of the place]
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// How they are counted, in TOML, as for `footfall run`; options override it
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// Whose lines and settings they have, where the configuration has several `[[source]]`
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,

    #[command(flatten)]
    pub(crate) counting: CountingArgs,

    #[command(flatten)]
    pub(crate) which: WhichArchive,
}

/// How recordings are counted, as `footfall run` has it.
#[derive(Debug, Default, Args)]
pub(crate) struct CountingArgs {
    /// Count over this line; may be repeated. See `footfall run --help`
    #[arg(short, long = "line", value_name = "NAME:x1,y1,x2,y2", allow_hyphen_values = true, value_parser = sound::<Line>)]
    pub(crate) lines: Vec<String>,

    /// Watch this zone; may be repeated
    #[arg(long = "zone", value_name = "NAME:x1,y1,x2,y2,x3,y3", allow_hyphen_values = true, value_parser = sound::<Zone>)]
    pub(crate) zones: Vec<String>,

    /// Ignore people who stand in this polygon; may be repeated
    #[arg(long = "mask", value_name = "x1,y1,x2,y2,x3,y3", allow_hyphen_values = true, value_parser = sound::<Mask>)]
    pub(crate) masks: Vec<String>,

    /// Which point of a person crosses lines: feet, centre or head [default: as in the configuration, else feet]
    #[arg(long, value_name = "NAME", value_parser = sound::<Anchor>)]
    pub(crate) anchor: Option<String>,

    /// The tracker: deepsort or best [default: best]
    #[arg(long, value_name = "NAME", value_parser = sound::<Preset>)]
    pub(crate) preset: Option<String>,
}

/// Tell how far it is: progress, rate, remaining time, failures, alarms, dead letters
///
/// Exit status: 0 nothing is wrong, 1 there are alarms or dead letters.
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Write JSON to stdout
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) which: WhichArchive,
}

/// Put recordings back that were given up
#[derive(Debug, Args)]
pub(crate) struct RetryArgs {
    /// Which, by name [default: all of the dead letters]
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,

    /// Fill the queue anew with all that is not counted: for a hub that has lost its disk
    #[arg(long, conflicts_with = "names")]
    pub(crate) all: bool,

    #[command(flatten)]
    pub(crate) which: WhichArchive,
}

/// Write what was counted of all recordings into one file
///
/// Recordings are in order of their names. The file is the same, byte for byte, however many machines have counted.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Where to
    #[arg(long, value_name = "FILE", default_value = "-", value_hint = ValueHint::FilePath)]
    pub(crate) to: PathBuf,

    /// How
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(crate) format: ExportFormat,

    /// Leave out what is not counted, instead of refusing
    #[arg(long)]
    pub(crate) partial: bool,

    #[command(flatten)]
    pub(crate) which: WhichArchive,
}

/// What the export is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// Crossings, as `footfall run --crossings` writes them
    #[default]
    Jsonl,
    /// All that was counted, also visits, groups, conditions and uncounted time
    Csv,
}

/// Count recordings of an archive, one after the other, as long as there are any
///
/// It takes a job, says that it works on it, and commits what it counts. It may be killed at any time: its job is given to
/// another. Asked to end (Ctrl-C, SIGTERM) it goes on for `worker.grace_seconds`, then gives its job back.
#[derive(Debug, Args)]
pub(crate) struct WorkerArgs {
    #[command(flatten)]
    pub(crate) which: WhichArchive,

    /// End when nothing waits in the queue
    #[arg(long)]
    pub(crate) until_empty: bool,

    /// Copies of each network that work side by side, a thread each [default: the number of cores, 2 on a GPU]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,

    /// Where recordings from an object store are copied to while they are counted [default: a temporary folder]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) scratch: Option<PathBuf>,

    /// Where its metrics are to be had [default: as in the settings, else nowhere]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(crate) address: Option<SocketAddr>,

    /// What it has done, as JSON, once it has ended
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) summary: Option<PathBuf>,
}

/// The text, where it is what it is to be.
fn sound<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<String, String> {
    match text.parse::<T>() {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

const HELP: &str = "\
Examples:
  footfall archive submit /archive/front --line door:0,300,640,300
  footfall worker                                    on each machine, as many as there are
  footfall archive status
  footfall archive export --to crossings.jsonl

How to set it up, and what happens when something dies: docs/archive.md.";
