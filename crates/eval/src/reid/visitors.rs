//! What it costs to take the nearest within a distance for the same: new ones taken for old, old ones for new.

use std::collections::BTreeMap;

use footfall_count::Calibration;
use serde::Serialize;

use super::Crops;
use super::crops::normalise;
use super::trials::{Errors, Trial, trials};

/// Crops of one visit, at most: about what a track has embeddings of.
const CROPS: usize = 10;

/// The errors at one greatest distance.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VisitorReport {
    /// People who were seen on two visits at least, by different cameras.
    pub people: usize,
    /// The greatest cosine distance of one visitor.
    pub max_cosine_distance: f64,
    /// By size.
    pub windows: Vec<Window>,
}

/// The errors in a window of so many people.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Window {
    /// How many people came in it before.
    pub size: usize,
    /// Share of new visitors who are taken for one of them.
    pub false_merges: f64,
    /// Share of those who come again and are taken for new.
    pub missed: f64,
    /// Share of those who come again and are taken for somebody else who came; none where it is not known.
    pub mistaken: Option<f64>,
    /// Whether there were too few people for this size, and the shares follow from those of pairs, taken to
    /// be independent of each other.
    pub from_pairs: bool,
}

/// One person's visits, an average appearance each, of unit length.
pub(super) type Visits = Vec<Vec<f32>>;

impl VisitorReport {
    /// Measures windows of these sizes: whoever comes is taken for the nearest one within the distance.
    ///
    /// A visit is what one camera saw of a person, averaged over ten crops at most. Everybody of the window
    /// has come once. Those who are not of it come as new visitors; those who are come again, seen by
    /// another camera. People are drawn fifty times over.
    #[must_use]
    pub fn of(crops: &Crops, max_cosine_distance: f64, sizes: &[usize]) -> Self {
        let people = people(crops);
        let trials: Vec<_> =
            sizes.iter().map(|&size| trials(&people, size, Calibration::default())).collect();
        Self::over(&people, &trials, max_cosine_distance, sizes)
    }

    /// The same, where the trials of each size are known.
    pub(super) fn over(
        people: &[Visits],
        trials: &[Option<Vec<Trial>>],
        max_cosine_distance: f64,
        sizes: &[usize],
    ) -> Self {
        let pairs = Pairs::of(people, max_cosine_distance);
        let window = |(&size, trials): (&usize, &Option<Vec<Trial>>)| match trials {
            Some(trials) => measured(trials, max_cosine_distance, size),
            None => pairs.window(size),
        };
        let windows = sizes.iter().zip(trials).map(window).collect();
        Self { people: people.len(), max_cosine_distance, windows }
    }
}

/// Everyone who was seen by two cameras at least.
pub(super) fn people(crops: &Crops) -> Vec<Visits> {
    let mut visits: BTreeMap<(u32, u32), (usize, Vec<f64>)> = BTreeMap::new();
    for index in 0..crops.len() {
        let Some(camera) = crops.cameras[index] else { continue };
        let (count, sum) = visits.entry((crops.identities[index], camera)).or_default();
        sum.resize(crops.dimension, 0.0);
        if *count < CROPS {
            *count += 1;
            sum.iter_mut().zip(crops.row(index)).for_each(|(sum, value)| *sum += value);
        }
    }
    let mut people: BTreeMap<u32, Visits> = BTreeMap::new();
    for ((identity, _), (_, mut sum)) in visits {
        if normalise(&mut sum) {
            people.entry(identity).or_default().push(sum.into_iter().map(|value| value as f32).collect());
        }
    }
    people.into_values().filter(|visits| visits.len() > 1).collect()
}

fn measured(trials: &[Trial], max_cosine_distance: f64, size: usize) -> Window {
    let errors = Errors::of(trials, |trial| {
        let (distance, is_right) = trial.nearest;
        (distance <= max_cosine_distance).then_some(is_right)
    });
    Window {
        size,
        false_merges: errors.false_merges,
        missed: errors.missed,
        mistaken: Some(errors.mistaken),
        from_pairs: false,
    }
}

