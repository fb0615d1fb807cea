//! People who come to a window: some of them again, some for the first time.

use std::time::Duration;

use footfall_count::{Calibration, VisitorConfig, Visitors};

use super::cosine_distance;
use super::visitors::Visits;
use crate::random::SplitMix;

/// How often people are drawn anew for each size of a window.
const ROUNDS: usize = 50;
const SEED: u64 = 0x0f00_7fa1_1000_0002;

/// Somebody who comes to a window, beside the one of it who is most like them: how like, and whether it is they.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trial {
    /// Whether they came before.
    pub(super) returns: bool,
    /// By cosine distance.
    pub(super) nearest: (f64, bool),
    /// By the counter's own rule, with the probability that it is they; 0 where nobody may be.
    pub(super) likeliest: (f64, bool),
}

/// Shares of trials that went wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Errors {
    /// Of new visitors, those taken for somebody.
    pub(super) false_merges: f64,
    /// Of those who come again, those taken for new.
    pub(super) missed: f64,
    /// Of those who come again, those taken for another.
    pub(super) mistaken: f64,
}

impl Errors {
    /// By a rule that says, where somebody is taken for one who came before, whether for the right one.
    pub(super) fn of(trials: &[Trial], rule: impl Fn(&Trial) -> Option<bool>) -> Self {
        let (mut comings, mut strangers) = (0_u64, 0_u64);
        let (mut merged, mut missed, mut mistaken) = (0_u64, 0_u64, 0_u64);
        for trial in trials {
            let found = rule(trial);
            if trial.returns {
                comings += 1;
                missed += u64::from(found.is_none());
                mistaken += u64::from(found == Some(false));
            } else {
                strangers += 1;
                merged += u64::from(found.is_some());
            }
        }
        let share = |part: u64, all: u64| part as f64 / all.max(1) as f64;
        Self {
            false_merges: share(merged, strangers),
            missed: share(missed, comings),
            mistaken: share(mistaken, comings),
        }
    }
}

/// Draws windows of so many people, fifty times; none where too few people would be left to be new.
///
/// Everybody of the window has come once. Those who are not of it come as new visitors; those who are come again,
/// seen by another camera.
pub(super) fn trials(people: &[Visits], size: usize, calibration: Calibration) -> Option<Vec<Trial>> {
    if size + size.div_ceil(10) > people.len() {
        return None;
    }
    let mut random = SplitMix(SEED);
    let mut order: Vec<usize> = (0..people.len()).collect();
    let mut trials = Vec::new();
    for _ in 0..ROUNDS {
        random.shuffle(&mut order);
        let (inside, outside) = order.split_at(size);
        let mut window = Window::new(calibration);
        let mut again = Vec::with_capacity(size);
        for &person in inside {
            let visits = &people[person];
            let first = random.below(visits.len() as u64) as usize;
            let later = random.below(visits.len() as u64 - 1) as usize;
            again.push(&visits[if later < first { later } else { later + 1 }]);
            window.come(&visits[first]);
        }
        trials.extend(again.into_iter().enumerate().map(|(place, look)| window.try_on(look, Some(place))));
        for &person in outside {
            let visits = &people[person];
            let look = &visits[random.below(visits.len() as u64) as usize];
            trials.push(window.try_on(look, None));
        }
    }
    Some(trials)
}

/// Those who came.
struct Window<'a> {
    visitors: Visitors,
    looks: Vec<&'a [f32]>,
}

impl<'a> Window<'a> {
    fn new(calibration: Calibration) -> Self {
        // Whatever is likeliest is told, however unlikely.
        let config = VisitorConfig { window: 1.0, probability: 0.0, max_cosine_distance: 2.0, calibration };
        Self { visitors: Visitors::new(config), looks: Vec::new() }
    }

    /// They are all in the picture at once, so that none is taken for another.
    fn come(&mut self, look: &'a [f32]) {
        let _ = self.visitors.come(self.looks.len() as u64, Some(look), Duration::ZERO, |_| true);
        self.looks.push(look);
    }

    /// Somebody comes with this look, who is the one at `place` or new; they leave no trace.
    fn try_on(&self, look: &[f32], place: Option<usize>) -> Trial {
        let distances = self.looks.iter().map(|known| cosine_distance(known, look)).enumerate();
        let nearest = distances.min_by(|(_, a), (_, b)| a.total_cmp(b));
        // Numbers are given from 1, in the order of coming.
        let likeliest = self.visitors.recognise(look).map(|(number, chance)| (number as usize - 1, chance));
        let is_right = |found: usize| Some(found) == place;
        Trial {
            returns: place.is_some(),
            nearest: nearest.map_or((f64::INFINITY, false), |(found, distance)| (distance, is_right(found))),
            likeliest: likeliest.map_or((0.0, false), |(found, chance)| (chance, is_right(found))),
        }
    }
}
