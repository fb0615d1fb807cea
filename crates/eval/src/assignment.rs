//! Optimal one-to-one assignment.

use crate::matrix::Matrix;
use crate::unique::{Pair, unique};

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
/// Most frames have one best assignment that is soon found; the matrix decides the others.
pub(crate) fn assign_sparse(rows: usize, columns: usize, pairs: &[Pair]) -> Vec<(usize, usize)> {
    let mut assigned = unique(rows, columns, pairs).unwrap_or_else(|| {
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
