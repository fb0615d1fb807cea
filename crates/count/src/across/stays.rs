//! Who is inside, and for how long they were when they leave.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::looks::Looks;
use super::told::rounded;
use super::{Passage, Stay};
use crate::Calibration;
use crate::visitors::likeness::normal_below;

/// Share of those who leave whose coming is not known: it was missed, or nobody has their looks.
const MISSED: f64 = 0.15;
/// How likely it has to be that somebody came in so.
const SURE: f64 = 0.7;
/// Mean and standard deviation of the logarithm of a stay's seconds, before any is known, and how many they weigh.
const PRIOR: (f64, f64, f64) = (6.2, 1.3, 5.0);
/// The most who are inside, and the latest stays that are kept.
const MOST: usize = 5000;
const LATEST: usize = 1000;
/// Those inside who are taken for strangers of one who leaves, at most.
const STRANGERS: usize = 40;

/// Somebody inside.
#[derive(Clone, Debug)]
pub(super) struct Guest {
    pub(super) passage: Passage,
    pub(super) camera: usize,
    pub(super) time: Duration,
    pub(super) look: Arc<[f32]>,
    /// Their number, where visitors have one.
    pub(super) number: Option<u64>,
}

/// Those inside of one shop.
#[derive(Clone, Debug)]
pub(super) struct Stays {
    longest: Duration,
    calibration: Calibration,
    inside: VecDeque<Guest>,
    /// Between two doors.
    looks: BTreeMap<(usize, usize), Looks>,
    /// Of the logarithms of stays: how many, their sum, and that of their squares.
    logs: (f64, f64, f64),
    latest: VecDeque<f64>,
    count: u64,
    sum: f64,
}

impl Stays {
    pub(super) fn new(longest: Duration, calibration: Calibration) -> Self {
        Self {
            longest,
            calibration,
            inside: VecDeque::new(),
            looks: BTreeMap::new(),
            logs: (0.0, 0.0, 0.0),
            latest: VecDeque::new(),
            count: 0,
            sum: 0.0,
        }
    }

    /// Somebody comes in.
    pub(super) fn enter(&mut self, guest: Guest) {
        self.inside.push_back(guest);
        if self.inside.len() > MOST {
            self.inside.pop_front();
        }
    }

    /// Somebody leaves: who of those inside it is, with their number, where that is likely enough.
    ///
    /// ```text
    /// P(i) = (1 - m) h_i L_i / (m H + (1 - m) sum over j of h_j L_j)
    /// ```
    ///
    /// where `h` is how likely it is by the length of the stay that somebody leaves now, `H` the sum over everybody
    /// inside, `L` how much likelier such looks are of one person than of two, and `m` the share whose coming was missed.
    pub(super) fn leave(
        &mut self,
        camera: usize,
        time: Duration,
        look: &[f32],
    ) -> Option<(Stay, Option<u64>)> {
        let longest = self.longest;
        self.inside.retain(|guest| time.saturating_sub(guest.time) <= longest);
        let of_length: Vec<f64> =
            self.inside.iter().map(|guest| self.hazard(seconds(guest.time, time))).collect();
        let all: f64 = of_length.iter().sum();
        let mut chances = Vec::new();
        for (guest, hazard) in self.inside.iter().zip(&of_length) {
            let looks = self.looks.get(&(guest.camera, camera));
            let ratio = |looks: &Looks| looks.ratio(&guest.look, look);
            let likeness = looks.map_or_else(|| ratio(&Looks::new(self.calibration)), ratio);
            chances.push((1.0 - MISSED) * hazard * likeness);
        }
        let whole = MISSED * all + chances.iter().sum::<f64>();
        let (best, chance) = chances.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
        self.see_strangers(camera, look, best);
        let probability = chance / whole;
        if probability.is_nan() || probability < SURE {
            return None;
        }
        let guest = self.inside.remove(best)?;
        let stay = seconds(guest.time, time);
        self.note(stay);
        let seconds = (stay * 1e3).round() / 1e3;
        Some((Stay { came: guest.passage, seconds, probability: rounded(probability) }, guest.number))
    }

    /// How many stays are known, their mean, and the middle one of the latest.
    pub(super) fn sums(&self) -> (u64, f64, Vec<f64>) {
        (self.count, self.sum, self.latest.iter().copied().collect())
    }

    fn see_strangers(&mut self, camera: usize, look: &[f32], best: usize) {
        let calibration = self.calibration;
        for (_, guest) in
            self.inside.iter().enumerate().rev().filter(|(place, _)| *place != best).take(STRANGERS)
        {
            let looks = self.looks.entry((guest.camera, camera)).or_insert_with(|| Looks::new(calibration));
            looks.strangers(&guest.look, look);
        }
    }

    fn note(&mut self, stay: f64) {
        let log = stay.max(1.0).ln();
        self.logs = (self.logs.0 + 1.0, self.logs.1 + log, self.logs.2 + log * log);
        self.count += 1;
        self.sum += stay;
        self.latest.push_back(stay);
        if self.latest.len() > LATEST {
            self.latest.pop_front();
        }
    }

    /// How likely it is, a second, that a stay of this length ends now: stays are lognormal.
    fn hazard(&self, stay: f64) -> f64 {
        let (mean, deviation, weight) = PRIOR;
        let whole = self.logs.0 + weight;
        let middle = (self.logs.1 + weight * mean) / whole;
        let squares = (self.logs.2 + weight * (deviation * deviation + mean * mean)) / whole;
        let deviation = (squares - middle * middle).max(0.04).sqrt();
        let off = (stay.max(1.0).ln() - middle) / deviation;
        let density =
            (-0.5 * off * off).exp() / (stay.max(1.0) * deviation * (2.0 * std::f64::consts::PI).sqrt());
        density / (1.0 - normal_below(off)).max(1e-3) + 1e-6
    }
}

fn seconds(from: Duration, to: Duration) -> f64 {
    to.saturating_sub(from).as_secs_f64()
}
