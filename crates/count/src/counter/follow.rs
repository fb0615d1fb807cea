//! Whose track it is: newcomers are watched for a moment, then they are somebody new or go on as somebody lost.

use std::time::Duration;

use footfall_track::{PastBox, Point, TrackId};

use crate::Counter;
use crate::config::Limits;
use crate::newcomer::{Newcomer, WATCHED};
use crate::person::Person;
use crate::sighting::{RESOLUTION, Sighting};

impl Counter {
    pub(super) fn see(
        &mut self,
        sighting: Sighting,
        beside: impl Fn() -> Vec<Point>,
        embedding: Option<&[f32]>,
    ) {
        let known = self.person_of.get(&sighting.track).and_then(|key| self.people.get_mut(key));
        let look = if let Some(person) = known {
            person.push(sighting, &self.limits);
            &mut person.look
        } else {
            let newcomer = self
                .newcomers
                .entry(sighting.track)
                .and_modify(|newcomer| newcomer.sightings.push(sighting))
                .or_insert_with(|| Newcomer::new(sighting, beside()));
            &mut newcomer.look
        };
        if let Some(embedding) = embedding {
            look.add(embedding, clearness(&sighting));
        }
    }

    /// Takes where the person of `sighting` was seen before their track began, unless they are known already.
    pub(super) fn find(&mut self, sighting: &Sighting, past: &PastBox, beside: impl Fn() -> Vec<Point>) {
        let Some(&(frame, time)) = self.recent.get(past.ago - 1) else { return };
        if self.person_of.contains_key(&sighting.track) {
            return;
        }
        let PastBox { bbox, .. } = past;
        let seen = Sighting::new(sighting.track, bbox, self.limits.anchor, frame, time);
        let before = Sighting { found: true, crowded: sighting.crowded, ..seen };
        let newcomer = self.newcomers.entry(sighting.track);
        newcomer
            .and_modify(|newcomer| newcomer.sightings.push(before))
            .or_insert_with(|| Newcomer::new(before, beside()));
    }

    /// How long a track is watched until it is decided who it is.
    pub(super) fn watched(&self) -> Duration {
        let Limits { join_gap, emergence, .. } = self.limits;
        if join_gap.is_zero() && emergence.is_zero() { Duration::ZERO } else { WATCHED }
    }

    /// Makes people of the newcomers that were watched for long enough; of all, where `now` is none.
    pub(super) fn settle_newcomers(&mut self, now: Option<Duration>) {
        let watched = self.watched();
        let is_known = |newcomer: &Newcomer| {
            now.is_none_or(|now| now + RESOLUTION >= newcomer.first().time + watched) || newcomer.ended
        };
        let known: Vec<TrackId> =
            self.newcomers.iter().filter(|(_, newcomer)| is_known(newcomer)).map(|(&id, _)| id).collect();
        for id in known {
            if let Some(newcomer) = self.newcomers.remove(&id) {
                self.settle(id, newcomer);
            }
        }
    }

    fn settle(&mut self, id: TrackId, newcomer: Newcomer) {
        let costs = self
            .people
            .iter()
            .filter_map(|(&key, person)| newcomer.cost_after(person, &self.limits).map(|cost| (key, cost)));
        let predecessor = costs.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(key, _)| key);
        let key = predecessor.unwrap_or(self.appeared);
        let (lines, zones) = (self.lines.len(), self.zones.len());
        let new = || Person::new(newcomer.first(), lines, zones);
        let person = self.people.entry(key).or_insert_with(new);
        if predecessor.is_some() {
            self.person_of.remove(&person.track);
        } else {
            self.appeared += 1;
            let way_back = self.began.map(|began| newcomer.way_back(&began, &self.limits));
            way_back.into_iter().flatten().for_each(|sighting| person.push(sighting, &self.limits));
        }
        newcomer.sightings.into_iter().for_each(|sighting| person.push(sighting, &self.limits));
        person.ended = newcomer.ended;
        if newcomer.look.is_known() {
            person.look = newcomer.look;
        }
        if !person.ended {
            self.person_of.insert(id, key);
        }
    }
}

/// Height of a box in pixels from which on an embedder sees all that it can.
const CLEAR_HEIGHT: f64 = 128.0;
/// What an appearance weighs that somebody else is partly in front of, or in.
const CROWDED: f64 = 0.25;

/// How much an appearance says of somebody, up to 1: by their size in the picture, and whether they are seen alone.
fn clearness(sighting: &Sighting) -> f64 {
    let size = (sighting.height / CLEAR_HEIGHT).clamp(0.05, 1.0);
    if sighting.crowded { CROWDED * size } else { size }
}
