//! Whether frames come often enough to follow people from one to the next.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use footfall_count::Condition;
use footfall_pipeline::{Inspector, Note, Scene};

use crate::latch::{Latch, Sign};

/// The rate is that of so much time.
const WINDOW: Duration = Duration::from_secs(3);
/// It must be left by this factor until that counts.
const MARGIN: f64 = 1.15;
/// Frames' times are rounded: a rate that is this much too low is not.
const ROUNDED: f64 = 0.99;

/// Looks at the times of the frames that are processed, after any were dropped, and tells when too few are.
///
/// A single stretch without frames is no low rate: who misses it tells of it as such.
#[derive(Clone, Debug)]
pub struct RateCheck {
    /// Frames a second.
    least: f64,
    hold: Duration,
    latch: Latch,
    /// Times of the latest frames.
    recent: VecDeque<Duration>,
    /// The latest frame.
    number: u64,
    /// The latest sign, and when it began to show.
    sign: Option<(Sign, Duration)>,
    /// Whether frames have come often enough at any time.
    was_well: bool,
    /// When they last came often enough again.
    over: Duration,
}

impl RateCheck {
    /// A check that has seen nothing yet: fewer than `least` frames a second for `hold` seconds are too few.
    #[must_use]
    pub fn new(least: f64, hold: f64) -> Self {
        Self {
            least,
            hold: Duration::try_from_secs_f64(hold).unwrap_or_default(),
            latch: Latch::new(Condition::LowRate),
            recent: VecDeque::new(),
            number: 0,
            sign: None,
            was_well: false,
            over: Duration::ZERO,
        }
    }

    /// How many frames a second are enough.
    #[must_use]
    pub fn least(&self) -> f64 {
        self.least
    }

    /// Takes the number and the time of the next processed frame; what is there to tell.
    pub fn take(&mut self, number: u64, time: Duration) -> Vec<Note> {
        let mut notes = Vec::new();
        let before = self.recent.back().copied();
        self.recent.push_back(time);
        self.number = number;
        let Some(before) = before else { return notes };
        let from = time.saturating_sub(WINDOW);
        // Two are kept however far apart they are.
        while self.recent.len() > 2 && self.recent[0] < from {
            self.recent.pop_front();
        }
        if let Some(rate) = self.rate() {
            let sign = self.judge(rate);
            self.was_well |= matches!(sign, Sign::Good(_));
            let was_bad = matches!(self.sign, Some((Sign::Bad(_), _)));
            let since = match (&sign, &self.sign) {
                (Sign::Bad(_), Some((Sign::Bad(_), since))) => *since,
                // All of the window had too few.
                (Sign::Bad(_), _) => self.recent[0].max(self.over),
                _ => before,
            };
            self.sign = Some((sign.clone(), since));
            let is_gap = time.saturating_sub(before) > WINDOW;
            // What follows a gap tells whether it was one, or frames are that rare.
            if was_bad || !is_gap || self.latch.is_on() {
                self.latch.take(sign, number, (since, time), self.hold, &mut notes);
            }
        }
        let over = |note: &Note| match note {
            Note::Health(change) if !change.raised => Some(change.time),
            _ => None,
        };
        self.over = notes.iter().find_map(over).unwrap_or(self.over);
        notes
    }

    /// After the last frame: what was still going on, and what was so all along, for however short a time.
    pub fn rest(&mut self) -> Vec<Note> {
        let mut notes = Vec::new();
        let Some(&last) = self.recent.back() else { return notes };
        if !self.was_well
            && !self.latch.is_on()
            && let Some((sign @ Sign::Bad(_), since)) = self.sign.take()
        {
            self.latch.take(sign, self.number, (since, last), Duration::ZERO, &mut notes);
        }
        self.latch.tell(last, &mut notes);
        notes
    }

    /// Frames a second in the window; nothing where no time has passed.
    fn rate(&self) -> Option<f64> {
        let (first, last) = (self.recent.front()?, self.recent.back()?);
        let seconds = last.saturating_sub(*first).as_secs_f64();
        (seconds > 0.0).then(|| (self.recent.len() - 1) as f64 / seconds)
    }

    fn judge(&self, rate: f64) -> Sign {
        let rounded = |value: f64| (value * 100.0).round() / 100.0;
        let evidence = [("frames_per_second", rounded(rate)), ("limit", self.least)];
        let evidence = BTreeMap::from(evidence.map(|(name, value)| (name.to_owned(), value)));
        match () {
            () if rate < ROUNDED * self.least => Sign::Bad(evidence),
            () if rate >= MARGIN * self.least => Sign::Good(evidence),
            () => Sign::Unclear,
        }
    }
}

impl Inspector for RateCheck {
    fn inspect(&mut self, scene: &Scene) -> Vec<Note> {
        self.take(scene.frame.number, scene.frame.time)
    }

    fn finish(&mut self) -> Vec<Note> {
        self.rest()
    }
}

#[cfg(test)]
mod tests;
