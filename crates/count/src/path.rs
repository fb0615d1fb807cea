//! A person's path, averaged over time.

use std::collections::VecDeque;
use std::time::Duration;

use footfall_track::Point;

use crate::sight::{RESOLUTION, Sight};

/// Sights in, averaged ones out, each as soon as its window is full.
///
/// A window reaches as far to one side as to the other, so that an even walk is left as it is: at a
/// path's ends, and beside gaps, it is narrower. Its width is that of at most `half` to either side.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path {
    sights: VecDeque<Sight>,
    /// How many of them have come out.
    done: usize,
}

impl Path {
    pub(crate) fn push(&mut self, sight: Sight) {
        self.sights.push_back(sight);
    }

    /// Puts the feet of all that were seen after `since` so many pixels below their heads.
    pub(crate) fn set_height(&mut self, since: Option<Duration>, height: f64) {
        let seen = self.sights.iter_mut().filter(|sight| !sight.inferred);
        for sight in seen.filter(|sight| since.is_none_or(|since| sight.time > since)) {
            *sight = sight.with_height(height);
        }
    }

    /// Whether everything has come out.
    pub(crate) fn is_drained(&self) -> bool {
        self.done == self.sights.len()
    }

    /// The next averaged sight whose window ends before `now`; at the end of everything `now` is none.
    pub(crate) fn next(&mut self, half: Duration, now: Option<Duration>) -> Option<Sight> {
        let at = *self.sights.get(self.done)?;
        if now.is_some_and(|now| now + RESOLUTION < at.time + half) {
            return None;
        }
        let until = at.time + half + RESOLUTION;
        let from = at.time.saturating_sub(half + RESOLUTION);
        let after = self.sights.iter().skip(self.done + 1).take_while(|s| s.time <= until).count();
        let before = self.sights.iter().take(self.done).rev().take_while(|s| s.time >= from).count();
        let reach = before.min(after);
        let averaged = average(&at, self.sights.range(self.done - reach..=self.done + reach));
        self.done += 1;
        // Windows of those to come reach back no further than this one's.
        while self.done > 0 && self.sights.front().is_some_and(|first| first.time < from) {
            self.sights.pop_front();
            self.done -= 1;
        }
        Some(averaged)
    }
}

fn average<'a>(at: &Sight, window: impl ExactSizeIterator<Item = &'a Sight>) -> Sight {
    let count = window.len() as f64;
    let (mut anchor, mut height, mut stature, mut crowded) = (Point::new(0.0, 0.0), 0.0, 0.0, false);
    for sight in window {
        anchor.x += sight.anchor.x / count;
        anchor.y += sight.anchor.y / count;
        height += sight.height / count;
        stature += sight.stature / count;
        crowded |= sight.crowded;
    }
    Sight { anchor, height, stature, crowded, ..*at }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use footfall_track::{Point, TrackId};
    use proptest::prelude::*;

    use super::Path;
    use crate::sight::Sight;

    const HALF: Duration = Duration::from_millis(300);

    fn sight(frame: u64, x: f64) -> Sight {
        let time = Duration::from_millis(100 * frame);
        let point = Point::new(x, 10.0);
        Sight {
            track: TrackId(1),
            anchor: point,
            centre: point,
            height: 100.0,
            stature: 100.0,
            frame,
            time,
            crowded: false,
            inferred: false,
            found: false,
        }
    }

    /// Everything that comes out while `sights` go in, a frame each.
    fn averaged(sights: &[Sight]) -> Vec<Sight> {
        let (mut path, mut out) = (Path::default(), Vec::new());
        for &sight in sights {
            path.push(sight);
            while let Some(next) = path.next(HALF, Some(sight.time)) {
                assert!(next.time + HALF <= sight.time);
                out.push(next);
            }
        }
        while let Some(next) = path.next(HALF, None) {
            out.push(next);
        }
        assert!(path.is_drained());
        out
    }

    proptest! {
        /// By the definition: the mean of as many to either side as both sides have within the window.
        #[test]
        fn each_is_the_mean_of_its_window(steps in prop::collection::vec((1_u64..8, -50.0..50.0_f64), 1..40)) {
            let mut frame = 0;
            let sights: Vec<Sight> = steps.iter().map(|&(step, x)| { frame += step; sight(frame, x) }).collect();
            let out = averaged(&sights);
            prop_assert_eq!(out.len(), sights.len());
            for (k, got) in out.iter().enumerate() {
                let near = |other: &&Sight| other.frame.abs_diff(sights[k].frame) <= 3;
                let before = sights[..k].iter().filter(near).count();
                let after = sights[k + 1..].iter().filter(near).count();
                let reach = before.min(after);
                let window = &sights[k - reach..=k + reach];
                let mean = window.iter().map(|s| s.anchor.x).sum::<f64>() / window.len() as f64;
                prop_assert!((got.anchor.x - mean).abs() < 1e-9);
                prop_assert_eq!(got.frame, sights[k].frame);
            }
        }
    }

    #[test]
    fn an_even_walk_stays_as_it_is() {
        let walk: Vec<Sight> = (1..30).map(|i| sight(i, 7.0 * i as f64)).collect();
        for (got, was) in averaged(&walk).iter().zip(&walk) {
            assert!((got.anchor.x - was.anchor.x).abs() < 1e-9);
        }
    }
}
