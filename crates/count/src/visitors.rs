//! Who comes again: visitors told apart by how they look.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Whether and how those who come again are told from new visitors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VisitorConfig {
    /// For how many hours after they came in somebody is known again; 0 knows nobody.
    pub window: f64,
    /// Greatest cosine distance, 0 to 2, of the mean appearances of one visitor: stricter than what a
    /// tracker goes by, since everybody of the window is compared. `scripts/measure visitors` measures what it costs.
    pub max_cosine_distance: f64,
}

impl VisitorConfig {
    /// Whether nobody is to be known again.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.window <= 0.0
    }
}

impl Default for VisitorConfig {
    fn default() -> Self {
        Self { window: 0.0, max_cosine_distance: 0.25 }
    }
}

/// Who came in, as far as their looks tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Visitor {
    /// Nothing is known of how they look; they count as a visitor.
    Unknown,
    /// Somebody who can be known again.
    Known {
        /// Which visitor, from 1 in the order of their first coming.
        number: u64,
        /// Which of their comings within the window, from 1: above it, they come again.
        coming: u64,
    },
}

impl Visitor {
    /// Which visitor, from 1, if they can be known again.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        match *self {
            Self::Unknown => None,
            Self::Known { number, .. } => Some(number),
        }
    }

    /// Which of their comings it is, from 1: who comes for the first time adds to the number of different
    /// visitors.
    #[must_use]
    pub fn coming(&self) -> u64 {
        match *self {
            Self::Unknown => 1,
            Self::Known { coming, .. } => coming,
        }
    }
}

/// Appearances that are kept of each visitor, the latest ones.
const LOOKS: usize = 4;
/// Beyond so many visitors the one who came longest ago is forgotten, whatever the window.
const MOST: usize = 10_000;

/// Those who came in within a window of time.
///
/// Whoever comes in is compared with all of them: the nearest one within the greatest distance is the
/// same person. Nobody is the same as somebody who is in the picture beside them.
#[derive(Clone, Debug)]
pub struct Visitors {
    window: Duration,
    max_cosine_distance: f64,
    /// By their latest coming.
    members: VecDeque<Member>,
    /// The last number that was given.
    last: u64,
}

#[derive(Clone, Debug)]
struct Member {
    number: u64,
    comings: u64,
    latest: Duration,
    /// The counter's name for them when they came.
    person: u64,
    /// Of unit length.
    looks: VecDeque<Vec<f32>>,
}

impl Visitors {
    /// Nobody has come yet.
    #[must_use]
    pub fn new(window: Duration, max_cosine_distance: f64) -> Self {
        Self { window, max_cosine_distance, members: VecDeque::new(), last: 0 }
    }

    /// Nobody is known yet, and the first who comes has the number behind `last`.
    #[must_use]
    pub fn after(self, last: u64) -> Self {
        Self { last, ..self }
    }

    /// The number that was given last; 0 before there was any.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.last
    }

    /// The same visitors, by other settings from now on.
    #[must_use]
    pub fn with(self, window: Duration, max_cosine_distance: f64) -> Self {
        Self { window, max_cosine_distance, ..self }
    }

    /// How many visitors can be known again now.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether nobody can be.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Somebody comes in at `time`, which does not fall from call to call by more than the window.
    ///
    /// `look` is their mean appearance, of unit length; `person` the counter's name for them, which stays
    /// theirs while they are in the picture; `is_present` tells which of these names still are.
    pub fn come(
        &mut self,
        person: u64,
        look: Option<&[f32]>,
        time: Duration,
        is_present: impl Fn(u64) -> bool,
    ) -> Visitor {
        self.forget(time);
        let known = self.members.iter().position(|member| member.person == person && is_present(person));
        let found = known.or_else(|| self.nearest(look?, &is_present));
        let mut member = match (found.and_then(|index| self.members.remove(index)), look) {
            (Some(member), _) => member,
            (None, Some(_)) => self.newcomer(),
            (None, None) => return Visitor::Unknown,
        };
        member.comings += 1;
        member.latest = time;
        member.person = person;
        if let Some(look) = look {
            member.looks.push_back(look.to_vec());
            let old = member.looks.len().saturating_sub(LOOKS);
            member.looks.drain(..old);
        }
        let visitor = Visitor::Known { number: member.number, coming: member.comings };
        self.members.push_back(member);
        if self.members.len() > MOST {
            self.members.pop_front();
        }
        visitor
    }

    fn newcomer(&mut self) -> Member {
        self.last += 1;
        let (latest, looks) = (Duration::ZERO, VecDeque::new());
        Member { number: self.last, comings: 0, latest, person: 0, looks }
    }

    /// Those whose latest coming is longer ago than the window.
    fn forget(&mut self, time: Duration) {
        let window = self.window;
        self.members.retain(|member| time.saturating_sub(member.latest) <= window);
    }

    fn nearest(&self, look: &[f32], is_present: &impl Fn(u64) -> bool) -> Option<usize> {
        let absent = self.members.iter().enumerate().filter(|(_, member)| !is_present(member.person));
        let distances = absent.map(|(index, member)| {
            let distances = member.looks.iter().map(|known| cosine_distance(known, look));
            (index, distances.fold(f64::INFINITY, f64::min))
        });
        let nearest = distances.min_by(|(_, a), (_, b)| a.total_cmp(b))?;
        (nearest.1 <= self.max_cosine_distance).then_some(nearest.0)
    }
}

