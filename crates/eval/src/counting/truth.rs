//! True crossings from ground-truth tracks.

use std::time::Duration;

use footfall_count::{Config, ConfigError, Counter, Crossing, Line};
use footfall_track::{Embeddings, Step, TrackId, TrackedBox};

use crate::TruthBox;

/// The crossings of the people in `truth` over `lines`, by the counter's own rule, at `frame_rate`
/// frames a second. Zero-marked boxes and other classes than pedestrians are left out.
///
/// # Errors
/// When a number in `config` cannot be used.
pub fn true_crossings(
    truth: &[TruthBox],
    lines: &[Line],
    frame_rate: f64,
    config: Config,
) -> Result<Vec<Crossing>, ConfigError> {
    let mut counter = Counter::new(lines.to_vec(), config)?;
    let mut rows: Vec<&TruthBox> = truth.iter().filter(|row| row.considered && row.class == 1).collect();
    rows.sort_by_key(|row| (row.frame, row.id));
    let mut crossings = Vec::new();
    for people in rows.chunk_by(|a, b| a.frame == b.frame) {
        let frame = people[0].frame;
        let time =
            Duration::try_from_secs_f64((frame.saturating_sub(1)) as f64 / frame_rate).unwrap_or_default();
        let boxes: Vec<TrackedBox> = people
            .iter()
            .enumerate()
            .map(|(detection, row)| TrackedBox {
                id: TrackId(row.id),
                bbox: row.bbox,
                confidence: 1.0,
                detection,
            })
            .collect();
        let step = Step { tracks: boxes, removed: Vec::new(), ..Step::default() };
        crossings.extend(counter.step(frame, time, &step, &Embeddings::default()));
    }
    crossings.extend(counter.finish());
    crossings.sort_by_key(|crossing| (crossing.frame, crossing.line, crossing.track));
    Ok(crossings)
}
