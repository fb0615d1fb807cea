//! What all routes share.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Semaphore, watch};
use tokio::time::interval;

use super::{Problem, sources};
use crate::access::Access;
use crate::feed::Feed;
use crate::follow::Tail;
use crate::passings::Passings;
use crate::server::Parts;
use crate::waiting::Waiter;
use crate::{Audit, Book, Config, Limits, Live, PortError, PublisherStates, Setup, Waiting};

/// How often the state of all sources is told.
const TELL_EVERY: Duration = Duration::from_secs(1);

pub(crate) struct Shared {
    pub(crate) access: Arc<Access>,
    pub(crate) live: Live,
    pub(crate) book: Arc<dyn Book>,
    pub(crate) setup: Arc<dyn Setup>,
    pub(crate) publishers: PublisherStates,
    pub(crate) audit: Option<Arc<dyn Audit>>,
    pub(crate) limits: Limits,
    pub(crate) tail: Arc<Tail>,
    pub(crate) passings: Arc<Passings>,
    /// By the sources' ids.
    feeds: BTreeMap<String, Arc<Feed>>,
    /// A place for each viewer of a live picture.
    pub(crate) viewers: Arc<Semaphore>,
    /// The state of all sources as JSON.
    pub(crate) states: watch::Sender<Bytes>,
    /// Rises with every change of lines.
    pub(crate) redrawn: watch::Sender<u64>,
    /// True once the server ends: streams end then, too.
    pub(crate) ended: watch::Receiver<bool>,
}

impl Shared {
    /// Starts whatever works on its own, on the current runtime.
    pub(crate) fn start(
        config: &Config,
        parts: Parts,
        access: Arc<Access>,
        ended: watch::Receiver<bool>,
    ) -> Arc<Self> {
        let Parts { live, book, setup, publishers, audit } = parts;
        let feed = |source: &Arc<_>| Feed::start(Arc::clone(source), config.picture.clone());
        let feeds = live.sources().iter().map(|s| (s.id.clone(), feed(s))).collect();
        let tail = Tail::start(book.clone(), &live);
        let passings = Passings::start(&live);
        let states = watch::Sender::new(sources::states(&live));
        let (telling, told) = (states.clone(), live.clone());
        let redrawn = watch::Sender::new(0);
        let (redrawing, drawn) = (redrawn.clone(), setup.clone());
        tokio::spawn(async move {
            let revisions = |live: &Live| -> Vec<Option<u64>> {
                live.sources().iter().map(|s| drawn.drawing(&s.id).ok().map(|d| d.revision)).collect()
            };
            let mut known = revisions(&told);
            let mut ticks = interval(TELL_EVERY);
            loop {
                ticks.tick().await;
                telling.send_replace(sources::states(&told));
                // Lines may also have been changed in the file.
                let now = revisions(&told);
                if std::mem::replace(&mut known, now.clone()) != now {
                    redrawing.send_modify(|changes: &mut u64| *changes += 1);
                }
            }
        });
        Arc::new(Self {
            access,
            live,
            book,
            setup,
            publishers,
            audit,
            limits: config.limits.clone(),
            tail,
            passings,
            feeds,
            viewers: Arc::new(Semaphore::new(config.limits.viewers as usize)),
            states,
            redrawn,
            ended,
        })
    }

    pub(crate) fn feed(&self, id: &str) -> Result<&Arc<Feed>, Problem> {
        self.feeds.get(id).ok_or_else(|| Problem::no_source(id))
    }

    /// Asks the ledger, off the threads that answer; the question ends when nobody waits for the answer.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Book, &Waiting) -> Result<T, PortError> + Send + 'static,
    ) -> Result<T, Problem> {
        // Dropped with this future, which is dropped with the request.
        let waiter = Waiter::default();
        let (book, waiting) = (self.book.clone(), waiter.waiting());
        let answered = tokio::task::spawn_blocking(move || {
            // Whoever left while others were answered is not asked for.
            if waiting.is_over() { Err("nobody waits".into()) } else { question(book.as_ref(), &waiting) }
        })
        .await;
        answered.map_err(|error| Problem::internal(&error.into()))?.map_err(|error| Problem::internal(&error))
    }
}
