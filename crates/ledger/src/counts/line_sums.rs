//! What passes at a line, summed up.

use footfall_count::{Direction, Doubt, Site};

use super::RowKey;
use crate::quarters::{Aside, Coming, Passage};

/// A line, or all lines together: who is inside, and the sums of the present period.
pub(super) struct LineSums {
    pub(super) key: RowKey,
    pub(super) site: Site,
    pub(super) sums: Sums,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) entered: u64,
    pub(super) left: u64,
    pub(super) doubt: Doubt,
    pub(super) occupancy: u64,
    pub(super) peak: u64,
    pub(super) drift: (u64, u64),
    /// Those who came first, and again, of those of whom it is known.
    pub(super) comings: (u64, u64),
    pub(super) staff: u64,
    /// Those that another camera counts.
    pub(super) twice: u64,
    /// Number and total seconds of stays that began in it.
    pub(super) visits: (u64, f64),
    /// In and out, outside of the opening hours.
    pub(super) outside: (u64, u64),
    pub(super) marked: u64,
    /// Groups, and the people in them.
    pub(super) groups: (u64, u64),
}

impl LineSums {
    /// `is_told`: it is of a period that is asked for.
    pub(super) fn pass(&mut self, passage: &Passage, is_told: bool, is_outside: bool) {
        let sums = &mut self.sums;
        if let Some(aside) = passage.aside {
            let sum = match aside {
                Aside::Staff => &mut sums.staff,
                Aside::Twice => &mut sums.twice,
            };
            *sum += u64::from(is_told);
            return;
        }
        let unexplained = self.site.unexplained;
        self.site.add(passage.direction);
        if !is_told {
            return;
        }
        sums.doubt.add(passage.direction, passage.confidence.into(), passage.hidden.map(f64::from));
        match passage.direction {
            Direction::In => {
                sums.entered += 1;
                sums.outside.0 += u64::from(is_outside);
            }
            Direction::Out => {
                sums.left += 1;
                sums.outside.1 += u64::from(is_outside);
            }
        }
        match passage.coming {
            Coming::First => sums.comings.0 += 1,
            Coming::Again => sums.comings.1 += 1,
            Coming::Unknown => {}
        }
        sums.drift.0 += self.site.unexplained - unexplained;
        sums.occupancy = self.site.inside;
        sums.peak = sums.peak.max(sums.occupancy);
    }

    /// Nobody is inside; `at_start` says that the period begins with this.
    pub(super) fn reset(&mut self, is_told: bool, at_start: bool) {
        let day = self.site.reset();
        if !is_told {
            return;
        }
        self.sums.drift.1 += day.site.inside;
        self.sums.occupancy = 0;
        if at_start {
            self.sums.peak = 0;
        }
    }
}
