//! What the detector takes for people, and never moves: a poster, a post far away, a coat on a stand.
//!
//! It is followed like anybody, but it must not keep the networks from resting. While they rest it is taken to be where
//! it was, so its track goes on. Whoever has come from somewhere is none of it, however long they stand.

use std::time::Duration;

use footfall_count::{Trail, is_away};
use footfall_track::{Bbox, Detection};

/// Somebody seen with less confidence than this may be nobody: such a detection keeps no network from resting.
const CLEAR: f32 = 0.4;
/// What was seen in one place for this long and so many times is a fixture there,
const LONG: (Duration, u32) = (Duration::from_secs(6), 10);
/// and where it never looked much like a person, after a shorter while.
const SHORT: (Duration, u32) = (Duration::from_secs(1), 3);
/// What was not seen again for this long was none.
const FORGET: Duration = Duration::from_mins(1);
/// A fixture is forgotten after this long.
const FORGET_FIXTURE: Duration = Duration::from_hours(1);
/// Whoever walked and was not seen again for this long keeps no network from resting while nothing moves: they have left, or
/// stand behind something, and will move when they come back. The tracker goes on waiting for them.
const GONE: Duration = Duration::from_secs(2);
/// From one look for fixtures to the next.
const STEP: Duration = Duration::from_millis(500);
/// Places that are remembered.
const PLACES: usize = 64;

/// Somewhere something was seen that belongs to nobody who moves.
#[derive(Clone, Copy, Debug)]
struct Place {
    bbox: Bbox,
    since: Duration,
    latest: Duration,
    times: u32,
    /// Whether it was ever [`CLEAR`].
    is_clear: bool,
}

impl Place {
    fn is_fixture(&self) -> bool {
        let (long, often) = if self.is_clear { LONG } else { SHORT };
        self.times >= often && self.latest.saturating_sub(self.since) >= long
    }

    /// Whether a box may be of what is here: in its place, and about as high.
    fn holds(&self, bbox: &Bbox) -> bool {
        !is_away(&self.bbox, bbox) && (0.67..1.5).contains(&(bbox.height / self.bbox.height))
    }
}

/// The fixtures of one source.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fixtures {
    places: Vec<Place>,
    /// What the detector last saw of them.
    seen: Vec<Detection>,
    /// Whether anything else was seen, or is followed.
    has_others: bool,
    /// When to learn again: in a crowd every frame would cost.
    next: Duration,
}

impl Fixtures {
    /// Learns from a frame that the networks have looked at: what they saw, and all tracks that go on.
    pub(crate) fn see(
        &mut self,
        time: Duration,
        detections: &[Detection],
        going: &(impl Iterator<Item = Trail> + Clone),
    ) {
        if time >= self.next {
            self.next = time + STEP;
            self.learn(time, detections, going);
        }
        // While anybody moves there is nothing to rest for.
        let is_there = |trail: &Trail| time.saturating_sub(trail.seen) < GONE;
        self.has_others = going.clone().any(|trail| trail.has_moved && is_there(&trail));
        if !self.has_others {
            self.seen = detections.iter().filter(|seen| self.is_one(&seen.bbox)).copied().collect();
            let is_other = |trail: Trail| !trail.has_moved && !self.is_one(&trail.bbox);
            self.has_others = self.sees_others(detections) || going.clone().any(is_other);
        }
    }

    fn learn(
        &mut self,
        time: Duration,
        detections: &[Detection],
        going: &(impl Iterator<Item = Trail> + Clone),
    ) {
        let moving: Vec<_> = going.clone().filter(|trail| trail.has_moved).map(|trail| trail.bbox).collect();
        // A person who stands where a fixture is known to be hides it, or it was a person all along.
        self.places.retain(|place| !moving.iter().any(|bbox| place.holds(bbox)));
        // What hardly looks like a person may be followed all the same.
        let is_seen = |bbox: &Bbox| detections.iter().any(|seen| !is_away(bbox, &seen.bbox));
        let still = going.clone().filter(|trail| !trail.has_moved).map(|trail| trail.bbox).filter(is_seen);
        let clear = detections.iter().filter(|seen| seen.confidence >= CLEAR).map(|seen| (seen.bbox, true));
        for (bbox, is_clear) in clear.chain(still.map(|bbox| (bbox, false))) {
            let of = Place { bbox, since: time, latest: time, times: 1, is_clear };
            if moving.iter().any(|moving| of.holds(moving)) {
                continue;
            }
            if let Some(place) = self.places.iter_mut().find(|place| place.holds(&bbox)) {
                if is_clear && !place.is_clear {
                    // Whoever is clearly to be seen now may be somebody else than what was there before.
                    *place = of;
                }
                place.times += u32::from(place.latest < time);
                place.latest = time;
            } else if self.places.len() < PLACES {
                self.places.push(of);
            }
        }
        self.places.retain(|place| {
            let keep = if place.is_fixture() { FORGET_FIXTURE } else { FORGET };
            time.saturating_sub(place.latest) <= keep
        });
    }

    /// Whether a box is of a fixture.
    fn is_one(&self, bbox: &Bbox) -> bool {
        self.places.iter().any(|place| place.is_fixture() && place.holds(bbox))
    }

