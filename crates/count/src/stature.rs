//! A person's height as learnt over their track: where their feet are when the box does not reach them.

use std::collections::VecDeque;
use std::time::Duration;

use crate::sighting::{RESOLUTION, Sighting};

/// Over this time a box's height is compared with itself: nobody grows or shrinks much in it by walking.
const WINDOW: Duration = Duration::from_millis(500);
/// For how long a height must have been seen before it is believed against a shorter box.
const SUPPORT: Duration = Duration::from_millis(700);
/// For how long a box must have been short before a longer one is believed to show feet.
const SHORT_SUPPORT: Duration = Duration::from_millis(500);
/// Ratio of heights within the window from which on feet have appeared or vanished.
const JUMP: f64 = 1.4;
/// Share of the height by which the head may have moved meanwhile.
const HEAD: f64 = 0.1;
/// Share by which two heights may differ and still be one.
const SAME: f64 = 0.12;

/// What is known of one person's height, in pixels.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stature {
    /// Where they were lately, feet as they were taken to be, as far as it may be compared with.
    recent: VecDeque<Sighting>,
    /// Their height, while the box is shorter than that, and since when.
    held: Option<(f64, Duration)>,
    /// When feet came into sight.
    shown: Option<Duration>,
}

/// Something that was learnt about where the feet are and were.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Learnt {
    /// Since after this time they have been hidden: they are so far below the head.
    Hidden(Duration, f64),
    /// They can be seen, so far below the head, and they were so far below it all the time.
    Shown(f64),
}

impl Stature {
    /// Takes the person's next sighting, the box as it is, and puts their feet where they must be; feet are taken
    /// to be hidden for `patience` at most.
    pub(crate) fn see(&mut self, sighting: Sighting, patience: Duration) -> (Sighting, Option<Learnt>) {
        if patience.is_zero() || !sighting.height.is_finite() || sighting.height <= 0.0 {
            return (sighting, None);
        }
        let learnt = match self.held {
            Some((height, since)) => self.go_on(&sighting, height, since, patience),
            None => self.compare(&sighting),
        };
        if let Some(Learnt::Shown(_)) = learnt {
            self.recent.clear();
        }
        let feet = self.held.map_or(sighting, |(height, _)| sighting.with_height(height));
        self.remember(feet);
        (feet, learnt)
    }

    /// Whether the feet are still hidden.
    fn go_on(
        &mut self,
        sighting: &Sighting,
        height: f64,
        since: Duration,
        patience: Duration,
    ) -> Option<Learnt> {
        let is_shorter = sighting.height < height * (1.0 - SAME);
        let is_taller = sighting.height > height * (1.0 + SAME);
        if is_shorter && sighting.time.saturating_sub(since) <= patience {
            return None;
        }
        self.held = None;
        (is_shorter || is_taller).then_some(Learnt::Shown(sighting.height))
    }

    /// Whether the lower edge has jumped since a moment ago, and the head has not.
    fn compare(&mut self, sighting: &Sighting) -> Option<Learnt> {
        let from = sighting.time.saturating_sub(WINDOW + RESOLUTION);
        let before = self.recent.iter().filter(|old| old.time >= from).chain(self.recent.back());
        let is_jump = |old: &&Sighting| {
            let (low, high) = (old.height.min(sighting.height), old.height.max(sighting.height));
            high >= JUMP * low && (old.top() - sighting.top()).abs() <= HEAD * high
        };
        let jumps: Vec<Sighting> = before.filter(is_jump).copied().collect();
        let is_hidden = |old: &&Sighting| old.height > sighting.height && self.is_supported(old, SUPPORT);
        if let Some(old) = jumps.iter().find(is_hidden) {
            self.held = Some((old.height, old.time));
            return Some(Learnt::Hidden(old.time, old.height));
        }
        // A box that is long for a moment, or short for one, has shown nothing: boxes flicker where people leave
        // the picture. Only that feet appeared a moment ago may be taken back.
        let is_shown = |old: &Sighting| old.height < sighting.height && self.is_supported(old, SHORT_SUPPORT);
        let is_taken_back =
            self.shown.is_some_and(|shown| sighting.time.saturating_sub(shown) < WINDOW + SUPPORT);
        if !jumps.is_empty() && (is_taken_back || jumps.iter().any(is_shown)) {
            self.shown = Some(sighting.time).filter(|_| !is_taken_back);
            return Some(Learnt::Shown(sighting.height));
        }
        None
    }

