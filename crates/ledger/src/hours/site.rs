//! The hours of a place with several sources.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::Hours;

/// The hours of a site: those of all sources, and of sources that have their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteHours {
    /// Of every source that has none of its own.
    pub all: Hours,
    /// By source.
    pub own: BTreeMap<String, Hours>,
}

impl SiteHours {
    /// Whether nobody has said anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.own.values().all(Hours::is_empty)
    }

    /// Those of a source; none where nobody has said when it is open.
    #[must_use]
    pub fn of(&self, source: &str) -> Option<&Hours> {
        Some(self.own.get(source).unwrap_or(&self.all)).filter(|hours| !hours.is_empty())
    }

    /// Since when any of it has been open at `moment`; `None` where all of it is closed then, or nobody has said when
    /// it is open.
    #[must_use]
    pub fn open_since(&self, moment: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let all = std::iter::once(&self.all).chain(self.own.values());
        all.filter_map(|hours| hours.open_since(moment, zone)).min()
    }

    /// As [`Hours::quiet`], for the whole site.
    #[must_use]
    pub fn quiet(&self) -> Option<Time> {
        let mut joined = self.all.clone();
        for hours in self.own.values() {
            for (all, own) in joined.days.iter_mut().zip(&hours.days) {
                all.extend(own);
            }
        }
        joined.quiet()
    }
}
