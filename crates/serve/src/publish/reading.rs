//! A publisher's place in the ledger, and what else it reads.

mod whole;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use footfall_count::Condition;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout};

use super::Pace;
use super::backoff::Backoff;
use super::state::Reporter;
use crate::server::end_of;
use crate::{AlertState, Book, Claim, Entry, Live, PortError, Shapes, VisitCount, Waiting};

/// A machine's clock may be set: everything is looked at so often even if the ledger says that nothing has
/// changed.
const LOOK_ANYWAY: Duration = Duration::from_secs(20);

/// A publisher's place in the ledger, and what else it reads.
pub(super) struct Reading {
    name: String,
    book: Arc<dyn Book>,
    live: Live,
    decided: watch::Receiver<u64>,
    ended: watch::Receiver<bool>,
    reporter: Reporter,
    pace: Pace,
    /// The last entry that is done with, as the ledger has it. It is ours alone.
    position: u64,
    /// Whether the last look has found all there was: the next one comes after a wait.
    waited: bool,
    /// How far the ledger went at the last look, and what day it was.
    seen: (u64, Option<Date>),
    /// What was found when everything was looked at last.
    looked: Option<Looked>,
}

/// What was found when everything was looked at.
#[derive(Clone, Copy)]
struct Looked {
    /// What the ledger said of changes before.
    changes: u64,
    /// After which sequence crossings were looked for.
    from: u64,
    /// When the next day begins, by the machine's clock.
    tomorrow: Timestamp,
    at: Instant,
}

/// What the ledger has behind a place.
pub(super) struct Look {
    /// Crossings in order.
    pub(super) entries: Vec<Entry>,
    /// Whether there are no more.
    pub(super) is_all: bool,
    /// The greatest sequence.
    pub(super) head: u64,
}

/// What counts of today depend on: while it stays, they do.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Standing {
    /// How far the ledger goes.
    head: u64,
    /// The day at the site.
    day: Option<Date>,
    /// Lines and zones by source.
    pub(super) drawn: BTreeMap<String, Shapes>,
    /// People in each zone by source, where they are seen now.
    pub(super) people: BTreeMap<String, BTreeMap<String, u64>>,
    /// Why no count of a source can be answered for now, of those of which none can.
    pub(super) uncountable: BTreeMap<String, Condition>,
    pub(super) alerts: Vec<AlertState>,
}

impl Looked {
    /// Whether there can be nothing new unless the ledger says so.
    fn is_fresh(&self, from: u64, limit: usize) -> bool {
        self.from == from && limit > 0 && self.at.elapsed() < LOOK_ANYWAY && Timestamp::now() < self.tomorrow
    }
}

