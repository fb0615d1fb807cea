//! A track that has just begun: who it is, and where they came from.

use std::time::Duration;

use footfall_track::{Bbox, Point, TrackedBox};

use crate::config::Limits;
use crate::look::Look;
use crate::person::{MOTION_TIME, Person};
use crate::sighting::{RESOLUTION, Sighting, Velocity};

/// How long a track is watched until it is decided who it is: so long it takes to see how it moves.
pub(crate) const WATCHED: Duration = MOTION_TIME;

/// How far from where they are expected people may be, in heights: at once,
const SLACK: f64 = 0.3;
/// and for each second of the gap in addition.
const SLACK_RATE: f64 = 0.3;
/// Least ratio of the heights at the ends of a gap.
const MIN_HEIGHT_RATIO: f64 = 0.7;
/// Least time over which somebody was seen whose path is followed back.
const MIN_SEEN: Duration = Duration::from_millis(300);
/// Into how many steps the way back is divided.
const STEPS: u32 = 3;

/// A track's first moments.
#[derive(Clone, Debug)]
pub(crate) struct Newcomer {
    /// At least one.
    pub(crate) sightings: Vec<Sighting>,
    pub(crate) look: Look,
    /// Where those stood whose boxes overlapped the first sighting's.
    beside: Vec<Point>,
    /// Whether its track has ended already.
    pub(crate) ended: bool,
}

impl Newcomer {
    pub(crate) fn new(first: Sighting, beside: Vec<Point>) -> Self {
        Self { sightings: vec![first], look: Look::default(), beside, ended: false }
    }

    pub(crate) fn first(&self) -> &Sighting {
        &self.sightings[0]
    }

    /// How unlike they are to go on where `person` was lost, 0 to 1; none if they cannot be the same.
    ///
    /// Both motions, carried on to the middle of the gap, have to meet there, at about the same height
    /// and, where both are known, with about the same look.
    pub(crate) fn cost_after(&self, person: &Person, limits: &Limits) -> Option<f64> {
        let (from, to) = (person.last()?, self.first());
        let gap = to.time.checked_sub(from.time).filter(|&gap| {
            gap > Duration::ZERO && gap <= limits.join_gap + RESOLUTION && to.frame > from.frame
        })?;
        let (low, high) = (from.stature.min(to.stature), from.stature.max(to.stature));
        if low < MIN_HEIGHT_RATIO * high || high <= 0.0 {
            return None;
        }
        let gap = gap.as_secs_f64();
        let after = person.velocity().carry(from.centre, gap / 2.0);
        let before = self.velocity(|sighting| sighting.centre).carry(to.centre, -gap / 2.0);
        let apart = (after.x - before.x).hypot(after.y - before.y) / f64::midpoint(low, high);
        let motion = apart / (SLACK + SLACK_RATE * gap);
        let look = person.look.distance(&self.look).map_or(motion, |d| d / limits.max_cosine_distance);
        (motion <= 1.0 && look <= 1.0).then(|| f64::midpoint(motion, look))
    }

    /// Where they must have been before they came out of an occlusion, by rising time: nobody comes out
    /// of nothing. Empty if they did not begin beside somebody whom they walk away from, and who may have
    /// hidden them.
    pub(crate) fn way_back(&self, began: &Beginning, limits: &Limits) -> Vec<Sighting> {
        let first = self.first();
        let seen = self.sightings[self.sightings.len() - 1].time.saturating_sub(first.time);
        let back = limits.emergence.min(first.time.saturating_sub(began.time));
        let velocity = self.velocity(|sighting| sighting.anchor);
        let is_left = |hider: &Point| {
            let step = velocity.carry(Point::new(0.0, 0.0), 1.0);
            (first.anchor.x - hider.x) * step.x + (first.anchor.y - hider.y) * step.y > 0.0
        };
        if seen + RESOLUTION < MIN_SEEN || back.is_zero() || !self.beside.iter().any(is_left) {
            return Vec::new();
        }
        let frames = first.frame.saturating_sub(began.frame) as f64;
        let rate = frames / first.time.saturating_sub(began.time).as_secs_f64();
        let step = |count: u32| {
            let ago = back * count / STEPS;
            let carry = |from: Point| velocity.carry(from, -ago.as_secs_f64());
            let frame = first.frame.saturating_sub((ago.as_secs_f64() * rate).round() as u64);
            Sighting {
                anchor: carry(first.anchor),
                centre: carry(first.centre),
                frame,
                time: first.time.saturating_sub(ago),
                inferred: true,
                found: false,
                ..*first
            }
        };
        (1..=STEPS).rev().map(step).filter(|sighting| sighting.frame < first.frame).collect()
    }

    fn velocity(&self, point: impl Fn(&Sighting) -> Point + Clone) -> Velocity {
        let until = self.first().time + MOTION_TIME + RESOLUTION;
        let early = self.sightings.iter().take_while(move |sighting| sighting.time <= until);
        Velocity::of(&early.map(move |sighting| (sighting.time.as_secs_f64(), point(sighting))))
    }
}

/// The first frame of the source: before it nobody can have come from anywhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beginning {
    pub(crate) frame: u64,
    pub(crate) time: Duration,
}

/// Those of `tracks` whose boxes overlap that of `tracks[index]`.
pub(crate) fn overlapping(tracks: &[TrackedBox], index: usize) -> impl Iterator<Item = &TrackedBox> {
    let own = tracks[index].bbox;
    let overlaps = move |other: &Bbox| {
        let width = own.right().min(other.right()) - own.x.max(other.x);
        let height = own.bottom().min(other.bottom()) - own.y.max(other.y);
        width > 0.0 && height > 0.0
    };
    let others = tracks.iter().enumerate().filter(move |&(other, _)| other != index);
    others.map(|(_, tracked)| tracked).filter(move |tracked| overlaps(&tracked.bbox))
}
