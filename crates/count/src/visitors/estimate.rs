//! How many different people came, though single decisions err.
//!
//! Every coming is compared with everybody of the window. What is not known for certain (how often people come
//! again, how alike one person looks from one time to the next, how often strangers look alike) is not fixed but
//! weighed: each value of a grid explains all comings so far more or less well, by
//!
//! ```text
//! L(odds, mean, tail) = product over comings j of (1 + odds * S_j) / (1 + odds * n_j)
//! ```
//!
//! where `n_j` people were known when `j` came, and `S_j` is the sum of their likelihood ratios, how much likelier
//! their distance to `j` is for one person than for two. So the number does not follow from decisions, whose
//! errors add up, and its range says what is not known.

use std::collections::VecDeque;
use std::time::Duration;

use super::likeness::{Among, Spread, normal_below};

/// Values of the mean of one person's distances, and from one to the next in standard deviations.
const MEANS: usize = 9;
const MEAN_STEP: f64 = 0.6;
/// By how much more often, or less, strangers look very much alike than the calibration has it: logarithms.
const TAILS: [f64; 3] = [-0.4, 0.0, 0.4];
/// Values of the odds that two comings are of one person, from the least on; each so many times the one before.
const ODDS: usize = 28;
const LEAST_ODDS: f64 = 1e-6;
const ODDS_STEP: f64 = 1.7;
/// Pairs of one coming's sums.
pub(crate) const CELLS: usize = MEANS * TAILS.len();
/// Greatest logarithm of a likelihood ratio: a single likeness proves no more.
const MOST: f64 = 14.0;
/// By how much the spread is widened: comings are not independent of each other.
const OVERDISPERSION: f64 = 1.2;

/// What explains the comings no better than this changes no digit of the estimate.
const NO_WEIGHT: f64 = 1e-6;

/// Likelihood ratios of one pair, or their sums over several, for each mean and tail.
pub(crate) type Ratios = [f64; CELLS];

/// An estimated number, and the range in which the true one lies with a probability of 95%.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Range {
    /// The expected number.
    pub expected: f64,
    /// In 39 of 40 cases it is no less,
    pub low: f64,
    /// and in 39 of 40 no more.
    pub high: f64,
}

/// Who came within a window: what was decided, and what is estimated.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Estimate {
    /// Comings in the window.
    pub comings: u64,
    /// How many of them were taken for the first ones of somebody: the decided number of different visitors.
    pub decided: u64,
    /// The estimated number of different visitors.
    pub different: Range,
    /// Share of comings, 0 to 1, of somebody who came before within the window.
    pub returning: Range,
    /// Comings a visitor.
    pub frequency: Range,
}

/// The comings of the window, and what they say of the site.
#[derive(Clone, Debug)]
pub(crate) struct Estimator {
    spread: Spread,
    rows: VecDeque<Coming>,
    decided: u64,
    /// Of each combination of cell and odds, over all rows: the logarithm of the likelihood, and mean and variance
    /// of how many came again.
    sums: Vec<[f64; 3]>,
}

/// One coming.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Coming {
    time: Duration,
    /// People who were known.
    known: f64,
    /// None where it is certain that they came before.
    ratios: Option<[f32; CELLS]>,
    is_first: bool,
}

impl Estimator {
    pub(crate) fn new(spread: Spread) -> Self {
        Self { spread, rows: VecDeque::new(), decided: 0, sums: vec![[0.0; 3]; CELLS * ODDS] }
    }

    /// One that has seen these comings.
    pub(crate) fn of(spread: Spread, comings: Vec<Coming>) -> Self {
        let mut estimator = Self::new(spread);
        for coming in comings {
            estimator.push(coming);
        }
        estimator
    }

    /// Those of the window.
    pub(crate) fn comings(&self) -> impl Iterator<Item = &Coming> {
        self.rows.iter()
    }

