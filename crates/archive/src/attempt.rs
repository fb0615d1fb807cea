//! One try at a recording: brought here, counted, and meanwhile told to be worked on.

use std::path::Path;
use std::time::{Duration, Instant};

use async_nats::jetstream::{AckKind, Message};
use footfall_scratch::{Privacy, ScratchFolder};
use tokio::runtime::Runtime;

use crate::child::Child;
use crate::desk::{self, Cost, Job};
use crate::fetch::{Fetched, Unfetched, fetch};
use crate::figures::{Figures, Part};
use crate::link::Link;
use crate::queue::answer;
use crate::{ArchiveConfig, Counted, Counting, Task};

/// How long is listened before it is looked whether something else is due.
const TICK: Duration = Duration::from_millis(100);
/// What the system says where a disk is full.
const FULL: &str = "No space left on device";

/// What came of a try.
pub(crate) enum Outcome {
    Counted {
        content: String,
        counted: Box<Counted>,
    },
    /// It is the recording's fault.
    Failed(String),
    /// It is this machine's.
    Machine(String),
    /// Another worker has the job now.
    Lost,
    /// Somebody wants this worker to end.
    Drained,
}

/// What a try needs.
pub(crate) struct Attempt<'a> {
    pub(crate) runtime: &'a Runtime,
    pub(crate) config: &'a ArchiveConfig,
    pub(crate) counting: &'a dyn Counting,
    pub(crate) figures: &'a Figures,
    pub(crate) stop: &'a dyn Fn(Duration) -> bool,
    pub(crate) job: &'a Job,
    pub(crate) message: &'a Message,
    /// When the job was last said to be worked on.
    pub(crate) beat: Instant,
    /// When this worker was asked to end.
    pub(crate) asked: Option<Instant>,
    pub(crate) cost: Cost,
}

impl Attempt<'_> {
    /// Tries it. The connection may be lost meanwhile, and be there again.
    pub(crate) fn run(&mut self, link: &mut Link) -> Outcome {
        let folder = match self.folder() {
            Ok(folder) => folder,
            Err(error) => return Outcome::Machine(format!("no folder for what is written: {error}")),
        };
        let began = Instant::now();
        let fetched = tracing::info_span!("fetch").in_scope(|| self.fetch(link, folder.path()));
        self.cost.fetching = began.elapsed().as_secs_f64();
        self.figures.spent(Part::Fetching, began.elapsed());
        let fetched = match fetched {
            Ok(fetched) => fetched,
            Err(outcome) => return outcome,
        };
        let began = Instant::now();
        let outcome = tracing::info_span!("count").in_scope(|| self.count(link, folder.path(), &fetched));
        self.cost.counted = began.elapsed().as_secs_f64();
        self.figures.spent(Part::Counting, began.elapsed());
        outcome
    }

    fn folder(&self) -> std::io::Result<ScratchFolder> {
        let Some(base) = &self.config.worker.scratch else { return ScratchFolder::passing("archive") };
        std::fs::create_dir_all(base)?;
        // What killed workers have left there goes.
        ScratchFolder::beside(&base.join("recording"), Privacy::Private)
    }

    fn fetch(&mut self, link: &mut Link, folder: &Path) -> Result<Fetched, Outcome> {
        let most = self.config.worker.scratch_gib * f64::from(1 << 30);
        let (job, store, folder) = (self.job.clone(), self.config.store.clone(), folder.to_owned());
        let mut work = self.runtime.spawn(async move { fetch(&job, &folder, most, &store).await });
        loop {
            let tick = self.runtime.block_on(async { tokio::time::timeout(TICK, &mut work).await });
            if let Ok(done) = tick {
                return match done {
                    Ok(Ok(fetched)) => Ok(fetched),
                    Ok(Err(Unfetched::Recording(reason))) => Err(Outcome::Failed(reason)),
                    Ok(Err(Unfetched::Machine(reason))) => Err(Outcome::Machine(reason)),
                    Err(error) => Err(Outcome::Machine(format!("it cannot be brought here: {error}"))),
                };
            }
            if let Some(outcome) = self.attend(link, (0, None)) {
                work.abort();
                return Err(outcome);
            }
        }
    }

    fn count(&mut self, link: &mut Link, folder: &Path, fetched: &Fetched) -> Outcome {
        let Job { settings, name, .. } = self.job;
        let task = Task { settings, name, recording: &fetched.path, folder };
        let child = self.counting.command(&task).and_then(Child::start);
        let mut child = match child {
            Ok(child) => child,
            Err(error) => {
                return Outcome::Machine(format!("the counting program cannot be started: {error}"));
            }
        };
        let silence = Duration::from_secs_f64(60.0 * self.config.worker.silence_minutes);
        loop {
            match child.listen(TICK) {
                Ok(Some(status)) if status.success() => break,
                Ok(Some(status)) => {
                    let reason = child.reason(status);
                    let is_full = reason.contains(FULL);
                    return if is_full { Outcome::Machine(reason) } else { Outcome::Failed(reason) };
                }
                Ok(None) => (),
                Err(error) => return Outcome::Machine(format!("the counting program is lost: {error}")),
            }
            if child.silence() > silence {
                return Outcome::Failed(format!(
                    "the counting program did not go on for {} minutes",
                    self.config.worker.silence_minutes
                ));
            }
            if let Some(outcome) = self.attend(link, child.frames()) {
                return outcome;
            }
        }
        match self.counting.counted(&task) {
            Ok(counted) => Outcome::Counted { content: fetched.content.clone(), counted: Box::new(counted) },
            Err(reason) if reason.contains(FULL) => Outcome::Machine(reason),
            Err(reason) => Outcome::Failed(reason),
        }
    }

    /// Says that the job is worked on, when that is due. Gives why to stop, if there is a reason.
    pub(crate) fn attend(&mut self, link: &mut Link, frames: (i64, Option<i64>)) -> Option<Outcome> {
        if self.asked.is_none() && (self.stop)(Duration::ZERO) {
            self.asked = Some(Instant::now());
        }
        let grace = Duration::from_secs_f64(self.config.worker.grace_seconds);
        if self.asked.is_some_and(|asked| asked.elapsed() >= grace) {
            return Some(Outcome::Drained);
        }
        if self.beat.elapsed() < self.config.queue.lease() / 4 {
            return None;
        }
        self.beat = Instant::now();
        let began = Instant::now();
        let is_ours = self.runtime.block_on(async {
            // Where the hub does not hear of it, it gives the job to another, who sees in the database that it is ours.
            if let Err(error) = answer(self.message, AckKind::Progress).await {
                tracing::debug!("{error}");
            }
            let session = link.database().await?;
            desk::beat(&session.client, self.job, frames).await
        });
        self.figures.spent(Part::Queue, began.elapsed());
        match is_ours {
            Ok(true) => None,
            Ok(false) => Some(Outcome::Lost),
            Err(error) => {
                // The count is not worse for it. It is written down once the database is there again.
                tracing::debug!("{error}");
                Figures::add(&self.figures.troubles);
                link.drop_database();
                None
            }
        }
    }
}
