//! Which of some passages belong together, one to one.

use footfall_track::assignment::{Edge, Solver};

/// Two passages that may be one: `weight` is how much likelier it is that they are one than that they are two, by
/// everything but the other passages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Link {
    pub row: usize,
    pub column: usize,
    pub weight: f64,
}

/// How likely links are, given that each row and each column has one at most.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Marginals {
    /// Of each link, in their order.
    pub links: Vec<f64>,
    /// That a row has any link, and a column.
    pub rows: Vec<f64>,
    pub columns: Vec<f64>,
}

/// Columns up to which all assignments are summed up.
const EXACT: usize = 10;
/// Rounds of messages at most, and the change from which on they have settled.
const ROUNDS: usize = 200;
const SETTLED: f64 = 1e-9;

/// The marginal probabilities of one-to-one association, where the weight of an assignment is the product of its
/// links' weights: joint probabilistic data association (Fortmann, Bar-Shalom and Scheffe, 1983). Links are sorted by
/// row. For few columns the sum over all assignments is taken; for more, messages are passed until they settle
/// (Williams and Lau, 2014), which errs towards being unsure.
pub(super) fn marginals(rows: usize, columns: usize, links: &[Link]) -> Marginals {
    let each = if columns <= EXACT { exact(rows, columns, links) } else { passed(rows, columns, links) };
    let mut marginals = Marginals { links: each, rows: vec![0.0; rows], columns: vec![0.0; columns] };
    for (link, chance) in links.iter().zip(&marginals.links) {
        marginals.rows[link.row] = (marginals.rows[link.row] + chance).min(1.0);
        marginals.columns[link.column] = (marginals.columns[link.column] + chance).min(1.0);
    }
    marginals
}

/// Sums of products over all assignments of the rows before, and of the rows behind, by the columns that are taken.
fn exact(rows: usize, columns: usize, links: &[Link]) -> Vec<f64> {
    let of_row = |row: usize| {
        let (first, last) = (links.partition_point(|l| l.row < row), links.partition_point(|l| l.row <= row));
        &links[first..last]
    };
    // Of rows from `row` on, given the columns that are taken by those before; sums are kept near 1.
    let sets = 1_usize << columns;
    let mut behind = vec![vec![1.0; sets]; rows + 1];
    for row in (0..rows).rev() {
        for taken in 0..sets {
            let mut sum = behind[row + 1][taken];
            for link in of_row(row).iter().filter(|link| taken & (1 << link.column) == 0) {
                sum += link.weight * behind[row + 1][taken | 1 << link.column];
            }
            behind[row][taken] = sum;
        }
        scale(&mut behind[row]);
    }
    let mut before = vec![0.0; sets];
    before[0] = 1.0;
    let mut chances = vec![0.0; links.len()];
    let mut next = 0;
    for row in 0..rows {
        let own = of_row(row);
        let mut after = before.clone();
        let mut shares = vec![0.0; own.len()];
        let mut all = 0.0;
        for taken in (0..sets).filter(|&taken| before[taken] > 0.0) {
            all += before[taken] * behind[row + 1][taken];
            for (link, share) in own.iter().zip(&mut shares).filter(|(l, _)| taken & (1 << l.column) == 0) {
                let with = before[taken] * link.weight;
                *share += with * behind[row + 1][taken | 1 << link.column];
                after[taken | 1 << link.column] += with;
            }
        }
        let whole = all + shares.iter().sum::<f64>();
        for share in shares {
            chances[next] = share / whole;
            next += 1;
        }
        scale(&mut after);
        before = after;
    }
    chances
}

fn scale(sums: &mut [f64]) {
    let most = sums.iter().copied().fold(0.0, f64::max);
    if most > 0.0 {
        for sum in sums {
            *sum /= most;
        }
    }
}