    /// Likelihood ratios of a distance, for each cell: one person over two.
    pub(crate) fn ratios(&self, distance: f64, among: Among) -> Ratios {
        // From where strangers are as rare as one in thirty on.
        let far = ((-among.nearer - 3.5) / 3.5).clamp(0.0, 1.5);
        let means = std::array::from_fn::<_, MEANS, _>(|index| self.mean(index));
        let same = self.spread.same(distance.max(f64::MIN_POSITIVE).ln(), means);
        std::array::from_fn(|cell| {
            let tail = TAILS[cell % TAILS.len()] * far;
            (same[cell / TAILS.len()] - among.density - tail).min(MOST).exp()
        })
    }

    /// Likelihood ratios of a distance of which no more is known than that it is at least `common`: the share of
    /// strangers who are no nearer is `beyond`.
    pub(crate) fn far_ratios(&self, common: f64, beyond: f64) -> Ratios {
        std::array::from_fn(|cell| {
            (1.0 - self.spread.same_below(common, self.mean(cell / TAILS.len()))).max(0.0) / beyond
        })
    }

    fn mean(&self, index: usize) -> f64 {
        let (mean, deviation) = self.spread.same;
        mean + (index as f64 - (MEANS - 1) as f64 / 2.0) * MEAN_STEP * deviation
    }

    /// How likely each of some people, by their ratios, is the one who comes, who is one of them with the sum of
    /// all; and how likely it is any.
    pub(crate) fn chances(&self, each: &[Ratios], all: &Ratios) -> (Vec<f64>, f64) {
        let (mut chances, mut any) = (vec![0.0; each.len()], 0.0);
        for (cell, odds, weight) in self.weights() {
            let share = weight * odds / (1.0 + odds * all[cell]);
            any += share * all[cell];
            chances.iter_mut().zip(each).for_each(|(chance, ratios)| *chance += share * ratios[cell]);
        }
        (chances, any)
    }

    /// Adds a coming; ratios are the sums over everybody who was known.
    pub(crate) fn add(&mut self, time: Duration, known: usize, ratios: &Ratios, is_first: bool) {
        self.push(Coming {
            time,
            known: known as f64,
            ratios: Some(ratios.map(|ratio| ratio as f32)),
            is_first,
        });
    }

    /// Adds a coming of somebody of whom it is certain that they came before.
    pub(crate) fn add_certain(&mut self, time: Duration) {
        self.push(Coming { time, known: 0.0, ratios: None, is_first: false });
    }

    /// Adds a coming of somebody whose looks are not known.
    pub(crate) fn add_unknown(&mut self, time: Duration, known: usize) {
        self.add(time, known, &[known as f64; CELLS], true);
    }

    fn push(&mut self, row: Coming) {
        self.take_down(&row, 1.0);
        self.decided += u64::from(row.is_first);
        self.rows.push_back(row);
    }

    /// Forgets comings longer ago than `window`.
    pub(crate) fn forget(&mut self, time: Duration, window: Duration) {
        while self.rows.front().is_some_and(|row| time.saturating_sub(row.time) > window) {
            if let Some(row) = self.rows.pop_front() {
                self.take_down(&row, -1.0);
                self.decided -= u64::from(row.is_first);
            }
        }
        if self.rows.is_empty() {
            // What rounding has left.
            self.sums.fill([0.0; 3]);
        }
    }

    fn take_down(&mut self, row: &Coming, sign: f64) {
        let Some(ratios) = &row.ratios else { return };
        for (cell, &ratio) in ratios.iter().enumerate() {
            for (index, sums) in self.sums[cell * ODDS..][..ODDS].iter_mut().enumerate() {
                let odds = odds(index);
                let all = odds * f64::from(ratio);
                let again = all / (1.0 + all);
                sums[0] += sign * ((1.0 + all) / (1.0 + odds * row.known)).ln();
                sums[1] += sign * again;
                sums[2] += sign * again * (1.0 - again);
            }
        }
    }

