//! What is counted, by which settings, and by whom: the port to the program's own counting.

use std::io;
use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::fetch::hex;

/// How recordings are counted: what goes with a job to whoever takes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    pub(crate) id: i32,
    /// SHA-256 of the two that follow.
    pub digest: String,
    /// The configuration's part that decides what is counted, in TOML.
    pub configuration: String,
    /// Options of `footfall run`, in order.
    pub options: Vec<String>,
    /// SHA-256 of each network, once a worker has counted by these.
    pub(crate) networks: Option<Value>,
}

impl Settings {
    /// Settings that nobody has counted by.
    #[must_use]
    pub fn new(configuration: String, options: Vec<String>) -> Self {
        let digest = hex(&Sha256::digest(json!([configuration, options]).to_string()));
        Self { id: 0, digest, configuration, options, networks: None }
    }
}

/// A recording that is to be counted, and where.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    /// By what.
    pub settings: &'a Settings,
    /// What its crossings are written down under.
    pub name: &'a str,
    /// Where it is on this machine.
    pub recording: &'a Path,
    /// An empty folder for all that is written.
    pub folder: &'a Path,
}

/// What came of a recording.
#[derive(Clone, Debug)]
pub struct Counted {
    /// As `footfall run --crossings` writes them.
    pub crossings: String,
    /// Everything that its ledger has, in order: objects with `kind`, `place`, `direction`, `seconds`, `until`, `track`,
    /// `frame` and `detail`, times in seconds since the recording's start.
    pub entries: Vec<Value>,
    /// The summary as `footfall run --summary` writes it.
    pub summary: Value,
    /// When its first frame was taken.
    pub start: Timestamp,
    /// Frames that were counted.
    pub frames: u64,
    /// How long the recording is, in seconds.
    pub seconds: f64,
    /// Digest of everything that has decided what was counted: settings, networks, device.
    pub counting: String,
    /// The program's version.
    pub program: String,
}

/// The program's own counting.
pub trait Counting {
    /// The networks that this machine would count by: SHA-256 by what they are for.
    ///
    /// # Errors
    /// In words, when one cannot be read.
    fn networks(&self, settings: &Settings) -> Result<Value, String>;

    /// A program that counts a recording. It says on stderr how far it is, and why it fails in the end.
    ///
    /// # Errors
    /// When what it needs cannot be written.
    fn command(&self, task: &Task<'_>) -> io::Result<Command>;

    /// What came of it, once it has ended well.
    ///
    /// # Errors
    /// In words, when that cannot be read.
    fn counted(&self, task: &Task<'_>) -> Result<Counted, String>;
}

impl Counted {
    /// SHA-256 of what was counted: the same wherever the recording lay, whatever it was called and whenever it was taken.
    pub(crate) fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for line in self.crossings.lines() {
            let mut row: Value = serde_json::from_str(line).unwrap_or_else(|_| line.into());
            if let Some(row) = row.as_object_mut() {
                row.remove("source");
            }
            hash.update(row.to_string());
            hash.update("\n");
        }
        for entry in &self.entries {
            hash.update(entry.to_string());
            hash.update("\n");
        }
        hash.update(self.frames.to_string());
        hex(&hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Counted, Settings};

    fn counted(crossings: &str) -> Counted {
        Counted {
            crossings: crossings.to_owned(),
            entries: vec![json!({"kind": "visit", "seconds": 1.5})],
            summary: Value::Null,
            start: jiff::Timestamp::UNIX_EPOCH,
            frames: 30,
            seconds: 3.0,
            counting: String::new(),
            program: String::new(),
        }
    }

    #[test]
    fn a_copy_under_another_name_counts_the_same_and_any_other_change_shows() {
        let row =
            |source: &str, track: u8| format!("{{\"frame\":12,\"source\":\"{source}\",\"track\":{track}}}\n");
        let digest = |counted: &Counted| counted.digest();
        let first = counted(&row("a", 7));
        assert_eq!(digest(&first), digest(&counted(&row("b", 7))));
        let later = Counted { start: jiff::Timestamp::MAX, ..first.clone() };
        assert_eq!(digest(&first), digest(&later));
        assert_ne!(digest(&first), digest(&counted(&row("a", 8))));
        assert_ne!(digest(&first), digest(&counted("")));
        assert_ne!(digest(&first), digest(&Counted { entries: Vec::new(), ..first.clone() }));
        assert_ne!(digest(&first), digest(&Counted { frames: 29, ..first.clone() }));
    }

    #[test]
    fn settings_are_known_by_all_that_they_say() {
        let of = |text: &str, options: &[&str]| {
            Settings::new(text.to_owned(), options.iter().map(ToString::to_string).collect()).digest
        };
        assert_eq!(of("a", &["b"]), of("a", &["b"]));
        assert_ne!(of("a", &["b"]), of("a", &["c"]));
        assert_ne!(of("a", &["b", "c"]), of("a", &["b c"]));
    }
}
