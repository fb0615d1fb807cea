//! The ledger's one writer.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use crate::clock::{Clock, SystemClock};
use crate::error::{Error, Wording as _};
use crate::file::{Files, Rights};
use crate::lock::WriterLock;
use crate::retention::Retention;
use crate::run::Run;
use crate::source::RunInfo;
use crate::stretch::Course;
use crate::{begin, connection, file, quarters, schema};

/// The right to write a ledger, held by one program at a time.
///
/// Clones write through the same connection: a program with several sources opens the ledger once and
/// begins a [`Run`] for each.
#[derive(Clone)]
pub struct Ledger {
    writer: Arc<Writer>,
}

pub(crate) struct Writer {
    pub(crate) path: PathBuf,
    pub(crate) clock: Box<dyn Clock>,
    desk: Mutex<Desk>,
    /// How the clock goes. Whoever holds both takes this one first.
    pub(crate) course: Mutex<Course>,
    pub(crate) retention: Option<Mutex<Retention>>,
    /// How long to wait for another program's transaction.
    pub(crate) patience: Duration,
    /// Whether the desk is being put in order: nobody is to wait for it.
    pub(crate) mending: AtomicBool,
    /// The runs that were begun here, by what tells them apart.
    pub(crate) runs: Mutex<Vec<[u8; 16]>>,
}

/// The open database.
pub(crate) struct Desk {
    pub(crate) connection: Connection,
    /// The files that were opened.
    pub(crate) files: Files,
    /// Of the file that was opened first.
    pub(crate) rights: Option<Rights>,
    /// What is wrong with its content, once that is known.
    pub(crate) damage: Option<String>,
    /// How often a damaged file was set aside.
    pub(crate) renewed: u32,
    /// Given back after the connection.
    pub(crate) lock: WriterLock,
}

/// How a ledger is kept.
pub struct Options {
    /// Entries are removed after so many days, by [`Ledger::tidy`]; kept for ever by default.
    pub retention_days: Option<u32>,
    /// Whether entries stay, however old, that a publisher has not sent yet.
    pub keep_unsent: bool,
    /// Where the time comes from.
    pub clock: Box<dyn Clock>,
    /// How long a write waits for another program's transaction before it is [`Error::Busy`].
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        let patience = Duration::from_secs(30);
        let clock = Box::new(SystemClock::default());
        Self { retention_days: None, keep_unsent: true, clock, patience }
    }
}

impl Ledger {
    /// Opens the ledger at `path` for writing; makes it where there is none, and brings an older one to
    /// this program's version.
    ///
    /// # Errors
    /// When another program writes it, it was written by a newer program, it is no ledger or a damaged
    /// one, or the system refuses.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_with(path, Options::default())
    }

    /// As [`open`](Self::open), with options.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        let desk = Desk::open(&path)?;
        desk.connection.busy_timeout(options.patience).wording(&path, "open the ledger")?;
        let Options { clock, patience, keep_unsent, .. } = options;
        let retention = options.retention_days.map(|days| Mutex::new(Retention::new(days, keep_unsent)));
        let course = Course::start(&*clock, &desk.connection).wording(&path, "open the ledger")?;
        let (desk, course) = (Mutex::new(desk), Mutex::new(course));
        let (mending, runs) = (AtomicBool::new(false), Mutex::default());
        let writer = Writer { path, clock, desk, course, retention, patience, mending, runs };
        Ok(Self { writer: Arc::new(writer) })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.writer.path
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Whether some program holds the ledger at `path` for writing now.
    ///
    /// # Errors
    /// When the system does not let its lock be asked.
    pub fn is_written(path: impl AsRef<Path>) -> Result<bool, Error> {
        WriterLock::is_held(path.as_ref())
    }

    /// Begins a run.
    ///
    /// A recording that has been counted before, over the same places in the same way, may be counted
    /// again: what is there already is not added twice, and a run that was cut short goes on where it
    /// was.
    ///
    /// # Errors
    /// When a recording is in the ledger, counted in another way, and `recount` is not set; and when the
    /// ledger cannot be written.
    pub fn begin(&self, info: &RunInfo) -> Result<Run, Error> {
        let beginning = begin::begin(&self.writer, info)?;
        self.writer.runs.lock().unwrap_or_else(PoisonError::into_inner).push(beginning.uid);
        Ok(Run::new(Arc::clone(&self.writer), info, beginning))
    }

    /// Makes anew whatever is derived from the entries, which stay as they are: indices and sums.
    ///
    /// # Errors
    /// When the ledger cannot be written; it is then as it was.
    pub fn rebuild(&self) -> Result<(), Error> {
        self.writer.transaction("rebuild the ledger", |connection| {
            connection.execute_batch("REINDEX")?;
            quarters::rebuild(connection)
        })
    }
}

