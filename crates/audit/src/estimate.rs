//! From the answers to the true number.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::spread::{Spread, Weighted};
use crate::{Crowding, Stratum};

/// Minutes of one kind, all of them: those that were drawn and those that were not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Their kind.
    pub stratum: Stratum,
    /// The probability with which each was drawn, above 0 and up to 1.
    pub probability: f64,
    /// How many there are.
    pub minutes: u64,
    /// How many crossings the program counted in them.
    pub counted: u64,
}

/// A drawn minute that somebody has counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// Its kind.
    pub stratum: Stratum,
    /// The probability with which it was drawn.
    pub probability: f64,
    /// How many crossings the program counted in it.
    pub counted: u64,
    /// How many there were; of several auditors the mean of their answers.
    pub seen: f64,
}

/// The true number of crossings, as far as the answers tell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// Minutes that were looked at.
    pub answers: usize,
    /// What the program counted in all minutes.
    pub counted: u64,
    /// The true number, estimated.
    pub corrected: f64,
    /// With a probability of 95%, the true number is not below this
    pub low: f64,
    /// and not above this.
    pub high: f64,
    /// The same from the answers alone, without the program's counts.
    pub alone: f64,
    /// Half the width of the interval of `alone`.
    pub alone_margin: f64,
}

impl Estimate {
    /// How many the program counted for each one who truly passed, with its interval: `[low, middle, high]`.
    /// Nothing where nobody passed.
    #[must_use]
    pub fn accuracy(&self) -> Option<[f64; 3]> {
        let of = |truly: f64| self.counted as f64 / truly;
        (self.corrected > 0.0 && self.low > 0.0).then(|| [of(self.high), of(self.corrected), of(self.low)])
    }

    /// Half the width of the interval.
    #[must_use]
    pub fn margin(&self) -> f64 {
        (self.high - self.low) / 2.0
    }
}

/// Answers below which there is no estimate.
pub const LEAST: usize = 5;
/// Answers that kinds of minutes need to stand for themselves.
const LEAST_OF_A_KIND: usize = 6;

/// The difference estimator, stratified: what the program counted in all minutes, and the mean of what it lacked
/// in those that were looked at, for each kind of minute (Särndal, Swensson and Wretman, 1992, ch. 6; as
/// *prediction-powered inference*, Angelopoulos and others, 2023):
///
/// `T = sum_U x + sum_h N_h sum_i w_i (y_i - x_i) / sum_i w_i`, `w = 1 / probability`.
///
/// It is right whatever errors the program makes, because only chance decided which minutes were looked at. The
/// program's counts make it sharp: where they are right, `y - x` is 0. Kinds of minutes are joined by crowding,
/// from the emptiest, until each has `LEAST_OF_A_KIND` answers. What the spread and the limits are made
/// of, `Spread` says.
///
/// Nothing where there are fewer than [`LEAST`] answers.
#[must_use]
pub fn estimate(all: &[Cell], answers: &[Answer]) -> Option<Estimate> {
    if answers.len() < LEAST {
        return None;
    }
    let counted: u64 = all.iter().map(|cell| cell.counted).sum();
    let minutes: u64 = all.iter().map(|cell| cell.minutes).sum();
    let everywhere = counted as f64 / (minutes as f64).max(1.0);
    let rate = error_rate(answers);
    let (mut lacking, mut alone) = (Spread::default(), Spread::default());
    for kinds in joined(answers) {
        let is_in = |crowding: Crowding| kinds.contains(&crowding);
        let of_kind = || all.iter().filter(|cell| is_in(cell.stratum.crowding));
        let minutes: u64 = of_kind().map(|cell| cell.minutes).sum();
        let each = of_kind().map(|cell| cell.counted).sum::<u64>() as f64 / (minutes as f64).max(1.0);
        let here: Vec<&Answer> = answers.iter().filter(|answer| is_in(answer.stratum.crowding)).collect();
        let weighted = |value: fn(&Answer) -> f64| -> Vec<Weighted> {
            here.iter()
                .map(|answer| Weighted { weight: 1.0 / answer.probability, value: value(answer) })
                .collect()
        };
        let expected = rate * (each + ANYWHERE * everywhere);
        lacking.add(&weighted(|answer| answer.seen - answer.counted as f64), minutes, expected);
        alone.add(&weighted(|answer| answer.seen), minutes, each.max(expected));
    }
    let (low, high) = lacking.limits();
    let corrected = counted as f64 + lacking.total();
    let (least, most) = alone.limits();
    Some(Estimate {
        answers: answers.len(),
        counted,
        corrected: corrected.max(0.0),
        low: (counted as f64 + low).max(0.0),
        high: (counted as f64 + high).max(0.0),
        alone: alone.total(),
        alone_margin: (most - least) / 2.0,
    })
}

/// Squared errors a crossing, over all kinds of minutes: what each kind's spread is moderated by. It begins at
/// [`EXPECTED`], as if [`BEGINNING`] of such errors had been seen.
fn error_rate(answers: &[Answer]) -> f64 {
    let errors: f64 = answers.iter().map(|answer| (answer.seen - answer.counted as f64).powi(2)).sum();
    let crossings: f64 = answers.iter().map(|answer| answer.counted as f64).sum();
    (errors + BEGINNING) / (crossings + BEGINNING / EXPECTED)
}

/// Errors a crossing before anybody has looked.
const EXPECTED: f64 = 0.2;
/// Errors that this is worth.
const BEGINNING: f64 = 2.0;
/// Errors in a minute without any crossing, as a share of those in a usual one: whoever was missed may have passed
/// when nobody was seen.
const ANYWHERE: f64 = 0.2;

