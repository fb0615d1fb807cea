//! The threads of one run and what they share.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crate::Stop;
use crate::error::{Failure, RunError};
use crate::feed::Feed;

/// What all threads of a run share.
#[derive(Default)]
pub(crate) struct Shared {
    failure: Failure,
    /// Requested when the whole run must end because something in it has failed.
    pub(crate) over: Stop,
}

/// What all threads of a lane share.
pub(crate) struct LaneShared {
    pub(crate) feed: Arc<Feed>,
    /// Of the source: it ends this lane alone.
    pub(crate) failure: Failure,
    pub(crate) run: Arc<Shared>,
    /// Whether other lanes go on when this one fails.
    pub(crate) has_others: bool,
}

impl Shared {
    /// Ends the whole run with `error`, if it is the first.
    pub(crate) fn fail(&self, error: RunError) {
        self.failure.report(error);
        self.over.request();
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.failure.is_reported()
    }

    pub(crate) fn take_failure(&self) -> Option<RunError> {
        self.failure.take()
    }
}

impl LaneShared {
    pub(crate) fn has_failed(&self) -> bool {
        self.failure.is_reported() || self.run.has_failed()
    }
}

/// The threads of a run, started so far.
#[derive(Default)]
pub(crate) struct Threads {
    pub(crate) shared: Arc<Shared>,
    handles: Vec<(&'static str, JoinHandle<()>)>,
}

/// Ends the run when the thread that holds it panics.
struct EndOnPanic(Arc<Shared>, &'static str);

impl Drop for EndOnPanic {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.fail(RunError::Panic { stage: self.1 });
        }
    }
}

impl Threads {
    /// Starts a thread named after its stage; `None`, with the failure reported, if that cannot be.
    pub(crate) fn spawn(&mut self, stage: &'static str, work: impl FnOnce() + Send + 'static) -> Option<()> {
        let handle = self.start(stage, work)?;
        self.handles.push((stage, handle));
        Some(())
    }

    /// As [`Threads::spawn`], for a thread that may hang outside our reach: it is not joined.
    pub(crate) fn spawn_detached(
        &mut self,
        stage: &'static str,
        work: impl FnOnce() + Send + 'static,
    ) -> Option<()> {
        self.start(stage, work).map(drop)
    }

    fn start(&self, stage: &'static str, work: impl FnOnce() + Send + 'static) -> Option<JoinHandle<()>> {
        let guard = EndOnPanic(Arc::clone(&self.shared), stage);
        let started = thread::Builder::new().name(stage.to_owned()).spawn(move || {
            let _guard = guard;
            work();
        });
        started.map_err(|source| self.shared.fail(RunError::Thread { stage, source })).ok()
    }

    /// Waits for all of them.
    pub(crate) fn join(self) -> Arc<Shared> {
        for (stage, handle) in self.handles {
            if handle.join().is_err() {
                self.shared.fail(RunError::Panic { stage });
            }
        }
        self.shared
    }
}
