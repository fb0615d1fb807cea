//! `footfall ledger backup`, `restore` and `prune`.

use std::fmt::Write as _;

use anyhow::anyhow;
use footfall_config::usage;
use footfall_ledger::jiff::tz::TimeZone;
use footfall_ledger::{Copied, Error, Pruned, Reader};

use crate::cli::ledger::{BackupArgs, PruneArgs, RestoreArgs};
use crate::progress;
use crate::say::say;
use crate::times::{moment, zone};

/// Copies a ledger.
pub(super) fn backup(args: &BackupArgs) -> anyhow::Result<()> {
    let path = args.which.path()?;
    let copied = footfall_ledger::backup(&path, &args.to).map_err(exists)?;
    say(&format!("{} has {}, and is whole\n", args.to.display(), what(&copied)));
    Ok(())
}

/// Puts a copy in a ledger's place.
pub(super) fn restore(args: &RestoreArgs) -> anyhow::Result<()> {
    let to = args.which.wanted()?;
    let (copied, aside) =
        footfall_ledger::restore(&args.from, &to, args.replace).map_err(|error| match error {
            Error::Exists { path } => usage(anyhow!(
                "there is a ledger {} already: --replace sets it aside and puts the copy in its place",
                path.display()
            )),
            error => exists(error),
        })?;
    if let Some(aside) = aside {
        say(&format!("the ledger that was there is {} now\n", aside.display()));
    }
    say(&format!("{} has {}, and is whole\n", to.display(), what(&copied)));
    Ok(())
}

fn exists(error: Error) -> anyhow::Error {
    match error {
        Error::Exists { .. } | Error::Missing { .. } => usage(error),
        error => error.into(),
    }
}

fn what(copied: &Copied) -> String {
    let times = copied.times.map(|(first, last)| format!(" from {first} to {last}"));
    format!("{} entries{}", copied.entries, times.unwrap_or_default())
}

/// Removes what is old.
pub(super) fn prune(args: &PruneArgs) -> anyhow::Result<()> {
    let path = args.which.path()?;
    let zone: TimeZone = zone(args.timezone.as_deref()).map_err(usage)?;
    let before = moment(&args.before, &zone, false).map_err(usage)?;
    let keep_unsent = !args.remove_unsent;
    let reader = Reader::open(&path)?;
    let planned = reader.older_than(before, keep_unsent)?;
    drop(reader);
    if args.dry_run {
        say(&format!("would remove {}\n", told(&planned)));
    } else {
        let bar = progress::bar();
        bar.set_length(planned.entries());
        let gone = footfall_ledger::prune(&path, before, keep_unsent, |gone| bar.set_position(gone));
        bar.finish_and_clear();
        say(&format!("removed {}\n", told(&gone?)));
    }
    if planned.held > 0 {
        say(&format!(
            "{} older entries stay: {} has not sent them. --remove-unsent removes these too; \
             `footfall ledger forget-publisher` is for one that comes no more\n",
            planned.held,
            planned.holders.join(", ")
        ));
    }
    Ok(())
}

/// `1200 crossings, 30 stays and 12 others from 2025-01-01 to 2025-12-31, 400 sales, 1 mark`.
fn told(pruned: &Pruned) -> String {
    let Pruned { crossings, visits, others, sales, marks, times, .. } = pruned;
    let times = times.map(|(first, last)| format!(" from {first} to {last}")).unwrap_or_default();
    let mut told = format!("{crossings} crossings, {visits} stays and {others} other entries{times}");
    // Writing to a string cannot fail.
    for (number, what) in [(sales, "sales"), (marks, "marks")] {
        if *number > 0 {
            let _ = write!(told, ", {number} {what}");
        }
    }
    told
}
