//! Where tracks were a moment ago.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use footfall_pipeline::Scene;
use footfall_track::{Point, TrackId};

/// The anchors of every track over the last `span`.
pub(super) struct Trails {
    span: Duration,
    points: BTreeMap<TrackId, VecDeque<(Duration, Point)>>,
}

impl Trails {
    pub(super) fn new(span: Duration) -> Self {
        Self { span, points: BTreeMap::new() }
    }

    /// Adds a scene's anchors, and forgets what is older than the span.
    pub(super) fn add(&mut self, scene: &Scene) {
        let now = scene.frame.time;
        for track in scene.seen.tracks.iter().filter(|track| track.bbox.is_proper()) {
            self.points.entry(track.id).or_default().push_back((now, scene.seen.anchor.of(&track.bbox)));
        }
        self.points.retain(|_, points| {
            while points.front().is_some_and(|&(time, _)| now.saturating_sub(time) > self.span) {
                points.pop_front();
            }
            !points.is_empty()
        });
    }

    /// Each track's steps, oldest first, with freshness: 0 at the span's end, 1 now.
    pub(super) fn steps(&self, now: Duration) -> impl Iterator<Item = (TrackId, Point, Point, f32)> {
        let span = self.span.as_secs_f32().max(f32::MIN_POSITIVE);
        self.points.iter().flat_map(move |(&id, points)| {
            points.iter().zip(points.iter().skip(1)).map(move |(&(_, from), &(time, to))| {
                (id, from, to, 1.0 - now.saturating_sub(time).as_secs_f32() / span)
            })
        })
    }
}
