//! Two cameras and more, with people who are known.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::{Across, Answer, Passing, SiteCamera, SiteConfig, Why};
use crate::Direction::{self, In, Out};
use crate::{Role, VisitorConfig};

const LATER: Duration = Duration::from_secs(100_000);

/// Of 64 numbers that look drawn: strangers are about as far apart as those of an embedder.
fn look(person: usize) -> Arc<[f32]> {
    let mut state = 0x9e37_79b9_u32.wrapping_mul(person as u32 + 1);
    let mut number = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    let look: Vec<f32> = (0..64).map(|_| number()).collect();
    let length = look.iter().map(|value| value * value).sum::<f32>().sqrt();
    look.iter().map(|value| value / length).collect()
}

fn passing(person: usize, direction: Direction, at: f64) -> Passing {
    Passing {
        line: "door".into(),
        direction,
        track: person as u64,
        frame: (at * 10.0) as u64,
        time: Duration::from_secs_f64(at),
        decided: Duration::from_secs_f64(at + 0.5),
        look: Some(look(person)),
        is_staff: false,
        beside: Vec::new(),
    }
}

fn config(overlap: &[&str], doors: &[&str]) -> SiteConfig {
    let group = |names: &[&str]| vec![names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>()];
    let groups = |names: &[&str]| if names.is_empty() { Vec::new() } else { group(names) };
    SiteConfig { overlap: groups(overlap), doors: groups(doors), ..SiteConfig::default() }
}

fn across(config: SiteConfig, hours: f64) -> Across {
    let lines = vec![("door".to_owned(), Role::Entrance)];
    let cameras = ["a", "b", "c"].map(|name| SiteCamera { name: name.to_owned(), lines: lines.clone() });
    Across::new(config, &cameras, VisitorConfig { window: hours, ..VisitorConfig::default() }).unwrap()
}

/// What is said of these passages, in their order.
fn told(mut across: Across, passages: &[(usize, Passing)]) -> Vec<Answer> {
    let tickets: Vec<_> =
        passages.iter().map(|(camera, passing)| across.pass(*camera, passing.clone())).collect();
    across.advance();
    let answers = across.take_answers();
    let of = |ticket| answers.iter().find(|answer| answer.1 == ticket).unwrap().2.clone();
    tickets.into_iter().map(of).collect()
}

fn why(answers: &[Answer]) -> Vec<Why> {
    answers.iter().map(|answer| answer.elsewhere.why).collect()
}

#[test]
fn what_two_cameras_see_counts_once_and_says_where() {
    let passages = [(0, passing(1, In, 10.0)), (1, passing(1, In, 10.4)), (0, passing(2, Out, 40.0))];
    let answers = told(across(config(&["a", "b"], &[]), 0.0), &passages);
    assert_eq!(why(&answers), [Why::Counted, Why::Same, Why::Alone]);
    let same = answers[1].elsewhere.same_as.as_ref().unwrap();
    assert_eq!((&*same.source, &*same.line, same.track, same.frame), ("a", "door", 1, 100));
    assert!(answers[1].elsewhere.probability > 0.99 && answers[0].elsewhere.same_as.is_none());
}

#[test]
fn other_ways_other_times_other_people_and_other_cameras_count_for_themselves() {
    let site = || across(config(&["a", "b"], &[]), 0.0);
    let first = (0, passing(1, In, 10.0));
    for second in [
        (1, passing(1, Out, 10.2)),
        (1, passing(1, In, 15.0)),
        (2, passing(1, In, 10.2)),
        (0, passing(1, In, 10.2)),
    ] {
        let answers = told(site(), &[first.clone(), second.clone()]);
        assert!(answers.iter().all(|answer| !answer.elsewhere.is_twice()), "{second:?}: {answers:?}");
    }
    // Three at once, where each camera has seen others than the other: who looks like nobody there is not the one that is
    // left.
    let before: Vec<_> =
        (0..40).map(|step| (step % 2, passing(5 + step, In, 20.0 + 9.0 * step as f64))).collect();
    let crowd = [1, 2, 3].map(|person| (0, passing(person, In, 400.0 + 0.2 * person as f64)));
    let others = [9, 10, 11].map(|person| (1, passing(person, In, 400.1 + 0.2 * (person - 8) as f64)));
    let answers = told(site(), &[&before[..], &crowd[..], &others[..]].concat());
    assert!(answers.iter().all(|answer| !answer.elsewhere.is_twice()), "{answers:?}");
}

