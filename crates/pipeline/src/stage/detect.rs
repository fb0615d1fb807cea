//! One worker of the detection stage.

use crossbeam_channel::Receiver;
use footfall_track::Detection;
use tracing::info_span;

use crate::error::{Failure, RunError};
use crate::queue::Job;
use crate::summary::Clock;
use crate::{Detector, Frame};

/// A frame and the people in it.
pub(crate) struct Detected {
    pub(crate) frame: Frame,
    pub(crate) detections: Vec<Detection>,
}

/// Detects until there is no more work, or the network fails.
pub(crate) fn detect(
    mut detector: Box<dyn Detector>,
    work: &Receiver<Job<Frame, Detected>>,
    clock: &Clock,
    failure: &Failure,
) {
    for Job { item: frame, reply } in work {
        let found = clock.time(|| {
            let _span = info_span!("detect", frame = frame.number).entered();
            detector.detect(&frame.image)
        });
        let detections = match found {
            Ok(detections) => detections,
            Err(source) => {
                failure.report(RunError::Stage { stage: "detect", frame: frame.number, source });
                return;
            }
        };
        if reply.send(Detected { frame, detections }).is_err() {
            return;
        }
    }
}