    /// Each cell and odds, with how well they explain all comings: the weights sum up to 1.
    fn weights(&self) -> impl Iterator<Item = (usize, f64, f64)> {
        let priors = self.priors();
        let trust = 1.0 / (1.0 + self.rows.len() as f64 / self.spread.independent);
        let log = move |place: usize| {
            let (cell, index) = (place / ODDS, place % ODDS);
            let off = (((cell / TAILS.len()) as f64) - (MEANS - 1) as f64 / 2.0) * MEAN_STEP;
            trust * self.sums[place][0] - 0.5 * off * off + priors[index]
        };
        let logs: Vec<f64> = (0..CELLS * ODDS).map(log).collect();
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let all: f64 = logs.iter().map(|log| (log - most).exp()).sum();
        logs.into_iter()
            .enumerate()
            .map(move |(place, log)| (place / ODDS, odds(place % ODDS), (log - most).exp() / all))
    }

    /// How likely each value of the odds is before anybody is looked at, as a logarithm.
    ///
    /// If everybody's comings are spread evenly over the window, a share of `1 - ln(1 + a) / a` comes again, `a`
    /// being the odds times all comings. Each share is as likely as any other, but that fewer come again is likelier.
    fn priors(&self) -> [f64; ODDS] {
        let comings = self.rows.len().max(4) as f64;
        let share = |index: f64| {
            let all = LEAST_ODDS * ODDS_STEP.powf(index) * comings;
            if all < 1e-4 { all / 2.0 } else { 1.0 - all.ln_1p() / all }
        };
        std::array::from_fn(|index| {
            let index = index as f64;
            let step = share(index + 0.5) - share(index - 0.5);
            (step.max(f64::MIN_POSITIVE) * (1.0 - share(index)).max(1e-9)).ln()
        })
    }

    /// What is known of the window.
    pub(crate) fn estimate(&self) -> Estimate {
        let comings = self.rows.len();
        let certain = self.rows.iter().filter(|row| row.ratios.is_none()).count() as f64;
        let parts: Vec<(f64, f64, f64)> = (self.weights().zip(&self.sums))
            .filter(|((.., weight), _)| *weight > NO_WEIGHT)
            .map(|((.., weight), sums)| (weight, sums[1], (OVERDISPERSION * sums[2]).max(0.05).sqrt()))
            .collect();
        let expected: f64 = parts.iter().map(|(weight, mean, _)| weight * mean).sum();
        let again = certain + expected;
        let quantile = |share| certain + quantile(&parts, share, comings as f64);
        let most = (comings as f64 - 1.0).max(0.0);
        let [low, again, high] =
            [quantile(0.025), again, quantile(0.975)].map(|again| again.clamp(0.0, most));
        let all = comings as f64;
        let range = |low: f64, expected: f64, high: f64| Range { expected, low, high };
        let (each, some) = (|again: f64| again / all.max(1.0), |again: f64| all / (all - again).max(1.0));
        Estimate {
            comings: comings as u64,
            decided: self.decided,
            // Heads are whole: the ends are the nearest whole numbers.
            different: range((all - high).round(), all - again, (all - low).round()),
            returning: range(each(low), each(again), each(high)),
            frequency: range(some(low), some(again), some(high)),
        }
    }
}

fn odds(index: usize) -> f64 {
    LEAST_ODDS * ODDS_STEP.powf(index as f64)
}

/// A share of one person is as much as anybody wants to know.
const PRECISION: f64 = 1e-4;

/// Of a mixture of normal distributions, each with weight, mean and deviation, between 0 and `most`.
fn quantile(parts: &[(f64, f64, f64)], share: f64, most: f64) -> f64 {
    let (mut low, mut high) = (0.0, most);
    while high - low > PRECISION {
        let middle = f64::midpoint(low, high);
        let below: f64 = parts.iter().map(|(w, mean, dev)| w * normal_below((middle - mean) / dev)).sum();
        if below < share { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests;
