//! What can be wrong with a ledger.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

/// Why the ledger could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such file.
    #[error("there is no ledger {}: `footfall run SOURCE --ledger {}` makes one", path.display(), path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The folder that the file is to be made in is not there.
    #[error("cannot make the ledger {}: there is no folder {}; create it first, or name another place",
        path.display(), folder.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// Another program writes this ledger.
    #[error("the ledger {} is being written by {holder}: one program writes at a time. End that one, or name \
        another ledger here; reading (`footfall report`) is possible meanwhile", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
        /// Who has it: `process 1234`.
        holder: String,
    },
    /// The file was written by a newer program.
    #[error("the ledger {} has version {found}, and this program knows versions up to {known}: update Footfall, \
        or name another ledger", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its tables.
        found: i64,
        /// The latest version that this program knows.
        known: u32,
    },
    /// Something is there already.
    #[error("there is a file {} already: name another place, or move it away", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{} is not a ledger of Footfall: name another file", path.display())]
    NotALedger {
        /// The file.
        path: PathBuf,
    },
    /// The file's content is broken.
    #[error("the ledger {} is damaged: {problem}. Keep a copy, and rescue what can be read with \
        `sqlite3 {} .recover`", path.display(), path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        problem: String,
    },
    /// What is kept ready for counting up is not what the entries say.
    #[error("{wrong} in the ledger {}: the sums are not those of its entries, and reports from them are wrong. \
        `footfall ledger rebuild --ledger {}` makes them anew; the entries themselves are whole",
        path.display(), path.display())]
    Sums {
        /// The file.
        path: PathBuf,
        /// Which.
        wrong: String,
    },
    /// Nobody waited for the answer any more.
    #[error("reading the ledger {} was given up: nobody waits for the answer any more", path.display())]
    GivenUp {
        /// The file.
        path: PathBuf,
    },
    /// The disk has no room, or the file may not grow.
    #[error("cannot write the ledger {}: {source}; free some space. What was recorded so far is in place",
        path.display())]
    Full {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// Another program holds the database, by a transaction that it does not end.
    #[error("cannot {doing}: another program holds {} (a backup, a database shell with a transaction open); \
        end that program, or its transaction", path.display())]
    Busy {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// The file that was opened is no longer the one of this name.
    #[error("the ledger {} was deleted, or another file was put in its place, while this program had it open",
        path.display())]
    Gone {
        /// The file.
        path: PathBuf,
    },
    /// A recording has been counted before, in another way.
    #[error("{}", counted_otherwise(.0))]
    CountedOtherwise(Box<CountedOtherwise>),
    /// Counts were asked for over more periods than anybody reads.
    #[error("the range has more than {most} periods: choose longer ones, or a shorter range")]
    TooLong {
        /// The most that there may be.
        most: usize,
    },
    /// A time lies outside of the years that can be written down.
    #[error("the time {time_us} us after {start} cannot be written down; check the start time")]
    Time {
        /// The source's start.
        start: Timestamp,
        /// Time since then.
        time_us: i128,
    },
    /// A publisher's cursor was moved by somebody else.
    #[error(
        "the cursor \"{name}\" is at {found}, not at {expected} as it was here: another program publishes under \
        this name; give each publisher a name of its own"
    )]
    CursorMoved {
        /// The cursor.
        name: String,
        /// Where it was expected.
        expected: u64,
        /// Where it is.
        found: u64,
    },
    /// Another program moves this publisher's cursor.
    #[error(
        "the cursor \"{name}\" belongs to {holder}: one program publishes under a name at a time. End that one, or \
        give this publisher a name or a ledger of its own"
    )]
    CursorHeld {
        /// The cursor.
        name: String,
        /// Who has it: `process 1234`.
        holder: String,
    },
    /// The system refuses access to the file, or to the lock beside it.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Anything else that SQLite says.
    #[error("cannot {doing} ({}): {source}", path.display())]
    Sqlite {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The system gives no random bytes, which a live run is told apart by.
    #[error("the system gives no random numbers: {source}")]
    Random {
        /// What the system says.
        source: getrandom::Error,
    },
}

/// How a recording was counted before, and how it would be now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedOtherwise {
    /// The recording, as it was called then.
    pub source: String,
    /// The ledger.
    pub path: PathBuf,
    /// What differs.
    pub difference: Difference,
}

