//! Entries into the ledger, each once.

use std::time::Duration;

use rusqlite::{Connection, params};

use super::Shared;
use crate::digest::EventId;
use crate::entry::{Columns, Kind};

/// An entry, or something that the run found by itself, with its times of day, in microseconds since 1970.
pub(crate) struct DatedEntry {
    pub(crate) columns: Columns,
    pub(crate) utc: i64,
    pub(crate) until: Option<i64>,
}

impl Shared {
    /// The run's number in the file that is written now.
    pub(super) fn number(&self, connection: &Connection) -> rusqlite::Result<i64> {
        connection.query_row("SELECT id FROM run WHERE uid = ?1", [self.uid], |row| row.get(0))
    }

    /// Whether it is new, or says more of a stretch of time than was known.
    ///
    /// A recording's run that was cut short may have told of a stretch up to where it was cut: when it goes on, the
    /// rest of it is one more row.
    pub(super) fn insert(
        &self,
        connection: &Connection,
        run: i64,
        entry: &DatedEntry,
    ) -> rusqlite::Result<bool> {
        if self.insert_row(connection, run, entry)? {
            return Ok(true);
        }
        let (Kind::Uncounted, Some(until)) = (entry.columns.kind, entry.until) else { return Ok(false) };
        let identity = self.identity(&entry.columns);
        let sql = "SELECT until FROM event WHERE identity = ?1";
        let known: Option<i64> = connection.query_row(sql, [identity.as_bytes()], |row| row.get(0))?;
        let Some(known) = known.filter(|&known| entry.utc < known && known < until) else { return Ok(false) };
        let time = entry.columns.time + Duration::from_micros((known - entry.utc).unsigned_abs());
        let rest =
            DatedEntry { columns: Columns { time, ..entry.columns.clone() }, utc: known, until: Some(until) };
        self.insert(connection, run, &rest)
    }

    fn insert_row(&self, connection: &Connection, run: i64, entry: &DatedEntry) -> rusqlite::Result<bool> {
        let DatedEntry { columns, utc, until } = entry;
        let identity = self.identity(columns);
        let detail = serde_json::Value::Object(columns.detail.clone()).to_string();
        let sql = "INSERT INTO event
                   (identity, run, kind, utc, until, name, direction, track, frame, time, detail)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (identity) DO NOTHING";
        let added = connection.execute(
            sql,
            params![
                identity.as_bytes(),
                run,
                columns.kind.as_str(),
                utc,
                until,
                columns.name,
                columns.direction,
                columns.track.map(u64::cast_signed),
                columns.frame.map(u64::cast_signed),
                i64::try_from(columns.time.as_micros()).unwrap_or(i64::MAX),
                detail
            ],
        )?;
        Ok(added == 1)
    }

    fn identity(&self, columns: &Columns) -> EventId {
        match self.counted.get(&(columns.kind, columns.name.clone())) {
            None => columns.identity(&self.scope, &columns.name, &[]),
            Some((name, config)) => columns.identity(&self.scope, name, config.as_bytes()),
        }
    }
}