impl Desk {
    /// Opens the database at `path` for the one who writes, in this program's version.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let mut lock = WriterLock::take(path)?;
        let opened = connection::writable(path, true).and_then(|mut connection| {
            schema::migrate(&mut connection, path)?;
            Ok(connection)
        });
        let connection = opened.map_err(|error| match error {
            Error::NotALedger { path } if lock.is_vouched() => {
                Error::Damaged { path, problem: "its beginning is not that of a ledger any more".to_owned() }
            }
            error => error,
        })?;
        lock.vouch();
        // What a new file and its log are called must be as lasting as what stands in them.
        file::sync_folder(path);
        let (files, rights) = (Files::of(path), Rights::of(path));
        Ok(Self { connection, files, rights, damage: None, renewed: 0, lock })
    }
}

impl Writer {
    pub(crate) fn course(&self) -> MutexGuard<'_, Course> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does `work` in one transaction, which is on the disk when this returns, or has not been.
    pub(crate) fn transaction<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        if self.mending.load(Ordering::Acquire) {
            return Err(Error::Busy { doing, path: self.path.clone() });
        }
        let mut desk = self.desk();
        desk.check(&self.path)?;
        let in_one = |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let result = work(&transaction)?;
            transaction.commit()?;
            Ok(result)
        };
        let done = in_one(&mut desk.connection).wording(&self.path, doing);
        done.map_err(|error| desk.note_damage(error, &self.path))
    }

    /// Sums up quarters of an hour that nothing more comes to, but not the one that begins at `open`; at most
    /// `limit` of them. Gives how many it has summed up.
    ///
    /// Entries are whole without: a quarter that cannot be summed up is read from them.
    pub(crate) fn sum_up(&self, open: Option<i64>, limit: usize) -> usize {
        let summed = self.transaction("sum up the ledger", |c| quarters::seal(c, open, limit));
        summed.unwrap_or_else(|error| {
            tracing::debug!("{error}");
            0
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use footfall_count::Direction;

    use super::Ledger;
    use crate::{CrossingEntry, Digest, Entry, Kind, Origin, Reader, RunInfo, Seq};

    #[test]
    fn a_full_disk_takes_nothing_and_recording_goes_on_when_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.db");
        let ledger = Ledger::open(&path).unwrap();
        let info = RunInfo {
            source: "camera".into(),
            origin: Origin::Live,
            version: "1".into(),
            config: Digest::of([]),
            places: vec![],
            recount: false,
        };
        let run = ledger.begin(&info).unwrap();
        let crossing = |frame| CrossingEntry {
            line: "door".into(),
            direction: Direction::In,
            track: 1,
            frame,
            time: Duration::from_millis(frame),
            detail: serde_json::Map::new(),
        };
        let entries: Vec<_> = (1..5000).map(crossing).map(Entry::Crossing).collect();
        run.record(&entries[..1]).unwrap();
        let limit = |pages: i64| {
            ledger
                .writer
                .desk()
                .connection
                .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
                .unwrap();
        };
        limit(40);
        let error = run.record(&entries).unwrap_err();
        assert!(error.is_full() && error.to_string().contains("free some space"), "{error}");
        let reader = Reader::open(&path).unwrap();
        assert_eq!(reader.entries_after(Seq(0), &Kind::ALL, 9).unwrap().len(), 1, "all or nothing");
        limit(1 << 30);
        assert_eq!(run.record(&entries).unwrap().added, entries.len() - 1);
        reader.check().unwrap();
    }
}
