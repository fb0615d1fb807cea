//! What is known of two cameras that see the same passages.

use std::collections::BTreeMap;

use super::flow::Lag;
use super::looks::Looks;
use crate::Calibration;

/// A line of a camera, one way, by its number.
pub(super) type Gate = usize;

/// Passages that both have seen, and all, as many as what is thought before any was seen weighs.
const PRIOR: (f64, f64) = (6.0, 10.0);
/// Beyond so many passages older ones weigh half.
const MOST: f64 = 400.0;
/// The least share of passages that only one camera sees.
const LEAST: f64 = 0.03;

/// Two cameras: how alike one person looks to them, how long it takes from one's lines to the other's, and what share
/// of the passages that one of them sees the other sees too.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) looks: Looks,
    lags: BTreeMap<(Gate, Gate), Lag>,
    within: f64,
    /// Of the passages of each, how many the other has seen, and how many there were.
    shares: [(f64, f64); 2],
}

impl Pair {
    pub(super) fn new(calibration: Calibration, within: f64) -> Self {
        Self { looks: Looks::new(calibration), lags: BTreeMap::new(), within, shares: [PRIOR; 2] }
    }

    pub(super) fn lag(&self, gates: (Gate, Gate)) -> Lag {
        self.lags.get(&gates).copied().unwrap_or_else(|| Lag::new(self.within))
    }

    pub(super) fn lags(&self) -> impl Iterator<Item = (&(Gate, Gate), &Lag)> {
        self.lags.iter()
    }

    /// How much likelier two passages are one than two, by all but other passages:
    ///
    /// ```text
    /// w = both f(t) L / (only_a only_b)
    /// ```
    ///
    /// where `both` passages a second are seen by both cameras, `only_a` and `only_b` by one alone, `f` is the density of
    /// the time from one line to the other, and `L` how much likelier such looks are of one person than of two. It
    /// follows from people passing independently of each other (a Poisson process), each seen by either camera or not.
    pub(super) fn weight(&self, gates: (Gate, Gate), rates: (f64, f64), lag: f64, likeness: f64) -> f64 {
        let [a, b] = self.shares.map(|(both, all)| both / all);
        // Each camera says how many there are that both see.
        let both = (rates.0 * a).min(rates.1 * b);
        let only = |rate: f64| (rate - both).max(LEAST * rate);
        both * self.lag(gates).density(lag) * likeness / (only(rates.0) * only(rates.1))
    }

    /// A passage of the first camera, or the second, was seen by the other one with this probability.
    pub(super) fn seen(&mut self, second: bool, probability: f64) {
        let share = &mut self.shares[usize::from(second)];
        if share.1 >= MOST {
            *share = (share.0 / 2.0, share.1 / 2.0);
        }
        share.0 += probability;
        share.1 += 1.0;
    }

    /// Two passages are one.
    pub(super) fn learn(&mut self, gates: (Gate, Gate), lag: f64, probability: f64) {
        let within = self.within;
        self.lags.entry(gates).or_insert_with(|| Lag::new(within)).learn(lag, probability);
    }
}
