//! Reading the ledger, beside its writer or without one.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Params};
use tempfile::TempDir;

use crate::counts::{Choice, Micros, Span};
use crate::entry::Kind;
use crate::error::{Error, Wording as _};
use crate::file::{self, FileId};
use crate::quarters::{self, Part, Quarter, Spots, Telling};
use crate::row::{Row, Seq, TABLES, columns};
use crate::unwritable;

/// A stretch of time: from the first moment on, up to and without the second. `None` is unlimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// The first moment in it.
    pub from: Option<Timestamp>,
    /// The first moment after it.
    pub to: Option<Timestamp>,
}

/// Reads a ledger. Any number of programs may, while one writes.
///
/// Each call sees everything that was committed before it, and all of it as of one moment. What a call costs
/// depends on what it gives, not on how long the ledger is. A reader belongs to one thread at a time; open one
/// for each.
pub struct Reader {
    path: PathBuf,
    connection: Connection,
    /// Which file the name stood for when it was opened.
    file: Option<FileId>,
    /// What is read where the ledger itself lies on a medium that cannot be written.
    _copy: Option<TempDir>,
    interest: Arc<Mutex<Option<Interest>>>,
}

/// Whether somebody still waits for an answer.
type Interest = Box<dyn Fn() -> bool + Send>;

/// So many steps of the database's machine are taken between two looks at whether somebody waits: a
/// fraction of a millisecond.
const STEPS: i32 = 10_000;

impl fmt::Debug for Reader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Reader").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Reader {
    /// Opens the ledger at `path`. One of an older version is brought to today's first, which needs that no
    /// other program writes it. One that lies where nothing can be written is read as it is, or from a copy.
    ///
    /// # Errors
    /// When there is none, it is of a newer program, no ledger or a damaged one, or the system refuses.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        let file = file::id(&path);
        let (mut connection, copy) = unwritable::connect(&path)?;
        let interest: Arc<Mutex<Option<Interest>>> = Arc::default();
        let asked = Arc::clone(&interest);
        connection.progress_handler(STEPS, Some(move || !is_wanted(&asked))).wording(&path, READING)?;
        Ok(Self { path, connection, file, _copy: copy, interest })
    }

    /// Whether the file that was opened is still the one of this name: it may have been deleted or replaced.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.file.is_some() && self.file == file::id(&self.path)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// From now on, gives up with [`Error::GivenUp`] soon after `is_wanted` has become false. It is asked
    /// again and again while something is read, from the thread that reads.
    pub fn read_while(&self, is_wanted: impl Fn() -> bool + Send + 'static) {
        *self.interest.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(is_wanted));
    }

    /// From now on, reads whatever is asked for to its end.
    pub fn read_to_the_end(&self) {
        *self.interest.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(crate) fn still_wanted(&self) -> Result<(), Error> {
        if is_wanted(&self.interest) { Ok(()) } else { Err(Error::GivenUp { path: self.path.clone() }) }
    }

    /// All that `work` asks this reader for is as of one moment, whatever is written meanwhile.
    ///
    /// # Errors
    /// When the ledger cannot be read, or `work` fails.
    pub fn as_of_one_moment<T, E: From<Error>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if !self.connection.is_autocommit() {
            return work();
        }
        // Ends with the scope: there is nothing to commit.
        let _moment = self.connection.unchecked_transaction().wording(&self.path, READING)?;
        work()
    }

    /// The entries of these kinds behind `after`, at most `limit`, in the order of the sequence.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn entries_after(&self, after: Seq, kinds: &[Kind], limit: usize) -> Result<Vec<Row>, Error> {
        let kinds: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
        let kinds = serde_json::Value::from(kinds).to_string();
        // By the sequence, which the sign before the kind says: an index of kinds would have all of them sorted.
        let sql = format!(
            "SELECT {} FROM {TABLES} WHERE event.seq > ?1
             AND +event.kind IN (SELECT value FROM json_each(?2)) ORDER BY event.seq LIMIT ?3",
            columns()
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.collect(&sql, (after.0.cast_signed(), kinds, limit), Row::read)
    }

    /// The place of the latest entry.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last(&self) -> Result<Seq, Error> {
        let sql = "SELECT coalesce(max(seq), 0) FROM event";
        let last: i64 = self.connection.query_row(sql, [], |row| row.get(0)).wording(&self.path, READING)?;
        Ok(Seq(last as u64))
    }

    /// A number that is another one after whatever another program, or another connection of this one, has
    /// written since. It takes a glance at the file.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn generation(&self) -> Result<u64, Error> {
        let sql = "PRAGMA data_version";
        let version: i64 =
            self.connection.query_row(sql, [], |row| row.get(0)).wording(&self.path, READING)?;
        Ok(version as u64)
    }

    /// Goes through the whole file: every page and index, that every entry has its run, and that the sums are
    /// those of the entries.
    ///
    /// # Errors
    /// [`Error::Damaged`] or [`Error::Sums`] with the first thing found; or when the ledger cannot be read.
    pub fn check(&self) -> Result<(), Error> {
        let file = |connection: &Connection| {
            let pages: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
            if pages != "ok" {
                return Ok(Some(pages));
            }
            let orphan = |row: &rusqlite::Row<'_>| {
                Ok(format!("a row of {} lacks its parent", row.get::<_, String>(0)?))
            };
            connection.query_row("PRAGMA foreign_key_check", [], orphan).optional()
        };
        let path = || self.path.clone();
        self.as_of_one_moment(|| {
            if let Some(problem) = self.read(file)? {
                return Err(Error::Damaged { path: path(), problem });
            }
            match self.read(quarters::check)? {
                Some(wrong) => Err(Error::Sums { path: path(), wrong }),
                None => Ok(()),
            }
        })
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        work(&self.connection).wording(&self.path, READING)
    }

    pub(crate) fn each(
        &self,
        sql: &str,
        values: impl Params,
        mut take: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), Error> {
        self.read(|connection| {
            let mut statement = connection.prepare(sql)?;
            let mut rows = statement.query(values)?;
            while let Some(row) = rows.next()? {
                take(row)?;
            }
            Ok(())
        })
    }

    pub(crate) fn collect<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        self.each(sql, values, |row| {
            all.push(read(row)?);
            Ok(())
        })?;
        Ok(all)
    }
}

