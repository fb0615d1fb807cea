//! The run's scenes, on their way to the page.

use std::sync::Arc;

use footfall_ledger::jiff::Timestamp;
use footfall_pipeline::{BoxError, Scene, Sink};
use footfall_serve::{Entry, Live, MemoryBook, Person, View};

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
        self.live.publish(
            self.index,
            View {
                width: scene.frame.image.width() as u32,
                height: scene.frame.image.height() as u32,
                frame: scene.frame.number,
                time: scene.frame.time.as_secs_f64(),
                people: scene.tracks.iter().map(person).collect(),
                crossings: scene.crossings.len(),
                picture: Arc::new(FramePicture(scene.frame.image.clone())),
            },
        );
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok(())
    }
}

/// Keeps crossings in memory, where there is no ledger.
pub(super) struct BookSink {
    book: Arc<MemoryBook>,
    source: String,
}

impl BookSink {
    pub(super) fn new(book: Arc<MemoryBook>, source: String) -> Self {
        Self { book, source }
    }
}

impl Sink for BookSink {
    fn name(&self) -> String {
        "crossings in memory".into()
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        for crossing in &scene.crossings {
            let line = scene.lines[crossing.line].name();
            self.book.add(Entry {
                sequence: 0,
                identity: format!("{line}/{}/{}/{}", crossing.track, crossing.direction, crossing.frame),
                at: Timestamp::now(),
                source: self.source.clone(),
                line: line.to_owned(),
                direction: crossing.direction,
                track: crossing.track.0,
                frame: crossing.frame,
                time: crossing.time.as_secs_f64(),
            });
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok(())
    }
}
