//! A frame's detections as the association wants them: usable, in an order of their own, findable.

use std::cmp::Ordering;

use crate::geometry::{Xyah, xyah};
use crate::places::Places;
use crate::{Bbox, Detection, TrackId, TrackedBox};

/// No picture has a coordinate beyond this many pixels; squares of such numbers stay finite.
const MAX_COORDINATE: f64 = 1e9;
/// A narrower or lower box has no aspect ratio worth the name.
const MIN_SIZE: f64 = 1e-6;

/// One usable detection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sighting {
    /// Its index in the frame's observations.
    pub(crate) index: usize,
    pub(crate) bbox: Bbox,
    pub(crate) confidence: f32,
    /// The box as the filter measures it.
    pub(crate) measured: Xyah,
}

impl Sighting {
    /// A track's outcome in the frame of this sighting, which it was matched with.
    pub(crate) fn tracked_as(&self, id: TrackId, bbox: Bbox) -> TrackedBox {
        TrackedBox { id, bbox, confidence: self.confidence, detection: self.index }
    }
}

/// The usable detections of a frame by rising x of the middle, so that those near a track are
/// found without looking at the others, and the order in which they came does not matter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sightings {
    list: Vec<Sighting>,
    places: Places,
}

impl Sightings {
    /// Takes over a frame's detections, without those that are improper or below `min_confidence`.
    pub(crate) fn fill(&mut self, detections: &[Detection], min_confidence: f32) {
        self.list.clear();
        let usable =
            |detection: &&Detection| is_plausible(detection) && detection.confidence >= min_confidence;
        let numbered = detections.iter().enumerate();
        self.list.extend(numbered.filter(|(_, detection)| usable(detection)).map(|(index, detection)| {
            let Detection { bbox, confidence } = *detection;
            Sighting { index, bbox, confidence, measured: xyah(&bbox) }
        }));
        self.list.sort_unstable_by(canonical_order);
        self.places.fill(self.list.iter().map(|sighting| {
            let [x, y, _, height] = sighting.measured;
            ([x, y], sighting.bbox.width, height)
        }));
    }

    /// All of them, in their order.
    pub(crate) fn as_slice(&self) -> &[Sighting] {
        &self.list
    }

    /// Where they are.
    pub(crate) fn places(&self) -> &Places {
        &self.places
    }
}

fn is_plausible(detection: &Detection) -> bool {
    let Bbox { x, y, width, height } = detection.bbox;
    let inside = [x, y, width, height].iter().all(|value| value.abs() <= MAX_COORDINATE);
    inside && width >= MIN_SIZE && height >= MIN_SIZE && detection.confidence.is_finite()
}

fn canonical_order(a: &Sighting, b: &Sighting) -> Ordering {
    let compare = |i: usize| a.measured[i].total_cmp(&b.measured[i]);
    let geometry = compare(0).then_with(|| compare(1)).then_with(|| compare(3)).then_with(|| compare(2));
    geometry.then_with(|| a.confidence.total_cmp(&b.confidence)).then(a.index.cmp(&b.index))
}
