//! The end of the ledger, read once for all who listen.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use footfall_count::Direction;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::api::Today;
use crate::{Book, Entry, Live, PortError, Total, Waiting};

/// Another process may write the ledger: it is looked at so often even if nothing was decided here.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Midnight changes the counts of today without an entry.
const LOOK_ANYWAY: Duration = Duration::from_secs(10);
/// So many of the newest crossings are kept in memory.
const RECENT: usize = 512;
/// Crossings in one reading of the ledger.
pub(crate) const BATCH: usize = 200;

/// In and out by source and line, of all that the ledger holds.
type Totals = BTreeMap<(String, String), (u64, u64)>;

/// The newest crossings, how far the ledger goes, and the counts of today.
pub(crate) struct Tail {
    book: Arc<dyn Book>,
    recent: RwLock<VecDeque<Entry>>,
    totals: Mutex<Totals>,
    head: watch::Sender<u64>,
    today: watch::Sender<Bytes>,
    /// What the ledger said of changes at the last look, and when that was.
    looked: Mutex<Option<(u64, Instant)>>,
}

impl Tail {
    /// Starts following on the current runtime.
    pub(crate) fn start(book: Arc<dyn Book>, live: &Live) -> Arc<Self> {
        let (head, today) = (watch::Sender::new(0), watch::Sender::new(Bytes::new()));
        let (recent, totals, looked) = (RwLock::default(), Mutex::default(), Mutex::default());
        let tail = Arc::new(Self { book, recent, totals, head, today, looked });
        let (following, mut decided) = (tail.clone(), live.decided());
        tokio::spawn(async move {
            loop {
                let this = following.clone();
                match spawn_blocking(move || this.look()).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::warn!("the ledger cannot be read: {error}"),
                    Err(_) => return,
                }
                // Whether something was decided, or it is time for another look.
                if let Ok(Err(_)) = timeout(LOOK_EVERY, decided.changed()).await {
                    return;
                }
            }
        });
        tail
    }

    /// How far the ledger goes; who waits for a change then asks for [`Tail::after`].
    pub(crate) fn head(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }

    /// The counts of today as JSON, whenever they change.
    pub(crate) fn today(&self) -> watch::Receiver<Bytes> {
        self.today.subscribe()
    }

    /// The next crossings after `cursor`, in order: from memory where they are there.
    pub(crate) async fn after(self: &Arc<Self>, cursor: u64) -> Result<Vec<Entry>, PortError> {
        if let Some(entries) = self.recent_after(cursor) {
            return Ok(entries);
        }
        let this = self.clone();
        spawn_blocking(move || this.book.after(cursor, BATCH)).await?
    }

    /// In and out by source and line, of all that the ledger holds.
    pub(crate) fn totals(&self) -> Totals {
        self.lock_totals().clone()
    }

    fn lock_totals(&self) -> MutexGuard<'_, Totals> {
        self.totals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn recent_after(&self, cursor: u64) -> Option<Vec<Entry>> {
        let recent = self.recent.read().unwrap_or_else(PoisonError::into_inner);
        let whole = recent.front().is_some_and(|oldest| oldest.sequence <= cursor + 1);
        whole.then(|| recent.iter().filter(|e| e.sequence > cursor).take(BATCH).cloned().collect())
    }

    fn look(&self) -> Result<(), PortError> {
        let (changes, now) = (self.book.changes()?, Instant::now());
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = |(then, at): (u64, Instant)| then == changes && now.duration_since(at) < LOOK_ANYWAY;
        if looked.is_some_and(is_known) {
            return Ok(());
        }
        self.read()?;
        *looked = Some((changes, now));
        Ok(())
    }

    fn read(&self) -> Result<(), PortError> {
        let (known, head) = (*self.head.borrow(), self.book.head()?);
        if head != known {
            let mut cursor = if known == 0 { self.count_all()? } else { known };
            loop {
                let entries = self.book.after(cursor, BATCH)?;
                let Some(last) = entries.last() else { break };
                cursor = last.sequence;
                self.remember(entries);
            }
            self.head.send_replace(cursor.max(head));
        }
        let today = Today::read(self.book.as_ref(), &Waiting::default())?;
        let today = Bytes::from(serde_json::to_vec(&today)?);
        self.today.send_if_modified(|told| {
            let changed = *told != today;
            *told = today;
            changed
        });
        Ok(())
    }

    /// Counts what was in the ledger before; what comes after the place that it gives is counted as it comes.
    fn count_all(&self) -> Result<u64, PortError> {
        let mut totals = Totals::new();
        // Two sources may be shown under one name: files of the same name in two folders.
        let (head, all) = self.book.totals()?;
        for Total { source, line, entered, left } in all {
            let sum = totals.entry((source, line)).or_default();
            *sum = (sum.0 + entered, sum.1 + left);
        }
        *self.lock_totals() = totals;
        Ok(head)
    }

    fn remember(&self, entries: Vec<Entry>) {
        for entry in &entries {
            let mut totals = self.lock_totals();
            let total = totals.entry((entry.source.clone(), entry.line.clone())).or_default();
            match entry.direction {
                Direction::In => total.0 += 1,
                Direction::Out => total.1 += 1,
            }
        }
        let mut recent = self.recent.write().unwrap_or_else(PoisonError::into_inner);
        recent.extend(entries);
        let surplus = recent.len().saturating_sub(RECENT);
        recent.drain(..surplus);
    }
}
