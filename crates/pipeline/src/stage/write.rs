//! Finished scenes into the sinks, one after the other, and the sinks' completion.

use crossbeam_channel::Receiver;
use tracing::{info_span, warn};

use crate::error::{Failure, RunError};
use crate::summary::Clock;
use crate::{Scene, Sink};

/// Writes until there are no more scenes or a sink fails, then completes all sinks that have not failed.
///
/// After a failure outputs hold what was processed until then. If that is nothing, they are dropped,
/// which leaves nothing behind.
pub(crate) fn write(
    mut sinks: Vec<Box<dyn Sink>>,
    scenes: Receiver<Scene>,
    clock: &Clock,
    failure: &Failure,
) {
    for scene in &scenes {
        let failed = clock.time(|| {
            let _span = info_span!("write", frame = scene.frame.number).entered();
            write_scene(&mut sinks, &scene, failure)
        });
        if let Some(index) = failed {
            drop(sinks.remove(index));
            break;
        }
    }
    // Nobody takes scenes any more: the stages before this one end while the outputs are completed.
    drop(scenes);
    if clock.frames() > 0 || !failure.is_reported() {
        complete(sinks, failure);
    }
}

/// The index of the sink that failed.
fn write_scene(sinks: &mut [Box<dyn Sink>], scene: &Scene, failure: &Failure) -> Option<usize> {
    for (index, sink) in sinks.iter_mut().enumerate() {
        if let Err(source) = sink.write(scene) {
            failure.report(RunError::Write { name: sink.name(), source });
            return Some(index);
        }
    }
    None
}

fn complete(sinks: Vec<Box<dyn Sink>>, failure: &Failure) {
    for sink in sinks {
        let name = sink.name();
        let _span = info_span!("finish", sink = name).entered();
        if let Err(source) = sink.finish() {
            // Only the first failure becomes the run's error; the others are told here.
            if failure.is_reported() {
                warn!("writing {name}: {source}");
            }
            failure.report(RunError::Write { name, source });
        }
    }
}
