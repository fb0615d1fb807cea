//! One worker of the detection stage.

use std::sync::Arc;

use tracing::info_span;

use crate::error::RunError;
use crate::pool::{Job, Worker};
use crate::threads::{LaneShared, Shared};
use crate::{Detector, Found, Frame, Look};

/// A frame, and where to look in it.
pub(crate) struct Wanted {
    pub(crate) frame: Frame,
    pub(crate) look: Look,
}

/// A frame and the people in it.
pub(crate) struct Detected {
    pub(crate) frame: Frame,
    pub(crate) look: Look,
    pub(crate) found: Found,
}

/// Detects until there is no more work, or the network fails. Behind the doors of the lanes come as many for frames
/// at which somebody has to look after all.
pub(crate) fn detect(
    mut detector: Box<dyn Detector>,
    work: Worker<Wanted, Detected>,
    lanes: &[Arc<LaneShared>],
    run: &Shared,
) {
    for Job { lane, item: Wanted { frame, look }, reply } in work {
        let feed = &lanes[lane % lanes.len()].feed;
        if look.rests {
            // Where nobody takes it, its lane has ended; there may be others.
            drop(reply.send(Detected { frame, look, found: Found::default() }));
            continue;
        }
        let found = feed.meter.detect.time(|| {
            let _span = info_span!("detect", source = feed.name(), frame = frame.number).entered();
            detector.look(&frame.image, &look.windows)
        });
        match found {
            Ok(found) => drop(reply.send(Detected { frame, look, found })),
            Err(source) => {
                let (stage, name) = ("detect", feed.name().to_owned());
                run.fail(RunError::Stage { stage, name, frame: frame.number, source });
                return;
            }
        }
    }
}
