//! Looking back: where a newborn track was before it was one.
//!
//! A track begins with a clear detection, and people are often seen dimly before: far away, or half hidden. Such
//! detections are kept for a while, and a track that has just been confirmed is followed back through them, with
//! the same motion and affinity as forwards: a track is as good backwards.

use std::collections::VecDeque;
use std::time::Duration;

use super::affinity::Affinity;
use super::motion::{Motion, Noise};
use crate::{Bbox, PastBox};

/// Longest time without a detection that is bridged on the way back.
const BRIDGED: Duration = Duration::from_millis(400);
/// A detection that overlaps one of a confirmed track by more is likelier part of that person, as IoU.
pub(crate) const MOST_OVERLAP: f64 = 0.25;
/// Least similarity of a detection to where the person is expected.
const LEAST_SIMILARITY: f64 = 0.65;

/// Detections of the last frames that no confirmed track took.
#[derive(Clone, Debug, Default)]
pub(crate) struct Past {
    /// By rising time.
    moments: VecDeque<Moment>,
    /// Memory for new ones.
    spare: Vec<Vec<Stray>>,
    /// Time since the first frame.
    now: Duration,
}

/// One frame.
#[derive(Clone, Debug)]
struct Moment {
    at: Duration,
    /// Nominal frame intervals since the frame before.
    frames: f64,
    /// By how much the picture moved since the frame before, in pixels.
    shift: (f64, f64),
    strays: Vec<Stray>,
}

/// A detection that no confirmed track took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stray {
    pub(crate) bbox: Bbox,
    pub(crate) confidence: f32,
    /// Whether it is part of a way back.
    taken: bool,
}

impl Stray {
    pub(crate) fn new(bbox: Bbox, confidence: f32) -> Self {
        Self { bbox, confidence, taken: false }
    }
}

impl Past {
    /// Adds a frame, so much after the last one; those from longer ago than `kept` are forgotten.
    pub(crate) fn push(
        &mut self,
        interval: Duration,
        frames: f64,
        shift: (f64, f64),
        strays: impl Iterator<Item = Stray>,
        kept: Duration,
    ) {
        self.now = self.now.saturating_add(interval);
        let since = self.now.saturating_sub(kept);
        while self.moments.front().is_some_and(|moment| moment.at < since) {
            self.spare.extend(self.moments.pop_front().map(|moment| moment.strays));
        }
        let mut list = self.spare.pop().unwrap_or_default();
        list.clear();
        list.extend(strays);
        self.moments.push_back(Moment { at: self.now, frames, shift, strays: list });
    }

    /// Where somebody was who is at `bbox` in the frame after the last one, by rising time; `interval`, `frames`
    /// and `shift` are those since the last one.
    pub(crate) fn way_to(
        &mut self,
        bbox: &Bbox,
        interval: Duration,
        mut frames: f64,
        mut shift: (f64, f64),
        affinity: Affinity,
    ) -> Vec<PastBox> {
        const PLAIN: Noise = Noise { place: 1.0, size: 8.0 };
        let mut motion = Motion::new(bbox);
        let mut last = self.now.saturating_add(interval);
        let mut way = Vec::new();
        for (ago, moment) in self.moments.iter_mut().rev().enumerate() {
            if last.saturating_sub(moment.at) > BRIDGED.max(interval) {
                break;
            }
            motion.shift(-shift.0, -shift.1);
            motion.predict(frames);
            let expected = motion.bbox();
            let alike = |stray: &Stray| affinity.of(&expected, &stray.bbox);
            let free = moment.strays.iter_mut().filter(|stray| !stray.taken);
            let best = free.map(|stray| (alike(stray), stray)).max_by(|(a, _), (b, _)| a.total_cmp(b));
            if let Some((similarity, stray)) = best.filter(|(similarity, _)| *similarity >= LEAST_SIMILARITY)
            {
                stray.taken = true;
                motion.update(&stray.bbox, PLAIN);
                last = moment.at;
                way.push(PastBox {
                    ago: ago + 1,
                    bbox: motion.bbox(),
                    confidence: stray.confidence,
                    similarity,
                });
            }
            (frames, shift) = (moment.frames, moment.shift);
        }
        way.reverse();
        way
    }
}
