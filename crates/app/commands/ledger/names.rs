//! `footfall ledger rename`: a line or zone whose history is under several names.

use anyhow::anyhow;
use footfall_config::usage;
use footfall_ledger::{Ledger, PlaceKind, Reader};

use crate::cli::ledger::{Kind, RenameArgs};
use crate::say::say;

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
