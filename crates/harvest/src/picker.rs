//! Which of a track's good crops are kept: spread out over time, and different.

use std::time::Duration;

use crate::Config;
use crate::screen::{Candidate, Reason};

/// The crops kept of one track so far, in bounded memory.
///
/// Time is cut into slots from the first good crop on, and each slot keeps its sharpest one. Whenever
/// there are too many, slots become twice as long: the crops stay spread over the whole track, however
/// long it gets.
#[derive(Debug)]
pub(crate) struct Picker {
    every: Duration,
    kept: Vec<Candidate>,
}

impl Picker {
    pub(crate) fn new(config: &Config) -> Self {
        Self { every: config.every, kept: Vec::new() }
    }

    /// Takes the next good crop of the track, and gives those that are left out for it: itself, or
    /// others.
    pub(crate) fn offer(&mut self, config: &Config, candidate: Candidate) -> Vec<(Candidate, Reason)> {
        if let Some(last) = self.kept.last()
            && self.slot(last) == self.slot(&candidate)
        {
            return vec![(self.sharper_of_last(candidate), Reason::Close)];
        }
        let differs =
            |kept: &Candidate| kept.thumbnail.difference(&candidate.thumbnail) >= config.min_difference;
        if !self.kept.iter().all(differs) {
            return vec![(candidate, Reason::Duplicate)];
        }
        self.kept.push(candidate);
        let mut left_out = Vec::new();
        while self.kept.len() > config.max_per_track {
            self.every *= 2;
            left_out.extend(self.merge().into_iter().map(|candidate| (candidate, Reason::Limit)));
        }
        left_out
    }

    /// The crops that are kept, in the order of time.
    pub(crate) fn finish(self) -> Vec<Candidate> {
        self.kept
    }

    /// Puts the sharper of the last one and `candidate` last, and gives the other.
    fn sharper_of_last(&mut self, candidate: Candidate) -> Candidate {
        match self.kept.last_mut() {
            Some(last) if candidate.sharpness > last.sharpness => std::mem::replace(last, candidate),
            _ => candidate,
        }
    }

    /// Leaves the sharpest of each slot, and gives the others.
    fn merge(&mut self) -> Vec<Candidate> {
        let mut left_out = Vec::new();
        for candidate in std::mem::take(&mut self.kept) {
            if self.kept.last().is_some_and(|last| self.slot(last) == self.slot(&candidate)) {
                left_out.push(self.sharper_of_last(candidate));
            } else {
                self.kept.push(candidate);
            }
        }
        left_out
    }

    /// The slot's number: absolute, so that it does not matter which crop came first.
    fn slot(&self, candidate: &Candidate) -> u128 {
        candidate.sighting.time.as_nanos() / self.every.as_nanos().max(1)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use footfall_track::Bbox;
    use proptest::prelude::*;

    use super::{Candidate, Picker, Reason};
    use crate::Config;
    use crate::screen::{Screened, screen};
    use crate::testing::{busy, scene};

    /// A crop of frame `number`, whose picture is that of `look`.
    fn candidate(number: u64, look: u64, sharpness: f64) -> Candidate {
        let scene = scene(number, busy(look), &[(1, Bbox::new(100.0, 50.0, 50.0, 120.0), 0.9)]);
        match screen(&Config::default(), &scene, &scene.seen.tracks[0]).unwrap() {
            Some(Screened::Good(found)) => Candidate { sharpness, ..found },
            other => panic!("{other:?}"),
        }
    }

    fn frames(kept: &[Candidate]) -> Vec<u64> {
        kept.iter().map(|candidate| candidate.sighting.frame).collect()
    }

    #[test]
    fn a_slot_keeps_its_sharpest() {
        let (config, mut picker) = (Config::default(), Picker::new(&Config::default()));
        let mut left_out = Vec::new();
        for (number, sharpness) in [(1, 300.0), (3, 900.0), (5, 500.0), (6, 200.0), (9, 100.0)] {
            left_out.extend(picker.offer(&config, candidate(number, number, sharpness)));
        }
        let reasons: Vec<_> = left_out.iter().map(|(c, reason)| (c.sighting.frame, *reason)).collect();
        assert_eq!(reasons, [(1, Reason::Close), (5, Reason::Close), (9, Reason::Close)]);
        assert_eq!(frames(&picker.finish()), [3, 6]);
    }

    #[test]
    fn what_looks_like_a_kept_one_is_left_out() {
        let (config, mut picker) = (Config::default(), Picker::new(&Config::default()));
        for (number, look) in [(1, 1), (11, 2), (21, 1), (31, 3)] {
            for (other, reason) in picker.offer(&config, candidate(number, look, 500.0)) {
                assert_eq!((other.sighting.frame, reason), (21, Reason::Duplicate));
            }
        }
        assert_eq!(frames(&picker.finish()), [1, 11, 31]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn all_are_accounted_for_and_those_kept_span_the_track(most in 1_usize..6, gaps in prop::collection::vec(1_u64..9, 1..40)) {
            let config = Config { max_per_track: most, min_difference: 0.0, ..Config::default() };
            let mut picker = Picker::new(&config);
            let (mut number, mut left_out) = (1, 0);
            for gap in &gaps {
                number += gap;
                left_out += picker.offer(&config, candidate(number, number, (number * 37 % 101) as f64)).len();
                prop_assert!(picker.kept.len() <= most);
            }
            let (every, kept) = (picker.every, picker.finish());
            prop_assert_eq!(kept.len() + left_out, gaps.len());
            let slots: Vec<_> = kept.iter().map(|c| c.sighting.time.as_nanos() / every.as_nanos()).collect();
            prop_assert!(slots.windows(2).all(|pair| pair[0] < pair[1]), "one a slot, in order");
            let end = Duration::from_millis(100 * (number - 1));
            prop_assert!(end.saturating_sub(kept[kept.len() - 1].sighting.time) <= every);
        }
    }
}
