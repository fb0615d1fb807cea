//! From what people did to the counts.

use std::time::Duration;

use crate::person::Event;
use crate::{Arrival, Counter, Crossing, Direction, Reason, Visitors};

impl Counter {
    /// Says who works there, and of the others who came in who they are; `doers` has a person for each event.
    pub(super) fn recognise(&mut self, events: &mut [Event], doers: &[u64]) {
        let people = &self.people;
        let is_present = |key| people.get(&key).is_some_and(|person| !person.ended);
        for (event, &key) in events.iter_mut().zip(doers) {
            let Event::Passed(crossing) = event else { continue };
            let look = people.get(&key).and_then(|person| person.look.average());
            let look = look.as_deref();
            crossing.staff = look.and_then(|look| self.staff.recognise(look, crossing.time)).cloned();
            if crossing.staff.is_some() {
                crossing.reasons.push(Reason::Staff);
            } else if crossing.direction == Direction::In {
                let come = |visitors: &mut Visitors| visitors.come(key, look, crossing.time, is_present);
                if let Some(Arrival { visitor, again }) = self.visitors.as_mut().map(come) {
                    (crossing.visitor, crossing.again) = (Some(visitor), again);
                }
            }
            crossing.look = look.map(Into::into);
        }
    }

    /// Takes down where people went and came in, for those who come in together.
    pub(super) fn accompany(&mut self, events: &mut Vec<Event>, doers: &[u64]) {
        let Some(groups) = &mut self.groups else { return };
        for (event, &key) in events.iter().zip(doers) {
            match event {
                Event::Went(here) => groups.see(key, here.time, here.anchor, here.stature),
                Event::Passed(crossing) => groups.pass(key, crossing),
                Event::Visited(_) => {}
            }
        }
        events.retain(|event| !matches!(event, Event::Went(_)));
    }

    /// Decides the groups to which nobody can come any more.
    pub(super) fn settle_groups(&mut self, now: Option<Duration>) {
        let Some(groups) = &mut self.groups else { return };
        for group in groups.settle(now) {
            self.group_tallies[group.line].add(&group);
            self.decided_groups.push(group);
        }
    }

    /// Adds what people did to the counts; gives their crossings.
    pub(super) fn count(&mut self, events: Vec<Event>) -> Vec<Crossing> {
        let mut crossings = Vec::new();
        let mut visits = Vec::new();
        for event in events {
            match event {
                Event::Passed(crossing) => crossings.push(crossing),
                Event::Visited(visit) => visits.push(visit),
                Event::Went(_) => {}
            }
        }
        crossings.sort_by_key(|crossing| (crossing.track, crossing.line, crossing.frame));
        for crossing in &mut crossings {
            crossing.hidden = self.hidden;
        }
        for crossing in crossings.iter().filter(|crossing| crossing.staff.is_none()) {
            self.tallies[crossing.line].add(crossing.direction);
            self.doubts[crossing.line].add(crossing.direction, crossing.confidence, crossing.hidden);
        }
        visits.sort_by_key(|visit| (visit.left, visit.track, visit.zone));
        for visit in &visits {
            self.zone_tallies[visit.zone].add(visit);
        }
        self.visits.append(&mut visits);
        for (zone, tally) in self.zone_tallies.iter_mut().enumerate() {
            tally.occupancy = self.people.values().filter(|person| person.is_in(zone)).count() as u64;
            tally.most = tally.most.max(tally.occupancy);
        }
        crossings
    }
}
