//! Whether people can be counted at all in what is seen: followed from frame to frame, and large enough.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use footfall_count::{Ground, Visible};
use footfall_pipeline::{Inspector, Note, Scene};

use crate::latch::{Latch, Sign};

/// What is judged is what was seen in so much time, or in more where hardly anybody was.
const WINDOW: Duration = Duration::from_mins(1);
/// The window moves on in steps of this length.
const STEP: Duration = Duration::from_secs(1);
/// Before so much time nothing is said.
const FIRST: Duration = Duration::from_secs(20);
/// Nothing can be said of any of them.
const UNKNOWN: [Sign; 3] = [Sign::Unclear, Sign::Unclear, Sign::Unclear];
/// Frames' times are rounded: a rate that is this much too low is not.
const ROUNDED: f64 = 0.99;

/// Looks at how people are seen and followed, and tells when that is too badly for any count to be answered for.
///
/// Where too few frames come it says nothing: [`RateCheck`](crate::RateCheck) does, and the same time is not told twice.
#[derive(Clone, Debug)]
pub struct CountableCheck {
    /// Frames a second below which somebody else tells.
    least: f64,
    hold: Duration,
    /// How many times as large pictures are for the network, where that is known.
    scale: Option<f64>,
    latches: [Latch; 3],
    /// What the latest look said of each, and from when on.
    signs: [(Sign, Duration); 3],
    /// What was seen up to some moments of the window, the oldest first.
    recent: VecDeque<(Duration, Visible)>,
    /// When it is looked again.
    next: Duration,
    /// Time and number of the latest frame, and what was seen up to it.
    latest: (Duration, u64, Visible),
    /// The first frame's time.
    began: Option<Duration>,
    /// Whether people could be counted at any time.
    was_well: bool,
    /// When they last could be counted again.
    over: Duration,
}

impl CountableCheck {
    /// A check that has seen nothing yet: what lasts for `hold` seconds is told. `scale` is how many times as large
    /// pictures are for the network; without it nobody is called too small. Time with fewer than `least` frames a second
    /// is left to others.
    #[must_use]
    pub fn new(least: f64, hold: f64, scale: Option<f64>) -> Self {
        Self {
            least,
            hold: Duration::try_from_secs_f64(hold).unwrap_or_default(),
            scale,
            latches: [
                Latch::new(Ground::Unfollowed(1.0).uncountable().condition()),
                Latch::new(Ground::Height(0.0).uncountable().condition()),
                Latch::new(Ground::Confidence(0.0).uncountable().condition()),
            ],
            signs: UNKNOWN.map(|sign| (sign, Duration::ZERO)),
            recent: VecDeque::new(),
            next: Duration::ZERO,
            latest: (Duration::ZERO, 0, Visible::default()),
            began: None,
            was_well: false,
            over: Duration::ZERO,
        }
    }

    /// Takes the number and the time of the next frame and what was seen up to it; what is there to tell. `window` is the
    /// greatest scale of a part of the picture that was looked at by itself.
    pub fn take(&mut self, number: u64, time: Duration, visible: Visible, window: Option<f64>) -> Vec<Note> {
        self.began.get_or_insert(time);
        self.latest = (time, number, visible);
        self.scale = self.scale.into_iter().chain(window).reduce(f64::max);
        let mut notes = Vec::new();
        if time < self.next {
            return notes;
        }
        self.next = time + STEP;
        // Where nobody is seen all stays as it is.
        if self.recent.back().is_none_or(|(_, last)| last.people() < visible.people()) {
            self.recent.push_back((time, visible));
            let is_past = |(second, seen): &(Duration, Visible)| {
                time.saturating_sub(*second) >= WINDOW && visible.since(seen).is_enough()
            };
            while self.recent.get(1).is_some_and(is_past) {
                self.recent.pop_front();
            }
            if let Some(&(from, before)) = self.recent.front()
                && time.saturating_sub(from) >= FIRST
            {
                self.judge(from, &visible.since(&before));
            }
        }
        self.turn(self.hold, &mut notes);
        notes
    }

