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
    let of =
        |(now, opening): (i64, Opening)| Sight { now: at(now), passed: Some(at(-7000)), opening, ..sight() };
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
    let seen = Sight { sources: vec![source("a", 61, &[]), source("b", 2, &["covered", "dark"])], ..sight() };
    let judge = |settings: Value| -> Vec<_> {
        let judged = alert(settings).judge(&seen, |_| None).into_iter();
        judged.map(|j| (j.source.unwrap_or_default(), j.is_on)).collect()
    };
    let both = |a, b| vec![("a".to_owned(), a), ("b".to_owned(), b)];
    assert_eq!(judge(json!({ "name": "n", "when": "silent" })), both(true, false));
    assert_eq!(judge(json!({ "name": "n", "when": "silent", "seconds": 90.0 })), both(false, false));
    assert_eq!(judge(json!({ "name": "n", "when": "condition" })), both(false, true));
    assert_eq!(judge(json!({ "name": "n", "when": "condition", "condition": "frozen" })), both(false, false));
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
    for settings in [json!({ "name": "n", "when": "silent" }), json!({ "name": "n", "when": "condition" })] {
        let alert = alert(settings);
        assert!(
            alert.judge(&again, |_| Some(at(0)))[0].is_on,
            "the program was started again, and has seen nothing"
        );
        assert!(!alert.judge(&again, |_| None)[0].is_on);
    }
}
