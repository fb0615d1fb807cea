//! What is old, whatever a clock has shown.

use proptest::prelude::*;

use super::{Old, old_of};
use crate::stretch::Stretch;
use crate::timeline::Timeline;

const DAYS: i64 = 24 * 3_600_000_000;
const YEARS: i64 = 365 * DAYS;
/// 2026-03-01.
const START: i64 = 1_772_323_200_000_000;

/// What is old of stretches from and to these times after the start, where 90 days are kept.
fn old(spans: &[(i64, i64)]) -> Vec<Old> {
    let stretches = Stretch::each_of(START, spans);
    old_of(&Timeline::judge(&stretches, i64::MIN), 90)
}

#[test]
fn a_clock_that_is_ahead_makes_nothing_old() {
    let ahead = (200 * DAYS + 10 * YEARS, 201 * DAYS + 10 * YEARS);
    let both = old(&[(0, 200 * DAYS), ahead]);
    assert_eq!(both[0].before, START + 111 * DAYS, "a day was counted since");
    assert!(both[1].before < START + ahead.0);
    // It stays ahead for months: time goes on as far as it was counted.
    let ahead = (ahead.0, ahead.0 + 80 * DAYS);
    assert_eq!(old(&[(0, 200 * DAYS), ahead])[0].before, START + 190 * DAYS);
    // And for longer than is kept: then all before is old, and so is what was counted first in it.
    let ahead = (ahead.0, ahead.0 + 100 * DAYS);
    let both = old(&[(0, 200 * DAYS), ahead]);
    assert_eq!((both[0].before, both[1].before), (START + 210 * DAYS, START + ahead.0 + 10 * DAYS));
}

#[test]
fn what_a_clock_dated_that_was_off_goes_when_its_turn_has_come() {
    let epoch = (-START, -START + DAYS);
    let all = old(&[(0, 10 * DAYS), epoch, (11 * DAYS, 60 * DAYS)]);
    assert_eq!(all[1].before, i64::MIN, "it is no older than what came after it");
    let all = old(&[(0, 10 * DAYS), epoch, (11 * DAYS, 160 * DAYS)]);
    assert_eq!((all[0].before, all[1].before), (START + 70 * DAYS, i64::MAX));
}

#[test]
fn a_machine_that_was_off_for_weeks_forgets_by_what_was_counted_since() {
    let back = |days: i64| (100 * DAYS, (100 + days) * DAYS);
    assert_eq!(old(&[(0, 60 * DAYS), back(3)])[0].before, START - 27 * DAYS);
    assert_eq!(old(&[(0, 60 * DAYS), back(50)])[0].before, START + 60 * DAYS);
}

proptest! {
    /// However often the clock leaps by years, nothing goes that is younger by the time that has truly passed.
    #[test]
    fn nothing_goes_too_early(
        parts in prop::collection::vec((1_i64..60, prop::sample::select(vec![
            -56 * YEARS, -2 * YEARS, 0, 0, 0, YEARS, 3 * YEARS, 10 * YEARS,
        ])), 1..12),
    ) {
        let (mut at, mut spans, mut truth) = (0, Vec::new(), Vec::new());
        for (days, shift) in parts {
            spans.push((at + shift, at + shift + days * DAYS));
            truth.push((at, at + days * DAYS, shift));
            at += days * DAYS;
        }
        for (old, &(from, to, shift)) in old(&spans).iter().zip(&truth) {
            // Up to when, by the true time, entries of this stretch go.
            let gone = old.before.saturating_sub(START).saturating_sub(shift).min(to);
            prop_assert!(gone <= from || gone <= at - 90 * DAYS, "{spans:?} {truth:?}");
        }
    }
}
