//! What leaving staff out costs: visitors taken for staff, staff for visitors.

use std::time::Duration;

use footfall_count::{Employee, Staff};
use serde::Serialize;

use super::Crops;
use super::visitors::people;
use crate::random::SplitMix;

/// How often people are drawn anew.
const ROUNDS: usize = 200;
const SEED: u64 = 0x0f00_7fa1_1000_0003;

/// The errors with so many people enrolled, at one greatest distance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct StaffReport {
    /// How many people are enrolled, each by what one camera saw of them.
    pub size: usize,
    /// The greatest cosine distance from a look that was enrolled.
    pub max_cosine_distance: f64,
    /// Share of the visits of others that are taken for one of them.
    pub false_staff: f64,
    /// Share of their own visits, seen by another camera, that are not recognised.
    pub missed: f64,
}

impl StaffReport {
    /// Measures; people are drawn two hundred times. None with fewer people than are to be enrolled and one.
    #[must_use]
    pub fn of(crops: &Crops, max_cosine_distance: f64, size: usize) -> Option<Self> {
        let people = people(crops);
        if people.len() <= size {
            return None;
        }
        let mut random = SplitMix(SEED);
        let mut order: Vec<usize> = (0..people.len()).collect();
        let (mut taken, mut others, mut missed, mut own) = (0_u64, 0_u64, 0_u64, 0_u64);
        for _ in 0..ROUNDS {
            random.shuffle(&mut order);
            let (inside, outside) = order.split_at(size);
            let employee = |&person: &usize| Employee {
                name: "".into(),
                looks: vec![people[person][0].clone()],
                expires: Duration::MAX,
            };
            let staff = Staff::new(inside.iter().map(employee).collect(), max_cosine_distance);
            let is_staff = |look: &Vec<f32>| u64::from(staff.recognise(look, Duration::ZERO).is_some());
            for look in outside.iter().flat_map(|&person| &people[person]) {
                taken += is_staff(look);
                others += 1;
            }
            for look in inside.iter().flat_map(|&person| &people[person][1..]) {
                missed += 1 - is_staff(look);
                own += 1;
            }
        }
        let share = |part: u64, all: u64| part as f64 / all.max(1) as f64;
        Some(Self {
            size,
            max_cosine_distance,
            false_staff: share(taken, others),
            missed: share(missed, own),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::crops;
    use super::StaffReport;

    #[test]
    fn larger_distances_take_more_for_staff_and_miss_fewer() {
        let crops = crops(3, 1500, 50, 3);
        let of = |distance| StaffReport::of(&crops, distance, 5).unwrap();
        let reports = [of(0.0), of(0.05), of(0.2), of(2.0)];
        assert!(reports.is_sorted_by(|a, b| a.false_staff < b.false_staff && a.missed > b.missed));
        assert_eq!((reports[0].false_staff, reports[3].missed), (0.0, 0.0));
        assert_eq!(StaffReport::of(&crops, 0.1, 50), None);
    }
}
