//! What is odd about detections, told once at the end.

use footfall_formats::DetectionFrame;
use footfall_track::Detection;

/// Detections of which something is to be told.
#[derive(Debug, Default)]
pub(super) struct Oddities {
    detections: u64,
    /// Without a size.
    empty: u64,
    /// With a box that another one of the frame has, and the first such frame.
    twins: u64,
    first_twin: Option<u64>,
    /// With a confidence above 0, and the greatest.
    confident: u64,
    most: f32,
}

/// Averages of confidences may be a little greater than 1.
const ROUNDED: f32 = 1.2;

impl Oddities {
    pub(super) fn look(&mut self, frame: &DetectionFrame) {
        let seen = &frame.observations.detections;
        self.detections += seen.len() as u64;
        self.empty += seen.iter().filter(|one| !one.bbox.is_proper()).count() as u64;
        self.confident += seen.iter().filter(|one| one.confidence > 0.0).count() as u64;
        self.most = seen.iter().map(|one| one.confidence).fold(self.most, f32::max);
        let bits =
            |one: &Detection| [one.bbox.x, one.bbox.y, one.bbox.width, one.bbox.height].map(f64::to_bits);
        let mut boxes: Vec<_> = seen.iter().map(bits).collect();
        boxes.sort_unstable();
        let twins = boxes.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64;
        if twins > 0 {
            self.twins += twins;
            self.first_twin.get_or_insert(frame.number);
        }
    }

    pub(super) fn tell(&self) {
        if self.empty > 0 {
            tracing::warn!(
                "{} of {} detections have a width or a height of 0 or less and are ignored: boxes are x,y,width,height",
                self.empty,
                self.detections
            );
        }
        if let Some(frame) = self.first_twin {
            tracing::warn!(
                "{} detections have exactly the box of another one in their frame, the first in frame {frame}: were \
                 they written twice? Each is taken for somebody",
                self.twins
            );
        }
        // MOT text has been understood by all of its scores; of JSON lines they are known at the end.
        if self.detections > 0 && self.confident == 0 {
            tracing::warn!(
                "no detection has a confidence above 0, so nobody is looked at: where it is not known, write 1"
            );
        } else if self.most > ROUNDED {
            tracing::warn!(
                "confidences go up to {}, and are to be from 0 to 1: divide them first",
                self.most
            );
        }
    }
}
