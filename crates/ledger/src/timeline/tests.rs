//! Clocks that were ahead, behind, set and set again.

use proptest::prelude::*;

use super::{Standing, Timeline};
use crate::stretch::Stretch;

const HOUR: i64 = 3_600_000_000;
const DAYS: i64 = 24 * HOUR;
const YEARS: i64 = 365 * DAYS;
/// 2026-03-01.
const START: i64 = 1_772_323_200_000_000;

/// Stretches from and to these times after the start, and how they are judged at `now`.
fn judged(spans: &[(i64, i64)], now: i64) -> String {
    let stretches = Stretch::each_of(START, spans);
    let timeline = Timeline::judge(&stretches, START + now);
    let letter = |standing| match standing {
        Standing::Sound => 's',
        Standing::Unproven => 'u',
        Standing::Off => 'o',
    };
    timeline.stretches.iter().map(|&(_, standing)| letter(standing)).collect()
}

#[test]
fn one_wrong_year_among_right_ones_is_off_whatever_is_more() {
    let ahead = (60 * DAYS + 10 * YEARS, 62 * DAYS + 10 * YEARS);
    assert_eq!(judged(&[(0, 60 * DAYS), ahead, (62 * DAYS, 62 * DAYS + HOUR)], 63 * DAYS), "sos");
    // It was ahead for longer than it was right before.
    let long = (DAYS + 10 * YEARS, 101 * DAYS + 10 * YEARS);
    assert_eq!(judged(&[(0, DAYS), long, (101 * DAYS, 101 * DAYS + HOUR)], 102 * DAYS), "sos");
    // Ahead by two months, and years later.
    let (ahead, after) = ((90 * DAYS, 91 * DAYS), (31 * DAYS, 500 * DAYS));
    assert_eq!(judged(&[(0, 30 * DAYS), ahead, after], 501 * DAYS), "sos");
}

#[test]
fn a_clock_that_is_ahead_now_proves_nothing_yet() {
    let ahead = (60 * DAYS + 10 * YEARS, 61 * DAYS + 10 * YEARS);
    assert_eq!(judged(&[(0, 60 * DAYS), ahead], 61 * DAYS + 10 * YEARS), "su");
    assert_eq!(judged(&[(0, 60 * DAYS), ahead], 61 * DAYS), "so", "the present speaks against it");
}

#[test]
fn a_clock_that_begins_in_1970_is_off_before_and_after_it_is_set() {
    let epoch = -START;
    assert_eq!(judged(&[(epoch, epoch + 60)], epoch + 60), "o");
    assert_eq!(judged(&[(epoch, epoch + 60), (0, HOUR)], HOUR), "os");
    assert_eq!(judged(&[(0, DAYS), (epoch, epoch + 60), (DAYS, DAYS + 60)], DAYS + 60), "sos");
    assert_eq!(judged(&[(0, DAYS), (epoch, epoch + 60)], epoch + 60), "so");
}

#[test]
fn a_machine_that_was_off_for_long_was_right_all_the_same() {
    let nobody_knows = -START;
    let off = |counted: i64| [(0, 60 * DAYS), (90 * DAYS, (90 + counted) * DAYS)];
    assert_eq!(judged(&off(1), nobody_knows), "su", "nobody was there to see");
    assert_eq!(judged(&off(31), nobody_knows), "ss", "as much was counted since");
    assert_eq!(judged(&off(1), 91 * DAYS), "ss", "the present is a witness");
    assert_eq!(judged(&[(0, HOUR), (2 * YEARS, 3 * YEARS)], 3 * YEARS), "us");
}

#[test]
fn small_steps_there_and_back_are_seen() {
    let (hour_ahead, back) = ((DAYS + HOUR, DAYS + 4 * HOUR), (DAYS + 3 * HOUR, 5 * DAYS));
    assert_eq!(judged(&[(0, DAYS), hour_ahead, back], 5 * DAYS), "sos");
    let (behind, back) = ((DAYS - HOUR, DAYS + 2 * HOUR), (DAYS + 3 * HOUR, 5 * DAYS));
    assert_eq!(judged(&[(0, DAYS), behind, back], 5 * DAYS), "sos");
}

#[test]
fn a_present_that_is_wrong_condemns_nothing() {
    assert_eq!(judged(&[(0, HOUR)], -START), "s", "in 1970");
    assert_eq!(judged(&[(0, 60 * DAYS)], -100 * DAYS), "s", "behind");
    assert_eq!(judged(&[(0, HOUR)], -100 * DAYS), "s", "and there is nothing else to go by");
}

proptest! {
    /// A clock that is right for most of the time, with excursions that are each shorter than what is right
    /// around them: these are off, and nothing else.
    #[test]
    fn excursions_are_found(
        parts in prop::collection::vec((20_i64..60, 1_i64..10, prop::sample::select(vec![
            -56 * YEARS, -2 * YEARS, -40 * DAYS, -HOUR, HOUR, 3 * DAYS, 40 * DAYS, YEARS, 10 * YEARS,
        ])), 1..12),
    ) {
        let (mut at, mut spans, mut expected) = (0, Vec::new(), String::new());
        for (days, hours, shift) in parts {
            spans.push((at, at + days * DAYS));
            at += days * DAYS + 60_000_000;
            spans.push((at + shift, at + shift + hours * HOUR));
            at += hours * HOUR + 60_000_000;
            expected += "so";
        }
        spans.push((at, at + 20 * DAYS));
        expected.push('s');
        prop_assert_eq!(judged(&spans, at + 20 * DAYS), expected);
    }
}
