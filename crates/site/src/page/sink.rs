//! The run's scenes, on their way to the page.

use std::sync::Arc;

use footfall_count::{Crossing, Zone, ZoneTally};
use footfall_pipeline::{BoxError, Scene, Sink, Window};
use footfall_serve::{Live, Passing, Person, View, ZoneState};

use super::picture::FramePicture;

/// Shows each scene.
pub(super) struct LiveSink {
    live: Live,
    index: usize,
}

impl LiveSink {
    pub(super) fn new(live: Live, index: usize) -> Self {
        Self { live, index }
    }
}

impl Sink for LiveSink {
    fn name(&self) -> String {
        "the page".into()
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        let person = |track: &footfall_track::TrackedBox| {
            let b = track.bbox;
            Person { id: track.id.0, bbox: [b.x, b.y, b.width, b.height] }
        };
        let zone = |(zone, tally): (&Zone, &ZoneTally)| ZoneState {
            name: zone.name().to_owned(),
            people: tally.occupancy,
            most: tally.most,
            visits: tally.visits,
            mean_dwell: tally.mean_dwell().as_secs_f64(),
        };
        let window = |w: &Window| [w.left, w.top, w.width, w.height].map(|pixels| pixels as u32);
        // Somebody of a quarter of the picture's height, at the place where they were.
        let beside = |crossing: &Crossing| {
            let height = scene.frame.image.height() as f64 / 4.0;
            [crossing.point.x - height / 4.0, crossing.point.y - height, height / 2.0, height]
        };
        let passing = |crossing: &Crossing| {
            let track = scene.seen.tracks.iter().find(|track| track.id == crossing.track);
            Some(Passing {
                line: scene.seen.lines.get(crossing.line)?.name().to_owned(),
                track: crossing.track.0,
                frame: crossing.frame,
                time: crossing.time.as_secs_f64(),
                bbox: track.map_or_else(|| beside(crossing), |track| person(track).bbox),
                look: crossing.look.clone(),
            })
        };
        self.live.publish(
            self.index,
            View {
                width: scene.frame.image.width() as u32,
                height: scene.frame.image.height() as u32,
                frame: scene.frame.number,
                time: scene.frame.time.as_secs_f64(),
                anchor: scene.seen.anchor,
                windows: scene.look.steady().iter().map(window).collect(),
                people: scene.seen.tracks.iter().map(person).collect(),
                zones: scene.seen.zones.iter().zip(&scene.seen.zone_tallies).map(zone).collect(),
                visitors: scene.seen.estimate,
                crossings: scene.seen.crossings.iter().filter(|c| c.counts()).filter_map(passing).collect(),
                picture: Arc::new(FramePicture(scene.frame.image.clone())),
            },
        );
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok(())
    }
}
