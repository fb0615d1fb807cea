//! A quarter as its row in the table says it is.

use rusqlite::{Connection, Row, Statement, ffi};

use super::Quarter;
use super::mark::{read_companies, read_crossings, read_stretches};

/// Reads quarters from the table, one after the other.
pub(super) struct Keeper<'c> {
    statement: Statement<'c>,
}

impl<'c> Keeper<'c> {
    pub(super) fn new(connection: &'c Connection) -> rusqlite::Result<Self> {
        let sql =
            "SELECT start, crossings, visits, gaps, first, last, companies FROM quarter WHERE start = ?1";
        Ok(Self { statement: connection.prepare(sql)? })
    }

    /// The quarter that begins at `start`, and whether there is one; an empty one otherwise.
    pub(super) fn get(&mut self, start: i64) -> rusqlite::Result<Quarter> {
        let mut quarter = Quarter { start, ..Quarter::default() };
        if let Some(row) = self.statement.query([start])?.next()? {
            fill(row, &mut quarter)?;
        }
        Ok(quarter)
    }
}

/// What a row of `start, crossings, visits, gaps, first, last, companies` says.
pub(super) fn fill(row: &Row<'_>, quarter: &mut Quarter) -> rusqlite::Result<()> {
    let start = row.get(0)?;
    quarter.start = start;
    quarter.bounds = row.get::<_, Option<i64>>(4)?.zip(row.get(5)?);
    read_crossings(start, row.get_ref(1)?.as_blob()?, &mut quarter.crossings).ok_or_else(damaged)?;
    read_stretches(start, row.get_ref(2)?.as_blob()?, &mut quarter.visits).ok_or_else(damaged)?;
    read_stretches(start, row.get_ref(3)?.as_blob()?, &mut quarter.gaps).ok_or_else(damaged)?;
    read_companies(start, row.get_ref(6)?.as_blob()?, &mut quarter.companies).ok_or_else(damaged)
}

fn damaged() -> rusqlite::Error {
    let problem =
        "the sums of a quarter of an hour cannot be read; `footfall ledger rebuild` makes them anew";
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_CORRUPT), Some(problem.to_owned()))
}