#[test]
fn a_pair_that_comes_together_is_two_whoever_is_who() {
    let alike = |person: usize, at: f64| Passing { look: Some(look(1)), ..passing(person, In, at) };
    let passages = [(0, alike(1, 10.0)), (0, alike(2, 10.1)), (1, alike(1, 10.05)), (1, alike(2, 10.15))];
    let answers = told(across(config(&["a", "b"], &[]), 0.0), &passages);
    let counted = answers.iter().filter(|answer| !answer.elsewhere.is_twice()).count();
    assert_eq!(counted, 2, "{answers:?}");
}

#[test]
fn without_looks_a_quiet_door_is_told_by_time_alone() {
    let blind = |person: usize, at: f64| Passing { look: None, ..passing(person, In, at) };
    let passages: Vec<_> = (0..10_u32)
        .flat_map(|person| {
            let at = 100.0 * f64::from(person);
            [(0, blind(person as usize, at)), (1, blind(person as usize, at + 0.5))]
        })
        .collect();
    let answers = told(across(config(&["a", "b"], &[]), 0.0), &passages);
    let twice = answers.iter().filter(|answer| answer.elsewhere.is_twice()).count();
    assert_eq!(twice, 10, "{answers:?}");
}

#[test]
fn three_cameras_over_one_door_count_once() {
    let passages = [0, 1, 2].map(|camera| (camera, passing(4, In, 10.0 + 0.3 * camera as f64)));
    let answers = told(across(config(&["a", "b", "c"], &[]), 0.0), &passages);
    assert_eq!(why(&answers), [Why::Counted, Why::Same, Why::Same]);
    assert!(answers[1..].iter().all(|a| a.elsewhere.same_as.as_ref().unwrap().source == "a"), "{answers:?}");
}

#[test]
fn two_lines_that_see_the_same_people_are_found_and_a_third_is_not() {
    let mut passages = Vec::new();
    for step in 0..30 {
        let at = 100.0 * f64::from(step);
        let person = step as usize;
        passages.push((0, passing(person, In, at)));
        passages.push((1, passing(person, In, at + 0.8)));
        passages.push((2, passing(person + 7, In, at + 0.4)));
    }
    let mut site = across(SiteConfig { learn: true, ..SiteConfig::default() }, 0.0);
    for (camera, passing) in &passages {
        site.pass(*camera, passing.clone());
    }
    site.advance();
    assert_eq!(site.take_learnt(), [("a/door".to_owned(), "b/door".to_owned())]);
    let sums = site.sums();
    assert!((20..=28).contains(&sums.twice), "{sums:?}");
    assert!((sums.travel[0].mean - 0.8).abs() < 0.15, "{sums:?}");
}

#[test]
fn staff_whom_one_camera_knows_are_staff_at_both() {
    let staff = Passing { is_staff: true, ..passing(1, In, 10.5) };
    let answers = told(across(config(&["a", "b"], &[]), 0.0), &[(0, passing(1, In, 10.0)), (1, staff)]);
    assert_eq!(answers[0].elsewhere.same_as.as_ref().unwrap().source, "b");
    assert_eq!(answers[1].elsewhere.why, Why::Counted);
}

#[test]
fn who_leaves_by_another_door_was_inside_and_keeps_their_number() {
    let mut passages = Vec::new();
    for person in 1..6 {
        passages.push((0, passing(person, In, 60.0 * person as f64)));
        passages.push((1, passing(person, Out, 60.0 * person as f64 + 500.0)));
    }
    let answers = told(across(config(&[], &["a", "b"]), 2.0), &passages);
    let late = answers.iter().skip(5).step_by(2).filter_map(|answer| answer.elsewhere.stay.as_ref());
    let late: Vec<_> = late.collect();
    assert!(late.len() >= 2 && late.iter().all(|stay| (stay.seconds - 500.0).abs() < 1e-3), "{answers:?}");
    for pair in answers.chunks(2).filter(|pair| pair[1].elsewhere.stay.is_some()) {
        assert_eq!(pair[0].visitor.unwrap().number(), pair[1].visitor.unwrap().number());
        assert_eq!(pair[1].elsewhere.stay.as_ref().unwrap().came.source, "a");
    }
}

