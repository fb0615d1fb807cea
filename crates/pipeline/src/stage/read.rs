//! Frames out of the source, up to a limit or a request to stop.

use tracing::info_span;

use crate::error::{Failure, RunError};
use crate::stop::Stop;
use crate::summary::{Clock, Ended};
use crate::{Frame, Source};

/// Reads until the source ends, `limit` frames were read, somebody asks to stop, or `give` says that
/// nobody takes any more.
pub(crate) fn read(
    mut source: Box<dyn Source>,
    limit: Option<u64>,
    stop: &Stop,
    clock: &Clock,
    failure: &Failure,
    mut give: impl FnMut(Frame) -> bool,
) -> Ended {
    let mut left = limit.unwrap_or(u64::MAX);
    loop {
        if left == 0 {
            return Ended::Limit;
        }
        if stop.is_requested() {
            return Ended::Stopped;
        }
        let next = clock.spend(|| {
            let _span = info_span!("read").entered();
            source.next_frame().transpose()
        });
        match next {
            None => return Ended::Source,
            Some(Ok(frame)) => {
                left -= 1;
                clock.count();
                if !give(frame) {
                    return Ended::Failed;
                }
            }
            Some(Err(error)) => {
                failure.report(RunError::Read { name: source.info().name.clone(), source: error });
                return Ended::Failed;
            }
        }
    }
}