/// Reading quarters.
impl Reader {
    pub(crate) fn spots(&self) -> Result<Spots, Error> {
        self.read(Spots::load)
    }

    /// As [`quarters::each`].
    pub(crate) fn each_quarter<E: From<Error>>(
        &self,
        range: Micros,
        part: Part,
        spots: &mut Spots,
        take: impl FnMut(&Quarter, &Spots) -> Result<(), E>,
    ) -> Result<(), E> {
        let wrong = |error: rusqlite::Error| E::from(Error::of_sqlite(error, &self.path, READING));
        quarters::each(&self.connection, (range.from, range.to), part, spots, take, wrong)
    }

    /// Whether one of the sources of these names (none: all) was ever uncountable.
    pub(crate) fn has_uncountable(&self, sources: &[String], spots: &mut Spots) -> Result<bool, Error> {
        self.read(|connection| quarters::meet(connection, Part::GAPS, spots))?;
        Ok(spots.has_uncountable(sources))
    }

    /// As [`quarters::tells`].
    pub(crate) fn tells(
        &self,
        what: Telling,
        whole: Span,
        spots: &mut Spots,
        mut choice: Choice<'_>,
    ) -> Result<bool, Error> {
        let range = Micros::from(whole);
        self.read(|connection| {
            quarters::tells(connection, what, (range.from, range.to), spots, |spot, spots| {
                choice.place(spot, spots).is_some()
            })
        })
    }
}

fn is_wanted(interest: &Mutex<Option<Interest>>) -> bool {
    let interest = interest.lock().unwrap_or_else(PoisonError::into_inner);
    interest.as_ref().is_none_or(|is_wanted| is_wanted())
}

pub(crate) const READING: &str = "read the ledger";

/// Names as SQLite reads them with `json_each`.
pub(crate) fn names(names: &[String]) -> String {
    serde_json::Value::from(names).to_string()
}

#[cfg(test)]
mod cost;
