//! Who has counted what, when.

use jiff::Timestamp;
use rusqlite::OptionalExtension as _;

use crate::error::{Error, Wording as _};
use crate::reader::{READING, Reader};
use crate::row::{optional, timestamp};

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
}

impl Reader {
    /// All runs, in the order in which they began.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn runs(&self) -> Result<Vec<RunRow>, Error> {
        let sql = "SELECT run.id, source.name, source.recorded, run.began, run.start, run.seen, run.ended,
                   run.outcome, run.version, run.config
                   FROM run JOIN source ON source.id = run.source ORDER BY run.id";
        let mut runs = Vec::new();
        self.each(sql, [], |row| {
            runs.push(RunRow {
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
            });
            Ok(())
        })?;
        Ok(runs)
    }

    /// The names of all sources that were ever counted, in order, each once.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn sources(&self) -> Result<Vec<String>, Error> {
        let sql = "SELECT DISTINCT name FROM source WHERE EXISTS (SELECT 1 FROM run WHERE source = source.id)
                   ORDER BY name";
        let mut names = Vec::new();
        self.each(sql, [], |row| {
            names.push(row.get(0)?);
            Ok(())
        })?;
        Ok(names)
    }

    /// When the source that was counted last was seen last, if it is a recording: what time it is for whoever
    /// looks at it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn recorded_until(&self) -> Result<Option<Timestamp>, Error> {
        let sql = "SELECT coalesce(run.seen, run.start) FROM run JOIN source ON source.id = run.source
                   WHERE run.id = (SELECT max(id) FROM run) AND source.recorded";
        let until = self.connection().query_row(sql, [], |row| timestamp(row, 0)).optional();
        until.wording(self.path(), READING)
    }
}
