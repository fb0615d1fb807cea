//! Identity metrics (Ristani et al., 2016).

use crate::assignment::assign;
use crate::matrix::Matrix;
use crate::sequence::Sequence;

const THRESHOLD: f64 = 0.5;

/// How much of the truth is explained when every person is given one track for the whole sequence.
///
/// ```text
/// IDP = IDTP / (IDTP + IDFP)     IDR = IDTP / (IDTP + IDFN)
/// IDF1 = IDTP / (IDTP + IDFP / 2 + IDFN / 2)
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identity {
    /// IDTP: boxes of people that their own track overlaps with, by half or more.
    pub true_positives: u64,
    /// IDFN: the truth's other boxes.
    pub false_negatives: u64,
    /// IDFP: the tracks' other boxes.
    pub false_positives: u64,
}

impl Identity {
    /// Scores one sequence.
    #[must_use]
    pub fn of(sequence: &Sequence) -> Self {
        let mut common = Matrix::zeros(sequence.truth_ids, sequence.track_ids);
        for frame in &sequence.frames {
            for overlap in frame.overlaps.iter().filter(|overlap| overlap.value >= THRESHOLD) {
                *common.at_mut(frame.truth[overlap.row], frame.tracks[overlap.column]) += 1.0;
            }
        }
        // Fewest IDFN + IDFP is most IDTP: each match takes one away from both.
        let explained: f64 = assign(&common).into_iter().map(|(g, t)| common.at(g, t)).sum();
        let true_positives = explained as u64;
        Self {
            true_positives,
            false_negatives: sequence.truth_boxes() - true_positives,
            false_positives: sequence.track_boxes() - true_positives,
        }
    }

    /// All sequences as one: counts are added.
    #[must_use]
    pub fn combined(all: &[&Self]) -> Self {
        all.iter().fold(Self::default(), |sum, one| Self {
            true_positives: sum.true_positives + one.true_positives,
            false_negatives: sum.false_negatives + one.false_negatives,
            false_positives: sum.false_positives + one.false_positives,
        })
    }

    /// IDF1.
    #[must_use]
    pub fn f1(&self) -> f64 {
        self.share(0.5 * self.false_positives as f64 + 0.5 * self.false_negatives as f64)
    }

    /// IDP.
    #[must_use]
    pub fn precision(&self) -> f64 {
        self.share(self.false_positives as f64)
    }

    /// IDR.
    #[must_use]
    pub fn recall(&self) -> f64 {
        self.share(self.false_negatives as f64)
    }

    fn share(&self, errors: f64) -> f64 {
        let tp = self.true_positives as f64;
        tp / (tp + errors).max(1.0)
    }
}
