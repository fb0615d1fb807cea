use std::time::Duration;

use footfall_count::{Condition, Visible};
use footfall_pipeline::Note;
use proptest::prelude::*;

use super::CountableCheck;

/// Frames a second, seconds, share of those who are seen and not followed, people's height in pixels.
type Part = (f64, f64, f64, f64);

/// Turns, whether raised, and when; uncounted spans, from when to when.
type Told = (Vec<(Condition, bool, f64)>, Vec<(Condition, f64, f64)>);

/// What is told of parts that follow each other, with ten people in each frame: turns and uncounted spans, with reasons.
fn told(parts: &[Part]) -> Told {
    let mut check = CountableCheck::new(4.0, 5.0, Some(0.5));
    let (mut visible, mut notes, mut number, mut time) = (Visible::default(), Vec::new(), 0, 0.0);
    for &(rate, seconds, share, height) in parts {
        for _ in 0..(rate * seconds) as u64 {
            number += 1;
            visible.frames += 1;
            visible.sure += 100;
            visible.unfollowed += (100.0 * share) as u64;
            visible.followed += 100;
            visible.heights += 100.0 * height;
            visible.confidences += 100.0 * if height == FAINT.3 { 0.3 } else { 0.7 };
            notes.extend(check.take(number, Duration::from_secs_f64(time), visible, None));
            time += 1.0 / rate;
        }
    }
    notes.extend(check.rest());
    let (mut turns, mut spans) = (Vec::new(), Vec::<(Condition, f64, f64)>::new());
    for note in notes {
        match note {
            Note::Health(change) => turns.push((change.condition, change.raised, change.time.as_secs_f64())),
            Note::Uncounted(span) => {
                let (from, to) = (span.from.as_secs_f64(), span.to.as_secs_f64());
                match spans.last_mut() {
                    Some(last) if last.0 == span.reason && last.2 == from => last.2 = to,
                    _ => spans.push((span.reason, from, to)),
                }
            }
            Note::Remark(words) => panic!("{words}"),
        }
    }
    (turns, spans)
}

const WELL: Part = (10.0, 300.0, 0.1, 100.0);
const LOST: Part = (10.0, 300.0, 0.6, 100.0);
const SMALL: Part = (10.0, 300.0, 0.1, 20.0);

const FAINT: Part = (10.0, 300.0, 0.1, 99.0);

#[test]
fn what_is_so_all_along_is_told_from_the_first_frame_to_the_last() {
    assert_eq!(told(&[WELL]), (vec![], vec![]));
    for (part, condition) in
        [(LOST, Condition::Unfollowed), (SMALL, Condition::TooSmall), (FAINT, Condition::Unclear)]
    {
        let (turns, spans) = told(&[part]);
        assert_eq!(turns, [(condition, true, 0.0)]);
        assert_eq!(spans, [(condition, 0.0, 299.9)]);
        let (turns, spans) = told(&[(part.0, 3.0, part.2, part.3)]);
        assert_eq!((turns.len(), spans), (1, vec![(condition, 0.0, 2.9)]), "however short it is");
    }
}

#[test]
fn it_is_over_when_people_can_be_counted_again_and_no_second_is_told_twice() {
    let (turns, spans) = told(&[WELL, LOST, WELL, LOST]);
    let raised: Vec<_> = turns.iter().map(|turn| turn.1).collect();
    assert_eq!(raised, [true, false, true]);
    assert_eq!(spans.len(), 2);
    assert!((240.0..330.0).contains(&spans[0].1) && (600.0..680.0).contains(&spans[0].2), "{spans:?}");
    assert!(spans[0].2 <= spans[1].1 && spans[1].2 == 1199.9, "{spans:?}");
}

#[test]
fn what_comes_again_is_told_from_where_it_was_told_up_to() {
    let parts = [(10.0, 45.25, 0.504, 10.0), (2.0, 51.64, 0.498, 10.0), (10.0, 25.44, 0.212, 10.0)];
    let (_, spans) = told(&[&parts[..], &[(2.0, 114.5, 0.715, 10.0)]].concat());
    for condition in Condition::UNCOUNTABLE {
        let of: Vec<_> = spans.iter().filter(|span| span.0 == condition).collect();
        assert!(of.windows(2).all(|pair| pair[0].2 <= pair[1].1), "{spans:?}");
    }
}

#[test]
fn time_with_too_few_frames_is_somebody_elses() {
    assert_eq!(told(&[(1.0, 300.0, 0.6, 20.0)]), (vec![], vec![]));
    let (turns, _) = told(&[(4.0, 300.0, 0.6, 100.0)]);
    assert_eq!(turns.len(), 1, "just enough of them");
}

#[test]
fn the_windows_of_a_picture_make_people_larger() {
    let seen = |window| {
        let mut check = CountableCheck::new(4.0, 5.0, Some(0.5));
        let visible = Visible {
            frames: 30,
            sure: 300,
            unfollowed: 0,
            heights: 300.0 * 20.0,
            followed: 300,
            confidences: 200.0,
        };
        check.take(30, Duration::from_secs(3), visible, window);
        check.rest().len()
    };
    assert_eq!((seen(None), seen(Some(1.0))), (1, 0));
}

proptest! {
    #[test]
    fn spans_follow_each_other_and_have_pieces_of_a_minute(
        parts in prop::collection::vec((prop_oneof![Just(2.0), Just(10.0)], 5.0_f64..200.0, 0.0_f64..1.0, 10.0_f64..90.0), 1..6),
    ) {
        let (turns, spans) = told(&parts);
        let end: f64 = parts.iter().map(|part| part.1).sum();
        for condition in Condition::UNCOUNTABLE {
            let of: Vec<_> = spans.iter().filter(|span| span.0 == condition).collect();
            prop_assert!(of.windows(2).all(|pair| pair[0].2 <= pair[1].1));
            prop_assert!(of.iter().all(|span| span.1 < span.2 && span.2 <= end));
            let turns: Vec<_> = turns.iter().filter(|turn| turn.0 == condition).map(|turn| turn.1).collect();
            prop_assert!(turns.iter().enumerate().all(|(index, raised)| *raised == (index % 2 == 0)), "{turns:?}");
        }
    }
}
