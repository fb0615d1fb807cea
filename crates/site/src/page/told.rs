//! What the ledger has, in the server's words.

use footfall_config::shown_name;
use footfall_ledger::{Error, Event, Reader, Row};
use footfall_serve::Entry;

/// A crossing as the server tells it; `None` for what is none.
pub(super) fn entry(row: Row) -> Option<Entry> {
    let Event::Crossing { line, direction, track, frame } = row.event else { return None };
    let reasons = row.detail.get("reasons").and_then(|reasons| reasons.as_array());
    let reasons = reasons.into_iter().flatten().filter_map(|reason| reason.as_str().map(ToOwned::to_owned));
    Some(Entry {
        sequence: row.seq.0,
        identity: row.id.to_string(),
        at: row.at,
        source: shown_name(&row.source),
        line,
        direction,
        track,
        frame,
        time: row.time,
        confidence: row.detail.get("confidence").and_then(serde_json::Value::as_f64),
        reasons: reasons.collect(),
    })
}

/// The sources that are shown under this name.
pub(super) fn named(reader: &Reader, shown: &str) -> Result<Vec<String>, Error> {
    let mut names = reader.sources()?;
    names.retain(|name| shown_name(name) == shown);
    Ok(names)
}
