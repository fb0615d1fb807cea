//! Time as a live source sees it; tests bring their own.

use std::time::{Duration, Instant};

use crate::Stop;

/// A monotonic clock, and a way to wait.
pub trait Timer: Send {
    /// Time since some moment, the same for all calls.
    fn now(&self) -> Duration;

    /// Waits; true when the run was asked to stop meanwhile, which ends the wait.
    fn sleep(&self, time: Duration) -> bool;
}

/// The machine's monotonic clock.
#[derive(Clone, Debug)]
pub struct RealTimer {
    began: Instant,
    stop: Stop,
}

impl RealTimer {
    /// A clock that starts now, whose waits end when `stop` is requested.
    #[must_use]
    pub fn new(stop: &Stop) -> Self {
        Self { began: Instant::now(), stop: stop.clone() }
    }
}

impl Timer for RealTimer {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn sleep(&self, time: Duration) -> bool {
        self.stop.wait(time)
    }
}
