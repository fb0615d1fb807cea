//! Looking people up: every crop a query against the others.

use serde::Serialize;

use super::Crops;

/// Which crops a query may not be matched with, beside itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Market-1501: those of its identity that its camera saw. Crops without a camera all count.
    CrossCamera,
    /// CUHK03: all that its camera saw, whoever it is.
    CrossView,
    /// None: a set from one camera, or without cameras.
    AllButQuery,
}

impl Rule {
    /// Whether `query` may be matched with `other`.
    pub(super) fn allows(self, crops: &Crops, query: usize, other: usize) -> bool {
        query != other
            && match self {
                Self::AllButQuery => true,
                Self::CrossView => !crops.same_known_camera(query, other),
                Self::CrossCamera => {
                    crops.identities[query] != crops.identities[other]
                        || !crops.same_known_camera(query, other)
                }
            }
    }

    /// Whether any query may be matched with a right answer.
    #[must_use]
    pub fn leaves_answers(self, crops: &Crops) -> bool {
        let mut order: Vec<usize> = (0..crops.len()).collect();
        order.sort_by_key(|&index| (crops.identities[index], crops.cameras[index]));
        // Sorted by camera: if all neighbours share one, so do all crops of the identity.
        order.windows(2).any(|pair| {
            !crops.distractors[pair[0]]
                && crops.identities[pair[0]] == crops.identities[pair[1]]
                && self.allows(crops, pair[0], pair[1])
        })
    }
}

/// Figures over all queries that have a right answer; the others are left out, as in Market-1501's
/// protocol. Crops at the same distance stand in the order of their rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Ranking {
    /// Queries whose nearest crop is right (CMC at 1), 0 to 1.
    #[serde(rename = "rank-1")]
    pub rank1: f64,
    /// Queries with a right one among the nearest 5.
    #[serde(rename = "rank-5")]
    pub rank5: f64,
    /// Queries with a right one among the nearest 10.
    #[serde(rename = "rank-10")]
    pub rank10: f64,
    /// Mean average precision: over queries, of the mean precision at each right answer,
    /// `AP = 1/n sum_k k / r_k` with `r_k` the place of the k-th right answer, from 1.
    #[serde(rename = "mAP")]
    pub mean_average_precision: f64,
    /// Mean inverse negative penalty (Ye et al. 2021): over queries, `n / r_n`, how far one has to
    /// look to find all.
    #[serde(rename = "mINP")]
    pub mean_inverse_negative_penalty: f64,
    /// Queries with a right answer.
    pub queries: u64,
}

/// Sums a query at a time.
pub(super) struct Ranker {
    rule: Rule,
    sums: Ranking,
}

impl Ranker {
    pub(super) fn new(rule: Rule) -> Self {
        Self { rule, sums: Ranking::default() }
    }

    /// Takes the distances from `query` to each crop.
    pub(super) fn add(&mut self, crops: &Crops, query: usize, distances: &[f64]) {
        let places = places(crops, self.rule, query, distances);
        let (Some(&first), Some(&last)) = (places.first(), places.last()) else { return };
        let precisions = places.iter().zip(1_u64..).map(|(&place, found)| found as f64 / place as f64);
        let within = |most: u64| f64::from(u8::from(first <= most));
        let sums = &mut self.sums;
        sums.queries += 1;
        sums.rank1 += within(1);
        sums.rank5 += within(5);
        sums.rank10 += within(10);
        sums.mean_average_precision += precisions.sum::<f64>() / places.len() as f64;
        sums.mean_inverse_negative_penalty += places.len() as f64 / last as f64;
    }

    /// The means; `None` where no query had a right answer.
    pub(super) fn finish(self) -> Option<Ranking> {
        let Ranking { rank1, rank5, rank10, mean_average_precision, mean_inverse_negative_penalty, queries } =
            self.sums;
        let mean = |sum: f64| sum / queries as f64;
        (queries > 0).then(|| Ranking {
            rank1: mean(rank1),
            rank5: mean(rank5),
            rank10: mean(rank10),
            mean_average_precision: mean(mean_average_precision),
            mean_inverse_negative_penalty: mean(mean_inverse_negative_penalty),
            queries,
        })
    }
}

