//! What there is to tell about a source beside its frames.

use std::collections::BTreeMap;
use std::fmt;

use footfall_count::{Advice, Condition, HealthChange, Uncounted};

/// Something to tell about a source.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// A condition is raised, or is over.
    Health(HealthChange),
    /// A time is over in which people may have passed uncounted.
    Uncounted(Uncounted),
    /// What else is to be known of its frames, in words: times that were repaired, say.
    Remark(String),
}

impl Note {
    /// A condition in a sentence for the log, of the source called `name`; nothing for other notes.
    #[must_use]
    pub fn sentence(&self, name: &str) -> Option<String> {
        let Self::Health(change) = self else { return None };
        let figure = |name: &str| change.evidence.get(name).copied().unwrap_or_default();
        let (rate, least) = (figure("frames_per_second"), figure("limit"));
        Some(match (change.condition, change.raised) {
            (Condition::LowRate, true) => format!(
                "{name}: too few frames to count by: {rate} a second are processed, and at least {least} are needed"
            ),
            (Condition::LowRate, false) => {
                format!("{name}: frames are enough to count by again: {rate} a second are processed")
            }
            (condition @ (Condition::Unfollowed | Condition::TooSmall | Condition::Unclear), true) => {
                let Advice { why, remedy } = condition.advice()?;
                format!("{name} cannot be counted: {why}{}. {remedy}", figures(&change.evidence))
            }
            (Condition::Unfollowed | Condition::TooSmall | Condition::Unclear, false) => {
                format!("{name} can be counted again{}", figures(&change.evidence))
            }
            _ => format!("{name}: the picture is {self}"),
        })
    }
}

impl fmt::Display for Note {
    /// `dark (limit 20, mean 6.3)`, `no longer dark (...)`, `12.5 s uncounted (dark)`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Health(change) => {
                let prefix = if change.raised { "" } else { "no longer " };
                write!(formatter, "{prefix}{}{}", change.condition, figures(&change.evidence))
            }
            Self::Uncounted(span) => {
                let seconds = span.to.saturating_sub(span.from).as_secs_f64();
                write!(formatter, "{seconds:.1} s uncounted ({})", span.reason)
            }
            Self::Remark(words) => formatter.write_str(words),
        }
    }
}

fn figures(evidence: &BTreeMap<String, f64>) -> String {
    if evidence.is_empty() {
        return String::new();
    }
    let figures: Vec<_> =
        evidence.iter().map(|(name, value)| format!("{} {value}", name.replace('_', " "))).collect();
    format!(" ({})", figures.join(", "))
}
