//! How many people pass, and how long they take from one line to another.

use std::time::Duration;

/// For so many seconds what has passed tells how many pass.
const MEMORY: f64 = 900.0;

/// How many people pass a line one way, of late.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rate {
    /// Passages, those long ago weighing less.
    passages: f64,
    first: Option<Duration>,
    latest: Duration,
}

impl Rate {
    pub(super) fn add(&mut self, time: Duration) {
        self.first.get_or_insert(time);
        self.passages = 1.0 + self.at(time);
        self.latest = self.latest.max(time);
    }

    /// Passages a second.
    pub(super) fn rate(&self, time: Duration) -> f64 {
        let since = self.first.map_or(0.0, |first| time.saturating_sub(first).as_secs_f64());
        // As long as the memory was filled, with one passage a minute before it began.
        let filled = MEMORY * (1.0 - (-since / MEMORY).exp());
        (self.at(time) + 0.5) / (filled + 30.0)
    }

    fn at(&self, time: Duration) -> f64 {
        self.passages * (-time.saturating_sub(self.latest).as_secs_f64() / MEMORY).exp()
    }
}

/// Pairs that what is thought before any was seen weighs as much as.
const PRIOR: f64 = 3.0;
/// Beyond so many pairs older ones weigh half.
const MOST: f64 = 200.0;
/// The least standard deviation, in seconds: times are those of frames.
const LEAST: f64 = 0.15;
/// Share of pairs that take any time.
const ODD: f64 = 0.05;

/// The time in seconds from one line to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lag {
    /// The longest either way.
    within: f64,
    pairs: f64,
    sum: f64,
    squares: f64,
}

impl Lag {
    pub(super) fn new(within: f64) -> Self {
        Self { within, pairs: 0.0, sum: 0.0, squares: 0.0 }
    }

    pub(super) fn learn(&mut self, lag: f64, probability: f64) {
        if self.pairs >= MOST {
            (self.pairs, self.sum, self.squares) = (self.pairs / 2.0, self.sum / 2.0, self.squares / 2.0);
        }
        self.pairs += probability;
        self.sum += probability * lag;
        self.squares += probability * lag * lag;
    }

    pub(super) fn pairs(&self) -> f64 {
        self.pairs
    }

    /// Mean and standard deviation.
    pub(super) fn moments(&self) -> (f64, f64) {
        let whole = self.pairs + PRIOR;
        let mean = self.sum / whole;
        let before = self.within / 3.0;
        let variance = (PRIOR * before * before + self.squares) / whole - mean * mean;
        (mean, variance.max(LEAST * LEAST).sqrt())
    }

    /// Its density, a second.
    pub(super) fn density(&self, lag: f64) -> f64 {
        let (mean, deviation) = self.moments();
        let off = (lag - mean) / deviation;
        let normal = (-0.5 * off * off).exp() / (deviation * (2.0 * std::f64::consts::PI).sqrt());
        (1.0 - ODD) * normal + ODD / (2.0 * self.within)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Lag, Rate};

    #[test]
    fn a_rate_is_that_of_late() {
        let mut rate = Rate::default();
        (0..600).for_each(|step| rate.add(Duration::from_secs(10 * step)));
        let now = Duration::from_mins(100);
        assert!((rate.rate(now) - 0.1).abs() < 0.01, "{}", rate.rate(now));
        assert!(rate.rate(now + Duration::from_hours(1)) < 0.003);
    }

    #[test]
    fn a_lag_is_learnt_and_its_density_has_an_area_of_one() {
        let mut lag = Lag::new(4.0);
        (0..100).for_each(|step| lag.learn(1.2 + 0.3 * f64::from(step % 3 - 1), 1.0));
        let (mean, deviation) = lag.moments();
        assert!((mean - 1.2).abs() < 0.05 && (0.2..0.45).contains(&deviation), "{mean} {deviation}");
        let area: f64 = (-4000..4000).map(|step| lag.density(f64::from(step) * 1e-3) * 1e-3).sum();
        assert!((area - 1.0).abs() < 1e-3, "{area}");
    }
}
