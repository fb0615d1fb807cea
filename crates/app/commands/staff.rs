//! `footfall staff`: who works there, and is not counted.

mod enrol;

use anyhow::anyhow;
use footfall_config::usage;
use footfall_formats::Table;
use footfall_ledger::jiff::Timestamp;
use footfall_site::Gallery;

use crate::cli::StaffArgs;
use crate::cli::staff::{Command, FileArgs, RemoveArgs};
use crate::say::say;
use crate::{logging, progress};

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
    table.row(["name", "enrolled", "expires", "outfits"]);
    for (name, since, expires, outfits) in gallery.outfits() {
        let day = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
        let expired = if expires <= Timestamp::now() { " (expired)" } else { "" };
        table.row([name, day(since), day(expires) + expired, outfits.to_string()]);
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
