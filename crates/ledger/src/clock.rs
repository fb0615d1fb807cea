//! The machine's two clocks, and when a live source's frames were taken.

use std::fmt;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// What the ledger asks about time.
pub trait Clock: Send + Sync {
    /// The time of day, which people and networks set.
    fn now(&self) -> Timestamp;

    /// Time since some fixed moment, which nobody sets.
    fn monotonic(&self) -> Duration;
}

/// The machine's clocks.
#[derive(Debug)]
pub struct SystemClock {
    since: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { since: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.since.elapsed()
    }
}

/// Tells when the time of day was set, by watching it against the monotonic clock.
#[derive(Clone, Copy)]
pub(crate) struct Watch {
    day: Timestamp,
    monotonic: Duration,
}

/// What the two clocks may drift apart before it counts as setting: more than scheduling can cause, less
/// than matters in any report.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(2);

impl Watch {
    pub(crate) fn start(clock: &dyn Clock) -> Self {
        Self { day: clock.now(), monotonic: clock.monotonic() }
    }

    /// By how much the time of day was set since the last call, if it was: above zero is forwards.
    ///
    /// A machine that slept looks the same: its time of day goes on, its monotonic clock does not.
    pub(crate) fn step(&mut self, clock: &dyn Clock) -> Option<SignedDuration> {
        let (day, monotonic) = (clock.now(), clock.monotonic());
        let passed = SignedDuration::try_from(monotonic.saturating_sub(self.monotonic)).ok()?;
        let step = day.duration_since(self.day).checked_sub(passed)?;
        if step.abs() <= TOLERANCE {
            return None;
        }
        *self = Self { day, monotonic };
        Some(step)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Watch({})", self.day)
    }
}