/// Kinds of minutes by crowding, joined from the emptiest until each has enough answers.
fn joined(answers: &[Answer]) -> Vec<Vec<Crowding>> {
    let mut number: BTreeMap<Crowding, usize> = Crowding::ALL.map(|crowding| (crowding, 0)).into();
    for answer in answers {
        *number.entry(answer.stratum.crowding).or_default() += 1;
    }
    let (mut kinds, mut open, mut enough) = (Vec::<Vec<Crowding>>::new(), Vec::new(), 0);
    for (crowding, answers) in number {
        open.push(crowding);
        enough += answers;
        if enough >= LEAST_OF_A_KIND {
            kinds.push(std::mem::take(&mut open));
            enough = 0;
        }
    }
    match kinds.last_mut() {
        Some(last) => last.append(&mut open),
        None => kinds.push(open),
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::{Answer, Cell, estimate, joined};
    use crate::{Crowding, HourType, Light, Stratum};
    use proptest::prelude::*;

    fn of(crowding: Crowding) -> Stratum {
        Stratum { hour: HourType::Midday, crowding, light: Light::Bright }
    }

    fn answer(crowding: Crowding, counted: u64, seen: f64) -> Answer {
        Answer { stratum: of(crowding), probability: 0.01 * crowding.weight(), counted, seen }
    }

    fn cell(crowding: Crowding, minutes: u64, counted: u64) -> Cell {
        Cell { stratum: of(crowding), probability: 0.01 * crowding.weight(), minutes, counted }
    }

    #[test]
    fn kinds_with_few_answers_are_joined_and_none_is_lost() {
        let answers = |crowding, n| vec![answer(crowding, 1, 1.0); n];
        let some =
            [answers(Crowding::Empty, 1), answers(Crowding::Few, 9), answers(Crowding::Many, 2)].concat();
        assert_eq!(joined(&some), [Crowding::ALL.to_vec()]);
        let more = [answers(Crowding::Few, 9), answers(Crowding::Many, 6)].concat();
        assert_eq!(joined(&more), [Crowding::ALL[..2].to_vec(), Crowding::ALL[2..].to_vec()]);
        assert_eq!(joined(&[]), [Crowding::ALL.to_vec()]);
    }

    #[test]
    fn a_program_that_is_right_is_believed_and_one_that_counts_half_is_doubled() {
        let month = [cell(Crowding::Empty, 9000, 0), cell(Crowding::Few, 9000, 18_000)];
        let right: Vec<_> = (0..20)
            .map(|n| answer(if n % 4 == 0 { Crowding::Empty } else { Crowding::Few }, n % 4, (n % 4) as f64))
            .collect();
        let truly = estimate(&month, &right).unwrap();
        assert_eq!(truly.corrected, 18_000.0);
        assert!(truly.low < 18_000.0 && truly.high > 18_000.0, "nobody is sure after twenty minutes");
        assert!(truly.margin() < 0.5 * truly.alone_margin);
        let half: Vec<_> = (0..40).map(|n| answer(Crowding::Few, 2, 4.0 + (n % 3) as f64 - 1.0)).collect();
        let truly = estimate(&month[1..], &half).unwrap();
        assert!(truly.low > 30_000.0 && truly.high < 42_000.0, "{truly:?}");
        let [low, middle, high] = truly.accuracy().unwrap();
        assert!(low < middle && middle < high && (middle - 0.5).abs() < 0.03);
    }

    #[test]
    fn a_few_answers_are_no_estimate() {
        let month = [cell(Crowding::Few, 9000, 18_000)];
        assert_eq!(estimate(&month, &[answer(Crowding::Few, 2, 2.0); 4]), None);
        assert!(estimate(&month, &[answer(Crowding::Few, 2, 2.0); 5]).is_some());
    }

    proptest! {
        /// Whoever looks at everything knows the number.
        #[test]
        fn all_minutes_leave_no_doubt(pairs in prop::collection::vec((0_u64..9, 0_u64..9), 8..60)) {
            let stratum = of(Crowding::Few);
            let answers: Vec<_> = pairs
                .iter()
                .map(|&(counted, seen)| Answer { stratum, probability: 1.0, counted, seen: seen as f64 })
                .collect();
            let counted = pairs.iter().map(|pair| pair.0).sum();
            let truly = pairs.iter().map(|pair| pair.1).sum::<u64>() as f64;
            let all = [Cell { stratum, probability: 1.0, minutes: pairs.len() as u64, counted }];
            let found = estimate(&all, &answers).unwrap();
            prop_assert!((found.corrected - truly).abs() < 1e-6);
            prop_assert!((found.low - truly).abs() < 1e-6 && (found.high - truly).abs() < 1e-6);
        }

        /// The order of the answers has no part in it, and limits stand on both sides.
        #[test]
        fn limits_enclose(pairs in prop::collection::vec((0_u64..9, 0_u64..9, 0_usize..4), 5..60)) {
            let month: Vec<_> = Crowding::ALL.map(|crowding| cell(crowding, 5000, 9000)).into();
            let mut answers: Vec<_> =
                pairs.iter().map(|&(x, y, kind)| answer(Crowding::ALL[kind], x, y as f64)).collect();
            let found = estimate(&month, &answers).unwrap();
            prop_assert!(found.low <= found.corrected && found.corrected <= found.high);
            answers.reverse();
            let again = estimate(&month, &answers).unwrap();
            prop_assert!((again.low - found.low).abs() < 1e-6 * found.high.max(1.0));
        }
    }
}
