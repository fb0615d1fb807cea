//! `footfall ledger rename`: a line or zone whose history is under several names.

use anyhow::anyhow;
use clap::{Args, ValueEnum};
use footfall_ledger::{Ledger, PlaceKind, Reader};

use super::command::WhichArgs;
use crate::exit::usage;
use crate::say::say;

#[derive(Debug, Args)]
pub(super) struct RenameArgs {
    /// What it is called in the ledger
    #[arg(value_name = "FROM")]
    from: String,

    /// What it is to be called: also the name of another one, whose history becomes part of this one's
    #[arg(value_name = "TO")]
    to: String,

    /// At which source [default: every source that has it]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,

    /// Whether it is a line or a zone
    #[arg(long, value_enum, value_name = "KIND", default_value_t)]
    kind: Kind,

    #[command(flatten)]
    which: WhichArgs,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Kind {
    #[default]
    Line,
    Zone,
}

/// Gives a line or zone another name with all of its history.
pub(super) fn rename(args: &RenameArgs) -> anyhow::Result<()> {
    let path = args.which.path()?;
    let kind = match args.kind {
        Kind::Line => PlaceKind::Line,
        Kind::Zone => PlaceKind::Zone,
    };
    let (word, RenameArgs { from, to, .. }) = (kind.as_str(), args);
    if to.trim().is_empty() {
        return Err(usage(anyhow!("a {word} needs a name")));
    }
    let ledger = Ledger::open(&path)?;
    let reader = Reader::open(&path)?;
    let sources = args.source.clone().map_or_else(|| reader.sources(), |source| Ok(vec![source]))?;
    let mut renamed = Vec::new();
    for source in sources {
        if ledger.rename(&source, kind, from, to.trim())? {
            renamed.push(source);
        }
    }
    if renamed.is_empty() {
        let known = reader.places(kind)?.join(", ");
        let known = if known.is_empty() { "none".to_owned() } else { known };
        return Err(usage(anyhow!("{} has no {word} \"{from}\" there; it has {known}", path.display())));
    }
    say(&format!("the {word} \"{from}\" of {} is called \"{}\" now\n", renamed.join(", "), to.trim()));
    Ok(())
}
