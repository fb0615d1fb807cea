//! What the estimated number of different visitors is worth.

use std::time::Duration;

use footfall_count::{Calibration, VisitorConfig, Visitors};
use serde::Serialize;

use super::Crops;
use super::visitors::{Visits, people};
use crate::random::SplitMix;

/// How often people are drawn anew.
const ROUNDS: usize = 60;
const SEED: u64 = 0x0f00_7fa1_1000_0004;

/// The errors of a window of so many comings, of which such a share is of people who came before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EstimateReport {
    /// Comings in the window.
    pub comings: usize,
    /// Share of them of somebody who came before in it.
    pub returning: f64,
    /// Mean of the estimate over the truth, less 1.
    pub bias: f64,
    /// Mean distance of the estimate from the truth, as a share of it.
    pub error: f64,
    /// Share of windows whose range holds the truth.
    pub held: f64,
    /// Mean width of the range, as a share of the truth.
    pub width: f64,
    /// Mean of the decided number over the truth, less 1.
    pub decided_bias: f64,
}

impl EstimateReport {
    /// Measures; people are drawn sixty times. None where there are too few of them, or they were not seen often
    /// enough.
    #[must_use]
    pub fn of(crops: &Crops, comings: usize, returning: f64, calibration: Calibration) -> Option<Self> {
        let people = people(crops);
        let mut random = SplitMix(SEED);
        let again = (returning * comings as f64).round() as usize;
        let different = comings - again;
        let mut sums = [0.0; 5];
        for _ in 0..ROUNDS {
            let order = draw(&people, different, again, &mut random)?;
            let mut visitors =
                Visitors::new(VisitorConfig { window: 1.0, calibration, ..VisitorConfig::default() });
            for (name, look) in (0..).zip(&order) {
                // One after the other: whoever comes next is in the picture with the one before.
                let _ = visitors.come(name, Some(look), Duration::from_secs(name), |other| other + 1 == name);
            }
            let estimate = visitors.estimate();
            let (range, truth) = (estimate.different, different as f64);
            let off = range.expected / truth - 1.0;
            let holds = range.low <= truth && truth <= range.high;
            let decided = estimate.decided as f64 / truth - 1.0;
            let width = (range.high - range.low) / truth;
            for (sum, value) in
                sums.iter_mut().zip([off, off.abs(), f64::from(u8::from(holds)), width, decided])
            {
                *sum += value / ROUNDS as f64;
            }
        }
        let [bias, error, held, width, decided_bias] = sums;
        Some(Self { comings, returning, bias, error, held, width, decided_bias })
    }
}

/// Looks of so many people, some of whom come once more or oftener, in any order; none comes right behind themselves.
fn draw<'a>(
    people: &'a [Visits],
    different: usize,
    again: usize,
    random: &mut SplitMix,
) -> Option<Vec<&'a [f32]>> {
    if different == 0 || different > people.len() {
        return None;
    }
    let mut order: Vec<usize> = (0..people.len()).collect();
    random.shuffle(&mut order);
    let mut left: Vec<(usize, Vec<&[f32]>)> = (order[..different].iter())
        .map(|&person| {
            let mut visits: Vec<&[f32]> = people[person].iter().map(Vec::as_slice).collect();
            random.shuffle(&mut visits);
            (person, visits)
        })
        .collect();
    let mut come: Vec<(usize, &[f32])> = Vec::new();
    for (person, visits) in &mut left {
        come.push((*person, visits.pop()?));
    }
    for _ in 0..again {
        left.retain(|(_, visits)| !visits.is_empty());
        if left.is_empty() {
            return None;
        }
        let place = random.below(left.len() as u64) as usize;
        let (person, visits) = &mut left[place];
        come.push((*person, visits.pop()?));
    }
    random.shuffle(&mut come);
    for place in 1..come.len() {
        if come[place].0 == come[place - 1].0 {
            // Whoever would meet themselves changes places with the next one who is somebody else.
            let person = come[place].0;
            let other = (0..come.len()).find(|&other| {
                let beside = [other.wrapping_sub(1), other, other + 1];
                beside.iter().all(|&at| come.get(at).is_none_or(|(who, _)| *who != person))
            });
            if let Some(other) = other {
                come.swap(place, other);
            }
        }
    }
    Some(come.into_iter().map(|(_, look)| look).collect())
}

#[cfg(test)]
mod tests {
    use footfall_count::Calibration;

    use super::super::testing::crops;
    use super::EstimateReport;
    use crate::reid::Crops;

    #[test]
    fn people_who_look_like_nobody_else_are_counted() {
        let (mut values, mut people, mut cameras) = (Vec::new(), Vec::new(), Vec::new());
        for person in 0..40_u32 {
            for camera in 0..3 {
                values.extend((0..40).map(|axis| if axis == person { 1.0_f32 } else { 0.0 }));
                people.push(person);
                cameras.push(Some(camera));
            }
        }
        let crops = Crops::new(&values, 40, people, cameras).unwrap();
        let report = EstimateReport::of(&crops, 40, 0.25, Calibration::Research).unwrap();
        assert!(report.error < 0.03 && report.held > 0.9 && report.decided_bias.abs() < 0.01, "{report:?}");
        assert_eq!(EstimateReport::of(&crops, 50, 0.1, Calibration::Research), None, "too few people");
    }

    #[test]
    fn the_same_people_are_drawn_each_time() {
        let crops = crops(3, 1500, 50, 3);
        let of = || EstimateReport::of(&crops, 30, 0.3, Calibration::Clean).unwrap();
        assert_eq!(of(), of());
    }
}
