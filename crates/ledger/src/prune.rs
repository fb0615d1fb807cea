//! Removing what is older than a day that somebody names, also while another program writes the ledger.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, TransactionBehavior, params};
use serde::Serialize;

use crate::connection;
use crate::error::{Error, Wording as _};
use crate::reader::Reader;
use crate::removal::give_back;
use crate::row::optional;
use crate::schema::{self, Found};

/// Entries that are removed in one transaction: whoever counts is not held up.
const STEP: u32 = 500;

/// What is older than a moment, or has been.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pruned {
    /// Crossings.
    pub crossings: u64,
    /// Stays in zones.
    pub visits: u64,
    /// Health changes and spans that were not counted.
    pub others: u64,
    /// What tills have told.
    pub sales: u64,
    /// Spans that somebody has marked.
    pub marks: u64,
    /// The earliest entry's time and the latest one's, where there are any.
    pub times: Option<(Timestamp, Timestamp)>,
    /// How many entries stay since a publisher has not sent them, and which publishers that are.
    pub held: u64,
    /// See [`held`](Self::held).
    pub holders: Vec<String>,
}

impl Pruned {
    /// Entries, of all kinds.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.crossings + self.visits + self.others
    }
}

/// What goes: entries that ended before `?1`, up to the place `?2`.
const GOING: &str = "utc < ?1 AND coalesce(until, utc) < ?1 AND seq <= ?2";
/// Every kind by itself: the index of times begins with it.
const KINDS: [&str; 4] = ["crossing", "visit", "health", "uncounted"];

impl Reader {
    /// What [`prune`] would remove.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn older_than(&self, before: Timestamp, keep_unsent: bool) -> Result<Pruned, Error> {
        self.as_of_one_moment(|| self.read(|connection| survey(connection, before, keep_unsent)))
    }
}

fn survey(connection: &Connection, before: Timestamp, keep_unsent: bool) -> rusqlite::Result<Pruned> {
    let before = before.as_microsecond();
    let (sent, holders) = sent(connection, keep_unsent)?;
    let mut pruned = Pruned::default();
    for kind in KINDS {
        let sql = format!("SELECT count(*), min(utc), max(utc) FROM event WHERE kind = ?3 AND {GOING}");
        let found = connection.query_row(&sql, params![before, sent, kind], |row| {
            Ok((row.get::<_, i64>(0)?.unsigned_abs(), optional(row, 1)?.zip(optional(row, 2)?)))
        })?;
        match kind {
            "crossing" => pruned.crossings = found.0,
            "visit" => pruned.visits = found.0,
            _ => pruned.others += found.0,
        }
        let both = pruned.times.into_iter().chain(found.1);
        pruned.times = both.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let sql = "SELECT count(*) FROM event WHERE kind = ?3 AND utc < ?1 AND coalesce(until, utc) < ?1 AND seq > ?2";
        let held: i64 = connection.query_row(sql, params![before, sent, kind], |row| row.get(0))?;
        pruned.held += held.unsigned_abs();
    }
    let count = |sql: &str| connection.query_row(sql, [before], |row| row.get::<_, i64>(0));
    pruned.sales = count("SELECT count(*) FROM sale WHERE at < ?1")?.unsigned_abs();
    pruned.marks = count("SELECT count(*) FROM mark WHERE until <= ?1")?.unsigned_abs();
    pruned.holders = if pruned.held > 0 { holders } else { Vec::new() };
    Ok(pruned)
}

/// Up to which place every publisher has sent, and which ones have not come farther.
fn sent(connection: &Connection, keep_unsent: bool) -> rusqlite::Result<(i64, Vec<String>)> {
    if !keep_unsent {
        return Ok((i64::MAX, Vec::new()));
    }
    let sql = "SELECT coalesce(min(seq), 9223372036854775807) FROM cursor";
    let sent: i64 = connection.query_row(sql, [], |row| row.get(0))?;
    let mut statement = connection.prepare("SELECT name FROM cursor WHERE seq = ?1 ORDER BY name")?;
    let holders = statement.query_map([sent], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok((sent, holders))
}

/// Removes all that ended before a moment, and keeps an account of it. Another program may write the ledger
/// meanwhile. `tell` is told again and again how many entries are gone.
///
/// # Errors
/// When the ledger cannot be written. What is gone until then is gone.
pub fn prune(
    path: impl AsRef<Path>,
    before: Timestamp,
    keep_unsent: bool,
    mut tell: impl FnMut(u64),
) -> Result<Pruned, Error> {
    let path = path.as_ref();
    let planned = Reader::open(path)?.older_than(before, keep_unsent)?;
    let mut connection = connection::writable(path, false)?;
    if schema::inspect(&connection, path)? != Found::Version(schema::VERSION) {
        return Err(Error::NotALedger { path: path.to_owned() });
    }
    let mut gone = 0;
    let mut remove = || -> rusqlite::Result<()> {
        let (sent, _) = sent(&connection, keep_unsent)?;
        for kind in KINDS {
            loop {
                let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let sql = format!(
                    "DELETE FROM event WHERE seq IN
                     (SELECT seq FROM event WHERE kind = ?3 AND {GOING} ORDER BY utc LIMIT ?4)"
                );
                let removed =
                    transaction.execute(&sql, params![before.as_microsecond(), sent, kind, STEP])?;
                give_back(&transaction)?;
                transaction.commit()?;
                gone += removed as u64;
                tell(gone);
                if removed < STEP as usize {
                    break;
                }
            }
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        finish(&transaction, before, &planned, gone)?;
        transaction.commit()?;
        // What was removed is not to stand in the log either; where somebody reads, it goes a little later.
        let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        Ok(())
    };
    remove().wording(path, "remove old entries from the ledger")?;
    Ok(planned)
}

fn finish(connection: &Connection, before: Timestamp, planned: &Pruned, gone: u64) -> rusqlite::Result<()> {
    let now = Timestamp::now();
    let micros = before.as_microsecond();
    connection.execute("DELETE FROM sale WHERE at < ?1", [micros])?;
    connection.execute("DELETE FROM mark WHERE until <= ?1", [micros])?;
    connection.execute(
        "DELETE FROM run WHERE coalesce(seen, ended, began) < ?1
         AND id NOT IN (SELECT max(id) FROM run GROUP BY source)
         AND NOT EXISTS (SELECT 1 FROM event WHERE event.run = run.id)",
        [micros],
    )?;
    if planned.held == 0 {
        connection.execute(
            "INSERT INTO expired (id, before) VALUES (1, ?1)
             ON CONFLICT DO UPDATE SET before = max(before, excluded.before)",
            [micros],
        )?;
    }
    if let Some((first, last)) = planned.times {
        let days = now.duration_since(before).max(SignedDuration::ZERO).as_hours() / 24;
        connection.execute(
            "INSERT INTO removal (at, days, entries, first, last, unsent) VALUES (?1, ?2, ?3, ?4, ?5, 0)",
            params![
                now.as_microsecond(),
                days,
                gone.cast_signed(),
                first.as_microsecond(),
                last.as_microsecond()
            ],
        )?;
    }
    Ok(())
}
