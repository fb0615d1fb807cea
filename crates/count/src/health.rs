//! Whether counts can be trusted: what is wrong with a source, and when nobody counted.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What can be wrong with a source, its picture, or this program.
///
/// Written as text where it is kept: an older program's reports still show what it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Condition {
    /// There is no connection to the source.
    Disconnected,
    /// The source is connected and sends nothing.
    Stalled,
    /// What the source sends cannot be decoded.
    Garbled,
    /// The picture has another size than at the start.
    Resized,
    /// Something stands or hangs before the lens.
    Covered,
    /// The same picture comes over and over.
    Frozen,
    /// The picture is out of focus.
    Blurred,
    /// There is too little light to see people.
    Dark,
    /// The camera looks elsewhere than when its lines were drawn.
    Moved,
    /// Too few frames a second are processed to follow people from one to the next.
    LowRate,
    /// Frames come faster than they can be processed by far.
    Overloaded,
    /// This program was not running.
    Stopped,
    /// The machine's clock was set, forwards or back.
    ClockStep,
    /// There is no room to write down what is counted.
    DiskFull,
    /// Another program holds the ledger: nothing can be written down.
    LedgerLocked,
    /// The ledger was deleted, or something else was put in its place.
    LedgerGone,
    /// The ledger's content is broken.
    LedgerDamaged,
    /// The system refuses to write the ledger.
    LedgerRefused,
}

impl Condition {
    /// The name under which it is kept: `disconnected`, `clock_step`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Stalled => "stalled",
            Self::Garbled => "garbled",
            Self::Resized => "resized",
            Self::Covered => "covered",
            Self::Frozen => "frozen",
            Self::Blurred => "blurred",
            Self::Dark => "dark",
            Self::Moved => "moved",
            Self::LowRate => "low_rate",
            Self::Overloaded => "overloaded",
            Self::Stopped => "stopped",
            Self::ClockStep => "clock_step",
            Self::DiskFull => "disk_full",
            Self::LedgerLocked => "ledger_locked",
            Self::LedgerGone => "ledger_gone",
            Self::LedgerDamaged => "ledger_damaged",
            Self::LedgerRefused => "ledger_refused",
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A condition begins or is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HealthChange {
    /// What is, or was, wrong.
    pub condition: Condition,
    /// Whether it begins.
    pub raised: bool,
    /// When, since the source's start.
    pub time: Duration,
    /// The number of the frame that showed it, where a frame did.
    pub frame: Option<u64>,
    /// What it was told by, by name: `{"sharpness": 12.5, "threshold": 40.0}`.
    pub evidence: BTreeMap<String, f64>,
}

/// A stretch of time in which people may have passed without being counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uncounted {
    /// Why.
    pub reason: Condition,
    /// Its beginning, since the source's start.
    pub from: Duration,
    /// Its end, since the source's start.
    pub to: Duration,
}

#[cfg(test)]
mod tests {
    use super::Condition;

    #[test]
    fn the_name_kept_is_the_name_serialised() {
        for condition in [
            Condition::Disconnected,
            Condition::LowRate,
            Condition::ClockStep,
            Condition::DiskFull,
            Condition::LedgerGone,
        ] {
            let text = condition.to_string();
            let read = Condition::deserialize_from(&text);
            assert_eq!(read, Some(condition));
        }
    }

    impl Condition {
        fn deserialize_from(text: &str) -> Option<Self> {
            use serde::Deserialize as _;
            use serde::de::IntoDeserializer as _;
            let text: serde::de::value::StrDeserializer<'_, serde::de::value::Error> =
                text.into_deserializer();
            Self::deserialize(text).ok()
        }
    }
}
