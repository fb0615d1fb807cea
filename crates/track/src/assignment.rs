//! The linear assignment problem on a sparse bipartite graph, where staying alone has a price too.

/// A row and a column that may be matched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// The row, from 0.
    pub row: u32,
    /// The column, from 0.
    pub column: u32,
    /// Finite; the less, the better.
    pub cost: f64,
}

/// Finds optimal assignments by shortest augmenting paths (Jonker and Volgenant, 1987), and keeps
/// its working memory from one to the next.
///
/// Chosen is the set of disjoint edges that minimises the sum of their costs, plus `alone` for each
/// row that has none. That is what DeepSORT's published matching amounts to: it raises the costs
/// over its threshold to a constant just above it, solves the full rectangular problem, and then
/// drops the pairs at that constant. A row in a dropped pair has paid the constant, whichever
/// column it was given, so the constant is the price of being alone. The number of matches is
/// therefore not maximised first: one good match and a row alone win over two poor matches.
/// Pairs that are not allowed need no cost here: they are no edges.
///
/// A search never leaves the rows and columns that edges connect with its row, so the time grows
/// with the size of the crowds and not with the number of people.
#[derive(Clone, Debug, Default)]
pub struct Solver {
    /// Edges of row i are `starts[i]..starts[i + 1]`.
    starts: Vec<u32>,
    rows: Vec<Row>,
    columns: Vec<Column>,
    /// Columns that the current search has seen.
    seen: Vec<u32>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Row {
    dual: f64,
    column: Option<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Column {
    dual: f64,
    row: Option<u32>,
    /// Length of the shortest path from the search's row; infinite if there is none yet.
    distance: f64,
    /// Row before it on that path.
    before: u32,
    /// Whether that path is known to be the shortest.
    done: bool,
}

const UNUSED: Column = Column { dual: 0.0, row: None, distance: f64::INFINITY, before: 0, done: false };

/// Where a shortest path ends.
#[derive(Clone, Copy)]
enum End {
    /// At a free column: one more match.
    Column(u32),
    /// At a row that had better stay alone.
    Row(u32),
}

impl Solver {
    /// Matches rows `0..rows` with columns `0..columns`; the result is read by
    /// [`column_of`](Self::column_of).
    ///
    /// `edges` are sorted by row, without duplicates; costs are finite. Among optimal solutions
    /// the choice depends on the order of the edges alone.
    pub fn solve(&mut self, rows: usize, columns: usize, edges: &[Edge], alone: f64) {
        self.index(rows, edges);
        self.rows.clear();
        self.rows.resize(rows, Row::default());
        self.columns.clear();
        self.columns.resize(columns, UNUSED);
        self.take_cheapest(edges, alone);
        for row in 0..rows {
            if self.rows[row].column.is_none() {
                self.augment(row as u32, edges, alone);
            }
        }
    }

    /// The column that a row was matched with in the latest problem; the row is one of that problem's.
    #[must_use]
    pub fn column_of(&self, row: usize) -> Option<usize> {
        self.rows[row].column.map(|column| column as usize)
    }

    fn index(&mut self, rows: usize, edges: &[Edge]) {
        self.starts.clear();
        let mut next = 0;
        for row in 0..rows {
            self.starts.push(next as u32);
            next += edges[next..].iter().take_while(|edge| edge.row as usize == row).count();
        }
        self.starts.push(next as u32);
    }

    /// Row reduction: each row's dual is its least cost, and it takes that column if it is free.
    fn take_cheapest(&mut self, edges: &[Edge], alone: f64) {
        for row in 0..self.rows.len() {
            let affordable = self.edges_of(row as u32, edges).iter().filter(|edge| edge.cost <= alone);
            let cheapest = affordable.min_by(|a, b| a.cost.total_cmp(&b.cost));
            self.rows[row].dual = cheapest.map_or(alone, |edge| edge.cost);
            if let Some(&Edge { column, .. }) = cheapest
                && self.columns[column as usize].row.is_none()
            {
                self.rows[row].column = Some(column);
                self.columns[column as usize].row = Some(row as u32);
            }
        }
    }

    /// Gives a place to a row without one, on a shortest path in reduced costs (Dijkstra).
    fn augment(&mut self, start: u32, edges: &[Edge], alone: f64) {
        let mut row = start;
        let mut travelled = 0.0;
        let mut best = f64::INFINITY;
        let mut end = End::Row(start);
        loop {
            let left_alone = travelled + (alone - self.rows[row as usize].dual);
            if left_alone < best {
                (best, end) = (left_alone, End::Row(row));
            }
            self.relax(row, travelled, edges);
            let Some(column) = self.nearest().filter(|&c| self.columns[c as usize].distance <= best) else {
                break;
            };
            let nearest = &mut self.columns[column as usize];
            travelled = nearest.distance;
            let Some(owner) = nearest.row else {
                (best, end) = (travelled, End::Column(column));
                break;
            };
            nearest.done = true;
            row = owner;
        }
        self.settle(start, best);
        self.flip(start, end);
    }

    /// Shortens paths to the columns next to `row`, which is `travelled` away from the start.
    fn relax(&mut self, row: u32, travelled: f64, edges: &[Edge]) {
        let dual = self.rows[row as usize].dual;
        for edge in self.edges_of(row, edges) {
            let column = &mut self.columns[edge.column as usize];
            let distance = travelled + (edge.cost - dual - column.dual);
            if !column.done && distance < column.distance {
                if column.distance == f64::INFINITY {
                    self.seen.push(edge.column);
                }
                column.distance = distance;
                column.before = row;
            }
        }
    }

    /// The open column with the shortest path; a free one before others of the same length.
    fn nearest(&self) -> Option<u32> {
        let open = self.seen.iter().copied().filter(|&c| !self.columns[c as usize].done);
        open.min_by(|&a, &b| {
            let (first, second) = (&self.columns[a as usize], &self.columns[b as usize]);
            first.distance.total_cmp(&second.distance).then(first.row.is_some().cmp(&second.row.is_some()))
        })
    }

    /// Ends a search: keeps reduced costs at zero on matched edges and above on the others, and
    /// forgets the paths' lengths.
    fn settle(&mut self, start: u32, length: f64) {
        self.rows[start as usize].dual += length;
        for index in self.seen.drain(..) {
            let column = &mut self.columns[index as usize];
            if column.done {
                let slack = length - column.distance;
                column.dual -= slack;
                if let Some(row) = column.row {
                    self.rows[row as usize].dual += slack;
                }
            }
            (column.distance, column.done) = (f64::INFINITY, false);
        }
    }

    /// Exchanges matched and unmatched edges along the path from `start` to `end`.
    fn flip(&mut self, start: u32, end: End) {
        let mut freed = match end {
            End::Column(column) => Some(column),
            End::Row(row) => self.rows[row as usize].column.take(),
        };
        while let Some(column) = freed {
            let row = self.columns[column as usize].before;
            self.columns[column as usize].row = Some(row);
            freed = self.rows[row as usize].column.replace(column);
            if row == start {
                break;
            }
        }
    }

    fn edges_of<'a>(&self, row: u32, edges: &'a [Edge]) -> &'a [Edge] {
        let row = row as usize;
        &edges[self.starts[row] as usize..self.starts[row + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Edge, Solver};

    const ALONE: f64 = 0.7;

    /// Costs by row and column; `None` where the pair is not allowed.
    type Costs = Vec<Vec<Option<f64>>>;

    fn edges(costs: &Costs) -> Vec<Edge> {
        let all = costs.iter().enumerate().flat_map(|(row, line)| {
            line.iter().enumerate().map(move |(column, &cost)| (row as u32, column as u32, cost))
        });
        all.filter_map(|(row, column, cost)| Some(Edge { row, column, cost: cost? })).collect()
    }

    fn solve(costs: &Costs) -> Vec<Option<usize>> {
        let mut solver = Solver::default();
        solver.solve(costs.len(), costs[0].len(), &edges(costs), ALONE);
        (0..costs.len()).map(|row| solver.column_of(row)).collect()
    }

    /// All ways to match the rows from `row` on with free columns, by trying each.
    fn least(costs: &Costs, row: usize, free: &mut Vec<bool>) -> f64 {
        let Some(line) = costs.get(row) else { return 0.0 };
        let mut best = ALONE + least(costs, row + 1, free);
        for (column, cost) in line.iter().enumerate() {
            if let Some(cost) = cost.filter(|_| free[column]) {
                free[column] = false;
                best = best.min(cost + least(costs, row + 1, free));
                free[column] = true;
            }
        }
        best
    }

    fn price(costs: &Costs, matched: &[Option<usize>]) -> f64 {
        matched.iter().zip(costs).map(|(column, line)| column.map_or(ALONE, |c| line[c].unwrap())).sum()
    }

    fn any_costs() -> impl Strategy<Value = Costs> {
        let cost = prop_oneof![2 => Just(None), 3 => (-0.1..1.0).prop_map(Some), 1 => Just(Some(0.5))];
        (1usize..7, 1usize..7).prop_flat_map(move |(rows, columns)| {
            prop::collection::vec(prop::collection::vec(cost.clone(), columns), rows)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn no_other_matching_is_cheaper(costs in any_costs()) {
            let matched = solve(&costs);
            let mut columns: Vec<_> = matched.iter().flatten().collect();
            columns.sort_unstable();
            prop_assert!(columns.windows(2).all(|pair| pair[0] < pair[1]), "a column is matched twice");
            let best = least(&costs, 0, &mut vec![true; costs[0].len()]);
            prop_assert!((price(&costs, &matched) - best).abs() < 1e-12);
        }

        #[test]
        fn the_order_of_rows_and_columns_does_not_matter(
            costs in prop::collection::vec(prop::collection::vec(prop::option::of(0.0..1.0), 6), 6),
            rows in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(),
            columns in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(),
        ) {
            let shuffled = rows.iter().map(|&r| columns.iter().map(|&c| costs[r][c]).collect()).collect();
            let (matched, again) = (solve(&costs), solve(&shuffled));
            for (place, &row) in rows.iter().enumerate() {
                prop_assert_eq!(again[place].map(|c| columns[c]), matched[row]);
            }
        }
    }

    #[test]
    fn a_pair_is_left_out_where_two_would_cost_more_than_being_alone() {
        assert_eq!(solve(&vec![vec![Some(0.0), Some(0.6)], vec![Some(0.6), None]]), [Some(0), None]);
        assert_eq!(solve(&vec![vec![Some(0.0), Some(0.3)], vec![Some(0.3), None]]), [Some(1), Some(0)]);
    }

    #[test]
    fn one_solver_takes_problems_of_any_size_in_turn() {
        let mut solver = Solver::default();
        solver.solve(2, 2, &[Edge { row: 1, column: 0, cost: 0.1 }], ALONE);
        assert_eq!((solver.column_of(0), solver.column_of(1)), (None, Some(0)));
        solver.solve(0, 3, &[], ALONE);
        solver.solve(1, 1, &[], ALONE);
        assert_eq!(solver.column_of(0), None);
    }
}
