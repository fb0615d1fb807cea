//! The office lacks something, and asks for it: it is read from the ledger and sent again.

use super::link::Link;
use super::{BATCH, Reading};
use crate::PortError;
use crate::pages::Part;
use crate::told::{Ask, Batch, VERSION};

/// Sends what is asked for, or says why it is not here. Whether what is no entry is asked for, too.
pub(super) async fn answer(link: &Link, reading: &Reading, question: &[u8]) -> Result<bool, PortError> {
    let Ok(ask) = serde_json::from_slice::<Ask>(question) else {
        tracing::warn!("the office asks for something that this version does not know: it is let pass");
        return Ok(false);
    };
    if ask.after < ask.through {
        entries(link, reading, &ask).await?;
    }
    Ok(ask.about)
}

async fn entries(link: &Link, reading: &Reading, ask: &Ask) -> Result<(), PortError> {
    tracing::info!("the office asks for entries {} to {} once more", ask.after + 1, ask.through);
    // What has come before under this name is not what is meant: the hub is not to drop it as a repeat.
    let again = getrandom::u64()?;
    match reading.part(ask.ledger.clone()).await? {
        None => {
            let reason = "the shop does not have this ledger any more";
            Ok(link.entries(&absent(ask, ask.after, reason), Some(again)).await?)
        }
        Some(part) => parts(link, reading, ask, part, again).await,
    }
}

async fn parts(link: &Link, reading: &Reading, ask: &Ask, part: Part, again: u64) -> Result<(), PortError> {
    let mut after = ask.after.max(part.base);
    let end = ask.through.min(part.end);
    while after < end {
        let mut page = reading.page(after, BATCH).await?;
        if page.through == after {
            break;
        }
        page.entries.retain(|entry| entry["seq"].as_u64().is_some_and(|seq| seq <= end));
        page.through = page.through.min(end);
        let is_short = (page.entries.len() as u64) < page.through - page.after;
        page.lost = (part.is_pruned && is_short).then(|| "retention has removed old entries here".to_owned());
        after = page.through;
        link.entries(&page, Some(again)).await?;
    }
    if after < ask.through {
        let reason = "the shop's ledger ends before";
        link.entries(&absent(ask, after, reason), Some(again)).await?;
    }
    Ok(())
}

/// Says that there is nothing behind `after` of what was asked for.
fn absent(ask: &Ask, after: u64, reason: &str) -> Batch {
    let Ask { ledger, through, .. } = ask.clone();
    let lost = Some(reason.to_owned());
    Batch { version: VERSION, ledger, base: 0, after, through, entries: Vec::new(), lost }
}
