//! What is known of a window's visitors, to go on with after a restart.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::cohort::Cohort;
use super::estimate::{Coming, Estimator};
use super::window::Member;
use super::{VisitorConfig, Visitors};

/// Visitors of a window, with their looks: as much of a person as the looks are. Times are as they were given to
/// [`Visitors::come`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VisitorsMemory {
    last: u64,
    members: Vec<Member>,
    cohort: Cohort,
    comings: Vec<Coming>,
}

/// A counter's name that nobody has: after a restart others have the names of before.
const NOBODY: u64 = u64::MAX;

impl Visitors {
    /// What is known now.
    #[must_use]
    pub fn memory(&self) -> VisitorsMemory {
        VisitorsMemory {
            last: self.last,
            members: self.members.iter().cloned().collect(),
            cohort: self.cohort.clone(),
            comings: self.estimator.comings().cloned().collect(),
        }
    }

    /// Visitors by these settings, who are known from before; those who came longer ago than the window, at `time`, are
    /// not. None where it is no memory that this program has made.
    #[must_use]
    pub fn recall(config: VisitorConfig, memory: VisitorsMemory, time: Duration) -> Option<Self> {
        let VisitorsMemory { last, members, cohort, comings } = memory;
        let is_whole = cohort.is_whole() && members.iter().all(|member| member.number <= last);
        let mut visitors = Self::new(config).after(last);
        let spread = config.calibration.spread();
        visitors.cohort = cohort;
        visitors.estimator = Estimator::of(spread, comings);
        visitors.members = members.into();
        visitors.members.iter_mut().for_each(|member| member.person = NOBODY);
        visitors.forget(time);
        is_whole.then_some(visitors)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::{Visitor, VisitorConfig, Visitors, VisitorsMemory};

    fn look(person: usize) -> Vec<f32> {
        let mut look = vec![0.0; 32];
        look[person] = 1.0;
        look
    }

    /// Whoever goes on from what was written down says the same as whoever was never interrupted.
    #[test]
    fn it_goes_on_as_if_nothing_had_been() {
        let config = VisitorConfig { window: 1.0, ..VisitorConfig::default() };
        let come = |visitors: &mut Visitors, minute: u64, person: usize| {
            let time = Duration::from_secs(60 * minute);
            visitors.come(minute, Some(&look(person)), time, |_| false)
        };
        let mut whole = Visitors::new(config);
        for minute in 0..30 {
            come(&mut whole, minute, minute as usize % 20);
        }
        let text = serde_json::to_string(&whole.memory()).unwrap();
        let memory: VisitorsMemory = serde_json::from_str(&text).unwrap();
        let mut after = Visitors::recall(config, memory.clone(), Duration::from_mins(30)).unwrap();
        assert_eq!((after.len(), after.last()), (whole.len(), whole.last()));
        for minute in 31..50 {
            let (a, b) = (
                come(&mut whole, minute, minute as usize % 25),
                come(&mut after, minute, minute as usize % 25),
            );
            assert_eq!(a.visitor, b.visitor);
            assert!((a.again.unwrap() - b.again.unwrap()).abs() < 1e-6, "{a:?} {b:?}");
        }
        // After the window nobody is known, and numbers go on.
        let mut late = Visitors::recall(config, memory, Duration::from_hours(2)).unwrap();
        assert!(late.is_empty() && late.estimate().comings == 0);
        assert_eq!(come(&mut late, 121, 3).visitor, Visitor::Known { number: 21, coming: 1 });
    }

    #[test]
    fn what_this_program_has_not_made_is_none() {
        let config = VisitorConfig { window: 1.0, ..VisitorConfig::default() };
        let mut visitors = Visitors::new(config);
        visitors.come(1, Some(&look(1)), Duration::ZERO, |_| false);
        let mut text = serde_json::to_value(visitors.memory()).unwrap();
        text["last"] = 0.into();
        let memory = serde_json::from_value(text).unwrap();
        assert!(Visitors::recall(config, memory, Duration::ZERO).is_none());
    }
}
