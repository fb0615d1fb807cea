//! HOTA: detection and association in one number (Luiten et al., 2021).

use crate::matrix::Matrix;
use crate::overlap::Overlap;
use crate::sequence::{Frame, Sequence, reaches};

/// How many localisation thresholds alpha there are.
pub const THRESHOLDS: usize = 19;

/// A number for each alpha.
pub type PerAlpha<T = f64> = [T; THRESHOLDS];

/// Threshold `index`: 0.05, 0.10, ..., 0.95.
#[must_use]
pub fn alpha(index: usize) -> f64 {
    0.05 + index as f64 * 0.05
}

/// The mean over all alphas, which is how HOTA and its parts are reported.
#[must_use]
pub fn mean(values: &PerAlpha) -> f64 {
    values.iter().sum::<f64>() / THRESHOLDS as f64
}

/// Matches at each alpha, and how well they hold together over time.
///
/// A pair of boxes counts as a match (TP) at alpha where their overlap reaches alpha. For a match c
/// of truth g and track t, TPA(c) are the matches of the same two, FNA(c) the other boxes of g and
/// FPA(c) those of t:
///
/// ```text
/// DetA = TP / (TP + FN + FP)     AssA = mean over TP of TPA / (TPA + FNA + FPA)
/// HOTA = sqrt(DetA * AssA)       LocA = mean overlap over TP
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Hota {
    /// TP.
    pub true_positives: PerAlpha<u64>,
    /// FN.
    pub false_negatives: PerAlpha<u64>,
    /// FP.
    pub false_positives: PerAlpha<u64>,
    /// `AssA`.
    pub association: PerAlpha,
    /// `AssRe`, TPA / (TPA + FNA).
    pub association_recall: PerAlpha,
    /// `AssPr`, TPA / (TPA + FPA).
    pub association_precision: PerAlpha,
    /// `LocA`; 1 without a match.
    pub localisation: PerAlpha,
}

/// A match of one frame: the two ids, and at how many alphas it is one.
type Match = (usize, usize, usize);

impl Hota {
    /// Scores one sequence.
    #[must_use]
    pub fn of(sequence: &Sequence) -> Self {
        let (truth_counts, track_counts) = sequence.presence();
        let alignment = alignment(sequence, &truth_counts, &track_counts);
        let mut matches: Vec<Match> = Vec::new();
        let mut overlap_sums = [0.0; THRESHOLDS + 1];
        for frame in &sequence.frames {
            for Overlap { row, column, value } in best_pairs(frame, &alignment) {
                let reached = alphas_reached(value);
                overlap_sums[reached] += value;
                matches.push((frame.truth[row], frame.tracks[column], reached));
            }
        }
        let true_positives = at_least(matches.iter().map(|m| m.2));
        let [association, association_recall, association_precision] =
            association(&mut matches, &truth_counts, &track_counts, &true_positives);
        Self {
            false_negatives: true_positives.map(|tp| sequence.truth_boxes() - tp),
            false_positives: true_positives.map(|tp| sequence.track_boxes() - tp),
            association,
            association_recall,
            association_precision,
            localisation: per_alpha(|a| {
                quotient(overlap_sums[a + 1..].iter().sum(), true_positives[a] as f64)
            }),
            true_positives,
        }
    }

    /// All sequences as one: counts are added, means weighted by matches.
    #[must_use]
    pub fn combined(all: &[&Self]) -> Self {
        let sum = |of: fn(&Self) -> &PerAlpha<u64>| -> PerAlpha<u64> {
            std::array::from_fn(|a| all.iter().map(|one| of(one)[a]).sum())
        };
        let true_positives = sum(|one| &one.true_positives);
        let weighted = |of: fn(&Self) -> &PerAlpha, a: usize| -> f64 {
            all.iter().map(|one| of(one)[a] * one.true_positives[a] as f64).sum()
        };
        let mean =
            |of: fn(&Self) -> &PerAlpha| per_alpha(|a| weighted(of, a) / true_positives[a].max(1) as f64);
        Self {
            false_negatives: sum(|one| &one.false_negatives),
            false_positives: sum(|one| &one.false_positives),
            association: mean(|one| &one.association),
            association_recall: mean(|one| &one.association_recall),
            association_precision: mean(|one| &one.association_precision),
            localisation: per_alpha(|a| {
                quotient(weighted(|one| &one.localisation, a), true_positives[a] as f64)
            }),
            true_positives,
        }
    }