#[test]
fn a_camera_that_is_waited_for_holds_answers_back_and_one_that_is_not_does_not() {
    let mut site = across(config(&["a", "b"], &[]), 0.0);
    let start = Duration::from_secs(1);
    site.join(0, start);
    site.join(1, start);
    let first = site.pass(0, passing(1, In, 10.0));
    site.reach(0, LATER);
    assert!(site.take_answers().is_empty() && !site.is_idle());
    let second = site.pass(1, passing(1, In, 10.2));
    site.reach(1, Duration::from_secs(11));
    assert!(site.take_answers().is_empty(), "somebody may come within the time");
    site.part(1);
    let answers = site.take_answers();
    assert_eq!(answers.iter().map(|(_, ticket, _)| *ticket).collect::<Vec<_>>(), [first, second]);
    assert!(answers[1].2.elsewhere.is_twice() && site.is_idle());
    assert_eq!((site.sums().passages, site.sums().twice), (2, 1));
}

proptest! {
    /// What is said follows from the passages alone, however the cameras' frames come between each other.
    #[test]
    fn it_does_not_matter_which_camera_is_faster(
        each in prop::collection::vec((0..3_usize, 0..12_usize, any::<bool>(), 0..2000_u32), 1..40),
        turns in prop::collection::vec(0..3_usize, 0..200),
    ) {
        let mut passages: Vec<_> = each
            .iter()
            .map(|&(camera, person, is_in, at)| {
                (camera, passing(person, if is_in { In } else { Out }, f64::from(at) * 0.05))
            })
            .collect();
        passages.sort_by_key(|(_, passing)| passing.decided);
        let site = || across(config(&["a", "b", "c"], &["a", "c"]), 1.0);
        let run = |turns: &[usize]| {
            let mut site = site();
            (0..3).for_each(|camera| site.join(camera, Duration::ZERO));
            let mut queues: [Vec<Passing>; 3] = Default::default();
            passages.iter().rev().for_each(|(camera, passing)| queues[*camera].push(passing.clone()));
            let step = |site: &mut Across, queue: &mut Vec<Passing>, camera: usize| {
                let Some(next) = queue.pop() else { return site.part(camera) };
                let time = next.decided;
                site.pass(camera, next);
                // Others of this very frame follow.
                while let Some(more) = queue.pop_if(|more| more.decided == time) {
                    site.pass(camera, more);
                }
                site.reach(camera, time);
            };
            for &camera in turns {
                step(&mut site, &mut queues[camera], camera);
            }
            for (camera, queue) in queues.iter_mut().enumerate() {
                while !queue.is_empty() {
                    step(&mut site, queue, camera);
                }
                site.part(camera);
            }
            prop_assert!(site.is_idle());
            Ok(site.take_answers().into_iter().map(|(camera, _, answer)| (camera, answer)).collect::<Vec<_>>())
        };
        prop_assert_eq!(run(&turns)?, run(&[])?);
    }

    /// Each camera's passages are counted, or another camera's are in their place: never one of its own, and never one
    /// that is itself counted elsewhere.
    #[test]
    fn whatever_is_not_counted_is_counted_once_at_another_camera(
        each in prop::collection::vec((0..3_usize, 0..6_usize, 0..400_u32), 1..40),
    ) {
        let passages: Vec<_> = each
            .iter()
            .enumerate()
            .map(|(place, &(camera, person, at))| {
                let passing = passing(person, In, f64::from(at) * 0.05);
                (camera, Passing { track: place as u64, ..passing })
            })
            .collect();
        let answers = told(across(config(&["a", "b", "c"], &[]), 0.0), &passages);
        let mut taken = std::collections::BTreeSet::new();
        for (place, answer) in answers.iter().enumerate() {
            let Some(same) = &answer.elsewhere.same_as else { continue };
            let other = same.track as usize;
            prop_assert!(answers[other].elsewhere.same_as.is_none());
            prop_assert!(passages[other].0 != passages[place].0);
            prop_assert!(taken.insert((other, passages[place].0)), "two of one camera are one");
            let apart = passages[other].1.time.abs_diff(passages[place].1.time);
            prop_assert!(apart <= Duration::from_secs(8), "{apart:?}");
        }
    }
}