    /// After the last frame: what was still going on, and what was so all along, for however short a time.
    pub fn rest(&mut self) -> Vec<Note> {
        let mut notes = Vec::new();
        let (last, _, visible) = self.latest;
        if let Some(began) = self.began.filter(|_| !self.was_well && !self.is_on()) {
            self.judge(began, &visible);
            self.turn(Duration::ZERO, &mut notes);
        }
        self.latches.iter_mut().for_each(|latch| latch.tell(last, &mut notes));
        notes
    }

    fn is_on(&self) -> bool {
        self.latches.iter().any(Latch::is_on)
    }

    /// Judges what was seen from `from` on.
    fn judge(&mut self, from: Duration, seen: &Visible) {
        let signs = if self.is_rare(from, seen) { UNKNOWN } else { self.signs(seen) };
        self.was_well |= signs.iter().all(|sign| matches!(sign, Sign::Good(_)));
        // All of the window was bad; what is good is so now.
        let since = |sign: &Sign| if matches!(sign, Sign::Bad(_)) { from } else { self.latest.0 };
        self.signs = signs.map(|sign| (sign.clone(), since(&sign)));
    }

    /// Raises what has lasted for `hold`, and takes back what is over for as long.
    fn turn(&mut self, hold: Duration, notes: &mut Vec<Note>) {
        let (time, number, _) = self.latest;
        for (latch, (sign, since)) in self.latches.iter_mut().zip(&self.signs) {
            latch.take(sign.clone(), number, ((*since).max(self.over), time), hold, notes);
        }
        let over = |note: &Note| match note {
            Note::Health(change) if !change.raised => Some(change.time),
            _ => None,
        };
        self.over = notes.iter().filter_map(over).fold(self.over, Duration::max);
    }

    /// Whether too few frames came.
    fn is_rare(&self, from: Duration, seen: &Visible) -> bool {
        let seconds = self.latest.0.saturating_sub(from).as_secs_f64();
        // The first frame of all has no time before it.
        let gaps = seen.frames.saturating_sub(u64::from(seen.frames == self.latest.2.frames));
        (gaps as f64) < ROUNDED * self.least * seconds
    }

    /// Whether people can be followed, whether they are large enough, and whether they stand out.
    fn signs(&self, seen: &Visible) -> [Sign; 3] {
        let mut signs =
            seen.grounds(self.scale).map(|ground| ground.map_or(Sign::Unclear, |ground| sign(&ground)));
        if seen.is_enough() && seen.followed > 0 && self.scale.is_none() {
            // Nobody is called too small.
            signs[1] = Sign::Good(BTreeMap::new());
        }
        // One reason is enough: the same time is not told for another one too.
        let told = signs.iter().position(|sign| matches!(sign, Sign::Bad(_))).unwrap_or(signs.len());
        signs.iter_mut().skip(told + 1).for_each(|sign| *sign = Sign::Unclear);
        signs
    }
}

fn sign(ground: &Ground) -> Sign {
    let rounded = |value: f64| (value * 100.0).round() / 100.0;
    let (value, limit) = ground.value_and_limit();
    let evidence = [(ground.name(), rounded(value)), ("limit", limit)];
    let evidence = BTreeMap::from(evidence.map(|(name, value)| (name.to_owned(), value)));
    match (ground.is_bad(), ground.is_good()) {
        (true, _) => Sign::Bad(evidence),
        (_, true) => Sign::Good(evidence),
        _ => Sign::Unclear,
    }
}

impl Inspector for CountableCheck {
    fn inspect(&mut self, scene: &Scene) -> Vec<Note> {
        let window = scene.look.steady().iter().map(|window| window.scale).reduce(f64::max);
        self.take(scene.frame.number, scene.frame.time, scene.seen.visible, window)
    }

    fn finish(&mut self) -> Vec<Note> {
        self.rest()
    }
}

#[cfg(test)]
mod tests;
