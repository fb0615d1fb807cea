use std::time::Duration;

use footfall_track::{Point, TrackId};
use proptest::prelude::*;

use super::{Group, GroupConfig, Groups, LATE, LONGEST};
use crate::{Crossing, Direction};

/// Pixels of a height, and frames a second.
const HEIGHT: f64 = 100.0;
const RATE: f64 = 10.0;
/// Heights a second.
const PACE: f64 = 0.8;

/// Somebody who walks straight over a line: when, how far aside, and how long after it their crossing is told.
#[derive(Clone, Debug)]
struct Guest {
    at: f64,
    aside: f64,
    stature: f64,
    late: f64,
    line: usize,
    direction: Direction,
    is_staff: bool,
}

fn guest(at: f64, aside: f64) -> Guest {
    Guest { at, aside, stature: HEIGHT, late: 0.5, line: 0, direction: Direction::In, is_staff: false }
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn groups() -> Groups {
    let config = GroupConfig { enabled: true, ..GroupConfig::default() };
    Groups::new(config.limits().unwrap().unwrap())
}

fn crossing(id: usize, guest: &Guest) -> Crossing {
    Crossing {
        line: guest.line,
        direction: guest.direction,
        track: TrackId(id as u64),
        frame: (guest.at * RATE) as u64,
        time: seconds(guest.at),
        decided: 0,
        point: Point::new(0.0, 0.0),
        confidence: 1.0,
        reasons: Vec::new(),
        visitor: None,
        again: None,
        staff: guest.is_staff.then(|| "Anna".into()),
        hidden: None,
        elsewhere: None,
        look: None,
    }
}

/// What comes of guests who are seen for four seconds before and two behind the line, until `end`; and then of the rest.
fn watch(guests: &[Guest], end: f64) -> (Vec<Group>, Vec<Group>) {
    let (mut groups, mut decided) = (groups(), Vec::new());
    let mut told = vec![false; guests.len()];
    for frame in 0..=(end * RATE) as u32 {
        let now = f64::from(frame) / RATE;
        for (id, guest) in guests.iter().enumerate() {
            if now >= guest.at - 4.0 && now <= guest.at + 2.0 {
                let place = Point::new(HEIGHT * guest.aside, HEIGHT * PACE * (now - guest.at));
                groups.see(id as u64, seconds(now), place, guest.stature);
            }
            if !told[id] && now >= guest.at + guest.late {
                told[id] = true;
                groups.pass(id as u64, &crossing(id, guest));
            }
        }
        decided.extend(groups.settle(Some(seconds(now))));
    }
    (decided, groups.settle(None))
}

/// Who is with whom, in the order of their coming.
fn companies(guests: &[Guest]) -> Vec<Vec<u64>> {
    let (decided, rest) = watch(guests, 60.0);
    assert_eq!(rest, []);
    decided.iter().map(|group| group.tracks.iter().map(|track| track.0).collect()).collect()
}

#[test]
fn a_pair_side_by_side_is_one_group_and_who_comes_alone_another() {
    assert_eq!(companies(&[guest(10.0, 0.0), guest(10.2, 0.4), guest(20.0, 0.0)]), [vec![0, 1], vec![2]]);
}

#[test]
fn a_family_whose_children_walk_behind_is_one_group() {
    let child = |at, aside| Guest { stature: 0.6 * HEIGHT, ..guest(at, aside) };
    let family = [guest(10.0, 0.0), guest(10.1, 0.4), child(10.6, 0.1), child(10.8, 0.4)];
    assert_eq!(companies(&family), [[0, 1, 2, 3]]);
}

#[test]
fn a_queue_of_strangers_is_nobody_s_company() {
    let queue: Vec<_> = (0..8).map(|place| guest(10.0 + 1.5 * f64::from(place), 0.0)).collect();
    assert!(companies(&queue).iter().all(|group| group.len() == 1));
}

#[test]
fn neighbours_in_a_dense_stream_are_not_all_one_group() {
    let stream: Vec<_> = (0..20).map(|place| guest(10.0 + 0.7 * f64::from(place), 0.0)).collect();
    let found = companies(&stream);
    assert_eq!(found.iter().map(Vec::len).sum::<usize>(), 20);
    assert!(found.iter().all(|group| group.len() <= 3), "{found:?}");
}

#[test]
fn who_comes_at_the_same_time_from_elsewhere_is_no_company() {
    assert_eq!(companies(&[guest(10.0, 0.0), guest(10.0, 2.0)]), [[0], [1]]);
}

#[test]
fn who_goes_out_works_there_or_passes_another_line_is_in_no_group_with_them() {
    let out = Guest { direction: Direction::Out, ..guest(10.0, 0.3) };
    let staff = Guest { is_staff: true, ..guest(10.1, 0.3) };
    let elsewhere = Guest { line: 1, ..guest(10.1, 0.2) };
    assert_eq!(companies(&[guest(10.0, 0.0), out, staff, elsewhere]), [[0], [3]]);
}

#[test]
fn a_group_says_when_its_first_and_its_last_came() {
    let (decided, _) = watch(&[guest(10.4, 0.3), guest(10.0, 0.0)], 30.0);
    let tracks = vec![TrackId(1), TrackId(0)];
    let group = Group { line: 0, frame: 100, time: seconds(10.0), until: seconds(10.4), tracks };
    assert_eq!(decided, [group]);
}

#[test]
fn what_is_open_at_the_end_is_decided_then() {
    let (decided, rest) = watch(&[guest(10.0, 0.0), guest(10.2, 0.4)], 11.0);
    assert_eq!((decided.len(), rest.len(), rest[0].size()), (0, 1, 2));
}

#[test]
fn a_stream_that_never_ends_is_decided_all_the_same_and_forgotten() {
    let stream: Vec<_> = (0..300).map(|place| guest(5.0 + 0.5 * f64::from(place), 0.0)).collect();
    let end = 5.0 + 0.5 * 300.0;
    let (decided, rest) = watch(&stream, end);
    let before: u64 = decided.iter().map(Group::size).sum();
    let after: u64 = rest.iter().map(Group::size).sum();
    assert_eq!(before + after, 300);
    let most = (LONGEST + LATE + seconds(3.0)).as_secs_f64() / 0.5;
    assert!((after as f64) < most, "{after} are undecided at the end");
    let mut memory = groups();
    for frame in 0..10_000 {
        memory.see(frame / 20, seconds(frame as f64 / RATE), Point::new(0.0, 0.0), HEIGHT);
        memory.settle(Some(seconds(frame as f64 / RATE)));
    }
    assert!(memory.trails.len() < 10, "{} trails", memory.trails.len());
}

fn guests() -> impl Strategy<Value = Vec<Guest>> {
    let one = (5.0..40.0_f64, 0.0..1.5_f64, 60.0..110.0_f64, 0..2_usize, any::<bool>(), 0..8_u8);
    let one = one.prop_map(|(at, aside, stature, line, is_in, staff)| Guest {
        direction: if is_in { Direction::In } else { Direction::Out },
        stature,
        line,
        is_staff: staff == 0,
        ..guest((at * 100.0).round() / 100.0, aside)
    });
    prop::collection::vec(one, 1..25)
}

proptest! {
    /// Whenever each crossing is told within [`LATE`], the groups are the same, and everybody is in one of them.
    #[test]
    fn the_order_in_which_crossings_are_told_changes_nothing(
        guests in guests(), delays in prop::collection::vec(0.0..4.9_f64, 25)
    ) {
        let (at_once, _) = watch(&guests, 60.0);
        let late: Vec<_> = guests.iter().zip(delays).map(|(g, late)| Guest { late, ..g.clone() }).collect();
        let (decided, rest) = watch(&late, 60.0);
        let sorted = |mut groups: Vec<Group>| {
            groups.sort_by_key(|group| (group.time, group.line, group.tracks[0]));
            groups
        };
        prop_assert_eq!(sorted(decided), sorted(at_once.clone()));
        prop_assert_eq!(rest, vec![]);
        for line in 0..2 {
            let counted = |g: &&Guest| g.line == line && g.direction == Direction::In && !g.is_staff;
            let people: u64 = at_once.iter().filter(|g| g.line == line).map(Group::size).sum();
            prop_assert_eq!(people, guests.iter().filter(counted).count() as u64);
        }
    }
}
