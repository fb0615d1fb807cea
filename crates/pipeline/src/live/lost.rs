//! A live source while it gives no frames.

use std::collections::BTreeMap;
use std::time::Duration;

use footfall_count::{Condition, HealthChange};

use crate::BoxError;

/// The source gives no frames.
pub(super) struct Lost {
    pub(super) condition: Condition,
    /// By the source's clock.
    pub(super) since: Duration,
    pub(super) attempts: u64,
    pub(super) error: BoxError,
}

impl Lost {
    /// That it is lost, as far as it was tried again.
    pub(super) fn raised(&self) -> HealthChange {
        let evidence = BTreeMap::from([("attempts".to_owned(), self.attempts as f64)]);
        let Self { condition, since: time, .. } = *self;
        HealthChange { condition, raised: true, time, frame: None, evidence }
    }

    /// That it is back, with a frame.
    pub(super) fn cleared(&self, time: Duration, frame: u64) -> HealthChange {
        let seconds = time.saturating_sub(self.since).as_secs_f64();
        let evidence =
            BTreeMap::from([("attempts".to_owned(), self.attempts as f64), ("seconds".to_owned(), seconds)]);
        HealthChange { condition: self.condition, raised: false, time, frame: Some(frame), evidence }
    }
}