/// By messages between rows and columns.
fn passed(rows: usize, columns: usize, links: &[Link]) -> Vec<f64> {
    let mut back = vec![1.0; links.len()];
    for _ in 0..ROUNDS {
        let mut of_rows = vec![1.0; rows];
        links.iter().zip(&back).for_each(|(link, back)| of_rows[link.row] += link.weight * back);
        let to = links.iter().zip(&back);
        let to: Vec<f64> =
            to.map(|(link, back)| link.weight / (of_rows[link.row] - link.weight * back).max(1.0)).collect();
        let mut of_columns = vec![1.0; columns];
        links.iter().zip(&to).for_each(|(link, to)| of_columns[link.column] += to);
        let mut change = 0.0_f64;
        for ((link, to), back) in links.iter().zip(&to).zip(&mut back) {
            let new = 1.0 / (of_columns[link.column] - to).max(1.0);
            change = change.max((new - *back).abs());
            *back = new;
        }
        if change < SETTLED {
            break;
        }
    }
    let mut of_rows = vec![1.0; rows];
    links.iter().zip(&back).for_each(|(link, back)| of_rows[link.row] += link.weight * back);
    links.iter().zip(&back).map(|(link, back)| link.weight * back / of_rows[link.row]).collect()
}

/// The likeliest assignment: of each row, the place of its link in `links`.
pub(super) fn likeliest(rows: usize, columns: usize, links: &[Link]) -> Vec<Option<usize>> {
    let edge = |link: &Link| Edge {
        row: link.row as u32,
        column: link.column as u32,
        cost: -link.weight.max(f64::MIN_POSITIVE).ln(),
    };
    let edges: Vec<Edge> = links.iter().map(edge).collect();
    let mut solver = Solver::default();
    solver.solve(rows, columns, &edges, 0.0);
    let place = |row: usize| {
        let column = solver.column_of(row)?;
        links.iter().position(|link| (link.row, link.column) == (row, column))
    };
    (0..rows).map(place).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Link, exact, likeliest, marginals, passed};

    /// All assignments, one after the other: each with its product.
    fn assignments(rows: usize, links: &[Link]) -> Vec<(Vec<usize>, f64)> {
        let mut all = vec![(Vec::new(), 1.0)];
        for row in 0..rows {
            let mut next = all.clone();
            for (chosen, product) in &all {
                for (place, link) in links.iter().enumerate().filter(|(_, link)| link.row == row) {
                    if chosen.iter().all(|&other: &usize| links[other].column != link.column) {
                        let mut chosen = chosen.clone();
                        chosen.push(place);
                        next.push((chosen, product * link.weight));
                    }
                }
            }
            all = next;
        }
        all
    }

    fn links() -> impl Strategy<Value = Vec<Link>> {
        let weight = prop_oneof![Just(0.0), (-6.0..6.0_f64).prop_map(f64::exp)];
        prop::collection::vec(weight, 16).prop_map(|weights| {
            let link = |(index, weight)| Link { row: index / 4, column: index % 4, weight };
            weights.into_iter().enumerate().map(link).filter(|link| link.weight > 0.0).collect()
        })
    }

    proptest! {
        #[test]
        fn marginals_are_those_of_all_assignments(links in links()) {
            let all = assignments(4, &links);
            let whole: f64 = all.iter().map(|(_, product)| product).sum();
            let (found, messages) = (exact(4, 4, &links), passed(4, 4, &links));
            for place in 0..links.len() {
                let with = all.iter().filter(|(chosen, _)| chosen.contains(&place));
                let truth = with.map(|(_, product)| product).sum::<f64>() / whole;
                prop_assert!((found[place] - truth).abs() < 1e-9, "{place}: {} for {truth}", found[place]);
                prop_assert!((messages[place] - truth).abs() < 0.35, "{place}: {} for {truth}", messages[place]);
            }
            let sums = marginals(4, 4, &links);
            prop_assert!(sums.rows.iter().chain(&sums.columns).all(|sum| (0.0..=1.0).contains(sum)));
        }

        #[test]
        fn the_likeliest_is_the_likeliest(links in links()) {
            let most = assignments(4, &links).iter().map(|(_, product)| *product).fold(0.0, f64::max);
            let found = likeliest(4, 4, &links);
            let product: f64 = found.iter().flatten().map(|&place| links[place].weight).product();
            prop_assert!((product / most - 1.0).abs() < 1e-9, "{product} for {most}");
        }
    }

    #[test]
    fn alone_with_one_other_messages_are_exact() {
        let links = [Link { row: 0, column: 0, weight: 3.0 }];
        assert!((passed(1, 1, &links)[0] - 0.75).abs() < 1e-9);
        assert_eq!(marginals(0, 0, &[]).links, Vec::<f64>::new());
    }
}