/// Pairs of visits within the greatest distance.
struct Pairs {
    /// Share of those of two people.
    different: f64,
    /// Share of those of one person.
    same: f64,
}

impl Pairs {
    fn of(people: &[Visits], max_cosine_distance: f64) -> Self {
        let is_near = |a: &[f32], b: &[f32]| {
            let product: f64 = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
            1.0 - product <= max_cosine_distance
        };
        let (mut different, mut same) = ((0_u64, 0_u64), (0_u64, 0_u64));
        for (index, visits) in people.iter().enumerate() {
            for (place, visit) in visits.iter().enumerate() {
                for other in &visits[place + 1..] {
                    same = (same.0 + u64::from(is_near(visit, other)), same.1 + 1);
                }
                for other in people[index + 1..].iter().flatten() {
                    different = (different.0 + u64::from(is_near(visit, other)), different.1 + 1);
                }
            }
        }
        let share = |(near, all): (u64, u64)| near as f64 / all.max(1) as f64;
        Self { different: share(different), same: share(same) }
    }

    fn window(&self, size: usize) -> Window {
        let nobody = |others: usize| (1.0 - self.different).powf(others as f64);
        Window {
            size,
            false_merges: 1.0 - nobody(size),
            missed: (1.0 - self.same) * nobody(size.saturating_sub(1)),
            mistaken: None,
            from_pairs: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::crops as drawn;
    use super::VisitorReport;
    use crate::reid::Crops;

    /// Twelve people whose looks are each an axis of their own, seen by two cameras.
    fn apart() -> Crops {
        let (mut values, mut people, mut cameras) = (Vec::new(), Vec::new(), Vec::new());
        for person in 0..12_u32 {
            for camera in 0..2 {
                values.extend((0..12).map(|axis| if axis == person { 1.0_f32 } else { 0.0 }));
                people.push(person);
                cameras.push(Some(camera));
            }
        }
        Crops::new(&values, 12, people, cameras).unwrap()
    }

    #[test]
    fn people_who_look_like_nobody_else_are_all_known() {
        let report = VisitorReport::of(&apart(), 0.5, &[5, 10, 500]);
        assert_eq!(report.people, 12);
        for window in &report.windows {
            assert_eq!((window.false_merges, window.missed), (0.0, 0.0), "{window:?}");
            assert_eq!(window.from_pairs, window.size == 500);
        }
    }

    #[test]
    fn a_distance_that_all_are_within_merges_everybody_and_one_that_none_is_misses_all() {
        let all = VisitorReport::of(&apart(), 2.0, &[5, 500]).windows;
        assert!(all.iter().all(|window| window.false_merges == 1.0 && window.missed == 0.0), "{all:?}");
        let none = VisitorReport::of(&drawn(1, 600, 40, 3), 0.0, &[5, 20]).windows;
        assert!(none.iter().all(|window| window.false_merges == 0.0 && window.missed > 0.99), "{none:?}");
    }

    #[test]
    fn larger_windows_and_distances_merge_more_and_pairs_tell_about_as_much() {
        let crops = drawn(7, 2000, 60, 3);
        let of = |distance: f64| VisitorReport::of(&crops, distance, &[5, 15, 30, 50]);
        let (strict, lax) = (of(0.05), of(0.2));
        for (strict, lax) in strict.windows.iter().zip(&lax.windows) {
            assert!(strict.false_merges < lax.false_merges && strict.missed > lax.missed);
        }
        assert!(strict.windows.is_sorted_by(|a, b| a.false_merges < b.false_merges), "{strict:?}");
        let pairs = super::Pairs::of(&super::people(&crops), 0.05);
        for window in &strict.windows {
            let expected = pairs.window(window.size);
            assert!((window.false_merges - expected.false_merges).abs() < 0.15, "{window:?} {expected:?}");
        }
        assert_eq!(of(0.05), strict, "drawn the same way each time");
    }
}
