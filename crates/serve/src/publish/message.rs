//! A crossing as publishers tell it, and names as parts of topics.

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

/// A name as one level of an MQTT topic or NATS subject: letters and digits of any script, and dashes for
/// whatever else, so that no name reaches into other topics.
pub(super) fn level(name: &str) -> String {
    let level: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let level = level.trim_matches('-');
    if level.is_empty() { "unnamed".to_owned() } else { level.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::level;

    #[test]
    fn no_name_reaches_into_other_topics() {
        assert_eq!(level("Door 1"), "Door-1");
        assert_eq!(level("a/#.+>*b"), "a------b");
        assert_eq!(level("Tür"), "Tür");
        assert_eq!(level("#"), "unnamed");
    }
}
