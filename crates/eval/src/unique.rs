//! Assignments that can be no other, found without a matrix.

/// Row, column and score of a pair that may be assigned; the score is above 0.
pub(crate) type Pair = (usize, usize, f64);

/// Sums that are nearer than this may be equal but for rounding.
const RESOLUTION: f64 = 1e-9;
/// Of so many pairs, all ways to choose from are tried: at most 2^10.
const SMALL: usize = 10;

/// The pairs with the largest sum, no two in one row or column, in no order; `None` where that takes
/// longer to find out, or where two choices have the same sum.
pub(crate) fn unique(rows: usize, columns: usize, pairs: &[Pair]) -> Option<Vec<(usize, usize)>> {
    let mut chosen = Vec::new();
    let mut open = pairs.to_vec();
    choose_dominant(rows, columns, &mut open, &mut chosen);
    while let Some(component) = component(&mut open) {
        chosen.extend(best_of_all(&component)?);
    }
    Some(chosen)
}

/// Takes pairs that outweigh all they exclude, as long as there are any.
///
/// A pair that scores more than the best other pair of its row and the best other pair of its
/// column together is in every best assignment: without it, both could be given up for it.
fn choose_dominant(rows: usize, columns: usize, open: &mut Vec<Pair>, chosen: &mut Vec<(usize, usize)>) {
    let (mut row_taken, mut column_taken) = (vec![false; rows], vec![false; columns]);
    let mut before = usize::MAX;
    while open.len() < before {
        before = open.len();
        let (mut of_row, mut of_column) = (vec![TopTwo::default(); rows], vec![TopTwo::default(); columns]);
        for &(row, column, score) in &*open {
            of_row[row].add(score);
            of_column[column].add(score);
        }
        for &(row, column, score) in &*open {
            if score > of_row[row].but(score) + of_column[column].but(score) + RESOLUTION {
                chosen.push((row, column));
                (row_taken[row], column_taken[column]) = (true, true);
            }
        }
        open.retain(|&(row, column, _)| !row_taken[row] && !column_taken[column]);
    }
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

/// Takes out of `open` a pair and all that share rows or columns with it, directly or through others.
fn component(open: &mut Vec<Pair>) -> Option<Vec<Pair>> {
    let mut component = vec![open.pop()?];
    let mut next = 0;
    while let Some(&(row, column, _)) = component.get(next) {
        component.extend(open.extract_if(.., |pair| pair.0 == row || pair.1 == column));
        next += 1;
    }
    Some(component)
}

/// The best choice from a small component, unless another is as good.
fn best_of_all(component: &[Pair]) -> Option<Vec<(usize, usize)>> {
    if component.len() > SMALL {
        return None;
    }
    let mut search =
        Search { component, chosen: Vec::new(), best: Vec::new(), best_sum: 0.0, second_sum: 0.0 };
    search.visit(0, 0.0);
    (search.best_sum > search.second_sum + RESOLUTION).then_some(search.best)
}

/// All choices of pairs that do not exclude each other, one after the other.
struct Search<'a> {
    component: &'a [Pair],
    chosen: Vec<(usize, usize)>,
    best: Vec<(usize, usize)>,
    best_sum: f64,
    second_sum: f64,
}

impl Search<'_> {
    fn visit(&mut self, next: usize, sum: f64) {
        let Some(&(row, column, score)) = self.component.get(next) else {
            if sum > self.best_sum {
                self.second_sum = std::mem::replace(&mut self.best_sum, sum);
                self.best.clone_from(&self.chosen);
            } else {
                self.second_sum = self.second_sum.max(sum);
            }
            return;
        };
        if self.chosen.iter().all(|&(r, c)| r != row && c != column) {
            self.chosen.push((row, column));
            self.visit(next + 1, sum + score);
            self.chosen.pop();
        }
        self.visit(next + 1, sum);
    }
}

#[cfg(test)]
mod tests {
    use super::unique;

    #[test]
    fn what_outweighs_the_rest_is_chosen() {
        let pairs = [(0, 0, 0.9), (0, 1, 0.2), (1, 0, 0.3), (1, 1, 0.6)];
        assert_eq!(unique(2, 2, &pairs), Some(vec![(0, 0), (1, 1)]));
        assert_eq!(unique(2, 2, &[]), Some(vec![]));
    }

    #[test]
    fn a_chain_is_tried_out() {
        let pairs = [(0, 0, 0.6), (0, 1, 0.7), (1, 1, 0.6), (1, 0, 0.4)];
        let mut chosen = unique(2, 2, &pairs).unwrap();
        chosen.sort_unstable();
        assert_eq!(chosen, [(0, 0), (1, 1)]);
    }

    #[test]
    fn equal_sums_are_left_to_the_matrix() {
        assert_eq!(unique(1, 2, &[(0, 0, 0.5), (0, 1, 0.5)]), None);
        assert_eq!(unique(2, 2, &[(0, 0, 0.5), (0, 1, 0.25), (1, 0, 0.5), (1, 1, 0.25)]), None);
    }
}
