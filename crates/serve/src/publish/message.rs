//! A crossing as publishers tell it.

use serde::Serialize;

use crate::Entry;

/// A crossing in JSON: the same members as in the HTTP interface.
#[derive(Serialize)]
pub(super) struct Message<'a> {
    sequence: u64,
    identity: &'a str,
    at: String,
    source: &'a str,
    line: &'a str,
    direction: &'static str,
    track: u64,
    frame: u64,
    time: f64,
}

impl<'a> Message<'a> {
    pub(super) fn new(entry: &'a Entry) -> Self {
        Self {
            sequence: entry.sequence,
            identity: &entry.identity,
            at: entry.at.to_string(),
            source: &entry.source,
            line: &entry.line,
            direction: entry.direction.as_str(),
            track: entry.track,
            frame: entry.frame,
            time: entry.time,
        }
    }

    pub(super) fn json(&self) -> Vec<u8> {
        // Plain members of our own: this cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }
}
