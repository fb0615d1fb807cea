//! Two ways to name the same things, beside each other.

use std::collections::BTreeMap;

use crate::assignment::assign_sparse;

/// IDF1, 0 to 1, of things that have a true name and a found one: the share that the best one-to-one assignment of names
/// has in common (Ristani et al., 2016, where all that was found is true). 1 where there is nothing.
pub fn identity_f1<A: Ord, B: Ord>(names: impl IntoIterator<Item = (A, B)>) -> f64 {
    let (mut rows, mut columns) = (BTreeMap::new(), BTreeMap::new());
    let mut both: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    let mut all = 0.0;
    for (a, b) in names {
        let next = rows.len();
        let row = *rows.entry(a).or_insert(next);
        let next = columns.len();
        let column = *columns.entry(b).or_insert(next);
        *both.entry((row, column)).or_default() += 1.0;
        all += 1.0;
    }
    if all == 0.0 {
        return 1.0;
    }
    // Names of which no thing has two are apart from all others, and each such part is assigned by itself.
    let mut parts = Parts::new(rows.len(), columns.len());
    for &(row, column) in both.keys() {
        parts.join(row, column);
    }
    let mut by_part: BTreeMap<usize, Vec<(usize, usize, f64)>> = BTreeMap::new();
    for (&(row, column), &common) in &both {
        by_part.entry(parts.of(row)).or_default().push((row, column, common));
    }
    by_part.into_values().map(common).sum::<f64>() / all
}

/// What the best assignment has in common.
fn common(mut pairs: Vec<(usize, usize, f64)>) -> f64 {
    let (mut rows, mut columns) = (BTreeMap::new(), BTreeMap::new());
    for (row, column, _) in &mut pairs {
        let next = rows.len();
        *row = *rows.entry(*row).or_insert(next);
        let next = columns.len();
        *column = *columns.entry(*column).or_insert(next);
    }
    let shared: BTreeMap<_, _> = pairs.iter().map(|&(row, column, common)| ((row, column), common)).collect();
    assign_sparse(rows.len(), columns.len(), &pairs).iter().map(|pair| shared[pair]).sum()
}

/// Rows and columns that belong together: a forest in which each knows one of its own.
struct Parts {
    parents: Vec<usize>,
    rows: usize,
}

impl Parts {
    fn new(rows: usize, columns: usize) -> Self {
        Self { parents: (0..rows + columns).collect(), rows }
    }

    fn of(&mut self, mut node: usize) -> usize {
        while self.parents[node] != node {
            self.parents[node] = self.parents[self.parents[node]];
            node = self.parents[node];
        }
        node
    }

    fn join(&mut self, row: usize, column: usize) {
        let (a, b) = (self.of(row), self.of(self.rows + column));
        self.parents[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::identity_f1;

    #[test]
    fn names_are_matched_one_to_one() {
        assert_eq!(identity_f1([("a", 1), ("a", 1), ("b", 2)]), 1.0);
        assert_eq!(identity_f1([("a", 1), ("a", 1), ("b", 1)]), 2.0 / 3.0, "two people under one name");
        assert_eq!(identity_f1([("a", 1), ("a", 2), ("a", 3)]), 1.0 / 3.0, "one under three");
        // Whoever takes the greatest first has less in the end.
        let names = [("a", 1, 3), ("a", 2, 2), ("b", 1, 2)];
        let each = names.iter().flat_map(|&(a, b, times)| std::iter::repeat_n((a, b), times));
        assert_eq!(identity_f1(each), 4.0 / 7.0);
        assert_eq!(identity_f1(Vec::<(u8, u8)>::new()), 1.0);
    }
}
