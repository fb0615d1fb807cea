//! Where somebody was, a few times a second.

use std::collections::VecDeque;
use std::time::Duration;

use footfall_track::Point;

use super::{AFTER, BEFORE};
use crate::sighting::RESOLUTION;

/// Places are kept so often: people do not part from each other in less.
const SPACING: Duration = Duration::from_millis(100);
/// Between two places that are further apart in time nobody knows where somebody was.
const BRIDGE: Duration = Duration::from_secs(1);
/// For so long two must have been seen at the same time to be compared.
const LEAST: Duration = Duration::from_millis(300);

#[derive(Clone, Copy, Debug)]
struct Spot {
    time: Duration,
    place: Point,
    stature: f64,
}

/// How two people walked, in heights of a person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Beside {
    /// How far they were from each other: the root of the mean square.
    pub(super) distance: f64,
    /// How much the way from one to the other changed: its standard deviation.
    pub(super) drift: f64,
}

/// A person's path, by time.
#[derive(Clone, Debug, Default)]
pub(super) struct Trail {
    spots: VecDeque<Spot>,
}

impl Trail {
    pub(super) fn push(&mut self, time: Duration, place: Point, stature: f64) {
        let is_due = self.spots.back().is_none_or(|last| time + RESOLUTION >= last.time + SPACING);
        if is_due && place.x.is_finite() && place.y.is_finite() && stature.is_finite() {
            self.spots.push_back(Spot { time, place, stature });
        }
    }

    pub(super) fn forget(&mut self, before: Duration) {
        while self.spots.front().is_some_and(|spot| spot.time < before) {
            self.spots.pop_front();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.spots.is_empty()
    }

    /// How two walked around the times at which they passed; none where they were hardly seen together.
    pub(super) fn beside(&self, other: &Self, passed: Duration, other_passed: Duration) -> Option<Beside> {
        let from = passed.min(other_passed).saturating_sub(BEFORE);
        let to = passed.max(other_passed) + AFTER;
        let (mut square, mut across, mut down, mut count) = (0.0, 0.0, 0.0, 0_u32);
        let (mut first, mut last) = (None, Duration::ZERO);
        for spot in self.spots.iter().filter(|spot| spot.time >= from && spot.time <= to) {
            let Some(there) = other.at(spot.time) else { continue };
            let height = f64::midpoint(spot.stature, there.stature).max(1.0);
            let (x, y) = ((spot.place.x - there.place.x) / height, (spot.place.y - there.place.y) / height);
            square += x * x + y * y;
            (across, down) = (across + x, down + y);
            count += 1;
            first.get_or_insert(spot.time);
            last = spot.time;
        }
        if last + RESOLUTION < first? + LEAST {
            return None;
        }
        let count = f64::from(count);
        let (mean, centre) = (square / count, (across * across + down * down) / (count * count));
        Some(Beside { distance: mean.sqrt(), drift: (mean - centre).max(0.0).sqrt() })
    }

    /// Where they were at a time, between the places before and after it.
    fn at(&self, time: Duration) -> Option<Spot> {
        let after = self.spots.partition_point(|spot| spot.time < time);
        let next = self.spots.get(after)?;
        let gap = next.time.saturating_sub(time);
        if gap.is_zero() {
            return Some(*next);
        }
        let last = self.spots.get(after.checked_sub(1)?)?;
        let span = next.time.saturating_sub(last.time);
        if span > BRIDGE {
            return None;
        }
        let share = 1.0 - gap.as_secs_f64() / span.as_secs_f64();
        let between = |a: f64, b: f64| a + share * (b - a);
        let place = Point::new(between(last.place.x, next.place.x), between(last.place.y, next.place.y));
        Some(Spot { time, place, stature: between(last.stature, next.stature) })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use footfall_track::Point;

    use super::Trail;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    /// Somebody who walks to the right at 100 pixels a second, from `start` on until `end`, 100 pixels tall.
    fn walk(start: f64, end: f64, every: f64, from: f64, y: f64) -> Trail {
        let mut trail = Trail::default();
        let mut time = start;
        while time <= end {
            trail.push(seconds(time), Point::new(from + 100.0 * time, y), 100.0);
            time += every;
        }
        trail
    }

    #[test]
    fn an_even_distance_is_itself_whatever_the_times_of_the_frames() {
        let (one, other) = (walk(0.0, 6.0, 0.1, 0.0, 0.0), walk(0.03, 6.0, 0.17, -30.0, 40.0));
        let far = one.beside(&other, seconds(3.0), seconds(3.3)).unwrap();
        assert!((far.distance - 0.5).abs() < 1e-6 && far.drift < 1e-6, "{far:?}");
    }

    #[test]
    fn who_comes_closer_drifts() {
        let mut nearing = Trail::default();
        for step in 0..60 {
            let time = 0.1 * f64::from(step);
            nearing.push(seconds(time), Point::new(100.0 * time, 20.0 * time), 100.0);
        }
        let far = walk(0.0, 6.0, 0.1, 0.0, 0.0).beside(&nearing, seconds(3.0), seconds(3.0)).unwrap();
        // 20 pixels a second for six seconds: evenly from 0 to 1.2 heights.
        let (distance, drift) = (1.2 / 3.0_f64.sqrt(), 1.2 / 12.0_f64.sqrt());
        assert!((far.distance - distance).abs() < 0.02 && (far.drift - drift).abs() < 0.02, "{far:?}");
    }

    #[test]
    fn those_who_were_not_seen_together_are_not_compared() {
        let one = walk(0.0, 3.0, 0.1, 0.0, 0.0);
        assert_eq!(one.beside(&walk(3.2, 6.0, 0.1, 0.0, 0.0), seconds(2.9), seconds(3.3)), None);
        assert_eq!(
            one.beside(&walk(2.9, 6.0, 0.1, 0.0, 0.0), seconds(2.9), seconds(3.3)),
            None,
            "for a moment"
        );
        assert_eq!(
            one.beside(&walk(0.0, 6.0, 1.55, 0.0, 0.0), seconds(2.9), seconds(3.3)),
            None,
            "in between"
        );
    }
}
