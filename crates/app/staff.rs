//! `footfall staff`: who works there, and is not counted.

mod enrol;
mod gallery;

use std::path::PathBuf;

use anyhow::anyhow;
use clap::{Args, Subcommand, ValueHint};
use footfall_ledger::jiff::Timestamp;

use crate::cli::NetworkArgs;
use crate::exit::usage;
use crate::say::say;
use crate::table::Table;
use crate::{logging, progress};

pub(crate) use gallery::{Gallery, StaffConfig};

/// Enrol those who work there, so that they are not counted
///
/// `footfall run --staff FILE` leaves out of all counts whoever looks like somebody in the file; their
/// crossings stay in the outputs, with the reason `staff`. The file holds no pictures, but numbers by which
/// people are known again by their clothes: ask those whom you enrol, and keep it to yourself.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub(crate) struct StaffArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Enrol(EnrolArgs),
    /// Say who is enrolled, and until when
    List(FileArgs),
    Remove(RemoveArgs),
}

/// The file that staff are enrolled in.
#[derive(Debug, Args)]
struct FileArgs {
    /// The file; made where there is none
    #[arg(long, value_name = "FILE", default_value = "staff.json", value_hint = ValueHint::FilePath)]
    gallery: PathBuf,
}

/// Enrol somebody, or anew
#[derive(Debug, Args)]
struct EnrolArgs {
    /// What they are called in the outputs
    name: String,

    /// Crops of them in a folder, or footage of them alone: at least five pictures, from all sides, in what they
    /// wear at work
    #[arg(long, value_name = "DIR|VIDEO", value_hint = ValueHint::AnyPath)]
    from: PathBuf,

    /// Forget them after so many days: clothes change
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..))]
    expires: u16,

    #[command(flatten)]
    file: FileArgs,

    #[command(flatten)]
    networks: NetworkArgs,
}

/// Forget somebody
#[derive(Debug, Args)]
struct RemoveArgs {
    /// Who
    name: String,

    #[command(flatten)]
    file: FileArgs,
}

/// Does what was asked for.
pub(crate) fn run(args: &StaffArgs, verbose: u8) -> anyhow::Result<()> {
    let bar = progress::bar();
    logging::start(verbose, &bar, None)?;
    footfall_video::quiet();
    match &args.command {
        Command::Enrol(args) => enrol::run(args, &bar),
        Command::List(args) => list(args),
        Command::Remove(args) => remove(args),
    }
}

fn list(args: &FileArgs) -> anyhow::Result<()> {
    let gallery = Gallery::read(&args.gallery)?;
    let mut table = Table::default();
    table.row(["name", "enrolled", "expires"]);
    for person in &gallery.people {
        let day = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
        let expired = if person.expires <= Timestamp::now() { " (expired)" } else { "" };
        table.row([person.name.clone(), day(person.since), day(person.expires) + expired]);
    }
    std::io::Write::write_all(&mut std::io::stdout(), table.render().as_bytes())?;
    Ok(())
}

fn remove(args: &RemoveArgs) -> anyhow::Result<()> {
    let path = &args.file.gallery;
    let mut gallery = Gallery::read(path)?;
    if !gallery.forget(&args.name) {
        return Err(usage(anyhow!(
            "nobody called \"{}\" is enrolled in {}: see `footfall staff list`",
            args.name,
            path.display()
        )));
    }
    gallery.write(path)?;
    say(&format!("{} is forgotten\n", args.name));
    Ok(())
}

const HELP: &str = "\
Examples:
  footfall staff enrol Anna --from crops/anna --expires 14
  footfall staff enrol Ben --from ben-walks-in.mp4
  footfall run 0 --line door:0,300,640,300 --ledger shop.db --staff staff.json

How often a customer is taken for staff, and staff for a customer: scores/visitors.md.";