impl Reading {
    pub(super) fn new(
        name: &str,
        book: Arc<dyn Book>,
        live: Live,
        ended: watch::Receiver<bool>,
        reporter: Reporter,
        pace: Pace,
    ) -> Self {
        let decided = live.decided();
        let (name, position, waited, seen, looked) = (name.to_owned(), 0, false, (0, None), None);
        Self { name, book, live, decided, ended, reporter, pace, position, waited, seen, looked }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn pace(&self) -> Pace {
        self.pace
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn reporter(&self) -> &Reporter {
        &self.reporter
    }

    /// Changes when something was counted here.
    pub(super) fn decided(&self) -> watch::Receiver<u64> {
        self.decided.clone()
    }

    /// How far the ledger goes.
    pub(super) async fn head(&self) -> Result<u64, PortError> {
        self.ask(|book, _| book.head()).await
    }

    pub(super) fn ended(&self) -> watch::Receiver<bool> {
        self.ended.clone()
    }

    /// Waits until the place is ours: another program may publish from this ledger under the same name.
    /// False where the end comes first.
    pub(super) async fn claim(&mut self) -> bool {
        let mut backoff = Backoff::new(self.pace);
        loop {
            let trouble = match self.ask(|book, name| Ok((book.claim(name)?, book.refused(name)))).await {
                Ok((Claim::Ours { position }, refused)) => {
                    self.position = position;
                    self.reporter.refused(refused.unwrap_or_default());
                    return true;
                }
                Ok((Claim::Held { holder }, _)) => {
                    format!("{holder} publishes from this ledger already; waiting until it ends")
                }
                Err(error) => error.to_string(),
            };
            if self.reporter.waits(&trouble) {
                tracing::warn!("{}: {trouble}", self.name);
            }
            tokio::select! {
                () = sleep(backoff.next_pause()) => {}
                () = end_of(self.ended.clone()) => return false,
            }
        }
    }

    /// Has the next look come without a wait.
    pub(super) fn hurry(&mut self) {
        self.waited = false;
    }

    /// At most `limit` crossings after the sequence `from`, as soon as there are any or it is time for
    /// another look; `None` at the end, after everything was looked at. Dropping the future loses nothing.
    pub(super) async fn look(&mut self, from: u64, limit: usize) -> Result<Option<Look>, PortError> {
        let is_over = *self.ended.borrow();
        if is_over && self.waited {
            return Ok(None);
        }
        if self.waited {
            tokio::select! {
                _ = timeout(self.pace.look_every, self.decided.changed()) => {}
                () = end_of(self.ended.clone()) => {}
            }
        }
        let is_new = self.looked.filter(|looked| looked.is_fresh(from, limit)).map(|looked| looked.changes);
        let head = self.seen.0;
        let position = self.position;
        let look = self.ask(move |book, name| {
            // Somebody may have put another ledger into the place of this one.
            if book.claim(name)? != (Claim::Ours { position }) {
                return Err("the ledger is another one than before".into());
            }
            let changes = book.changes()?;
            if is_new == Some(changes) {
                return Ok(None);
            }
            let head = book.head()?;
            let entries = if limit == 0 { Vec::new() } else { book.after(from, limit)? };
            let today = book.now()?.to_zoned_datetime(book.zone());
            let tomorrow = Timestamp::now().to_zoned_datetime(book.zone()).tomorrow()?.start_of_day()?;
            let is_all = limit > 0 && entries.len() < limit;
            let looked = Looked { changes, from, tomorrow: tomorrow.timestamp(), at: Instant::now() };
            Ok(Some((Look { entries, is_all, head }, today.date(), looked)))
        });
        let Some((look, day, looked)) = look.await? else {
            self.waited = true;
            return Ok(Some(Look { entries: Vec::new(), is_all: true, head }));
        };
        self.seen = (look.head, Some(day));
        self.waited = look.entries.is_empty();
        self.looked = (look.entries.is_empty() && look.is_all).then_some(looked);
        Ok(Some(look))
    }

    /// Everything up to the sequence `to` is done with; `refused` of it in vain, and why.
    pub(super) async fn pass(&mut self, to: u64, refused: Vec<(u64, String)>) -> Result<(), PortError> {
        let passed = move |book: &dyn Book, name: &str| {
            book.pass(name, to, &refused)?;
            if refused.is_empty() { Ok(None) } else { book.refused(name).map(Some) }
        };
        let refused = self.ask(passed).await?;
        self.position = to.max(self.position);
        if let Some(refused) = refused {
            self.reporter.refused(refused);
        }
        Ok(())
    }

    /// What was kept by [`remember`](Self::remember).
    pub(super) async fn memory(&self) -> Result<Option<String>, PortError> {
        self.ask(|book, name| book.memory(name)).await
    }

    /// Keeps what must be known after a restart.
    pub(super) async fn remember(&self, value: String) -> Result<(), PortError> {
        self.ask(move |book, name| book.remember(name, &value)).await
    }

    /// What counts of today depend on, as of the last look.
    pub(super) fn standing(&self) -> Standing {
        let (head, day) = self.seen;
        let (drawn, people, alerts) = (self.live.drawn(), self.live.people(), self.live.alerts());
        Standing { head, day, drawn, people, uncountable: self.live.uncountable(), alerts }
    }

    /// Whether `receiver` is told of the alert called `name`.
    pub(super) fn tells(&self, name: &str, receiver: &str) -> bool {
        self.live.rules().tells(name, receiver)
    }

    /// The counts of today, of lines and of zones.
    pub(super) async fn today(&self) -> Result<(crate::api::Today, Vec<VisitCount>), PortError> {
        self.ask(|book, _| {
            let today = crate::api::Today::read(book, &Waiting::default())?;
            let from: Timestamp = book.now()?.to_zoned_datetime(book.zone()).start_of_day()?.timestamp();
            Ok((today, book.visits(from)?))
        })
        .await
    }

    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Book, &str) -> Result<T, PortError> + Send + 'static,
    ) -> Result<T, PortError> {
        let (book, name) = (self.book.clone(), self.name.clone());
        spawn_blocking(move || question(book.as_ref(), &name)).await?
    }
}
