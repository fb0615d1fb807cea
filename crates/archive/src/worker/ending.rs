//! How a try ends: written down, tried again, given back or given up; and what the hub is told.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use async_nats::jetstream::{AckKind, Message};
use footfall_serve::{Backoff, Pace};

use super::{Turn, WAIT, Worker};
use crate::attempt::Outcome;
use crate::desk::{self, Cost, Fate, Job};
use crate::figures::Figures;
use crate::link::Link;
use crate::queue::answer;
use crate::{ArchiveError, Counted};

impl Worker<'_> {
    /// Writes down what was counted; tries for as long as the database is away.
    pub(super) fn commit(
        &mut self,
        link: &mut Link,
        message: &Message,
        job: &Job,
        content: &str,
        counted: &Counted,
        (cost, asked): (Cost, Option<Instant>),
    ) -> Result<Turn, ArchiveError> {
        let grace = Duration::from_secs_f64(self.config.worker.grace_seconds);
        let mut asked = asked;
        let mut backoff = Backoff::new(Pace::default());
        let (fate, alarms) = loop {
            let committed = self
                .runtime
                .block_on(async { desk::done(link.database().await?, job, content, counted, cost).await });
            let error = match committed {
                Ok(committed) => break committed,
                Err(ArchiveError::Engine(error)) if error.is_of_data() => {
                    let reason = format!("what was counted cannot be written down: {error}");
                    return self.settle(link, message, job, Outcome::Failed(reason), cost);
                }
                Err(error) => error,
            };
            link.drop_database();
            Figures::add(&self.figures.troubles);
            tracing::warn!("{error}; {} is counted, and waits for the database", job.name);
            if (self.stop)(backoff.next_pause()) {
                let asked = *asked.get_or_insert_with(Instant::now);
                if asked.elapsed() >= grace {
                    return Err(error);
                }
                std::thread::sleep(Pace::default().first_pause);
            }
        };
        self.figures.alarms.fetch_add(alarms, Ordering::Relaxed);
        if alarms > 0 {
            tracing::error!(
                "{}: another count of the same recording by the same settings differs: see `footfall archive status`",
                job.name
            );
        }
        if fate != Fate::Done {
            // Not a word to the hub: for it this would be the end of a job that another one has now.
            self.lose(job);
            return Ok(Turn::Worked);
        }
        Figures::add(&self.figures.done);
        self.figures.frames.fetch_add(counted.frames, Ordering::Relaxed);
        (self.told)(&format!("{}: {} frames", job.name, counted.frames));
        self.reply(message, AckKind::Ack);
        Ok(Turn::Worked)
    }

    /// Ends a try that has no result.
    pub(super) fn settle(
        &mut self,
        link: &mut Link,
        message: &Message,
        job: &Job,
        outcome: Outcome,
        cost: Cost,
    ) -> Result<Turn, ArchiveError> {
        let tries = self.config.queue.tries.into();
        let (turn, fate, pause) = match outcome {
            Outcome::Counted { .. } | Outcome::Lost => (Turn::Worked, Fate::Lost, Duration::ZERO),
            Outcome::Failed(reason) => {
                Figures::add(&self.figures.failed);
                tracing::warn!("{}: {reason}", job.name);
                let fate = self.runtime.block_on(async {
                    desk::failed(&link.database().await?.client, job, &reason, tries, cost).await
                })?;
                (Turn::Worked, fate, self.config.queue.pause(job.tries))
            }
            Outcome::Machine(reason) => {
                let fate = self.give_back(link, job, &reason, true)?;
                (Turn::Hindered(format!("{}: {reason}", job.name)), fate, Duration::ZERO)
            }
            Outcome::Drained => {
                let reason = format!("{} was asked to end", self.name);
                let fate = self.give_back(link, job, &reason, false)?;
                (self.told)(&format!("{}: given back", job.name));
                (Turn::Worked, fate, Duration::ZERO)
            }
        };
        match fate {
            Fate::Again => {
                // It is there some time after the pause, and looked for once more.
                self.again = self.again.max(Instant::now() + pause + 2 * WAIT);
                self.reply(message, AckKind::Nak((!pause.is_zero()).then_some(pause)));
            }
            Fate::Dead => {
                Figures::add(&self.figures.dead);
                tracing::error!(
                    "{}: given up after {} tries; it is in the list of the dead letters",
                    job.name,
                    job.tries
                );
                self.reply(message, AckKind::Ack);
            }
            Fate::Lost => self.lose(job),
            Fate::Done => (),
        }
        Ok(turn)
    }

    fn give_back(
        &self,
        link: &mut Link,
        job: &Job,
        reason: &str,
        is_trouble: bool,
    ) -> Result<Fate, ArchiveError> {
        Figures::add(&self.figures.given_back);
        self.runtime.block_on(async {
            desk::give_back(&link.database().await?.client, job, reason, is_trouble).await
        })
    }

    fn lose(&self, job: &Job) {
        Figures::add(&self.figures.lost);
        tracing::warn!("{}: another worker has it since; what was counted here is not kept", job.name);
    }

    /// Where the hub does not hear of it, it gives the job to somebody who sees in the database what became of it.
    fn reply(&self, message: &Message, kind: AckKind) {
        if let Err(error) = self.runtime.block_on(answer(message, kind)) {
            tracing::debug!("{error}");
        }
    }
}
