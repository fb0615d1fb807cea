//! How many people are inside of a whole site.

use serde::{Deserialize, Serialize};

use crate::Direction;

/// People inside, by those who came in and those who left.
///
/// Counting errors add up. Two things are known all the same: nobody can leave an empty site, and it is
/// empty at night. What does not fit is kept and shown, so that nobody takes the correction for a
/// count: those who left although nobody was inside were missed when they came in, and those who are
/// still inside at the nightly [`reset`](Self::reset) were missed when they left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// How many people are inside.
    pub inside: u64,
    /// How many were inside at the same time at most, since the last reset.
    pub most: u64,
    /// Crossings inwards since the last reset.
    pub entered: u64,
    /// Crossings outwards since the last reset.
    pub left: u64,
    /// Those of them that left an empty site: people who were missed when they came in.
    pub unexplained: u64,
}

/// A day that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// As it stood before the reset.
    pub site: Site,
    /// In minus out: how many too many, or too few, came in by the counts. The occupancy of a time of
    /// this day is likely wrong by the share of this that had come up by then.
    pub drift: i64,
}

impl Site {
    /// Takes one crossing of a line that leads in and out of the site.
    pub fn add(&mut self, direction: Direction) {
        match direction {
            Direction::In => {
                self.entered += 1;
                self.inside += 1;
                self.most = self.most.max(self.inside);
            }
            Direction::Out => {
                self.left += 1;
                match self.inside.checked_sub(1) {
                    Some(inside) => self.inside = inside,
                    None => self.unexplained += 1,
                }
            }
        }
    }

    /// Begins a new day with an empty site; gives the one that is over.
    pub fn reset(&mut self) -> Day {
        let site = std::mem::take(self);
        let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        Day { site, drift: signed(site.entered) - signed(site.left) }
    }
}

#[cfg(test)]
mod tests {
    use super::Site;
    use crate::Direction::{self, In, Out};
    use proptest::prelude::*;

    #[test]
    fn whoever_leaves_an_empty_site_is_told_of() {
        let mut site = Site::default();
        for direction in [In, Out, Out, In, In, Out] {
            site.add(direction);
        }
        assert_eq!((site.inside, site.most, site.unexplained), (1, 2, 1));
        let day = site.reset();
        assert_eq!((day.drift, day.site.entered, day.site.left), (0, 3, 3));
        assert_eq!(site, Site::default());
    }

    proptest! {
        #[test]
        fn nothing_is_lost_between_the_numbers(passes in prop::collection::vec(any::<bool>(), 0..200)) {
            let mut site = Site::default();
            for inwards in passes {
                site.add(if inwards { Direction::In } else { Direction::Out });
                prop_assert_eq!(site.inside + site.left, site.entered + site.unexplained);
                prop_assert!(site.most >= site.inside);
            }
        }
    }
}
