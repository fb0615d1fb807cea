//! How many crops a run takes.

/// Which batches a session is run with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Batch {
    /// This many always: the network takes no other number.
    Fixed(usize),
    /// As many as there are, up to `most`.
    Any {
        /// Crops in a run, at most.
        most: usize,
    },
    /// The next power of two, or `most`. A GPU's libraries prepare themselves for each size of a batch, which
    /// takes far longer than a run; so there are few, prepared before the first frame, and some crops of noise
    /// run along.
    Steps {
        /// Crops in a run, at most.
        most: usize,
    },
}

impl Batch {
    /// Crops in a run, at most.
    pub(super) fn most(self) -> usize {
        let (Self::Fixed(most) | Self::Any { most } | Self::Steps { most }) = self;
        most
    }

    /// The batch in which so many crops run, which are no more than [`Batch::most`].
    pub(super) fn rows(self, crops: usize) -> usize {
        match self {
            Self::Fixed(rows) => rows,
            Self::Any { .. } => crops,
            Self::Steps { most } => crops.next_power_of_two().min(most),
        }
    }

    /// The batches beside that of one crop to prepare for, the largest first: a compiled network is compiled
    /// anew for a size beyond those that it has seen.
    pub(super) fn others(self) -> impl Iterator<Item = usize> {
        let steps = match self {
            Self::Steps { most } => most,
            Self::Fixed(_) | Self::Any { .. } => 1,
        };
        let powers = (1..usize::BITS).rev().map(|bit| 1 << bit).filter(move |&rows| rows < steps);
        (steps > 1).then_some(steps).into_iter().chain(powers)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Batch;

    proptest! {
        #[test]
        fn steps_are_few_prepared_and_hardly_larger_than_needed(most in 1..300_usize, crops in 1..300_usize) {
            let batch = Batch::Steps { most };
            let crops = crops.min(most);
            let rows = batch.rows(crops);
            prop_assert!(crops <= rows && rows < 2 * crops && rows <= most);
            let prepared: Vec<_> = batch.others().collect();
            prop_assert!(rows == 1 || prepared.contains(&rows), "{rows} of {prepared:?}");
            prop_assert!(prepared.is_sorted_by(|a, b| a > b) && prepared.len() <= 9);
        }
    }

    #[test]
    fn elsewhere_nothing_is_added_to_what_there_is() {
        assert_eq!(Batch::Any { most: 4 }.rows(3), 3);
        assert_eq!(Batch::Fixed(8).rows(3), 8);
        assert_eq!((Batch::Any { most: 4 }.others().count(), Batch::Fixed(8).others().count()), (0, 0));
        assert_eq!(Batch::Steps { most: 24 }.others().collect::<Vec<_>>(), [24, 16, 8, 4, 2]);
    }
}
