use std::time::Duration;

use footfall_count::Condition;
use footfall_pipeline::Note;
use proptest::prelude::*;

use super::RateCheck;

const LEAST: f64 = 4.0;
const HOLD: f64 = 5.0;

/// Whether it was raised or over, and when, in seconds; and from when to when it is uncounted.
type Told = (Vec<(bool, f64)>, Vec<(f64, f64)>);

/// What is told of frames at these times, in seconds: the turns, and the stretches that are uncounted.
fn told(times: &[f64]) -> Told {
    let mut check = RateCheck::new(LEAST, HOLD);
    let times = times.iter().map(|time| Duration::from_secs_f64(*time));
    let mut notes: Vec<Note> = (1..).zip(times).flat_map(|(number, time)| check.take(number, time)).collect();
    notes.extend(check.rest());
    let (mut turns, mut spans) = (Vec::new(), Vec::<(f64, f64)>::new());
    for note in notes {
        match note {
            Note::Health(change) => {
                assert_eq!(change.condition, Condition::LowRate);
                assert!(change.evidence["frames_per_second"] > 0.0 && change.evidence["limit"] == LEAST);
                turns.push((change.raised, change.time.as_secs_f64()));
            }
            Note::Remark(words) => panic!("{words}"),
            Note::Uncounted(span) => {
                assert_eq!(span.reason, Condition::LowRate);
                let (from, to) = (span.from.as_secs_f64(), span.to.as_secs_f64());
                match spans.last_mut() {
                    Some(last) if last.1 == from => last.1 = to,
                    _ => spans.push((from, to)),
                }
            }
        }
    }
    (turns, spans)
}

/// Frames at one rate after the other: (frames a second, seconds).
fn film(parts: &[(f64, f64)]) -> Vec<f64> {
    let (mut times, mut start) = (vec![0.0], 0.0);
    for &(rate, seconds) in parts {
        let count = (rate * seconds).round() as u32;
        times.extend((1..=count).map(|frame| start + f64::from(frame) / rate));
        start = times[times.len() - 1];
    }
    times
}

#[test]
fn too_low_a_rate_is_told_from_the_first_frame_to_the_last() {
    assert_eq!(told(&film(&[(1.0, 79.0)])), (vec![(true, 0.0)], vec![(0.0, 79.0)]));
    assert_eq!(told(&film(&[(0.2, 100.0)])), (vec![(true, 0.0)], vec![(0.0, 100.0)]));
    assert_eq!(told(&film(&[(1.0, 2.0)])), (vec![(true, 0.0)], vec![(0.0, 2.0)]), "however short it is");
    assert_eq!(told(&[0.0, 1.0]), (vec![(true, 0.0)], vec![(0.0, 1.0)]));
}

#[test]
fn one_frame_or_none_has_no_rate() {
    assert_eq!(told(&[]), (vec![], vec![]));
    assert_eq!(told(&[7.0]), (vec![], vec![]));
    assert_eq!(told(&[7.0, 7.0, 7.0]), (vec![], vec![]));
}

#[test]
fn a_stretch_without_frames_is_no_low_rate() {
    let mut times = film(&[(10.0, 20.0)]);
    times.extend(film(&[(10.0, 20.0)]).iter().map(|time| time + 50.0));
    assert_eq!(told(&times), (vec![], vec![]));
    // Nor are several, as long as frames come often enough between them.
    let parts = (0..6)
        .flat_map(|part| film(&[(10.0, 4.0)]).into_iter().map(move |time| time + 20.0 * f64::from(part)));
    assert_eq!(told(&parts.collect::<Vec<_>>()), (vec![], vec![]));
}

#[test]
fn it_begins_where_frames_become_few_and_ends_where_they_are_many_again() {
    let (turns, spans) = told(&film(&[(10.0, 30.0), (1.0, 20.0), (10.0, 30.0)]));
    let [(true, from), (false, to)] = turns[..] else { panic!("{turns:?}") };
    assert!((29.0..=31.0).contains(&from) && (49.0..=52.0).contains(&to), "{turns:?}");
    assert_eq!(spans, [(from, to)]);
}

#[test]
fn a_short_lull_and_a_rate_that_wavers_about_the_limit_change_nothing() {
    assert_eq!(told(&film(&[(10.0, 30.0), (1.0, 4.0), (10.0, 30.0)])), (vec![], vec![]));
    let wavering: Vec<_> = [(3.8, 6.0), (4.2, 6.0)].repeat(10);
    assert_eq!(told(&film(&wavering)).0.len(), 1, "once it is on it needs more than the limit to end");
}

proptest! {
    #[test]
    fn a_constant_rate_is_too_low_below_the_limit_alone(rate in 0.1..30.0_f64, seconds in 12.0..200.0_f64) {
        prop_assume!((rate / LEAST - 1.0).abs() > 0.02);
        let times = film(&[(rate, seconds)]);
        let last = times[times.len() - 1];
        let (turns, spans) = told(&times);
        if rate < LEAST && times.len() > 1 {
            prop_assert_eq!(turns, vec![(true, 0.0)]);
            prop_assert_eq!(spans.len(), 1);
            prop_assert!(spans[0].0 == 0.0 && (spans[0].1 - last).abs() < 1e-6);
        } else {
            prop_assert!(turns.is_empty() && spans.is_empty());
        }
    }

    /// Whatever comes, what is marked lies between a beginning and an end, in order, and never twice.
    #[test]
    fn stretches_never_overlap(parts in prop::collection::vec((0.2..20.0_f64, 0.5..20.0_f64), 1..8)) {
        let (turns, spans) = told(&film(&parts));
        prop_assert!(turns.iter().enumerate().all(|(index, (raised, _))| *raised == (index % 2 == 0)));
        prop_assert!(spans.windows(2).all(|pair| pair[0].1 < pair[1].0), "{:?}", spans);
        prop_assert_eq!(spans.len(), turns.len().div_ceil(2));
    }
}
