//! One person: a track, or several that were joined.

use std::collections::VecDeque;
use std::time::Duration;

use footfall_track::TrackId;

use crate::config::Limits;
use crate::counter::change::kept;
use crate::look::Look;
use crate::path::Path;
use crate::relation::Relation;
use crate::sighting::{RESOLUTION, Sighting, Velocity};
use crate::stature::{Learnt, Stature};
use crate::visit::{Stay, Visit};
use crate::{Anchor, Crossing, Line, Zone};

/// Motions are taken over this much time at a track's ends.
pub(crate) const MOTION_TIME: Duration = Duration::from_millis(500);

/// What people are counted over, and how.
#[derive(Clone, Copy)]
pub(crate) struct Watched<'a> {
    pub(crate) lines: &'a [Line],
    pub(crate) zones: &'a [Zone],
    pub(crate) limits: &'a Limits,
}

/// Something that a person did.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// Passed a line.
    Passed(Crossing),
    /// Was in a zone.
    Visited(Visit),
    /// Was somewhere; told where it matters who walks with whom.
    Went(Sighting),
}

/// What is remembered of one person.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Of the track that they were last seen by.
    pub(crate) track: TrackId,
    /// When they were first seen.
    pub(crate) first: Duration,
    /// Whether that track has ended.
    pub(crate) ended: bool,
    pub(crate) look: Look,
    path: Path,
    stature: Stature,
    /// How far their feet turned out to be below their head, since the last step.
    shown: Option<f64>,
    /// Their last sightings, as far as they tell how they move.
    tail: VecDeque<Sighting>,
    /// Their last averaged place.
    place: Option<Sighting>,
    relations: Vec<Relation>,
    stays: Vec<Stay>,
}

impl Person {
    pub(crate) fn new(first: &Sighting, lines: usize, zones: usize) -> Self {
        Self {
            track: first.track,
            first: first.time,
            ended: false,
            look: Look::default(),
            path: Path::default(),
            stature: Stature::default(),
            shown: None,
            tail: VecDeque::new(),
            place: None,
            relations: vec![Relation::default(); lines],
            stays: vec![Stay::default(); zones],
        }
    }

    /// Goes on with other lines: each has the relation that the line at the index in `before` had.
    pub(crate) fn change_lines(&mut self, before: &[Option<usize>]) {
        self.relations = kept(before, &self.relations);
    }

    /// Goes on with other zones: in each they stay as in the zone at the index in `before`.
    pub(crate) fn change_zones(&mut self, before: &[Option<usize>]) {
        self.stays = kept(before, &self.stays);
    }

    /// Where they were last seen, if they were.
    pub(crate) fn last(&self) -> Option<&Sighting> {
        self.tail.back()
    }

    /// How they moved when they were last seen.
    pub(crate) fn velocity(&self) -> Velocity {
        Velocity::of(&self.tail.iter().map(|sighting| (sighting.time.as_secs_f64(), sighting.centre)))
    }

    /// Adds where they were seen, or must have come from.
    pub(crate) fn push(&mut self, sighting: Sighting, limits: &Limits) {
        if sighting.inferred {
            self.path.push(sighting);
            return;
        }
        let patience = if limits.anchor == Anchor::Feet { limits.hidden_feet } else { Duration::ZERO };
        let (sighting, learnt) = self.stature.see(sighting, patience);
        match learnt {
            Some(Learnt::Hidden(since, height)) => self.path.set_height(Some(since), height),
            Some(Learnt::Shown(height)) => {
                self.path.set_height(None, height);
                self.shown = Some(height);
            }
            None => {}
        }
        self.path.push(sighting);
        self.track = sighting.track;
        self.tail.push_back(sighting);
        let from = sighting.time.saturating_sub(MOTION_TIME + RESOLUTION);
        while self.tail.front().is_some_and(|old| old.time < from) {
            self.tail.pop_front();
        }
    }

    /// Goes on to where they were as far as that is known at `now`, or to the end if that is none; adds
    /// what they did to `events`, as decided in that frame.
    pub(crate) fn advance(
        &mut self,
        watched: &Watched<'_>,
        now: Option<Duration>,
        decided: u64,
        events: &mut Vec<Event>,
    ) {
        let limits = watched.limits;
        self.stand(watched);
        while let Some(here) = self.path.next(limits.smoothing, now) {
            let mut last = self.place.unwrap_or(here);
            if here.time.saturating_sub(last.time) > limits.max_gap {
                self.relations.fill(Relation::default());
                self.end_visits(events);
                last = here;
            }
            self.place = Some(here);
            events.extend(limits.groups.map(|_| Event::Went(here)));
            for (index, (line, relation)) in watched.lines.iter().zip(&mut self.relations).enumerate() {
                let decision = relation.follow(line, &last, &here, limits);
                let crossing =
                    decision.map(|decision| decision.crossing(index, here.track, decided, self.first));
                events.extend(crossing.map(Event::Passed));
            }
            for (index, (zone, stay)) in watched.zones.iter().zip(&mut self.stays).enumerate() {
                events.extend(stay.follow(index, zone, &here, limits).map(Event::Visited));
            }
        }
    }

    /// Takes the side of each line on which they stand by what was learnt of their height: feet that came
    /// into sight have passed nothing.
    fn stand(&mut self, watched: &Watched<'_>) {
        let Some((height, place)) = self.shown.take().zip(self.place.as_mut()) else { return };
        *place = place.with_height(height);
        for (line, relation) in watched.lines.iter().zip(&mut self.relations) {
            relation.stand(line, place, watched.limits);
        }
    }

    /// Ends the visits of somebody who is gone, where they were seen last.
    pub(crate) fn end_visits(&mut self, events: &mut Vec<Event>) {
        let Some(last) = self.place else { return };
        for (index, stay) in self.stays.iter_mut().enumerate() {
            events.extend(stay.close(index, last.track, last.time).map(Event::Visited));
        }
    }

    /// Whether they are in the zone with this index.
    pub(crate) fn is_in(&self, zone: usize) -> bool {
        self.stays.get(zone).is_some_and(Stay::is_open)
    }

    /// Whether nothing more can come of them, if nobody is joined to them who begins before `since`.
    pub(crate) fn is_over(&self, since: Duration) -> bool {
        self.ended && self.path.is_drained() && self.last().is_none_or(|last| last.time < since)
    }
}
