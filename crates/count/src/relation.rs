//! A person's relation to one line: the rule by which they pass it.

use std::time::Duration;

use footfall_track::{Point, TrackId};

use crate::config::Limits;
use crate::sighting::Sighting;
use crate::{Crossing, Direction, Line, Reason, confidence};

/// What is remembered about one person and one line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Relation {
    /// The side on which they last were clear of the dead band.
    side: Option<Side>,
    /// Where they last changed sides, dead band or not, if that was between the line's ends.
    passage: Option<Passage>,
}

#[derive(Clone, Copy, Debug)]
struct Side {
    /// As a direction towards it.
    towards: Direction,
    track: TrackId,
    inferred: bool,
    found: bool,
}

/// A person's path meets a line.
#[derive(Clone, Copy, Debug)]
struct Passage {
    point: Point,
    frame: u64,
    time: Duration,
    crowded: bool,
    /// How long they were not seen around it.
    unseen: Duration,
    /// To the nearer end of the line, in heights of the person.
    to_end: f64,
}

/// A passage that counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decision {
    direction: Direction,
    passage: Passage,
    joined: bool,
    emerged: bool,
    found: bool,
}

/// Not seen for longer than this is worth telling.
const UNSEEN: Duration = Duration::from_millis(500);
/// Closer to a line's end than this, in heights, is worth telling.
const LINE_END: f64 = 0.25;
/// Seen for less time than this before the passage is worth telling.
const BRIEF: Duration = Duration::from_millis(500);

impl Relation {
    /// Takes the person's next place after `last`; a passage if they are now on the other side.
    pub(crate) fn follow(
        &mut self,
        line: &Line,
        last: &Sighting,
        here: &Sighting,
        limits: &Limits,
    ) -> Option<Decision> {
        let distance = line.signed_distance(here.anchor);
        if (line.signed_distance(last.anchor) > 0.0) != (distance > 0.0) {
            self.passage = passage(line, last, here);
        }
        let towards = side(line, here, limits)?;
        let Sighting { track, inferred, found, .. } = *here;
        let before = self.side.replace(Side { towards, track, inferred, found })?;
        let passage = self.passage.filter(|_| before.towards != towards)?;
        let joined = before.track != here.track;
        let Side { inferred: emerged, found, .. } = before;
        Some(Decision { direction: towards, passage, joined, emerged, found })
    }
}

impl Relation {
    /// Takes the side of somebody who stands `here`, whatever was thought before.
    pub(crate) fn stand(&mut self, line: &Line, here: &Sighting, limits: &Limits) {
        let Some(before) = self.side else { return };
        let is_there = (line.signed_distance(here.anchor) > 0.0) == (before.towards == Direction::In);
        if !is_there {
            self.passage = None;
            self.side = side(line, here, limits).map(|towards| Side { towards, ..before });
        }
    }
}

/// The side of the line, clear of the dead band, as a direction towards it.
fn side(line: &Line, here: &Sighting, limits: &Limits) -> Option<Direction> {
    let distance = line.signed_distance(here.anchor);
    let band = limits.dead_band * here.stature.max(0.0);
    if distance.abs() <= band || distance.is_nan() {
        return None;
    }
    Some(if distance > 0.0 { Direction::In } else { Direction::Out })
}

impl Decision {
    /// The crossing of the line with this index by a person who was first seen at `first`.
    pub(crate) fn crossing(&self, line: usize, track: TrackId, decided: u64, first: Duration) -> Crossing {
        let Self { direction, passage: Passage { point, frame, time, .. }, .. } = *self;
        let reasons = self.reasons(first);
        let confidence = confidence::of(&reasons);
        Crossing {
            line,
            direction,
            track,
            frame,
            time,
            decided,
            point,
            confidence,
            hidden: None,
            reasons,
            visitor: None,
            again: None,
            staff: None,
            elsewhere: None,
            look: None,
        }
    }

    /// What is worth telling about it.
    fn reasons(&self, first: Duration) -> Vec<Reason> {
        let Passage { crowded, unseen, to_end, time, .. } = self.passage;
        let brief = !self.emerged && time.saturating_sub(first) < BRIEF;
        let told = [
            (Reason::Followed, !self.joined && !self.emerged && !self.found),
            (Reason::Joined, self.joined),
            (Reason::Emerged, self.emerged),
            (Reason::Found, self.found),
            (Reason::Unseen, !self.emerged && unseen > UNSEEN),
            (Reason::Crowded, crowded),
            (Reason::LineEnd, to_end < LINE_END),
            (Reason::Brief, brief),
        ];
        told.into_iter().filter_map(|(reason, holds)| holds.then_some(reason)).collect()
    }
}

/// Where and when a path that changed sides from `last` to `here` met the line; `None` where that was
/// beyond the line's ends.
///
/// Between two frames people move straight and evenly. The passage is dated at the first frame in
/// which the line was reached, seen in it or not.
fn passage(line: &Line, last: &Sighting, here: &Sighting) -> Option<Passage> {
    let meeting = line.meeting(last.anchor, here.anchor)?;
    let frames = here.frame.saturating_sub(last.frame).max(1);
    let passed = ((meeting.share * frames as f64).ceil() as u64).min(frames);
    let unseen = here.time.saturating_sub(last.time);
    let point = meeting.point;
    let end = |end: Point| (point.x - end.x).hypot(point.y - end.y);
    Some(Passage {
        point,
        frame: here.frame.saturating_sub(frames) + passed,
        time: last.time + unseen.mul_f64(passed as f64 / frames as f64),
        crowded: last.crowded || here.crowded,
        unseen,
        to_end: end(line.a()).min(end(line.b())) / here.stature.max(f64::MIN_POSITIVE),
    })
}
