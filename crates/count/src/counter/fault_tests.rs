//! Tracks with faults: what keeps them from the counts.

use std::time::Duration;

use footfall_track::{Embeddings, FoundPast, PastBox, Step, TrackId};

use super::Counter;
use super::tests::{DOOR, counter, seen, step};
use crate::{Config, Crossing, Direction, Reason};

/// A counter with the defaults, which look past faults of tracks.
fn keen(lines: &[&str]) -> Counter {
    Counter::new(lines.iter().map(|l| l.parse().unwrap()).collect(), Config::default()).unwrap()
}

/// Steps through frames, each the people (id, x) in it, and what comes at the end.
fn film(counter: &mut Counter, frames: &[Vec<(u64, f64)>]) -> Vec<Crossing> {
    let mut crossings = Vec::new();
    for (i, people) in frames.iter().enumerate() {
        let tracks = people.iter().map(|&(id, x)| seen(id, x, 300.0)).collect();
        crossings.extend(step(counter, i as u64 + 1, tracks, Vec::new()));
    }
    crossings.extend(counter.finish());
    crossings
}

/// Someone who walks 10 pixels a frame from x = 300, by track `id_at` of the frame, unseen where it gives none.
fn walker(frames: u32, id_at: impl Fn(u32) -> Option<u64>) -> Vec<Vec<(u64, f64)>> {
    (0..frames).map(|i| id_at(i).map(|id| (id, 300.0 + 10.0 * f64::from(i))).into_iter().collect()).collect()
}

#[test]
fn a_walk_counts_the_same_with_and_without_care() {
    let walk = walker(20, |_| Some(1));
    let (careful, plain) = (film(&mut keen(&[DOOR]), &walk), film(&mut counter(&[DOOR]), &walk));
    assert_eq!(careful.len(), 1);
    let what = |c: &Crossing| (c.direction, c.frame, c.time, c.reasons.clone());
    assert_eq!(what(&careful[0]), what(&plain[0]));
    assert_eq!(careful[0].reasons, [Reason::Followed]);
    assert!(careful[0].decided > plain[0].decided);
}

#[test]
fn an_id_switch_on_the_line_neither_loses_nor_doubles() {
    for gap in [0, 3, 15] {
        let walk = walker(40, |i| match i {
            0..8 => Some(1),
            _ if i >= 8 + gap => Some(2),
            _ => None,
        });
        let crossings = film(&mut keen(&[DOOR]), &walk);
        assert_eq!(crossings.len(), 1, "{gap}");
        assert_eq!((crossings[0].direction, crossings[0].frame), (Direction::In, 10));
        assert!(crossings[0].reasons.contains(&Reason::Joined), "{gap}: {:?}", crossings[0].reasons);
        assert!(film(&mut counter(&[DOOR]), &walk).is_empty());
    }
}

#[test]
fn another_place_another_look_or_a_long_gap_is_another_person() {
    let far = |i: u32| if i < 8 { vec![(1, 300.0)] } else { vec![(2, 470.0)] };
    assert!(film(&mut keen(&[DOOR]), &(0..30).map(far).collect::<Vec<_>>()).is_empty());
    let late = walker(60, |i| match i {
        0..8 => Some(1),
        30.. => Some(2),
        _ => None,
    });
    assert!(film(&mut keen(&[DOOR]), &late).is_empty());
    let looks = |of_second: [f32; 2]| {
        let mut counter = keen(&[DOOR]);
        let mut crossings = Vec::new();
        for (i, people) in walker(20, |i| Some(if i < 8 { 1 } else { 2 })).iter().enumerate() {
            let tracks = people.iter().map(|&(id, x)| seen(id, x, 300.0)).collect();
            let mut embeddings = Embeddings::new(2);
            embeddings.push(Some(if i < 8 { &[1.0, 0.0] } else { &of_second }));
            let time = Duration::from_millis(100 * i as u64);
            crossings.extend(counter.step(
                i as u64 + 1,
                time,
                &Step { tracks, removed: vec![], ..Step::default() },
                &embeddings,
            ));
        }
        crossings.len() + counter.finish().len()
    };
    assert_eq!((looks([1.0, 0.1]), looks([0.0, 1.0])), (1, 0));
}

