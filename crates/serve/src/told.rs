//! What a shop tells its head office, and what it is asked: JSON in NATS messages.
//!
//! | subject | what | kept by the hub |
//! |---|---|---|
//! | `PREFIX.SHOP.entries` | [`Batch`]: all that a ledger holds between two places | until the office has it |
//! | `PREFIX.SHOP.about` | [`About`]: runs, how the clock went, what lines are for | likewise |
//! | `PREFIX.SHOP.state` | [`State`]: how the shop is doing, every ten seconds | no |
//! | `PREFIX.SHOP.ask` | [`Ask`]: the office wants a part of a ledger, or what belongs to it, once more | no |
//! | `PREFIX.SHOP.set.LEDGER` | [`Sealed`]: the office wants lines or thresholds set otherwise | the last one |
//!
//! An entry is known by its ledger and its sequence. Sequences have holes, and a batch says between which places it
//! holds everything: what lies between two batches and in none is missing, and nothing else is.

mod edits;

pub use edits::{Answer, Distrusted, Drawn, Edit, Sealed, SettingsTold, ShopSettings};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of these messages. An office refuses newer ones, and says so.
pub const VERSION: u32 = 1;

/// All that a ledger holds between two places.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// [`VERSION`].
    pub version: u32,
    /// The ledger's identity: 32 hexadecimal digits.
    pub ledger: String,
    /// This ledger's entries begin behind this place.
    pub base: u64,
    /// It holds what is behind this place,
    pub after: u64,
    /// up to this one.
    pub through: u64,
    /// All entries between the two that there are, in order, as the ledger's rows are in JSON: `seq`, `id`, `run`,
    /// `source`, `at`, `kind`, and what belongs to that kind. Of staff it says `true` in place of a name.
    pub entries: Vec<Value>,
    /// Why entries that the office has asked for may be missing for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<String>,
}

/// What belongs to a ledger and is no entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// [`VERSION`].
    pub version: u32,
    /// The ledger's identity.
    pub ledger: String,
    /// Greater than in what was told before: the office keeps what was told last, in whatever order it comes.
    pub told: u64,
    /// The `told` of the message before, of which this is the continuation; 0: it stands alone, and with those that
    /// continue it says everything. An office that has not that one lacks something.
    #[serde(default)]
    pub after: u64,
    /// Runs that are new, or have ended since they were told.
    pub runs: Vec<Run>,
    /// Stretches in which the machine's clock went evenly, likewise.
    pub clock: Vec<Stretch>,
    /// What each line is for: all of them.
    pub lines: Vec<Line>,
    /// What the office may edit here, where it may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<SettingsTold>,
}

/// A run of a ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its number in the ledger.
    pub id: u64,
    /// The source's name.
    pub source: String,
    /// Whether the source is a recording.
    pub recorded: bool,
    /// When it began.
    pub began: String,
    /// When the source's time was zero.
    pub start: String,
    /// When the latest counted frame was taken.
    pub seen: Option<String>,
    /// When it ended; `None` while it runs, and for ever where it was killed.
    pub ended: Option<String>,
    /// How it ended.
    pub outcome: Option<String>,
    /// The program's version.
    pub program: String,
    /// SHA-256 of the configuration.
    pub config: String,
}

/// A stretch of time in which the machine's clock went evenly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stretch {
    /// Its number in the ledger.
    pub id: i64,
    /// When it began, by the clock as it was.
    pub began: String,
    /// When something was written last in it.
    pub until: String,
    /// By how much the clock was set before, in seconds; `None` where nobody was there to see.
    pub step: Option<f64>,
    /// `sound`, `unproven` or `off`.
    pub standing: String,
}

/// What a line is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The source's name.
    pub source: String,
    /// The line's name.
    pub line: String,
    /// `entrance` or `inner`.
    pub role: String,
    /// Whether its counts are in the totals.
    pub in_total: bool,
}

