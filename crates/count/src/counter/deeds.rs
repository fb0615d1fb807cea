//! From what people did to the counts.

use std::time::Duration;

use crate::person::Deed;
use crate::{Counter, Crossing, Direction, Reason, Visitors};

impl Counter {
    /// Says who works there, and of the others who came in who they are; `doers` has a person for each deed.
    pub(super) fn recognise(&mut self, deeds: &mut [Deed], doers: &[u64]) {
        let people = &self.people;
        let is_present = |key| people.get(&key).is_some_and(|person| !person.ended);
        for (deed, &key) in deeds.iter_mut().zip(doers) {
            let Deed::Passed(crossing) = deed else { continue };
            let look = people.get(&key).and_then(|person| person.look.average());
            let look = look.as_deref();
            crossing.staff = look.and_then(|look| self.staff.recognise(look, crossing.time)).cloned();
            if crossing.staff.is_some() {
                crossing.reasons.push(Reason::Staff);
            } else if crossing.direction == Direction::In {
                let come = |visitors: &mut Visitors| visitors.come(key, look, crossing.time, is_present);
                crossing.visitor = self.visitors.as_mut().map(come);
            }
            crossing.look = look.map(Into::into);
        }
    }

    /// Takes down where people went and came in, for those who come in together.
    pub(super) fn accompany(&mut self, deeds: &mut Vec<Deed>, doers: &[u64]) {
        let Some(groups) = &mut self.groups else { return };
        for (deed, &key) in deeds.iter().zip(doers) {
            match deed {
                Deed::Went(here) => groups.see(key, here.time, here.anchor, here.stature),
                Deed::Passed(crossing) => groups.pass(key, crossing),
                Deed::Visited(_) => {}
            }
        }
        deeds.retain(|deed| !matches!(deed, Deed::Went(_)));
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
    pub(super) fn count(&mut self, deeds: Vec<Deed>) -> Vec<Crossing> {
        let mut crossings = Vec::new();
        let mut visits = Vec::new();
        for deed in deeds {
            match deed {
                Deed::Passed(crossing) => crossings.push(crossing),
                Deed::Visited(visit) => visits.push(visit),
                Deed::Went(_) => {}
            }
        }
        crossings.sort_by_key(|crossing| (crossing.track, crossing.line, crossing.frame));
        for crossing in crossings.iter().filter(|crossing| crossing.staff.is_none()) {
            self.tallies[crossing.line].add(crossing.direction);
            self.doubts[crossing.line].add(crossing);
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