/// Of two vectors of unit length; of two lengths, infinite: they are of two embedders.
pub(crate) fn cosine_distance(a: &[f32], b: &[f32]) -> f64 {
    if a.len() != b.len() {
        return f64::INFINITY;
    }
    1.0 - a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{MOST, Visitor, Visitors};

    /// A look in a plane, by its angle in degrees.
    fn look(angle: f64) -> Vec<f32> {
        let (sine, cosine) = angle.to_radians().sin_cos();
        vec![cosine as f32, sine as f32]
    }

    const HOUR: Duration = Duration::from_hours(1);
    const NOBODY: fn(u64) -> bool = |_| false;

    fn known(number: u64, coming: u64) -> Visitor {
        Visitor::Known { number, coming }
    }

    #[test]
    fn whoever_looks_alike_comes_again_and_others_are_new() {
        let mut visitors = Visitors::new(HOUR, 0.1);
        let mut come = |person, angle, seconds| {
            visitors.come(person, Some(&look(angle)), Duration::from_secs(seconds), NOBODY)
        };
        assert_eq!(come(1, 0.0, 0), known(1, 1));
        assert_eq!(come(2, 90.0, 10), known(2, 1));
        // 1 - cos 20 degrees is 0.06; 1 - cos 30 degrees is 0.13.
        assert_eq!(come(3, 20.0, 20), known(1, 2));
        assert_eq!(come(4, 40.0, 30), known(1, 3), "near the later of the looks");
        assert_eq!(come(5, 120.0, 40), known(3, 1));
        assert_eq!((Visitor::Unknown.coming(), Visitor::Unknown.number()), (1, None));
    }

    #[test]
    fn the_window_is_counted_from_the_latest_coming() {
        let mut visitors = Visitors::new(HOUR, 0.1);
        let mut come = |seconds| visitors.come(1, Some(&look(0.0)), Duration::from_secs(seconds), NOBODY);
        assert_eq!(come(0), known(1, 1));
        assert_eq!(come(3600), known(1, 2));
        assert_eq!(come(7200), known(1, 3));
        assert_eq!(come(10_801), known(2, 1));
    }

    #[test]
    fn who_is_still_in_the_picture_is_nobody_else_and_needs_no_looks() {
        let mut visitors = Visitors::new(HOUR, 0.1);
        let present = |person| person == 1;
        assert_eq!(visitors.come(1, Some(&look(0.0)), HOUR, present), known(1, 1));
        assert_eq!(visitors.come(2, Some(&look(0.0)), HOUR, present), known(2, 1));
        assert_eq!(visitors.come(1, None, HOUR, present), known(1, 2), "in, out and in again");
        assert_eq!(visitors.come(3, None, HOUR, present), Visitor::Unknown);
        assert_eq!(visitors.come(4, Some(&[1.0, 0.0, 0.0]), HOUR, NOBODY), known(3, 1), "another embedder");
    }

    #[test]
    fn memory_is_bounded() {
        let mut visitors = Visitors::new(HOUR, 0.0);
        for person in 0..MOST as u64 + 5 {
            // Nobody is compared with those who are in the picture.
            visitors.come(person, Some(&look(0.0)), Duration::ZERO, |_| true);
        }
        assert_eq!(visitors.len(), MOST);
        let member = visitors.members.back().unwrap();
        assert_eq!((member.person, member.looks.len()), (MOST as u64 + 4, 1));
        for _ in 0..9 {
            visitors.come(7, Some(&look(0.0)), Duration::ZERO, |_| false);
        }
        assert!(visitors.members.iter().all(|member| member.looks.len() <= super::LOOKS));
    }

    proptest! {
        /// Numbers are given without holes, each begins with its first coming, and none is skipped.
        #[test]
        fn comings_are_counted_without_holes(
            comings in prop::collection::vec((0.0..360.0_f64, 0_u64..5000), 1..60)
        ) {
            let mut visitors = Visitors::new(HOUR, 0.05);
            let (mut time, mut seen) = (0, std::collections::BTreeMap::new());
            for (person, (angle, gap)) in (0..).zip(comings) {
                time += gap;
                let come = visitors.come(person, Some(&look(angle)), Duration::from_secs(time), NOBODY);
                let Visitor::Known { number, coming } = come else { panic!("a look is known") };
                let next = seen.len() as u64 + 1;
                let before = seen.insert(number, coming);
                prop_assert_eq!(coming, before.unwrap_or(0) + 1);
                prop_assert!(before.is_some() || number == next);
            }
        }
    }
}
