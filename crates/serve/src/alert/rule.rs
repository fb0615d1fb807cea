//! When an alert begins, and when it is over: by what is seen, and by whether it has begun.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::config::{AlertConfig, When};
use crate::Opening;

/// What is seen of the place at one moment.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    pub(super) now: Timestamp,
    /// From when on it is looked at: before, nobody may have been counted.
    pub(super) began: Timestamp,
    pub(super) opening: Opening,
    /// People inside.
    pub(super) inside: u64,
    /// When somebody passed a line last.
    pub(super) passed: Option<Timestamp>,
    /// The last hour of the clock that is over.
    pub(super) hour: Option<Hour>,
    pub(super) sources: Vec<SourceSight>,
}

/// What came in within an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hour {
    /// As people say it: `10:00 to 11:00`.
    pub(super) name: String,
    pub(super) count: u64,
    /// The counts of the same hour in the weeks before, of those in which anybody was counted.
    pub(super) before: Vec<u64>,
}

/// How a source is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SourceSight {
    pub(super) name: String,
    /// For how long no picture has come.
    pub(super) silence: Duration,
    /// What is wrong with it, in words.
    pub(super) conditions: Vec<String>,
    /// Whether its picture is seen now: else nothing is known of it that ends an alert.
    pub(super) is_seen: bool,
}

/// Whether an alert is on, of one source or of the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Judgement {
    pub(super) source: Option<String>,
    pub(super) is_on: bool,
    /// Why, for people.
    pub(super) text: String,
}

/// Fewer weeks than this do not tell what is usual.
const LEAST_WEEKS: usize = 4;
/// The median of absolute deviations from the median, times this, is the standard deviation of what is normally
/// distributed.
const OF_NORMAL: f64 = 1.4826;

impl AlertConfig {
    /// Judges the place, or each source. `since` tells of a source, or of the place, since when the alert is on.
    pub(super) fn judge(
        &self,
        sight: &Sight,
        since: impl Fn(Option<&str>) -> Option<Timestamp>,
    ) -> Vec<Judgement> {
        let of_place = |(is_on, text)| vec![Judgement { source: None, is_on, text }];
        match self.when {
            When::Occupancy => of_place(self.occupancy(sight.inside, since(None).is_some())),
            When::Nobody => of_place(self.nobody(sight, since(None))),
            When::Unusual => self.unusual(sight.hour.as_ref()).map(of_place).unwrap_or_default(),
            When::Silent | When::Condition => {
                let is_meant = |name: &str| self.source.as_ref().is_none_or(|only| only == name);
                let sources = sight.sources.iter().filter(|source| is_meant(&source.name));
                let judged = sources.map(|source| {
                    let was_on = since(Some(&source.name)).is_some();
                    let (is_on, text) = match self.when {
                        When::Silent => self.silent(source, was_on),
                        _ => self.condition(source),
                    };
                    let is_on = is_on || (was_on && !source.is_seen);
                    Judgement { source: Some(source.name.clone()), is_on, text }
                });
                judged.collect()
            }
        }
    }

    fn occupancy(&self, inside: u64, was_on: bool) -> (bool, String) {
        let above = self.above.unwrap_or(u64::MAX);
        let below = self.below.unwrap_or(above / 10 * 9 + above % 10 * 9 / 10);
        let is_on = inside > if was_on { below } else { above };
        let people = if inside == 1 { "1 person is".to_owned() } else { format!("{inside} people are") };
        let text = if is_on {
            format!("{people} inside, more than {above}")
        } else {
            format!("{people} inside, no more than {below}")
        };
        (is_on, text)
    }

    /// Once it has begun, only somebody who passes ends it: that the program was started again says nothing.
    fn nobody(&self, sight: &Sight, since: Option<Timestamp>) -> (bool, String) {
        let minutes = self.minutes.unwrap_or(f64::MAX);
        let last = sight.passed.unwrap_or(Timestamp::MIN);
        let start = match sight.opening {
            Opening::Unknown => sight.began,
            Opening::Since(opened) => opened.max(sight.began),
            Opening::Closed => return (false, "it is closed".to_owned()),
        };
        let is_on = match since {
            Some(since) => last <= since,
            None => seconds(sight.now.duration_since(last.max(start))) >= 60.0 * minutes,
        };
        let text = if is_on {
            format!("nobody has passed a line for {minutes} minutes")
        } else {
            "somebody has passed a line again".to_owned()
        };
        (is_on, text)
    }

    /// How far the count of the last hour is from the median of the same hour in the weeks before, in units of
    /// their spread; that is never taken for less than that of a Poisson count.
    pub(super) fn unusual(&self, hour: Option<&Hour>) -> Option<(bool, String)> {
        let hour = hour.filter(|hour| hour.before.len() >= LEAST_WEEKS)?;
        let usual = median(hour.before.iter().map(|&count| count as f64));
        let deviation = median(hour.before.iter().map(|&count| (count as f64 - usual).abs()));
        let spread = (OF_NORMAL * deviation).max(usual.max(1.0).sqrt());
        let is_on = (hour.count as f64 - usual).abs() > self.spread.unwrap_or(4.0) * spread;
        let Hour { name, count, .. } = hour;
        let text = format!("{count} came in from {name}; usual are {usual:.0}");
        Some((is_on, text))
    }

    fn silent(&self, source: &SourceSight, was_on: bool) -> (bool, String) {
        let limit = self.seconds.unwrap_or(60.0);
        let is_on = source.silence.as_secs_f64() >= if was_on { limit / 2.0 } else { limit };
        let name = &source.name;
        let text = if is_on {
            format!("no picture has come from {name} for {limit} seconds")
        } else {
            format!("pictures come from {name} again")
        };
        (is_on, text)
    }

    fn condition(&self, source: &SourceSight) -> (bool, String) {
        let is_meant = |condition: &&String| {
            self.condition.is_none_or(|only| condition.starts_with(&only.as_str().replace('_', " ")))
        };
        let found: Vec<_> = source.conditions.iter().filter(is_meant).map(String::as_str).collect();
        let name = &source.name;
        if found.is_empty() {
            let what = self.condition.map_or_else(|| "wrong".to_owned(), |c| c.as_str().replace('_', " "));
            return (false, format!("{name} is not {what} any more"));
        }
        (true, format!("{name}: {}", found.join(", ")))
    }
}

fn seconds(length: SignedDuration) -> f64 {
    length.as_secs_f64()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

#[cfg(test)]
mod tests;
