//! `footfall staff`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use super::NetworkArgs;

/// Enrol those who work there, so that they are not counted
///
/// `footfall run --staff FILE` leaves out of all counts whoever looks like somebody in the file; their
/// crossings stay in the outputs, with the reason `staff`. The file holds no pictures, but numbers by which
/// people are known again by their clothes: ask those whom you enrol, and keep it to yourself.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub(crate) struct StaffArgs {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Enrol(EnrolArgs),
    /// Say who is enrolled, and until when
    List(FileArgs),
    Remove(RemoveArgs),
}

/// The file that staff are enrolled in.
#[derive(Debug, Args)]
pub(crate) struct FileArgs {
    /// The file; made where there is none
    #[arg(long, value_name = "FILE", default_value = "staff.json", value_hint = ValueHint::FilePath)]
    pub(crate) gallery: PathBuf,
}

/// Enrol somebody, or anew
#[derive(Debug, Args)]
pub(crate) struct EnrolArgs {
    /// What they are called in the outputs
    pub(crate) name: String,

    /// Crops of them in a folder, or footage of them alone: at least five pictures, from all sides, in what they
    /// wear at work
    #[arg(long, value_name = "DIR|VIDEO", value_hint = ValueHint::AnyPath)]
    pub(crate) from: PathBuf,

    /// Forget them after so many days: clothes change
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) expires: u16,

    /// Know them in these clothes too, beside those in which they are enrolled already
    #[arg(long)]
    pub(crate) outfit: bool,

    #[command(flatten)]
    pub(crate) file: FileArgs,

    #[command(flatten)]
    pub(crate) networks: NetworkArgs,
}

/// Forget somebody
#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// Who
    pub(crate) name: String,

    #[command(flatten)]
    pub(crate) file: FileArgs,
}

const HELP: &str = "\
Examples:
  footfall staff enrol Anna --from crops/anna --expires 14
  footfall staff enrol Ben --from ben-walks-in.mp4
  footfall run 0 --line door:0,300,640,300 --ledger shop.db --staff staff.json

How often a customer is taken for staff, and staff for a customer: scores/visitors.md.";