    /// Whether somebody is clearly to be seen who is no fixture.
    pub(crate) fn sees_others(&self, detections: &[Detection]) -> bool {
        detections.iter().any(|seen| seen.confidence >= CLEAR && !self.is_one(&seen.bbox))
    }

    /// Whether anybody else was seen, or followed, in the last frame that the networks looked at.
    pub(crate) fn has_others(&self) -> bool {
        self.has_others
    }

    /// What the detector last saw of them: it would see as much of a picture in which nothing moves.
    pub(crate) fn seen(&self) -> &[Detection] {
        &self.seen
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use footfall_track::{Bbox, Detection};

    use super::{Fixtures, Trail};

    fn at(x: f64) -> Detection {
        Detection { bbox: Bbox::new(x, 50.0, 20.0, 50.0), confidence: 0.6 }
    }

    /// Ten looks a second at these, of which those of the tracks have moved or not.
    fn look(
        fixtures: &mut Fixtures,
        seconds: std::ops::Range<u64>,
        seen: &[Detection],
        going: &[(Bbox, bool)],
    ) {
        for frame in 10 * seconds.start..10 * seconds.end {
            let time = Duration::from_millis(100 * frame);
            let trail = |&(bbox, has_moved): &(Bbox, bool)| Trail { bbox, seen: time, has_moved };
            fixtures.see(time, seen, &going.iter().map(trail));
        }
    }

    #[test]
    fn what_stood_there_from_the_first_and_never_moves_is_one_after_a_while() {
        let (post, mut fixtures) = (at(100.0), Fixtures::default());
        look(&mut fixtures, 0..5, &[post], &[(post.bbox, false)]);
        assert!(fixtures.has_others() && fixtures.seen().is_empty());
        look(&mut fixtures, 5..32, &[post], &[(post.bbox, false)]);
        assert!(!fixtures.has_others());
        assert_eq!(fixtures.seen(), [post]);
        // Where the detector loses it now and then, its place is known all the same.
        look(&mut fixtures, 32..50, &[], &[]);
        look(&mut fixtures, 50..51, &[at(104.0)], &[]);
        assert!(!fixtures.has_others());
    }

    #[test]
    fn who_has_come_from_somewhere_is_none_however_long_they_stand() {
        let (guard, mut fixtures) = (at(100.0), Fixtures::default());
        look(&mut fixtures, 0..600, &[guard], &[(guard.bbox, true)]);
        assert!(fixtures.has_others() && fixtures.seen().is_empty());
        // Out of sight they are waited for, but not long while nothing moves.
        let seen = Duration::from_mins(10);
        let lost = [Trail { bbox: guard.bbox, seen, has_moved: true }];
        fixtures.see(seen + Duration::from_secs(1), &[], &lost.iter().copied());
        assert!(fixtures.has_others());
        fixtures.see(seen + Duration::from_secs(3), &[], &lost.iter().copied());
        assert!(!fixtures.has_others() && fixtures.seen().is_empty());
    }

    #[test]
    fn whoever_comes_beside_one_is_somebody_else() {
        let (post, mut fixtures) = (at(100.0), Fixtures::default());
        look(&mut fixtures, 0..32, &[post], &[(post.bbox, false)]);
        assert!(fixtures.sees_others(&[post, at(140.0)]));
        let child = Detection { bbox: Bbox::new(100.0, 60.0, 20.0, 30.0), ..post };
        assert!(fixtures.sees_others(&[child]), "another height");
        look(&mut fixtures, 32..33, &[post, at(140.0)], &[(post.bbox, false)]);
        assert!(fixtures.has_others());
        // Somebody stops right there: it is a person's place now.
        look(&mut fixtures, 33..34, &[post], &[(post.bbox, true)]);
        look(&mut fixtures, 34..35, &[post], &[]);
        assert!(fixtures.has_others());
    }

    #[test]
    fn what_hardly_looks_like_a_person_and_is_followed_is_one_too() {
        let (post, mut fixtures) = (Detection { confidence: 0.3, ..at(100.0) }, Fixtures::default());
        look(&mut fixtures, 0..1, &[post], &[(post.bbox, false)]);
        assert!(fixtures.has_others());
        look(&mut fixtures, 1..3, &[post], &[(post.bbox, false)]);
        assert!(!fixtures.has_others(), "it takes as long as somebody who is clearly to be seen");
        assert_eq!(fixtures.seen(), [post]);
        // Seen clearly after all, it has to have been there for as long as anybody, however long it was known.
        look(&mut fixtures, 3..20, &[post], &[(post.bbox, false)]);
        let clear = at(100.0);
        look(&mut fixtures, 20..25, &[clear], &[(post.bbox, false)]);
        assert!(fixtures.has_others());
        look(&mut fixtures, 25..28, &[clear], &[(post.bbox, false)]);
        assert!(!fixtures.has_others());
    }

    #[test]
    fn what_is_hardly_there_is_nobody() {
        let mut fixtures = Fixtures::default();
        look(&mut fixtures, 0..1, &[Detection { confidence: 0.3, ..at(100.0) }], &[]);
        assert!(!fixtures.has_others());
    }
}
