//! A worker: takes a job, counts, commits, and takes the next one.

mod ending;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use async_nats::jetstream::{AckKind, Message};
use footfall_office::OfficeError;
use footfall_serve::{Backoff, Pace, Server};
use tokio::runtime::Runtime;
use tracing::field::Empty;

use crate::attempt::{Attempt, Outcome};
use crate::desk::{self, Cost, Job, Taken};
use crate::figures::{Figures, Part, Worked, routes};
use crate::link::Link;
use crate::queue::{Ticket, answer};
use crate::{ArchiveConfig, ArchiveError, Counting};

/// How long is waited for a job before it is looked whether to end.
const WAIT: Duration = Duration::from_secs(1);

/// Whoever counts recordings, one after the other.
pub struct Worker<'a> {
    config: ArchiveConfig,
    counting: &'a dyn Counting,
    /// Waits for so long; whether somebody wants it to end.
    stop: &'a dyn Fn(Duration) -> bool,
    told: &'a dyn Fn(&str),
    name: String,
    runtime: Runtime,
    figures: Arc<Figures>,
    page: Option<Server>,
    /// Settings whose networks are those of this machine.
    fit: BTreeSet<i32>,
    /// When the last of what failed here is tried again.
    again: Instant,
}

/// What a turn came to.
enum Turn {
    Worked,
    /// There was nothing to do.
    Idle,
    /// This machine could not: there is a pause before the next one.
    Hindered(String),
}

impl<'a> Worker<'a> {
    /// A worker by these settings, which says how it goes by `told` and ends once `stop` says so.
    ///
    /// # Errors
    /// When a setting cannot be obeyed, or the address of its metrics cannot be had.
    pub fn new(
        config: ArchiveConfig,
        counting: &'a dyn Counting,
        stop: &'a dyn Fn(Duration) -> bool,
        told: &'a dyn Fn(&str),
    ) -> Result<Self, ArchiveError> {
        let runtime = crate::archive::runtime()?;
        let figures = Arc::new(Figures::default());
        let listens = config.serve.address.is_some();
        let page = listens.then(|| Server::serve(&config.serve, routes(figures.clone())));
        let page = page.transpose().map_err(OfficeError::Page)?;
        let name = config.worker.name.clone().unwrap_or_else(own_name);
        let (fit, again) = (BTreeSet::new(), Instant::now());
        Ok(Self { config, counting, stop, told, name, runtime, figures, page, fit, again })
    }