/// The places of the right answers in the query's list, from 1, rising.
///
/// The list itself is never sorted: it is enough to count, for each wrong answer, before which of the
/// few right ones it stands.
fn places(crops: &Crops, rule: Rule, query: usize, distances: &[f64]) -> Vec<u64> {
    let is_right = |other: usize| crops.identities[other] == crops.identities[query];
    let allowed = |other: &usize| rule.allows(crops, query, *other);
    let mut right: Vec<(f64, usize)> = (0..crops.len())
        .filter(|&other| is_right(other))
        .filter(allowed)
        .map(|other| (distances[other], other))
        .collect();
    right.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let Some(&(farthest, _)) = right.last() else { return Vec::new() };
    let mut wrong_before = vec![0_u64; right.len() + 1];
    for (other, &distance) in distances.iter().enumerate() {
        if distance <= farthest && !is_right(other) && allowed(&other) {
            let nearer = right.partition_point(|&(d, row)| d < distance || (d == distance && row < other));
            wrong_before[nearer] += 1;
        }
    }
    let mut passed = 0;
    let place = |(found, wrong): (u64, &u64)| {
        passed += wrong;
        found + passed
    };
    (1..).zip(&wrong_before[..right.len()]).map(place).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::distances::for_each_row;
    use super::super::testing::crops;
    use super::{Crops, Ranker, Ranking, Rule};

    /// Sorts every list in full and looks where the right answers are.
    fn oracle(crops: &Crops, rule: Rule, step: f64) -> Option<Ranking> {
        let mut all = Vec::new();
        for_each_row(crops, |query, row| {
            let mut order: Vec<usize> = (0..crops.len()).filter(|&o| rule.allows(crops, query, o)).collect();
            order.sort_by(|&a, &b| coarse(row[a], step).total_cmp(&coarse(row[b], step)));
            let right = order.iter().map(|&o| crops.identities[o] == crops.identities[query]);
            let places: Vec<usize> =
                right.enumerate().filter(|(_, r)| *r).map(|(place, _)| place + 1).collect();
            if !places.is_empty() {
                all.push(places);
            }
        });
        let mean = |of: &dyn Fn(&Vec<usize>) -> f64| all.iter().map(of).sum::<f64>() / all.len() as f64;
        let within = |most: usize| mean(&move |places| f64::from(u8::from(places[0] <= most)));
        (!all.is_empty()).then(|| Ranking {
            rank1: within(1),
            rank5: within(5),
            rank10: within(10),
            mean_average_precision: mean(&|places| {
                let precisions = places.iter().enumerate().map(|(k, &r)| (k + 1) as f64 / r as f64);
                precisions.sum::<f64>() / places.len() as f64
            }),
            mean_inverse_negative_penalty: mean(&|places| {
                places.len() as f64 / places[places.len() - 1] as f64
            }),
            queries: all.len() as u64,
        })
    }

    /// Distances in coarse steps, so that many are equal.
    fn coarse(distance: f64, step: f64) -> f64 {
        (distance / step).round() * step
    }

    fn ranking(crops: &Crops, rule: Rule, step: f64) -> Option<Ranking> {
        let mut ranker = Ranker::new(rule);
        for_each_row(crops, |query, row| {
            let row: Vec<f64> = row.iter().map(|&distance| coarse(distance, step)).collect();
            ranker.add(crops, query, &row);
        });
        ranker.finish()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn counting_places_equals_sorting(
            seed: u64, count in 1_usize..80, identities in 1_u32..12, cameras in 0_u32..4, coarse: bool,
        ) {
            let crops = crops(seed, count, identities, cameras);
            let step = if coarse { 0.1 } else { 1e-9 };
            for rule in [Rule::CrossCamera, Rule::CrossView, Rule::AllButQuery] {
                let (ours, expected) = (ranking(&crops, rule, step), oracle(&crops, rule, step));
                prop_assert_eq!(ours.is_some(), expected.is_some());
                prop_assert_eq!(rule.leaves_answers(&crops), expected.is_some());
                let (Some(ours), Some(expected)) = (ours, expected) else { continue };
                prop_assert_eq!(ours.queries, expected.queries);
                for (ours, expected) in [
                    (ours.rank1, expected.rank1),
                    (ours.rank5, expected.rank5),
                    (ours.rank10, expected.rank10),
                    (ours.mean_average_precision, expected.mean_average_precision),
                    (ours.mean_inverse_negative_penalty, expected.mean_inverse_negative_penalty),
                ] {
                    prop_assert!((ours - expected).abs() < 1e-12, "{} {}", ours, expected);
                }
            }
        }
    }

    /// Person 0 seen twice by camera 1 and once by camera 2, person 1 by camera 2, on a circle.
    fn four(degrees: [f32; 4]) -> Crops {
        let values: Vec<f32> =
            degrees.iter().flat_map(|d| [d.to_radians().cos(), d.to_radians().sin()]).collect();
        Crops::new(&values, 2, vec![0, 0, 0, 1], vec![Some(1), Some(1), Some(2), Some(2)]).unwrap()
    }

    #[test]
    fn what_the_own_camera_saw_of_the_person_is_no_answer() {
        let crops = four([0.0, 1.0, 40.0, 20.0]);
        let cross = ranking(&crops, Rule::CrossCamera, 1e-9).unwrap();
        // The first two find person 1 before their only right answer; the third finds them after it.
        assert_eq!((cross.queries, cross.rank1, cross.rank5), (3, 0.0, 1.0));
        assert_eq!(cross.mean_average_precision, (0.5 + 0.5 + 7.0 / 12.0) / 3.0);
        assert_eq!(cross.mean_inverse_negative_penalty, (0.5 + 0.5 + 2.0 / 3.0) / 3.0);
        let all = ranking(&crops, Rule::AllButQuery, 1e-9).unwrap();
        assert_eq!((all.queries, all.rank1), (3, 2.0 / 3.0));
    }

    #[test]
    fn a_view_is_looked_up_in_the_other() {
        let crops = four([0.0, 1.0, 40.0, 39.0]);
        let views = ranking(&crops, Rule::CrossView, 1e-9).unwrap();
        // Person 1 stands beside the third crop, in its own view, and is not asked about there.
        assert_eq!((views.queries, views.rank1), (3, 1.0 / 3.0));
    }
}
