//! Reading the ledger, beside its writer or without one.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params_from_iter};

use crate::entry::Kind;
use crate::error::{Error, Wording as _};
use crate::row::{COLUMNS, Row, Seq, TABLES, timestamp};
use crate::schema::{self, Found};
use crate::source::PlaceKind;
use crate::{Ledger, connection};

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
/// Each call sees everything that was committed before it. A reader belongs to one thread at a time;
/// open one for each.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    connection: Connection,
}

/// A run, as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RunRow {
    /// Its number.
    pub id: u64,
    /// The source's name.
    pub source: String,
    /// Whether the source is a recording.
    pub recorded: bool,
    /// When it began, by the machine's clock.
    pub began: Timestamp,
    /// When the source's time was zero.
    pub start: Timestamp,
    /// When the latest counted frame was taken.
    pub seen: Option<Timestamp>,
    /// When it ended; `None` while it runs, and for ever where it was killed.
    pub ended: Option<Timestamp>,
    /// How it ended: `done`, `stopped`, `failed`.
    pub outcome: Option<String>,
    /// The program's version.
    pub version: String,
    /// SHA-256 of the configuration, in hexadecimal.
    pub config: String,
    /// How many entries it has added.
    pub entries: u64,
}

/// What is wrong with a source now, or was.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Health {
    /// The source's name.
    pub source: String,
    /// The conditions that were raised and are not over, with when they were raised.
    pub raised: Vec<(String, Timestamp)>,
    /// When the latest counted frame was taken.
    pub seen: Option<Timestamp>,
    /// Whether its latest run has neither ended nor, as far as can be told, been killed: a writer holds the
    /// ledger.
    pub running: bool,
}