#[test]
fn whoever_comes_out_of_an_occlusion_has_come_from_behind_it() {
    // Someone stands at x = 395; another one comes out beside them and walks on.
    let scene = |hider: bool| -> Vec<Vec<(u64, f64)>> {
        let walk = |i: u32| (i >= 12).then(|| (2, 405.0 + 8.0 * f64::from(i - 12)));
        (0..30).map(|i| hider.then_some((1, 395.0)).into_iter().chain(walk(i)).collect()).collect()
    };
    let crossings = film(&mut keen(&[DOOR]), &scene(true));
    let [crossing] = &crossings[..] else { panic!("{crossings:?}") };
    assert_eq!((crossing.direction, crossing.track), (Direction::In, TrackId(2)));
    assert!(crossing.frame < 13 && crossing.reasons.contains(&Reason::Emerged), "{crossing:?}");
    assert!(film(&mut keen(&[DOOR]), &scene(false)).is_empty());
}

#[test]
fn who_was_seen_dimly_before_their_track_began_has_come_from_there() {
    let walk = |found: usize| {
        let mut counter = keen(&[DOOR]);
        let mut crossings = Vec::new();
        for frame in 0..30_u32 {
            let x = |frame: u32| 360.0 + 4.0 * f64::from(frame);
            let mut step = Step::default();
            if frame >= 10 {
                step.tracks = vec![seen(1, x(frame), 300.0)];
            }
            if frame == 10 {
                let past = |ago: usize| PastBox {
                    ago,
                    bbox: seen(1, x(frame - ago as u32), 300.0).bbox,
                    confidence: 0.3,
                    similarity: 0.7,
                };
                step.found = vec![FoundPast { id: TrackId(1), boxes: (1..=found).rev().map(past).collect() }];
            }
            let time = Duration::from_millis(100) * frame;
            crossings.extend(counter.step(u64::from(frame) + 1, time, &step, &Embeddings::default()));
        }
        crossings.extend(counter.finish());
        crossings
    };
    let crossings = walk(10);
    let [crossing] = &crossings[..] else { panic!("{crossings:?}") };
    assert_eq!((crossing.direction, crossing.track), (Direction::In, TrackId(1)));
    assert!(
        crossing.frame < 10 && crossing.decided > 10 && crossing.reasons.contains(&Reason::Found),
        "{crossing:?}"
    );
    assert!(walk(0).is_empty() && walk(2).is_empty(), "not seen on the near side");
}

#[test]
fn jitter_over_the_band_counts_nothing() {
    let frames: Vec<_> = (0..41).map(|i| vec![(1, if i % 2 == 0 { 370.0 } else { 397.0 })]).collect();
    assert!(film(&mut keen(&[DOOR]), &frames).is_empty());
    assert!(!film(&mut counter(&[DOOR]), &frames).is_empty());
}

#[test]
fn people_who_are_gone_are_forgotten() {
    let mut counter = keen(&[DOOR]).with_zones(vec!["z:0,0,400,0,400,500".parse().unwrap()]);
    for frame in 1..=10 {
        step(&mut counter, frame, vec![seen(1, 300.0, 300.0)], vec![]);
    }
    assert_eq!(counter.zone_tallies()[0].occupancy, 1);
    for frame in 11..60 {
        step(&mut counter, frame, vec![], if frame == 25 { vec![TrackId(1)] } else { vec![] });
    }
    assert!(counter.people.is_empty() && counter.person_of.is_empty() && counter.newcomers.is_empty());
    let visits = counter.take_visits();
    assert_eq!((visits.len(), visits[0].dwell()), (1, Duration::from_millis(900)));
    assert_eq!((counter.zone_tallies()[0].occupancy, counter.zone_tallies()[0].most), (0, 1));
}

#[test]
fn a_zone_knows_who_is_in_it_and_for_how_long() {
    let mut counter = keen(&[]).with_zones(vec!["till:350,200,450,200,450,400,350,400".parse().unwrap()]);
    film(&mut counter, &walker(30, |i| Some(if i < 9 { 1 } else { 2 })));
    let visits = counter.take_visits();
    let [visit] = &visits[..] else { panic!("{visits:?}") };
    // In from x = 370 (beyond the band of 10 pixels) until x = 470: eleven frames later.
    assert_eq!((visit.zone, visit.frame, visit.dwell()), (0, 8, Duration::from_secs(1)));
    assert_eq!((counter.zone_tallies()[0].visits, counter.zone_tallies()[0].occupancy), (1, 0));
}