/// How a shop is doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// [`VERSION`].
    pub version: u32,
    /// The ledger's identity.
    pub ledger: String,
    /// This ledger's entries begin behind this place.
    pub base: u64,
    /// The hub has confirmed everything up to this place of the ledger's.
    pub confirmed: u64,
    /// Where the ledger ends.
    pub head: u64,
    /// The `told` of the last [`About`] that the hub has confirmed; 0 where there is none yet.
    #[serde(default)]
    pub told: u64,
    /// The name of the shop's time zone, `Europe/Berlin`, where the machine has one.
    pub zone: Option<String>,
    /// The program's version.
    pub program: String,
    /// Its sources, while it counts.
    pub sources: Vec<SourceState>,
}

/// How a source is doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceState {
    /// Its name.
    pub name: String,
    /// `good`, `poor`, `lost`, `starting` or `ended`.
    pub health: String,
    /// What is wrong, in words.
    pub problems: Vec<String>,
}

/// The office wants a part of a ledger once more, or what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The ledger's identity.
    pub ledger: String,
    /// What is behind this place,
    pub after: u64,
    /// up to this one.
    pub through: u64,
    /// Everything that belongs to it and is no entry, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub about: bool,
}

/// Where a shop's messages go and come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subjects {
    /// `PREFIX.SHOP`
    root: String,
}

impl Subjects {
    /// Those of the shop called `shop`.
    #[must_use]
    pub fn of(prefix: &str, shop: &str) -> Self {
        Self { root: format!("{prefix}.{shop}") }
    }

    /// Of [`Batch`]es.
    #[must_use]
    pub fn entries(&self) -> String {
        format!("{}.entries", self.root)
    }

    /// Of [`About`].
    #[must_use]
    pub fn about(&self) -> String {
        format!("{}.about", self.root)
    }

    /// Of [`State`].
    #[must_use]
    pub fn state(&self) -> String {
        format!("{}.state", self.root)
    }

    /// Of [`Ask`].
    #[must_use]
    pub fn ask(&self) -> String {
        format!("{}.ask", self.root)
    }

    /// Of [`Sealed`] edits for the machine whose ledger this is; `*` or `>` for all of the shop's.
    #[must_use]
    pub fn set(&self, ledger: &str) -> String {
        format!("{}.set.{ledger}", self.root)
    }

    /// Where the hub is asked for the last edit for the machine whose ledger this is.
    #[must_use]
    pub fn last_set(&self, stream: &str, ledger: &str) -> String {
        format!("$JS.API.DIRECT.GET.{}.{}", settings_stream(stream), self.set(ledger))
    }
}

/// The stream that keeps the last edit for each machine, beside the one that keeps what shops tell.
#[must_use]
pub fn settings_stream(stream: &str) -> String {
    format!("{stream}_SETTINGS")
}

/// What answers to the shop called `shop` begin with: a server that knows shops lets each hear its own alone.
#[must_use]
pub fn inbox(shop: &str) -> String {
    format!("_INBOX_{shop}")
}

#[cfg(test)]
mod tests {
    use super::{Batch, Subjects, VERSION};

    #[test]
    fn a_batch_is_read_as_it_was_written_and_an_unknown_member_is_no_fault() {
        let entries = vec![serde_json::json!({"seq": 3, "kind": "crossing"})];
        let batch = Batch {
            version: VERSION,
            ledger: "ab".into(),
            base: 0,
            after: 2,
            through: 3,
            entries,
            lost: None,
        };
        let mut json = serde_json::to_value(&batch).unwrap();
        assert_eq!(json.get("lost"), None);
        json["later"] = 1.into();
        assert_eq!(serde_json::from_value::<Batch>(json).unwrap(), batch);
    }

    #[test]
    fn subjects_are_a_shops_own() {
        let subjects = Subjects::of("office", "berlin-1");
        assert_eq!(subjects.entries(), "office.berlin-1.entries");
        assert_eq!(subjects.ask(), "office.berlin-1.ask");
    }
}