impl Reader {
    /// Opens the ledger at `path`. One of an older version is brought to today's first, which needs that no
    /// other program writes it.
    ///
    /// # Errors
    /// When there is none, it is of a newer program, no ledger or a damaged one, or the system refuses.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        let connection = connection::readable(&path)?;
        match schema::inspect(&connection, &path)? {
            Found::Version(schema::VERSION) => return Ok(Self { path, connection }),
            Found::Empty => return Err(Error::NotALedger { path }),
            Found::Version(_) => {}
        }
        drop(connection);
        drop(Ledger::open(&path)?);
        let connection = connection::readable(&path)?;
        Ok(Self { path, connection })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The entries of these kinds behind `after`, at most `limit`, in the order of the sequence.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn entries_after(&self, after: Seq, kinds: &[Kind], limit: usize) -> Result<Vec<Row>, Error> {
        let kinds = list(kinds);
        let sql = format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE event.seq > {} AND event.kind IN ({kinds})
             ORDER BY event.seq LIMIT {}",
            after.0,
            i64::try_from(limit).unwrap_or(i64::MAX)
        );
        self.collect(&sql, Vec::new(), Row::read)
    }

    /// The crossings behind `after`, at most `limit`, in the order of the sequence.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn crossings_after(&self, after: Seq, limit: usize) -> Result<Vec<Row>, Error> {
        self.entries_after(after, &[Kind::Crossing], limit)
    }

    /// The entries of these kinds that happened, or for spans were under way, in `range`, by time; at most
    /// `limit`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn entries_in(&self, range: Range, kinds: &[Kind], limit: usize) -> Result<Vec<Row>, Error> {
        let mut rows = Vec::new();
        self.each_in(range, kinds, |row| {
            rows.push(row);
            rows.len() < limit
        })?;
        Ok(rows)
    }

    /// Gives the entries of these kinds in `range` one by one, by time, until `take` is false.
    pub(crate) fn each_in(
        &self,
        range: Range,
        kinds: &[Kind],
        mut take: impl FnMut(Row) -> bool,
    ) -> Result<(), Error> {
        let from = range.from.map_or(i64::MIN, Timestamp::as_microsecond);
        let to = range.to.map_or(i64::MAX, Timestamp::as_microsecond);
        let sql = format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE event.kind IN ({})
             AND event.utc < ?2 AND (event.utc >= ?1 OR event.until > ?1) ORDER BY event.utc, event.seq",
            list(kinds)
        );
        let mut work = || -> rusqlite::Result<()> {
            let mut statement = self.connection.prepare(&sql)?;
            let mut rows = statement.query([from, to])?;
            while let Some(row) = rows.next()? {
                if !take(Row::read(row)?) {
                    break;
                }
            }
            Ok(())
        };
        work().wording(&self.path, READING)
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

    /// Every source that was ever counted, by name, with what is wrong with it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn health(&self) -> Result<Vec<Health>, Error> {
        let sql = "SELECT source.name, run.id, run.seen, run.ended FROM source
                   JOIN run ON run.id = (SELECT max(id) FROM run WHERE run.source = source.id)
                   ORDER BY source.name, source.id";
        let sources = self.collect(sql, Vec::new(), |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, optional(row, 2)?, optional(row, 3)?))
        })?;
        let is_written = Ledger::is_written(&self.path)?;
        let health = sources.into_iter().map(|(source, run, seen, ended)| {
            let raised = self.raised(run)?;
            Ok(Health { source, raised, seen, running: ended.is_none() && is_written })
        });
        health.collect()
    }

    /// What was raised in `run` and is not over. A step of the clock is over at once.
    fn raised(&self, run: i64) -> Result<Vec<(String, Timestamp)>, Error> {
        let sql = "SELECT name, utc FROM event AS latest WHERE run = ?1 AND kind = 'health'
                   AND direction = 'raised' AND name <> 'clock_step' AND seq =
                   (SELECT max(seq) FROM event WHERE run = ?1 AND kind = 'health' AND name = latest.name)
                   ORDER BY seq";
        self.collect(sql, vec![Value::Integer(run)], |row| Ok((row.get(0)?, timestamp(row, 1)?)))
    }

    /// All runs, in the order in which they began.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn runs(&self) -> Result<Vec<RunRow>, Error> {
        let sql = "SELECT run.id, source.name, source.recorded, run.began, run.start, run.seen, run.ended,
                   run.outcome, run.version, run.config,
                   (SELECT count(*) FROM event WHERE event.run = run.id)
                   FROM run JOIN source ON source.id = run.source ORDER BY run.id";
        self.collect(sql, Vec::new(), |row| {
            Ok(RunRow {
                id: row.get::<_, i64>(0)? as u64,
                source: row.get(1)?,
                recorded: row.get(2)?,
                began: timestamp(row, 3)?,
                start: timestamp(row, 4)?,
                seen: optional(row, 5)?,
                ended: optional(row, 6)?,
                outcome: row.get(7)?,
                version: row.get(8)?,
                config: row.get(9)?,
                entries: row.get::<_, i64>(10)? as u64,
            })
        })
    }

    /// The names under which something was counted: of lines (`Kind::Crossing`) or zones (`Kind::Visit`).
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn names(&self, kind: Kind) -> Result<Vec<String>, Error> {
        let sql = "SELECT DISTINCT name FROM event WHERE kind = ?1 ORDER BY name";
        self.collect(sql, vec![Value::Text(kind.as_str().to_owned())], |row| row.get(0))
    }

    /// The names of all lines, or zones, that were ever counted, passed or not.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn places(&self, kind: PlaceKind) -> Result<Vec<String>, Error> {
        let sql = "SELECT name FROM place WHERE kind = ?1
                   UNION SELECT name FROM event WHERE kind = ?2 ORDER BY name";
        let kinds = [kind.as_str(), kind.event().as_str()].map(|kind| Value::Text(kind.to_owned()));
        self.collect(sql, kinds.into(), |row| row.get(0))
    }

    /// Goes through the whole file: every page and index, and that every entry has its run.
    ///
    /// # Errors
    /// [`Error::Damaged`] with the first thing found; or when the ledger cannot be read.
    pub fn check(&self) -> Result<(), Error> {
        let found = || -> rusqlite::Result<Option<String>> {
            let pages: String =
                self.connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
            if pages != "ok" {
                return Ok(Some(pages));
            }
            let orphan = |row: &rusqlite::Row<'_>| {
                Ok(format!("a row of {} lacks its parent", row.get::<_, String>(0)?))
            };
            self.connection.query_row("PRAGMA foreign_key_check", [], orphan).optional()
        };
        match found().wording(&self.path, READING)? {
            None => Ok(()),
            Some(problem) => Err(Error::Damaged { path: self.path.clone(), problem }),
        }
    }

    fn collect<T>(
        &self,
        sql: &str,
        values: Vec<Value>,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        let work = || -> rusqlite::Result<Vec<T>> {
            let mut statement = self.connection.prepare(sql)?;
            statement.query_map(params_from_iter(values), read)?.collect()
        };
        work().wording(&self.path, READING)
    }
}

const READING: &str = "read the ledger";

fn optional(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<Option<Timestamp>> {
    match row.get::<_, Option<i64>>(index)? {
        None => Ok(None),
        Some(_) => timestamp(row, index).map(Some),
    }
}

/// Kinds as SQL has them in `IN (...)`; their names are ours.
fn list(kinds: &[Kind]) -> String {
    kinds.iter().map(|kind| format!("'{}'", kind.as_str())).collect::<Vec<_>>().join(", ")
}
