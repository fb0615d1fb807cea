use std::time::Duration;

use footfall_track::{Bbox, Detection, Embeddings, Observations, Tracker};

use super::{Follower, Seen};
use crate::{Config, Counter, Direction, Visible};

/// Somebody who walks from left to right over a line, and somebody who stands in a mask.
fn frames() -> impl Iterator<Item = (u64, Duration, Observations)> {
    (1..=60_u32).map(|frame| {
        let walker = Bbox::new(50.0 + 6.0 * f64::from(frame), 100.0, 40.0, 100.0);
        let mirrored = Bbox::new(600.0, 100.0, 40.0, 100.0);
        let detections = [walker, mirrored].map(|bbox| Detection { bbox, confidence: 0.9 }).to_vec();
        (frame.into(), frame * Duration::from_millis(40), Observations::without_appearance(detections))
    })
}

fn follower() -> Follower {
    let counter = Counter::new(vec!["door:200,400,200,0".parse().unwrap()], Config::default()).unwrap();
    let counter = counter
        .with_zones(vec!["hall:220,0,900,0,900,400,220,400".parse().unwrap()])
        .with_masks(vec!["550,0,700,0,700,400,550,400".parse().unwrap()]);
    Follower::new(Tracker::new(footfall_track::Config::default()).unwrap(), counter)
}

/// All that is seen, the end apart.
fn all(mut follower: Follower) -> (Vec<Seen>, Vec<Seen>) {
    let mut seen = Vec::new();
    for (frame, time, observations) in frames() {
        let unmasked = follower.unmasked(&observations);
        seen.push(follower.step(frame, time, &unmasked));
    }
    (seen, follower.finish().collect())
}

/// The same in one list, frame by frame.
fn told(seen: &[Seen]) -> Vec<String> {
    seen.iter().map(|seen| format!("{seen:?}")).collect()
}

#[test]
fn what_was_seen_names_its_line_and_zone_and_nobody_in_a_mask_is_seen() {
    let (seen, rest) = all(follower());
    let mut passages: Vec<_> = seen.iter().flat_map(Seen::passages).collect();
    passages.extend(rest.iter().flat_map(Seen::passages));
    let [(crossing, line)] = passages[..] else { panic!("{passages:?}") };
    assert_eq!((crossing.direction, line.name()), (Direction::In, "door"));
    assert!(seen.iter().all(|seen| seen.tracks.iter().all(|track| track.bbox.x < 500.0)));
    let stays: Vec<_> = rest.iter().flat_map(Seen::stays).map(|(_, zone)| zone.name()).collect();
    assert_eq!(stays, ["hall"], "a visit that nobody has ended is over at the end");
}

#[test]
fn detections_and_observations_are_masked_alike() {
    let follower = follower();
    for (_, _, observations) in frames() {
        let mut detections = observations.detections.clone();
        follower.mask(&mut detections);
        assert_eq!(follower.unmasked(&observations).detections, detections);
        assert_eq!(detections.len(), 1);
    }
}

#[test]
fn tracks_that_are_ready_are_counted_as_those_that_were_just_made() {
    let (own, rest) = all(follower());
    let mut tracker = Tracker::new(footfall_track::Config::default()).unwrap();
    let mut counting = follower();
    let mut seen: Vec<Seen> = Vec::new();
    for (frame, time, observations) in frames() {
        let mut detections = observations.detections;
        counting.mask(&mut detections);
        let embeddings = Embeddings::absent(detections.len());
        let step = tracker.step(time, &Observations { detections, embeddings }).clone();
        seen.push(counting.take(frame, time, &step));
    }
    // How well they were seen is not known of tracks that are ready.
    let known = |mut seen: Vec<Seen>| -> Vec<Seen> {
        for seen in &mut seen {
            seen.visible = Visible::default();
            seen.crossings.iter_mut().for_each(|crossing| crossing.hidden = None);
        }
        seen
    };
    assert_eq!(told(&seen), told(&known(own)));
    assert_eq!(told(&[counting.rest()]), told(&known(rest)));
}

#[test]
fn offline_nothing_is_seen_before_the_end() {
    let (during, after) = all(follower().offline());
    assert!(during.iter().all(|seen| seen.tracks.is_empty() && !seen.is_eventful()));
    assert_eq!(after.len(), during.len() + 1, "each frame once more, and what is decided after them");
    assert_eq!(after.iter().flat_map(Seen::passages).count(), 1);
}

#[test]
fn what_is_decided_last_is_as_if_it_had_been_in_the_last_frame() {
    let (mut seen, rest) = all(follower());
    let (mut last, rest) = (seen.pop().unwrap(), rest.into_iter().next().unwrap());
    let before = last.clone();
    last.absorb(rest.clone());
    assert_eq!(last.visits.len(), before.visits.len() + rest.visits.len());
    assert_eq!((&last.tracks, &last.zone_tallies), (&before.tracks, &rest.zone_tallies));
    let events = last.visits.len();
    assert_eq!(last.take_events().visits.len(), events);
    assert!(events > 0 && !last.is_eventful());
}
