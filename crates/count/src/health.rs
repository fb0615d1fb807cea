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
    /// Too many of those who are seen cannot be followed from one frame to the next.
    Unfollowed,
    /// People are too small for the network to be found.
    TooSmall,
    /// People hardly stand out: too little light, a picture that is not sharp.
    Unclear,
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
            Self::Unfollowed => "unfollowed",
            Self::TooSmall => "too_small",
            Self::Unclear => "unclear",
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

/// Why counts are not to be relied on although pictures come, and what to do about it, in words for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// What is wrong: `people are too small in the picture to be found`.
    pub why: &'static str,
    /// What would help: `It takes a camera that is nearer ...`.
    pub remedy: &'static str,
}

impl Condition {
    /// Those in which pictures come, and no honest range can be given for what is counted in them: that time is
    /// *uncountable*.
    pub const UNCOUNTABLE: [Self; 4] = [Self::LowRate, Self::Unfollowed, Self::TooSmall, Self::Unclear];

    /// Why nobody can be counted then, and what to do about it; nothing for other conditions.
    #[must_use]
    pub fn advice(self) -> Option<Advice> {
        let (why, remedy) = match self {
            Self::LowRate => (
                "too few frames a second are processed to follow people from one to the next",
                "It takes more frames a second: a camera that sends more, a faster machine, or fewer sources on it",
            ),
            Self::Unfollowed => (
                "too many of those who are seen cannot be followed from one frame to the next",
                "It takes more frames a second, more light, or a camera that sees people apart from one another",
            ),
            Self::TooSmall => (
                "people are too small in the picture to be found",
                "It takes a camera that is nearer or zoomed in, or a larger detector.input_size",
            ),
            Self::Unclear => (
                "people hardly stand out in the picture, so that many are not found",
                "It takes more light, a sharper picture, a camera that is nearer, or another detector",
            ),
            _ => return None,
        };
        Some(Advice { why, remedy })
    }

    /// The uncountable one that is kept under this name: an older program's ledger may have others.
    #[must_use]
    pub fn uncountable(name: &str) -> Option<Self> {
        Self::UNCOUNTABLE.into_iter().find(|condition| condition.as_str() == name)
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
            Condition::Unfollowed,
            Condition::TooSmall,
            Condition::Unclear,
            Condition::ClockStep,
            Condition::DiskFull,
            Condition::LedgerGone,
        ] {
            let text = condition.to_string();
            let read = Condition::deserialize_from(&text);
            assert_eq!(read, Some(condition));
        }
    }

    #[test]
    fn what_is_uncountable_says_why_and_what_to_do() {
        for condition in Condition::UNCOUNTABLE {
            let advice = condition.advice().unwrap();
            assert!(advice.remedy.starts_with("It takes ") && !advice.why.is_empty(), "{condition}");
            assert_eq!(Condition::uncountable(condition.as_str()), Some(condition));
        }
        assert_eq!((Condition::Dark.advice(), Condition::uncountable("dark")), (None, None));
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
