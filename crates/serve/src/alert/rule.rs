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
    fn unusual(&self, hour: Option<&Hour>) -> Option<(bool, String)> {
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
            self.condition.as_ref().is_none_or(|only| condition.starts_with(&*only.replace('_', " ")))
        };
        let found: Vec<_> = source.conditions.iter().filter(is_meant).map(String::as_str).collect();
        let name = &source.name;
        if found.is_empty() {
            let what = self.condition.as_deref().map_or_else(|| "wrong".to_owned(), |c| c.replace('_', " "));
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
mod tests {
    use std::time::Duration;

    use jiff::{Timestamp, ToSpan as _};
    use serde_json::{Value, json};

    use super::{AlertConfig, Hour, Opening, Sight, SourceSight};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + seconds).unwrap()
    }

    fn sight() -> Sight {
        Sight {
            now: at(0),
            began: at(-7200),
            opening: Opening::Unknown,
            inside: 0,
            passed: None,
            hour: None,
            sources: Vec::new(),
        }
    }

    fn alert(settings: Value) -> AlertConfig {
        serde_json::from_value(settings).unwrap()
    }

    /// Whether it is on after each sight, and how often that changed.
    fn walk(alert: &AlertConfig, sights: impl IntoIterator<Item = Sight>) -> (Vec<bool>, usize) {
        let (mut since, mut told, mut changes) = (None, Vec::new(), 0);
        for sight in sights {
            for judgement in alert.judge(&sight, |_| since) {
                changes += usize::from(judgement.is_on != since.is_some());
                since = judgement.is_on.then(|| since.unwrap_or(sight.now));
                told.push(judgement.is_on);
            }
        }
        (told, changes)
    }

    #[test]
    fn an_occupancy_about_the_limit_is_told_once() {
        let full = alert(json!({ "name": "full", "when": "occupancy", "above": 80 }));
        let of = |inside| Sight { inside, ..sight() };
        let (on, changes) = walk(&full, [79, 80, 81, 80, 82, 73, 81, 72, 79].map(of));
        assert_eq!(on, [false, false, true, true, true, true, true, false, false]);
        assert_eq!(changes, 2);
        let own = alert(json!({ "name": "full", "when": "occupancy", "above": 5, "below": 5 }));
        assert_eq!(walk(&own, [5, 6, 5].map(of)).0, [false, true, false]);
    }

    #[test]
    fn nobody_is_told_until_somebody_passes() {
        let quiet = alert(json!({ "name": "quiet", "when": "nobody", "minutes": 30.0 }));
        let of = |(now, passed): (i64, i64)| Sight { now: at(now), passed: Some(at(passed)), ..sight() };
        let walked = [(0, -1000), (1000, -1000), (1100, -1000), (1200, 1150), (2900, 1150), (2951, 1150)];
        assert_eq!(walk(&quiet, walked.map(of)).0, [false, true, true, false, false, true]);
        // Started again after a night: before that nobody was counted.
        let started = Sight { began: at(-60), passed: Some(at(-40_000)), ..sight() };
        assert_eq!(walk(&quiet, [started.clone()]).0, [false]);
        let told = quiet.judge(&started, |_| Some(at(-30_000)));
        assert!(told[0].is_on, "it was told before, and nobody has passed since");
    }

    #[test]
    fn nobody_comes_while_it_is_closed_and_that_is_nothing_to_tell() {
        let quiet = alert(json!({ "name": "quiet", "when": "nobody", "minutes": 30.0 }));
        let of = |(now, opening): (i64, Opening)| Sight {
            now: at(now),
            passed: Some(at(-7000)),
            opening,
            ..sight()
        };
        let opened = Opening::Since(at(1000));
        let walked = [
            (0, Opening::Unknown),
            (10, Opening::Closed),
            (1001, opened),
            (2799, opened),
            (2800, opened),
            (4000, opened),
            (4001, Opening::Closed),
        ];
        assert_eq!(walk(&quiet, walked.map(of)).0, [true, false, false, false, true, true, false]);
    }

    #[test]
    fn an_hour_is_unusual_by_the_spread_of_the_weeks_before() {
        let odd = alert(json!({ "name": "odd", "when": "unusual" }));
        let of = |count, before: &[u64]| Sight {
            hour: Some(Hour { name: "10:00 to 11:00".into(), count, before: before.to_vec() }),
            ..sight()
        };
        let usual = [38, 42, 40, 44, 36];
        assert_eq!(
            walk(&odd, [40, 64, 66, 15, 14].map(|count| of(count, &usual))).0,
            [false, false, true, false, true]
        );
        assert!(odd.judge(&of(500, &[40, 40, 40]), |_| None).is_empty(), "three weeks tell nothing");
        let wild = [0, 90, 10, 200, 45, 120];
        assert_eq!(walk(&odd, [of(300, &wild)]).0, [false], "where every week differs nothing is unusual");
    }

    #[test]
    fn sources_are_judged_one_by_one() {
        let source = |name: &str, silence: u64, conditions: &[&str]| SourceSight {
            name: name.into(),
            silence: Duration::from_secs(silence),
            conditions: conditions.iter().map(|&c| c.to_owned()).collect(),
            is_seen: silence < 60,
        };
        let seen =
            Sight { sources: vec![source("a", 61, &[]), source("b", 2, &["covered", "dark"])], ..sight() };
        let judge = |settings: Value| -> Vec<_> {
            let judged = alert(settings).judge(&seen, |_| None).into_iter();
            judged.map(|j| (j.source.unwrap_or_default(), j.is_on)).collect()
        };
        let both = |a, b| vec![("a".to_owned(), a), ("b".to_owned(), b)];
        assert_eq!(judge(json!({ "name": "n", "when": "silent" })), both(true, false));
        assert_eq!(judge(json!({ "name": "n", "when": "silent", "seconds": 90.0 })), both(false, false));
        assert_eq!(judge(json!({ "name": "n", "when": "condition" })), both(false, true));
        assert_eq!(
            judge(json!({ "name": "n", "when": "condition", "condition": "frozen" })),
            both(false, false)
        );
        assert_eq!(
            judge(json!({ "name": "n", "when": "condition", "condition": "dark", "source": "b" })),
            [("b".to_owned(), true)]
        );
        let now = at(0).checked_add(1.hour()).unwrap();
        let still = Sight { now, sources: vec![source("a", 40, &[])], ..sight() };
        let silent = alert(json!({ "name": "n", "when": "silent" }));
        assert!(silent.judge(&still, |_| Some(at(0)))[0].is_on, "not over before pictures really come");
        let begun = SourceSight { is_seen: false, ..source("a", 1, &[]) };
        let again = Sight { sources: vec![begun], ..sight() };
        for settings in
            [json!({ "name": "n", "when": "silent" }), json!({ "name": "n", "when": "condition" })]
        {
            let alert = alert(settings);
            assert!(
                alert.judge(&again, |_| Some(at(0)))[0].is_on,
                "the program was started again, and has seen nothing"
            );
            assert!(!alert.judge(&again, |_| None)[0].is_on);
        }
    }
}
