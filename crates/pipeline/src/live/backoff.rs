//! How long to wait before the next attempt.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

/// Capped exponential back-off with jitter.
///
/// The n-th delay, from n = 0, is drawn evenly from the upper half of min(`most`, `first` * 2^n): cameras
/// behind a switch that has failed are not all asked again at the same moment, and none at once.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    most: Duration,
    attempt: u32,
    random: u64,
}

impl Backoff {
    /// Delays that differ from process to process.
    #[must_use]
    pub fn new(first: Duration, most: Duration) -> Self {
        Self::seeded(first, most, RandomState::new().hash_one(0))
    }

    /// Delays that `seed` decides.
    #[must_use]
    pub fn seeded(first: Duration, most: Duration, seed: u64) -> Self {
        Self { first, most, attempt: 0, random: seed }
    }

    /// The next delay.
    pub fn next_delay(&mut self) -> Duration {
        let factor = 1_u32.checked_shl(self.attempt).unwrap_or(u32::MAX);
        let full = self.first.saturating_mul(factor).min(self.most);
        self.attempt = (self.attempt + 1).min(31);
        full.mul_f64(0.5 + 0.5 * self.draw())
    }

    /// Begins anew: what was tried has worked.
    pub fn reset(&mut self) {
        self.attempt = 0;
    }

    /// From 0 to 1, by `SplitMix64` (Steele, Lea and Flood, 2014).
    fn draw(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Backoff;

    const FIRST: Duration = Duration::from_millis(500);
    const MOST: Duration = Duration::from_secs(30);

    #[test]
    fn delays_double_up_to_the_cap_and_stay_in_their_upper_half() {
        for seed in 0..50 {
            let mut backoff = Backoff::seeded(FIRST, MOST, seed);
            for n in 0..200 {
                let full = FIRST.saturating_mul(1 << n.min(20)).min(MOST);
                let delay = backoff.next_delay();
                assert!(delay >= full / 2 && delay <= full, "attempt {n}: {delay:?} of {full:?}");
            }
            backoff.reset();
            assert!(backoff.next_delay() <= FIRST);
        }
    }

    #[test]
    fn seeds_differ_and_repeat() {
        let delays = |seed| {
            let mut backoff = Backoff::seeded(FIRST, MOST, seed);
            (0..20).map(|_| backoff.next_delay()).collect::<Vec<_>>()
        };
        assert_eq!(delays(1), delays(1));
        assert_ne!(delays(1), delays(2));
        let at_cap = delays(3)[10..].to_vec();
        assert!(at_cap.iter().max() > at_cap.iter().min().map(|d| *d + MOST / 10).as_ref(), "{at_cap:?}");
    }
}