/// What differs between two counts of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The configuration, for this line or zone.
    Config {
        /// The line or zone.
        place: String,
    },
    /// The program's version, for this line or zone.
    Version {
        /// The line or zone.
        place: String,
        /// The version then.
        before: String,
    },
    /// When the recording's first frame was taken.
    Start {
        /// What was said then.
        before: Timestamp,
        /// What is said now.
        now: Timestamp,
    },
}

fn counted_otherwise(error: &CountedOtherwise) -> String {
    let CountedOtherwise { source, path, difference } = error;
    let what = match difference {
        Difference::Config { place } => format!("over \"{place}\" with another configuration"),
        Difference::Version { place, before } => format!("over \"{place}\" by Footfall {before}"),
        Difference::Start { before, now } => {
            format!("as recorded at {before}, and now it is said to be {now}")
        }
    };
    format!(
        "{source} is in the ledger {} already, counted {what}: counting it once more would count its people twice. \
         Say --recount to replace that count, give the source another name to keep both (NAME={source}), or name another \
         ledger",
        path.display()
    )
}

/// What keeps a ledger from being written, and may pass: by itself, or when somebody does something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// There is no room.
    Full,
    /// Another program holds it.
    Locked,
    /// It was deleted or replaced: [`Ledger::mend`](crate::Ledger::mend) sees to that.
    Gone,
    /// Its content is broken: [`Ledger::mend`](crate::Ledger::mend) sees to that.
    Damaged,
    /// The system refuses.
    Refused,
}

/// Says what was tried when SQLite refused it.
pub(crate) trait Wording<T> {
    fn wording(self, path: &Path, doing: &'static str) -> Result<T, Error>;
}

impl<T> Wording<T> for rusqlite::Result<T> {
    fn wording(self, path: &Path, doing: &'static str) -> Result<T, Error> {
        self.map_err(|source| Error::of_sqlite(source, path, doing))
    }
}

impl Error {
    /// Whether more room on the disk would help.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full { .. })
    }

    /// What stands in the way of writing, where the same may be tried again.
    #[must_use]
    pub fn obstacle(&self) -> Option<Obstacle> {
        match self {
            Self::Full { .. } => Some(Obstacle::Full),
            Self::Busy { .. } => Some(Obstacle::Locked),
            Self::Gone { .. } | Self::Missing { .. } | Self::NoFolder { .. } => Some(Obstacle::Gone),
            Self::Damaged { .. } | Self::NotALedger { .. } => Some(Obstacle::Damaged),
            Self::Io { .. } => Some(Obstacle::Refused),
            Self::Sqlite { source, .. } if is_refused(source) => Some(Obstacle::Refused),
            _ => None,
        }
    }

    pub(crate) fn of_sqlite(source: rusqlite::Error, path: &Path, doing: &'static str) -> Self {
        use rusqlite::ErrorCode::{
            CannotOpen, DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, NotADatabase,
            OperationInterrupted,
        };
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked) => Self::Busy { doing, path },
            Some(DiskFull) => Self::Full { path, source },
            Some(NotADatabase) => Self::NotALedger { path },
            Some(OperationInterrupted) => Self::GivenUp { path },
            Some(DatabaseCorrupt) => Self::Damaged { path, problem: source.to_string() },
            Some(CannotOpen) => match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() && !folder.exists() => {
                    Self::NoFolder { folder: folder.to_owned(), path }
                }
                _ => Self::Sqlite { doing, path, source },
            },
            _ if is_write_refused(&source) => Self::Full { path, source },
            _ => Self::Sqlite { doing, path, source },
        }
    }
}

/// What the system, rather than the statement, is the reason of.
fn is_refused(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{
        CannotOpen, FileLockingProtocolFailed, OutOfMemory, PermissionDenied, ReadOnly, SystemIoFailure,
    };
    matches!(
        error.sqlite_error_code(),
        Some(
            CannotOpen
                | FileLockingProtocolFailed
                | OutOfMemory
                | PermissionDenied
                | ReadOnly
                | SystemIoFailure
        )
    )
}

/// A write or a sync failed for a reason that SQLite does not tell apart: a quota, a size limit, a disk
/// that is going.
fn is_write_refused(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{
        SQLITE_IOERR_FSYNC, SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_WRITE,
    };
    let refused = [SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC, SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_TRUNCATE];
    error.sqlite_error().is_some_and(|e| refused.contains(&e.extended_code))
}
