//! Pictures of a source as they are kept: small, with nobody in the clear.

use std::sync::Arc;
use std::time::Duration;

use footfall_evidence::{DrawnLine, EvidenceConfig, Moment, Seen, Small, Veil};
use footfall_ledger::jiff::Timestamp;
use footfall_pipeline::Image;

use super::told::Told;

/// Seconds for which nothing must have changed in a place until it is background.
const PATIENCE: f64 = 10.0;

/// Makes what is kept of a source's pictures.
pub(super) struct Camera {
    pub(super) source: String,
    start: Timestamp,
    width: usize,
    quality: u8,
    veil: Veil,
}

/// A picture as it is kept.
#[derive(Clone)]
pub(super) struct Shot {
    /// Since the source's start.
    pub(super) time: Duration,
    pub(super) jpeg: Arc<[u8]>,
    pub(super) people: Vec<Seen>,
    pub(super) size: [usize; 2],
    pub(super) light: f64,
    pub(super) lines: Vec<DrawnLine>,
}

impl Camera {
    pub(super) fn new(source: &str, start: Timestamp, config: &EvidenceConfig) -> Self {
        let patience = (PATIENCE * config.rate).round() as u16;
        Self {
            source: source.to_owned(),
            start,
            width: config.width as usize,
            quality: config.quality,
            veil: Veil::new(config.blur, patience),
        }
    }

    /// When that was.
    pub(super) fn at(&self, time: Duration) -> Timestamp {
        self.start.checked_add(time).unwrap_or(self.start)
    }

    /// The picture; nothing where it cannot be made.
    pub(super) fn take(&mut self, told: &Told) -> Option<Shot> {
        let (width, height) = (told.image.width(), told.image.height());
        let mut small = Small::of(told.image.bytes(), width, height, self.width);
        let light = small.light();
        let (x, y) = (small.width as f64 / width as f64, small.height as f64 / height as f64);
        let scaled = |[left, top, wide, high]: [f64; 4]| [x * left, y * top, x * wide, y * high];
        let tracked = told.tracks.iter().map(|(_, bbox)| *bbox);
        let everybody: Vec<_> = told.seen.iter().copied().chain(tracked).map(scaled).collect();
        self.veil.draw(&mut small, &everybody);
        let size = [small.width, small.height];
        let image = Image::new(small.width, small.height, Arc::new(small.pixels)).ok()?;
        let jpeg = footfall_video::encode_jpeg(&image, self.quality, "evidence").ok()?;
        let person = |(track, bbox): &(u64, [f64; 4])| Seen { track: *track, bbox: scaled(*bbox) };
        let line = |line: &footfall_count::Line| DrawnLine {
            name: line.name().to_owned(),
            points: line.points().iter().map(|point| [x * point.x, y * point.y]).collect(),
        };
        Some(Shot {
            time: told.time,
            jpeg: jpeg.into(),
            people: told.tracks.iter().map(person).collect(),
            size,
            light,
            lines: told.lines.iter().map(line).collect(),
        })
    }
}

impl Shot {
    /// The picture as a moment of a clip that began at `from`.
    pub(super) fn moment(&self, from: Duration) -> Moment {
        let time = self.time.saturating_sub(from).as_secs_f64();
        Moment { time: (time * 1000.0).round() / 1000.0, people: self.people.clone() }
    }
}