    /// HOTA.
    #[must_use]
    pub fn hota(&self) -> PerAlpha {
        let detection = self.detection();
        per_alpha(|a| (detection[a] * self.association[a]).sqrt())
    }

    /// `DetA`.
    #[must_use]
    pub fn detection(&self) -> PerAlpha {
        self.share(|a| self.false_negatives[a] + self.false_positives[a])
    }

    /// `DetRe`, TP / (TP + FN).
    #[must_use]
    pub fn detection_recall(&self) -> PerAlpha {
        self.share(|a| self.false_negatives[a])
    }

    /// `DetPr`, TP / (TP + FP).
    #[must_use]
    pub fn detection_precision(&self) -> PerAlpha {
        self.share(|a| self.false_positives[a])
    }

    /// OWTA, sqrt(`DetRe` * `AssA`): HOTA where false positives are no fault.
    #[must_use]
    pub fn open_world(&self) -> PerAlpha {
        let recall = self.detection_recall();
        per_alpha(|a| (recall[a] * self.association[a]).sqrt())
    }

    fn share(&self, errors: impl Fn(usize) -> u64) -> PerAlpha {
        per_alpha(|a| {
            let tp = self.true_positives[a];
            tp as f64 / (tp + errors(a)).max(1) as f64
        })
    }
}

fn per_alpha(f: impl FnMut(usize) -> f64) -> PerAlpha {
    std::array::from_fn(f)
}

/// 1 for 0 / 0.
fn quotient(sum: f64, count: f64) -> f64 {
    sum.max(1e-10) / count.max(1e-10)
}

/// How much each truth (row) and each track (column) belong together over the whole sequence: the
/// Jaccard index of their boxes, where a box that overlaps with several is shared among them.
fn alignment(sequence: &Sequence, truth_counts: &[f64], track_counts: &[f64]) -> Matrix {
    let mut alignment = Matrix::zeros(sequence.truth_ids, sequence.track_ids);
    for Frame { truth, tracks, overlaps } in &sequence.frames {
        let (mut row_sums, mut column_sums) = (vec![0.0; truth.len()], vec![0.0; tracks.len()]);
        for overlap in overlaps {
            row_sums[overlap.row] += overlap.value;
            column_sums[overlap.column] += overlap.value;
        }
        for &Overlap { row, column, value } in overlaps {
            let union = column_sums[column] + row_sums[row] - value;
            *alignment.at_mut(truth[row], tracks[column]) += value / union;
        }
    }
    for (g, &truth_count) in truth_counts.iter().enumerate() {
        for (t, &track_count) in track_counts.iter().enumerate() {
            let shared = alignment.at_mut(g, t);
            *shared /= truth_count + track_count - *shared;
        }
    }
    alignment
}

/// The assignment that favours pairs which belong together.
fn best_pairs(frame: &Frame, alignment: &Matrix) -> Vec<Overlap> {
    frame.assign(|o| alignment.at(frame.truth[o.row], frame.tracks[o.column]) * o.value)
}

fn alphas_reached(overlap: f64) -> usize {
    (0..THRESHOLDS).take_while(|&a| reaches(overlap, alpha(a))).count()
}

/// For each alpha, how many of `reached` go beyond it.
fn at_least(reached: impl Iterator<Item = usize>) -> PerAlpha<u64> {
    let mut counts = [0; THRESHOLDS];
    for reached in reached.filter(|&r| r > 0) {
        counts[reached - 1] += 1;
    }
    for a in (1..THRESHOLDS).rev() {
        counts[a - 1] += counts[a];
    }
    counts
}

/// `AssA`, `AssRe` and `AssPr`.
fn association(
    matches: &mut [Match],
    truth_counts: &[f64],
    track_counts: &[f64],
    true_positives: &PerAlpha<u64>,
) -> [PerAlpha; 3] {
    matches.sort_unstable();
    let mut sums = [[0.0; THRESHOLDS]; 3];
    for pair in matches.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let (g, t) = (truth_counts[pair[0].0], track_counts[pair[0].1]);
        let counts = at_least(pair.iter().map(|m| m.2));
        for (a, &count) in counts.iter().enumerate() {
            let count = count as f64;
            sums[0][a] += count * count / (g + t - count);
            sums[1][a] += count * count / g;
            sums[2][a] += count * count / t;
        }
    }
    sums.map(|sum| per_alpha(|a| sum[a] / true_positives[a].max(1) as f64))
}
