//! One worker of the detection stage.

use std::sync::Arc;

use footfall_track::Detection;
use tracing::info_span;

use crate::error::RunError;
use crate::pool::{Job, Worker};
use crate::threads::{LaneShared, Shared};
use crate::{Detector, Frame};

/// A frame and the people in it.
pub(crate) struct Detected {
    pub(crate) frame: Frame,
    pub(crate) detections: Vec<Detection>,
}

/// Detects until there is no more work, or the network fails.
pub(crate) fn detect(
    mut detector: Box<dyn Detector>,
    work: Worker<Frame, Detected>,
    lanes: &[Arc<LaneShared>],
    run: &Shared,
) {
    for Job { lane, item: frame, reply } in work {
        let feed = &lanes[lane].feed;
        let found = feed.meter.detect.time(|| {
            let _span = info_span!("detect", source = feed.name(), frame = frame.number).entered();
            detector.detect(&frame.image)
        });
        match found {
            // Where nobody takes it, its lane has ended; there may be others.
            Ok(detections) => drop(reply.send(Detected { frame, detections })),
            Err(source) => {
                let (stage, name) = ("detect", feed.name().to_owned());
                run.fail(RunError::Stage { stage, name, frame: frame.number, source });
                return;
            }
        }
    }
}