    /// Whether the height was about the same for long enough until then.
    fn is_supported(&self, old: &Sighting, support: Duration) -> bool {
        let until = self.recent.iter().rev().skip_while(|sighting| sighting.time > old.time);
        let same = until.take_while(|sighting| (sighting.height - old.height).abs() <= SAME * old.height);
        same.last().is_some_and(|first| old.time.saturating_sub(first.time) + RESOLUTION >= support)
    }

    fn remember(&mut self, sighting: Sighting) {
        self.recent.push_back(sighting);
        let from = sighting.time.saturating_sub(WINDOW + SUPPORT + WINDOW);
        while self.recent.front().is_some_and(|old| old.time < from) {
            self.recent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use footfall_track::{Point, TrackId};

    use super::{Learnt, Stature};
    use crate::sighting::Sighting;

    const PATIENCE: Duration = Duration::from_secs(5);

    /// A box at 10 frames a second, its head at `top`.
    fn sighting(frame: u64, top: f64, height: f64) -> Sighting {
        Sighting {
            track: TrackId(1),
            anchor: Point::new(50.0, top + height),
            centre: Point::new(50.0, top + height / 2.0),
            height,
            stature: height,
            frame,
            time: Duration::from_millis(100 * frame),
            crowded: false,
            inferred: false,
            found: false,
        }
    }

    /// Where feet are, frame by frame, and what was learnt on the way.
    fn follow(boxes: impl IntoIterator<Item = (f64, f64)>) -> (Vec<f64>, Vec<Learnt>) {
        let mut stature = Stature::default();
        let mut learnt = Vec::new();
        let feet = (1..).zip(boxes).map(|(frame, (top, height))| {
            let (feet, what) = stature.see(sighting(frame, top, height), PATIENCE);
            learnt.extend(what);
            feet.anchor.y
        });
        (feet.collect(), learnt)
    }

    fn still(height: f64, frames: usize) -> impl Iterator<Item = (f64, f64)> {
        std::iter::repeat_n((100.0, height), frames)
    }

    #[test]
    fn hidden_legs_leave_the_feet_where_they_are() {
        let (feet, learnt) = follow(still(150.0, 20).chain(still(80.0, 20)).chain(still(150.0, 20)));
        assert_eq!(feet, vec![250.0; 60]);
        assert_eq!(learnt, [Learnt::Hidden(Duration::from_millis(1600), 150.0)]);
    }

    #[test]
    fn hidden_feet_go_with_the_head() {
        let walk = (0..20).map(|step| (100.0 + 2.0 * f64::from(step), 80.0));
        let (feet, _) = follow(still(150.0, 20).chain(walk));
        assert_eq!(feet[39], 138.0 + 150.0);
    }

    #[test]
    fn who_is_hidden_from_the_start_stands_where_the_feet_appear() {
        let (feet, learnt) = follow(still(80.0, 20).chain(still(150.0, 5)));
        assert_eq!((feet[19], feet[24]), (180.0, 250.0));
        assert_eq!(learnt, [Learnt::Shown(150.0)]);
    }

    #[test]
    fn a_tall_box_of_a_moment_is_no_height() {
        let (feet, learnt) = follow(still(80.0, 20).chain(still(150.0, 3)).chain(still(80.0, 5)));
        assert_eq!(feet[27], 180.0);
        assert_eq!(learnt, [Learnt::Shown(150.0), Learnt::Shown(80.0)]);
    }

    #[test]
    fn feet_are_not_taken_to_be_hidden_for_ever() {
        let (feet, learnt) = follow(still(150.0, 20).chain(still(80.0, 60)));
        assert_eq!((feet[60], feet[79]), (250.0, 180.0));
        assert_eq!(learnt.last(), Some(&Learnt::Shown(80.0)));
    }

    #[test]
    fn who_comes_nearer_grows_and_nothing_is_learnt() {
        let nearer = (0..40).map(|step| (100.0, 100.0 * 1.03_f64.powi(step)));
        let (feet, learnt) = follow(nearer.clone());
        assert!(learnt.is_empty());
        assert!(feet.iter().zip(nearer).all(|(feet, (top, height))| *feet == top + height));
    }
}
