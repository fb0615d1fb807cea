//! A person's path, averaged over time.

use std::collections::VecDeque;
use std::time::Duration;

use footfall_track::Point;

use crate::sighting::{RESOLUTION, Sighting};

/// Sights in, averaged ones out, each as soon as its window is full.
///
/// A window reaches as far to one side as to the other, so that an even walk is left as it is: at a
/// path's ends, and beside gaps, it is narrower. Its width is that of at most `half` to either side.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path {
    sightings: VecDeque<Sighting>,
    /// How many of them have come out.
    done: usize,
}

impl Path {
    pub(crate) fn push(&mut self, sighting: Sighting) {
        self.sightings.push_back(sighting);
    }

    /// Puts the feet of all that were seen after `since` so many pixels below their heads.
    pub(crate) fn set_height(&mut self, since: Option<Duration>, height: f64) {
        let seen = self.sightings.iter_mut().filter(|sighting| !sighting.inferred);
        for sighting in seen.filter(|sighting| since.is_none_or(|since| sighting.time > since)) {
            *sighting = sighting.with_height(height);
        }
    }

    /// Whether everything has come out.
    pub(crate) fn is_drained(&self) -> bool {
        self.done == self.sightings.len()
    }

    /// The next averaged sighting whose window ends before `now`; at the end of everything `now` is none.
    pub(crate) fn next(&mut self, half: Duration, now: Option<Duration>) -> Option<Sighting> {
        let at = *self.sightings.get(self.done)?;
        if now.is_some_and(|now| now + RESOLUTION < at.time + half) {
            return None;
        }
        let until = at.time + half + RESOLUTION;
        let from = at.time.saturating_sub(half + RESOLUTION);
        let after = self.sightings.iter().skip(self.done + 1).take_while(|s| s.time <= until).count();
        let before = self.sightings.iter().take(self.done).rev().take_while(|s| s.time >= from).count();
        let reach = before.min(after);
        let averaged = average(&at, self.sightings.range(self.done - reach..=self.done + reach));
        self.done += 1;
        // Windows of those to come reach back no further than this one's.
        while self.done > 0 && self.sightings.front().is_some_and(|first| first.time < from) {
            self.sightings.pop_front();
            self.done -= 1;
        }
        Some(averaged)
    }
}

fn average<'a>(at: &Sighting, window: impl ExactSizeIterator<Item = &'a Sighting>) -> Sighting {
    let count = window.len() as f64;
    let (mut anchor, mut height, mut stature, mut crowded) = (Point::new(0.0, 0.0), 0.0, 0.0, false);
    for sighting in window {
        anchor.x += sighting.anchor.x / count;
        anchor.y += sighting.anchor.y / count;
        height += sighting.height / count;
        stature += sighting.stature / count;
        crowded |= sighting.crowded;
    }
    Sighting { anchor, height, stature, crowded, ..*at }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use footfall_track::{Point, TrackId};
    use proptest::prelude::*;

    use super::Path;
    use crate::sighting::Sighting;

    const HALF: Duration = Duration::from_millis(300);

    fn sighting(frame: u64, x: f64) -> Sighting {
        let time = Duration::from_millis(100 * frame);
        let point = Point::new(x, 10.0);
        Sighting {
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

    /// Everything that comes out while `sightings` go in, a frame each.
    fn averaged(sightings: &[Sighting]) -> Vec<Sighting> {
        let (mut path, mut out) = (Path::default(), Vec::new());
        for &sighting in sightings {
            path.push(sighting);
            while let Some(next) = path.next(HALF, Some(sighting.time)) {
                assert!(next.time + HALF <= sighting.time);
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
            let sightings: Vec<Sighting> = steps.iter().map(|&(step, x)| { frame += step; sighting(frame, x) }).collect();
            let out = averaged(&sightings);
            prop_assert_eq!(out.len(), sightings.len());
            for (k, got) in out.iter().enumerate() {
                let near = |other: &&Sighting| other.frame.abs_diff(sightings[k].frame) <= 3;
                let before = sightings[..k].iter().filter(near).count();
                let after = sightings[k + 1..].iter().filter(near).count();
                let reach = before.min(after);
                let window = &sightings[k - reach..=k + reach];
                let mean = window.iter().map(|s| s.anchor.x).sum::<f64>() / window.len() as f64;
                prop_assert!((got.anchor.x - mean).abs() < 1e-9);
                prop_assert_eq!(got.frame, sightings[k].frame);
            }
        }
    }

    #[test]
    fn an_even_walk_stays_as_it_is() {
        let walk: Vec<Sighting> = (1..30).map(|i| sighting(i, 7.0 * i as f64)).collect();
        for (got, was) in averaged(&walk).iter().zip(&walk) {
            assert!((got.anchor.x - was.anchor.x).abs() < 1e-9);
        }
    }
}