    /// What it is called in the lists.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its metrics are.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        self.page.as_ref().map(Server::url)
    }

    /// Works until it is asked to end; with `until_empty`, also until nothing waits at the hub. It is called on a thread
    /// that goes on for as long as the program: what counts ends with it.
    ///
    /// # Errors
    /// When this machine cannot count as the archive is counted. Servers that are lost are tried again and again.
    pub fn work(&mut self, until_empty: bool) -> Result<Worked, ArchiveError> {
        let mut link = Link::new(&self.config)?;
        let mut backoff = Backoff::new(Pace::default());
        while let Err(error) = self.runtime.block_on(link.migrate()) {
            if !error.is_lost() {
                return Err(error);
            }
            if self.rest(&error.to_string(), &mut backoff) {
                return Ok(self.figures.worked());
            }
        }
        let mut is_idle = true;
        while !(self.stop)(Duration::ZERO) {
            let hindered = match self.turn(&mut link, is_idle) {
                Ok(Turn::Worked) => {
                    backoff.reset();
                    is_idle = false;
                    continue;
                }
                Ok(Turn::Idle) if until_empty && self.is_empty(&mut link) => break,
                Ok(Turn::Idle) => {
                    is_idle = true;
                    continue;
                }
                Ok(Turn::Hindered(reason)) => reason,
                Err(error @ ArchiveError::Refused(_)) => return Err(error),
                Err(error) => {
                    Figures::add(&self.figures.troubles);
                    link.drop_all();
                    error.to_string()
                }
            };
            if self.rest(&hindered, &mut backoff) {
                break;
            }
        }
        Ok(self.figures.worked())
    }

    /// Says what is wrong, and waits longer each time; whether to end.
    fn rest(&self, trouble: &str, backoff: &mut Backoff) -> bool {
        let pause = backoff.next_pause();
        tracing::warn!("{trouble}; going on in {:.1} s", pause.as_secs_f64());
        (self.stop)(pause)
    }

    /// Whether nothing waits at the hub, nor in a pause that this worker has asked for.
    fn is_empty(&self, link: &mut Link) -> bool {
        if Instant::now() < self.again {
            return false;
        }
        let waiting = self.runtime.block_on(async { link.queue(&self.config).await?.waiting().await });
        waiting.is_ok_and(|waiting| waiting.waiting == 0)
    }

    /// Takes a job and does it.
    fn turn(&mut self, link: &mut Link, is_idle: bool) -> Result<Turn, ArchiveError> {
        let mut began = Instant::now();
        let Some(message) =
            self.runtime.block_on(async { link.queue(&self.config).await?.next(WAIT).await })?
        else {
            return Ok(Turn::Idle);
        };
        if is_idle {
            // It was waited for: that is not what the queue costs.
            began = Instant::now();
        }
        let span = tracing::info_span!("recording", name = Empty, tries = Empty).entered();
        let taken = tracing::info_span!("take").in_scope(|| self.take(link, &message))?;
        self.figures.spent(Part::Queue, began.elapsed());
        let Some(job) = taken else { return Ok(Turn::Worked) };
        span.record("name", &job.name);
        span.record("tries", job.tries);
        self.figures.busy.store(1, Ordering::Relaxed);
        let turn = self.attempt(link, &message, &job);
        self.figures.busy.store(0, Ordering::Relaxed);
        turn
    }

    fn take(&self, link: &mut Link, message: &Message) -> Result<Option<Box<Job>>, ArchiveError> {
        let Ok(ticket) = serde_json::from_slice::<Ticket>(&message.payload) else {
            tracing::warn!("a message in the queue is no job, and is thrown away");
            self.runtime.block_on(answer(message, AckKind::Term))?;
            return Ok(None);
        };
        let limits = (i32::from(self.config.queue.tries), self.config.queue.lease_seconds);
        self.runtime.block_on(async {
            let session = link.database().await?;
            match desk::take(session, (ticket.job, ticket.sent), &self.name, limits).await? {
                Taken::Yes(job) => Ok(Some(job)),
                Taken::Over => answer(message, AckKind::Ack).await.map(|()| None),
                Taken::Busy => {
                    let later = self.config.queue.lease() / 2;
                    answer(message, AckKind::Nak(Some(later))).await.map(|()| None)
                }
            }
        })
    }

    fn attempt(&mut self, link: &mut Link, message: &Message, job: &Job) -> Result<Turn, ArchiveError> {
        if let Err(error) = self.fits(link, job) {
            self.settle(link, message, job, Outcome::Machine(error.to_string()), Cost::default())?;
            return Err(error);
        }
        (self.told)(&format!("{}: try {}", job.name, job.tries));
        let (beat, asked, cost) = (Instant::now(), None, Cost::default());
        let mut attempt = Attempt {
            runtime: &self.runtime,
            config: &self.config,
            counting: self.counting,
            figures: &self.figures,
            stop: self.stop,
            job,
            message,
            beat,
            asked,
            cost,
        };
        let outcome = attempt.run(link);
        let (asked, cost) = (attempt.asked, attempt.cost);
        let began = Instant::now();
        let _span = tracing::info_span!("write down").entered();
        let turn = match outcome {
            Outcome::Counted { content, counted } => {
                self.commit(link, message, job, &content, &counted, (cost, asked))
            }
            outcome => self.settle(link, message, job, outcome, cost),
        };
        self.figures.spent(Part::Queue, began.elapsed());
        turn
    }

    /// Whether this machine has the networks that the others have counted with.
    fn fits(&mut self, link: &mut Link, job: &Job) -> Result<(), ArchiveError> {
        let settings = &job.settings;
        if self.fit.contains(&settings.id) {
            return Ok(());
        }
        let own = self.counting.networks(settings).map_err(|problem| {
            ArchiveError::Refused(format!("this machine cannot count as the archive is counted: {problem}"))
        })?;
        let theirs = self
            .runtime
            .block_on(async { desk::networks(&link.database().await?.client, settings.id, &own).await })?;
        if own != theirs {
            return Err(ArchiveError::Refused(format!(
                "this machine has other networks than those that the archive is counted with: {own} instead of {theirs}"
            )));
        }
        self.fit.insert(settings.id);
        Ok(())
    }
}

/// The machine's name and the process.
fn own_name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = if host.trim().is_empty() { "worker" } else { host.trim() };
    format!("{host}-{}", std::process::id())
}
