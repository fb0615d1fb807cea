//! Optimal one-to-one assignment.

use crate::matrix::Matrix;

/// Row, column and score of a pair that may be assigned; the score is above 0.
pub(crate) type Pair = (usize, usize, f64);

/// Sums that are nearer than this may be equal but for rounding.
const RESOLUTION: f64 = 1e-9;

/// Row and column of each assigned pair, so that the sum of `scores` is largest.
///
/// All of the smaller side is assigned, at a score of 0 too. Where several assignments have the same
/// sum, the choice is that of the shortest augmenting path method (Crouse, 2016) taking rows in
/// order, as in `SciPy`: published figures rest on it.
pub(crate) fn assign(scores: &Matrix) -> Vec<(usize, usize)> {
    // Overlaps and counts are finite, so there always is a solution.
    let (rows, columns) =
        lsap::solve(scores.rows(), scores.columns(), scores.values(), true).unwrap_or_default();
    rows.into_iter().zip(columns).collect()
}

/// The same for `rows` by `columns` of which few pairs have a score; only those are returned, by
/// rising row, then column.
///
/// Most frames hold nothing to weigh up, and are decided without a matrix.
pub(crate) fn assign_sparse(rows: usize, columns: usize, pairs: &[Pair]) -> Vec<(usize, usize)> {
    let mut assigned = dominant(rows, columns, pairs).unwrap_or_else(|| {
        let mut scores = Matrix::zeros(rows, columns);
        for &(row, column, score) in pairs {
            *scores.at_mut(row, column) = score;
        }
        let mut assigned = assign(&scores);
        assigned.retain(|&(row, column)| scores.at(row, column) > 0.0);
        assigned
    });
    assigned.sort_unstable();
    assigned
}

/// The assignment, where pairs decide it that outweigh all they exclude; `None` where they do not.
///
/// A pair that scores more than the best other pair of its row and the best other pair of its
/// column together is in every best assignment: without it, both could be given up for it.
fn dominant(rows: usize, columns: usize, pairs: &[Pair]) -> Option<Vec<(usize, usize)>> {
    let mut assigned = Vec::new();
    let (mut row_taken, mut column_taken) = (vec![false; rows], vec![false; columns]);
    let mut open: Vec<Pair> = pairs.to_vec();
    while !open.is_empty() {
        let (mut of_row, mut of_column) = (vec![TopTwo::default(); rows], vec![TopTwo::default(); columns]);
        for &(row, column, score) in &open {
            of_row[row].add(score);
            of_column[column].add(score);
        }
        let before = assigned.len();
        for &(row, column, score) in &open {
            if score > of_row[row].but(score) + of_column[column].but(score) + RESOLUTION {
                assigned.push((row, column));
                (row_taken[row], column_taken[column]) = (true, true);
            }
        }
        if assigned.len() == before {
            return None;
        }
        open.retain(|&(row, column, _)| !row_taken[row] && !column_taken[column]);
    }
    Some(assigned)
}

/// The two largest scores of a row or column, 0 where there are fewer.
#[derive(Clone, Copy, Default)]
struct TopTwo(f64, f64);

impl TopTwo {
    fn add(&mut self, score: f64) {
        if score > self.0 {
            *self = Self(score, self.0);
        } else if score > self.1 {
            self.1 = score;
        }
    }

    /// The largest score but for one pair's. Of two equal scores, one is left.
    fn but(self, score: f64) -> f64 {
        if score < self.0 { self.0 } else { self.1 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{assign, assign_sparse};
    use crate::matrix::Matrix;

    fn best_sum(scores: &Matrix, row: usize, taken: &mut Vec<bool>) -> f64 {
        if row == scores.rows() {
            return 0.0;
        }
        // A row may stay free: scores are not negative, so this cannot beat a full assignment.
        let mut best = best_sum(scores, row + 1, taken);
        for column in 0..scores.columns() {
            if !taken[column] {
                taken[column] = true;
                best = best.max(scores.at(row, column) + best_sum(scores, row + 1, taken));
                taken[column] = false;
            }
        }
        best
    }

    fn matrix(rows: usize, columns: usize, seed: &[u8]) -> Matrix {
        let mut scores = Matrix::zeros(rows, columns);
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
            *scores.at_mut(row, column) = f64::from(seed[row * 5 + column].saturating_sub(4)) / 8.0;
        }
        scores
    }

    proptest! {
        #[test]
        fn no_assignment_has_a_larger_sum(
            rows in 0usize..6, columns in 0usize..6, seed in prop::collection::vec(0u8..12, 25)
        ) {
            let scores = matrix(rows, columns, &seed);
            let pairs = assign(&scores);
            prop_assert_eq!(pairs.len(), rows.min(columns));
            prop_assert!(pairs.windows(2).all(|w| w[0].0 < w[1].0));
            let mut used: Vec<usize> = pairs.iter().map(|p| p.1).collect();
            used.sort_unstable();
            used.dedup();
            prop_assert_eq!(used.len(), pairs.len());
            let sum: f64 = pairs.iter().map(|&(r, c)| scores.at(r, c)).sum();
            prop_assert_eq!(sum, best_sum(&scores, 0, &mut vec![false; columns]));
        }

        #[test]
        fn the_short_way_leads_to_the_same_pairs(
            rows in 0usize..6, columns in 0usize..6, seed in prop::collection::vec(0u8..12, 25)
        ) {
            let scores = matrix(rows, columns, &seed);
            let pairs: Vec<_> = (0..rows)
                .flat_map(|row| (0..columns).map(move |column| (row, column)))
                .filter(|&(row, column)| scores.at(row, column) > 0.0)
                .map(|(row, column)| (row, column, scores.at(row, column)))
                .collect();
            let mut expected = assign(&scores);
            expected.retain(|&(row, column)| scores.at(row, column) > 0.0);
            prop_assert_eq!(assign_sparse(rows, columns, &pairs), expected);
        }
    }
}
