//! How long to wait before another try.

use std::time::Duration;

use super::Pace;

/// Pauses that double up to a limit, each shortened by chance, so that many who lost the same broker do
/// not come back in one moment.
#[derive(Debug)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    pause: Duration,
}

impl Backoff {
    /// Pauses from `pace.first_pause` to `pace.longest_pause`.
    #[must_use]
    pub fn new(pace: Pace) -> Self {
        Self { first: pace.first_pause, longest: pace.longest_pause, pause: pace.first_pause }
    }

    /// What was tried has worked: the next pause is a short one again.
    pub fn reset(&mut self) {
        self.pause = self.first;
    }

    /// How long to wait now.
    pub fn next_pause(&mut self) -> Duration {
        let pause = self.pause;
        self.pause = (2 * pause).min(self.longest);
        // Without chance all wait for the full time, which does no harm to one alone.
        let chance = getrandom::u32().map_or(1.0, |n| f64::from(n) / f64::from(u32::MAX));
        pause.mul_f64(0.5 + 0.5 * chance)
    }
}

#[cfg(test)]
mod tests {
    use super::{Backoff, Pace};

    #[test]
    fn pauses_grow_to_a_limit_and_begin_anew() {
        let pace = Pace::default();
        let mut backoff = Backoff::new(pace);
        let pauses: Vec<_> = (0..12).map(|_| backoff.next_pause()).collect();
        assert!(pauses[0] >= pace.first_pause / 2 && pauses[0] <= pace.first_pause);
        assert!(pauses[11] >= pace.longest_pause / 2 && pauses.iter().all(|p| *p <= pace.longest_pause));
        backoff.reset();
        assert!(backoff.next_pause() <= pace.first_pause);
    }
}
