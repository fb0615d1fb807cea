//! What is said of a passage that is decided.

use std::sync::Arc;
use std::time::Duration;

use super::super::stays::{Guest, Stays};
use super::super::told::rounded;
use super::super::{Elsewhere, Passage, Why};
use super::{Across, Answer, Known, Passing};
use crate::{Direction, Visitor};

/// Below this nobody else is said to have seen a passage.
const ALONE: f64 = 0.1;

impl Across {
    /// Says what is decided of a passage.
    pub(super) fn answer(&mut self, place: usize, seen: f64) {
        let known = self.known[place].clone();
        let passage = self.passage(&known);
        let staff =
            || self.known.iter().find(|other| other.cluster == known.cluster && other.passing.is_staff);
        let counted = self.clusters[&known.cluster].counted.clone().unwrap_or_else(|| {
            // Whom one camera knows to work there the other need not.
            staff().map_or((known.ticket, passage.clone()), |staff| (staff.ticket, self.passage(staff)))
        });
        let is_counted = counted.0 == known.ticket;
        let members = self.clusters[&known.cluster].members.len();
        let why = match (is_counted, members) {
            (false, _) => Why::Same,
            (true, 2..) => Why::Counted,
            _ if seen > ALONE => Why::Unsure,
            _ => Why::Alone,
        };
        let same_as = (!is_counted).then(|| counted.1.clone());
        if let Some(cluster) = self.clusters.get_mut(&known.cluster) {
            cluster.counted = Some(counted);
        }
        self.sums.passages += u64::from(!known.passing.is_staff);
        self.sums.twice += u64::from(!is_counted && !known.passing.is_staff);
        self.sums.unsure += u64::from(why == Why::Unsure && !known.passing.is_staff);
        let mut answer = Answer {
            visitor: None,
            again: None,
            elsewhere: Elsewhere { why, probability: rounded(seen), same_as, stay: None },
        };
        if !is_counted {
            (answer.visitor, answer.again) = self.clusters[&known.cluster].visitor.unwrap_or_default();
        } else if !known.passing.is_staff {
            self.welcome(&known, passage, &mut answer);
            if let Some(cluster) = self.clusters.get_mut(&known.cluster) {
                cluster.visitor = Some((answer.visitor, answer.again));
            }
        }
        self.answers.push((known.camera, known.ticket, answer));
    }

    /// Says who comes in, and how long whoever leaves was inside.
    fn welcome(&mut self, known: &Known, passage: Passage, answer: &mut Answer) {
        let Known { camera, passing, .. } = known;
        let shop = self.plan.shop(*camera, &passing.line);
        let (calibration, longest) =
            (self.calibration, Duration::from_secs_f64(3600.0 * self.config.longest_stay));
        let mut stays =
            shop.map(|shop| self.stays.entry(shop).or_insert_with(|| Stays::new(longest, calibration)));
        match passing.direction {
            Direction::In => {
                let key = |track: u64| (*camera as u64) << 48 | track;
                let is_present = |other: u64| passing.beside.iter().any(|&track| key(track) == other);
                if let Some(visitors) = &mut self.visitors {
                    let arrival =
                        visitors.come(key(passing.track), passing.look.as_deref(), passing.time, is_present);
                    (answer.visitor, answer.again) = (Some(arrival.visitor), arrival.again);
                }
                if let (Some(stays), Some(look)) = (&mut stays, &passing.look) {
                    let number = answer.visitor.as_ref().and_then(Visitor::number);
                    let (time, look) = (passing.time, Arc::clone(look));
                    stays.enter(Guest { passage, camera: *camera, time, look, number });
                }
            }
            Direction::Out => {
                let left = |look: &Arc<[f32]>| stays?.leave(*camera, passing.time, look);
                if let Some((stay, number)) = passing.look.as_ref().and_then(left) {
                    answer.visitor = number.map(|number| Visitor::Known { number, coming: 1 });
                    answer.elsewhere.stay = Some(stay);
                }
            }
        }
    }

    fn passage(&self, known: &Known) -> Passage {
        let Passing { line, track, frame, .. } = &known.passing;
        let source = self.cameras[known.camera].name.clone();
        Passage { source, line: line.to_string(), track: *track, frame: *frame }
    }
}
