//! The threads of one run and what they share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::error::{Failure, RunError};
use crate::stage::Tracked;
use crate::summary::{Clock, Ended, Summary};

/// What all threads of a run share.
pub(crate) struct Shared {
    pub(crate) failure: Failure,
    pub(crate) dropped: AtomicU64,
    pub(crate) read: Clock,
    pub(crate) detect: Clock,
    pub(crate) embed: Clock,
    pub(crate) track: Clock,
    pub(crate) write: Clock,
}

/// The threads of a run, started so far.
pub(crate) struct Threads {
    shared: Arc<Shared>,
    handles: Vec<(&'static str, JoinHandle<()>)>,
}

impl Threads {
    pub(crate) fn new(detectors: usize, embedders: usize) -> Self {
        let shared = Arc::new(Shared {
            failure: Failure::default(),
            dropped: AtomicU64::new(0),
            read: Clock::new("read", 1),
            detect: Clock::new("detect", detectors),
            embed: Clock::new("embed", embedders),
            track: Clock::new("track", 1),
            write: Clock::new("write", 1),
        });
        Self { shared, handles: Vec::new() }
    }

    /// Starts a thread named after its stage; `None`, with the failure reported, if that cannot be.
    pub(crate) fn spawn(
        &mut self,
        stage: &'static str,
        work: impl FnOnce(&Shared) + Send + 'static,
    ) -> Option<()> {
        let handle = self.start(stage, work)?;
        self.handles.push((stage, handle));
        Some(())
    }

    /// As [`Threads::spawn`], for a thread that may hang outside our reach: it is not joined.
    pub(crate) fn spawn_detached(
        &mut self,
        stage: &'static str,
        work: impl FnOnce(&Shared) + Send + 'static,
    ) -> Option<()> {
        self.start(stage, work).map(drop)
    }

    fn start(
        &self,
        stage: &'static str,
        work: impl FnOnce(&Shared) + Send + 'static,
    ) -> Option<JoinHandle<()>> {
        let shared = Arc::clone(&self.shared);
        let started = thread::Builder::new().name(stage.to_owned()).spawn(move || work(&shared));
        started.map_err(|source| self.shared.failure.report(RunError::Thread { stage, source })).ok()
    }

    /// Waits for all of them; a panic in one is the run's failure unless there was one before.
    pub(crate) fn join(self) -> Arc<Shared> {
        for (stage, handle) in self.handles {
            if handle.join().is_err() {
                self.shared.failure.report(RunError::Panic { stage });
            }
        }
        self.shared
    }
}

impl Shared {
    pub(crate) fn summary(&self, ended: Ended, tracked: Tracked, elapsed: Duration) -> Summary {
        let stages = [&self.read, &self.detect, &self.embed, &self.track, &self.write];
        Summary {
            ended,
            read: self.read.frames(),
            processed: self.write.frames(),
            dropped: self.dropped.load(Ordering::Relaxed),
            detections: tracked.detections,
            embedded: tracked.embedded,
            people: tracked.people,
            tracked: tracked.boxes,
            tallies: tracked.tallies,
            footage: tracked.footage,
            elapsed,
            stages: stages.into_iter().filter(|c| c.workers() > 0).map(Clock::summary).collect(),
        }
    }
}
