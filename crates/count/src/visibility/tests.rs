use std::time::Duration;

use footfall_track::{Bbox, Detection, Step, TrackId, TrackedBox};

use super::Visibility;
use crate::{CountInterval, Direction, Doubt, Tally, Uncountable};

fn detection(x: f64, confidence: f32) -> Detection {
    Detection { bbox: Bbox::new(x, 50.0, 20.0, 50.0), confidence }
}

/// Somebody with this id at each x, four a second; followed where the id is not 0. Two stand far apart at the edges.
fn seen(frames: &[(u64, f64)], confidence: f32) -> Visibility {
    let mut sight = Visibility::default();
    let mut before = 0;
    let edges = [(1001, 0.0), (1002, 1000.0)];
    for (number, &frame) in (0..).zip(frames) {
        let people = [edges[0], edges[1], frame];
        let detections = people.map(|(_, x)| detection(x, confidence));
        let followed = (0..).zip(people).filter(|(_, (id, _))| *id > 0);
        let tracked = |(detection, (id, _)): (usize, (u64, f64))| {
            let bbox = detections[detection].bbox;
            TrackedBox { id: TrackId(id), bbox, confidence, detection }
        };
        let tracks = followed.map(tracked).collect();
        let removed = if before > 0 && before != frame.0 { vec![TrackId(before)] } else { Vec::new() };
        let step = Step { tracks, removed, ..Step::default() };
        sight.see(number * Duration::from_millis(250), &detections, &step);
        before = frame.0;
    }
    sight
}

/// Somebody who walks through the middle.
fn walk() -> Vec<(u64, f64)> {
    (0..80).map(|n| (1, 300.0 + 4.0 * f64::from(n))).collect()
}

/// Of so many crossings, each of which was decided now.
fn range(sight: &Visibility, entered: u64) -> CountInterval {
    let mut doubt = Doubt::default();
    (0..entered).for_each(|_| doubt.add(Direction::In, 0.95, sight.hidden()));
    sight.range(&Tally { entered, left: 0 }, &doubt)[0]
}

#[test]
fn where_all_is_well_no_sign_says_anything() {
    let signs = seen(&[(1, 400.0); 80], 0.8).signs();
    assert_eq!((signs.short, signs.lost), (0.0, 0.0));
    assert!(signs.broken < 0.02, "{signs:?}");
}

#[test]
fn tracks_that_break_in_the_midst_widen_the_range_upwards() {
    let well = seen(&[(1, 400.0); 120], 0.8);
    let broken: Vec<_> = (1..=40).flat_map(|n| [(n, 400.0), (n, 420.0), (0, 440.0)]).collect();
    let badly = seen(&broken, 0.8);
    let (well, badly) = (range(&well, 20), range(&badly, 20));
    assert!(badly.high > well.high + 3, "{well:?} {badly:?}");
    // At the edge of where people are seen they come and go.
    let edge: Vec<_> = (1..=40).flat_map(|n| [(n, 0.0); 3]).collect();
    assert!(seen(&edge, 0.8).signs().broken < 0.05);
}

#[test]
fn who_has_been_in_one_place_for_a_while_stands_until_they_go_on() {
    let stands = |frames: &[f64]| {
        let path: Vec<_> = frames.iter().map(|&x| (1, x)).collect();
        seen(&path, 0.8).stands(TrackId(1))
    };
    // A detector's boxes are never twice the same.
    let jitter = |n: u32| 400.0 + f64::from(n % 5);
    let mut path: Vec<_> = (0..25).map(jitter).collect();
    assert!(!stands(&path));
    path.push(402.0);
    assert!(stands(&path));
    path.push(420.0);
    assert!(!stands(&path) && !stands(&(0..200).map(f64::from).collect::<Vec<_>>()));
}

#[test]
fn what_hid_people_in_the_evening_says_nothing_of_the_morning() {
    let broken: Vec<_> = (1..=40).flat_map(|n| [(n, 400.0), (n, 420.0), (0, 440.0)]).collect();
    let mut sight = seen(&broken, 0.8);
    let hidden = sight.hidden().unwrap();
    let at = |sight: &mut Visibility, minute: u64| {
        sight.see(Duration::from_secs(60 * minute), &[], &Step::default());
        sight.hidden().unwrap()
    };
    assert!(hidden > 0.1 && (at(&mut sight, 29) - hidden).abs() < 0.05 && at(&mut sight, 59) > 0.1);
    assert_eq!(at(&mut sight, 90), 0.0);
    assert!(sight.sums().people() > 100, "of the whole source it is told");
    assert_eq!(Visibility::default().hidden(), None);
}

#[test]
fn beyond_all_that_nobody_can_be_counted() {
    let sight = seen(&walk(), 0.8);
    assert_eq!(sight.uncountable(Some(1.0)), None);
    assert_eq!(sight.uncountable(Some(0.2)), Some(Uncountable::TooSmall { height: 10.0 }));
    let still = seen(&[(1, 400.0); 80], 0.4);
    assert_eq!(still.uncountable(Some(0.2)), None, "what never moves says nothing of people");
    assert!(matches!(seen(&walk(), 0.4).uncountable(None), Some(Uncountable::Unclear { .. })));
    let mut lost = Visibility::default();
    let two = [detection(0.0, 0.8), detection(400.0, 0.8)];
    (0..30).for_each(|n| lost.see(n * Duration::from_millis(250), &two, &Step::default()));
    assert_eq!(lost.uncountable(None), Some(Uncountable::Unfollowed { share: 1.0 }));
}
