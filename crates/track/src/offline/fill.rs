//! Gap interpolation.

use crate::{Bbox, TrackedBox};

/// The boxes, with those of missing frames on a straight line in time between their neighbours
/// (as `ByteTrack` does for its published figures), for gaps of at most `max_gap` seconds.
/// `times` are the frames' in seconds.
pub(crate) fn fill(
    boxes: Vec<(usize, TrackedBox)>,
    times: &[f64],
    max_gap: f64,
) -> impl Iterator<Item = (usize, TrackedBox)> {
    let mut before: Option<(usize, TrackedBox)> = None;
    boxes.into_iter().flat_map(move |(frame, tracked)| {
        let mut all = Vec::new();
        if let Some((start, from)) = before.filter(|&(start, _)| times[frame] - times[start] <= max_gap) {
            let length = times[frame] - times[start];
            all.extend((start + 1..frame).map(|missing| {
                let share = if length > 0.0 { (times[missing] - times[start]) / length } else { 0.0 };
                (missing, between(&from, &tracked, share))
            }));
        }
        before = Some((frame, tracked));
        all.push((frame, tracked));
        all
    })
}

fn between(from: &TrackedBox, to: &TrackedBox, share: f64) -> TrackedBox {
    let mix = |a: f64, b: f64| a + share * (b - a);
    let (a, b) = (&from.bbox, &to.bbox);
    TrackedBox {
        bbox: Bbox::new(mix(a.x, b.x), mix(a.y, b.y), mix(a.width, b.width), mix(a.height, b.height)),
        confidence: mix(f64::from(from.confidence), f64::from(to.confidence)) as f32,
        detection: TrackedBox::INTERPOLATED,
        ..*from
    }
}
