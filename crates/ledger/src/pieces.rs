//! Reading crossings in pieces: the last ones, those of a range, and how many there are in all.

use footfall_count::Tally;
use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, params_from_iter};

use crate::error::{Error, Wording as _};
use crate::reader::{Range, Reader};
use crate::row::{COLUMNS, Row, Seq, TABLES};

/// The crossings of one line over all time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// The source's name.
    pub source: String,
    /// The line's name.
    pub line: String,
    /// How many there are.
    pub tally: Tally,
}

impl Reader {
    /// The last crossings, at most `limit`, in the order of the sequence.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_crossings(&self, limit: usize) -> Result<Vec<Row>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE event.kind = 'crossing' ORDER BY event.seq DESC LIMIT ?1"
        );
        let mut rows = self.rows(&sql, [Value::Integer(number(limit))], Row::read)?;
        rows.reverse();
        Ok(rows)
    }

    /// The crossings in `range` that are behind `after`, at most `limit`, in the order of the sequence.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn crossings_between(&self, range: Range, after: Seq, limit: usize) -> Result<Vec<Row>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE event.kind = 'crossing' AND event.seq > ?1
             AND event.utc >= ?2 AND event.utc < ?3 ORDER BY event.seq LIMIT ?4"
        );
        let from = range.from.map_or(i64::MIN, jiff::Timestamp::as_microsecond);
        let to = range.to.map_or(i64::MAX, jiff::Timestamp::as_microsecond);
        self.rows(&sql, [after.0.cast_signed(), from, to, number(limit)].map(Value::Integer), Row::read)
    }

    /// How many crossings of each line there are up to `last`, by source and line, without those of staff.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn totals(&self, last: Seq) -> Result<Vec<Total>, Error> {
        let sql = "SELECT source.name, event.name, sum(event.direction = 'in'), sum(event.direction = 'out')
                   FROM event JOIN run ON run.id = event.run JOIN source ON source.id = run.source
                   WHERE event.kind = 'crossing' AND event.seq <= ?1
                   AND json_extract(event.detail, '$.staff') IS NULL GROUP BY 1, 2 ORDER BY 1, 2";
        self.rows(sql, [Value::Integer(last.0.cast_signed())], |row| {
            let tally = Tally { entered: row.get::<_, i64>(2)? as u64, left: row.get::<_, i64>(3)? as u64 };
            Ok(Total { source: row.get(0)?, line: row.get(1)?, tally })
        })
    }

    /// When the source that was counted last was seen last, if it is a recording: what time it is for whoever
    /// looks at it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn recorded_until(&self) -> Result<Option<jiff::Timestamp>, Error> {
        let sql = "SELECT coalesce(run.seen, run.start) FROM run JOIN source ON source.id = run.source
                   WHERE run.id = (SELECT max(id) FROM run) AND source.recorded";
        let read = || {
            let row = self.connection().query_row(sql, [], |row| crate::row::timestamp(row, 0));
            row.optional()
        };
        read().wording(self.path(), READING)
    }

    fn rows<T>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        let work = || -> rusqlite::Result<Vec<T>> {
            let mut statement = self.connection().prepare(sql)?;
            statement.query_map(params_from_iter(values), read)?.collect()
        };
        work().wording(self.path(), READING)
    }
}

const READING: &str = "read the ledger";

fn number(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
