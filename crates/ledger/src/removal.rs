//! Removing old entries, some at a time, and keeping an account of it.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::error::Error;
use crate::ledger::Ledger;
use crate::reader::Reader;
use crate::retention::{Old, Removed};
use crate::row::timestamp;
use crate::stretch::DAY;

/// Entries that are looked at in one step: a few milliseconds of work.
const STEP: usize = 500;
/// Free pages that are given back to the system with each step.
const PAGES: u32 = 500;

/// What retention has removed at one time.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Removal {
    /// When, by the machine's clock.
    pub at: Timestamp,
    /// For how many days entries were kept.
    pub days: u32,
    /// How many entries.
    pub entries: u64,
    /// The earliest one's time.
    pub first: Timestamp,
    /// The latest one's time.
    pub last: Timestamp,
    /// How many of them some publisher had not sent.
    pub unsent: u64,
}

impl Reader {
    /// What retention has removed, in order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn removals(&self) -> Result<Vec<Removal>, Error> {
        let mut removals = Vec::new();
        self.each("SELECT at, days, entries, first, last, unsent FROM removal ORDER BY id", [], |row| {
            removals.push(Removal {
                at: timestamp(row, 0)?,
                days: row.get(1)?,
                entries: row.get::<_, i64>(2)? as u64,
                first: timestamp(row, 3)?,
                last: timestamp(row, 4)?,
                unsent: row.get::<_, i64>(5)? as u64,
            });
            Ok(())
        })?;
        Ok(removals)
    }
}

impl Ledger {
    /// Forgets a publisher with its place in the ledger: nothing waits for it any more, and should it come back,
    /// it begins from the first entry. Gives whether it was known.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn forget_publisher(&self, name: &str) -> Result<bool, Error> {
        self.writer().transaction("forget a publisher in the ledger", |connection| {
            for table in ["memory", "refused"] {
                connection.execute(&format!("DELETE FROM {table} WHERE name = ?1"), [name])?;
            }
            Ok(connection.execute("DELETE FROM cursor WHERE name = ?1", [name])? > 0)
        })
    }
}

/// One time of removing what is old, as far as it has come.
#[derive(Clone, Debug)]
pub(crate) struct Pass {
    days: u32,
    /// Parts of the sequence that are left to go through, the last first.
    live: Vec<Old>,
    /// Runs of recordings that are left, and before which moment their entries are old.
    runs: Vec<i64>,
    before: i64,
    /// Entries behind this place stay: a publisher has not sent them.
    kept_behind: i64,
    /// Entries behind this place are not sent by all publishers.
    unsent_behind: i64,
    holders: Vec<String>,
    held: u64,
    /// The row that tells of it, once there is one.
    row: Option<i64>,
    entries: u64,
    times: Option<(i64, i64)>,
    unsent: u64,
}

/// An entry that is looked at.
struct Found {
    seq: i64,
    at: i64,
    is_live: bool,
}

impl Pass {
    pub(crate) fn new(
        connection: &Connection,
        days: u32,
        keep_unsent: bool,
        mut live: Vec<Old>,
        before: i64,
    ) -> rusqlite::Result<Self> {
        live.reverse();
        let sql = "SELECT run.id FROM run JOIN source ON source.id = run.source WHERE source.recorded ORDER BY run.id DESC";
        let runs = connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let sql = "SELECT coalesce(min(seq), 9223372036854775807) FROM cursor";
        let unsent_behind: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        let sql = "SELECT name FROM cursor WHERE seq = ?1 ORDER BY name";
        let mut statement = connection.prepare(sql)?;
        let holders = statement.query_map([unsent_behind], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(Self {
            days,
            live,
            runs,
            before,
            kept_behind: if keep_unsent { unsent_behind } else { i64::MAX },
            unsent_behind,
            holders,
            held: 0,
            row: None,
            entries: 0,
            times: None,
            unsent: 0,
        })
    }

    /// What came of it.
    pub(crate) fn removed(self) -> Removed {
        let time = |at| Timestamp::from_microsecond(at).unwrap_or_default();
        Removed {
            entries: self.entries,
            times: self.times.map(|(first, last)| (time(first), time(last))),
            unsent: self.unsent,
            held: self.held,
            holders: if self.held > 0 { self.holders } else { Vec::new() },
        }
    }

    /// Counts those of `old` that may go; gives them.
    fn take(&mut self, old: &[Found]) -> Vec<i64> {
        let mut going = Vec::new();
        for found in old {
            if found.seq > self.kept_behind {
                self.held += 1;
                continue;
            }
            self.entries += 1;
            self.unsent += u64::from(found.seq > self.unsent_behind);
            let (first, last) = self.times.unwrap_or((found.at, found.at));
            self.times = Some((first.min(found.at), last.max(found.at)));
            going.push(found.seq);
        }
        going
    }
}

/// Does a part of what is left; gives whether that was the last. To be called in a transaction.
pub(crate) fn step(connection: &Connection, pass: &mut Pass, now: Timestamp) -> rusqlite::Result<bool> {
    let going = if let Some(mut part) = pass.live.pop() {
        let (found, is_over) = of_live(connection, &mut part)?;
        if !is_over {
            pass.live.push(part);
        }
        pass.take(&found)
    } else if let Some(run) = pass.runs.pop() {
        let found = of_run(connection, run, pass.before)?;
        let going = pass.take(&found);
        // What stays is not to be found again and again.
        if found.len() == STEP && !going.is_empty() {
            pass.runs.push(run);
        }
        going
    } else {
        finish(connection, pass)?;
        return Ok(true);
    };
    if !going.is_empty() {
        let list = serde_json::Value::from(going).to_string();
        connection.execute("DELETE FROM event WHERE seq IN (SELECT value FROM json_each(?1))", [list])?;
        account(connection, pass, now)?;
        give_back(connection)?;
    }
    Ok(false)
}

/// The next old entries of live sources in a part of the sequence, which moves on; and whether it is through.
fn of_live(connection: &Connection, part: &mut Old) -> rusqlite::Result<(Vec<Found>, bool)> {
    if part.before == i64::MIN {
        return Ok((Vec::new(), true));
    }
    let sql = "SELECT event.seq, coalesce(event.until, event.utc), NOT source.recorded FROM event
               CROSS JOIN run ON run.id = event.run JOIN source ON source.id = run.source
               WHERE event.seq > ?1 AND event.seq <= ?2 ORDER BY event.seq LIMIT ?3";
    let mut statement = connection.prepare(sql)?;
    let read =
        |row: &rusqlite::Row<'_>| Ok(Found { seq: row.get(0)?, at: row.get(1)?, is_live: row.get(2)? });
    let values = params![part.behind, part.up_to, STEP as u32];
    let found: Vec<Found> = statement.query_map(values, read)?.collect::<Result<_, _>>()?;
    // Times rise with the sequence, but for what took long or was decided late.
    let late = part.before.saturating_add(DAY);
    let is_over = found.len() < STEP || found.iter().any(|entry| entry.is_live && entry.at > late);
    part.behind = found.last().map_or(part.behind, |last| last.seq);
    let before = part.before;
    Ok((found.into_iter().filter(|entry| entry.is_live && entry.at < before).collect(), is_over))
}

/// Old entries of a recording's run.
fn of_run(connection: &Connection, run: i64, before: i64) -> rusqlite::Result<Vec<Found>> {
    let sql = "SELECT seq, coalesce(until, utc) FROM event WHERE run = ?1 AND utc < ?2
               AND coalesce(until, utc) < ?2 ORDER BY seq LIMIT ?3";
    let read = |row: &rusqlite::Row<'_>| Ok(Found { seq: row.get(0)?, at: row.get(1)?, is_live: false });
    let mut statement = connection.prepare(sql)?;
    statement.query_map(params![run, before, STEP as u32], read)?.collect()
}

/// Writes down what has been removed so far.
fn account(connection: &Connection, pass: &mut Pass, now: Timestamp) -> rusqlite::Result<()> {
    let (first, last) = pass.times.unwrap_or_default();
    let (entries, unsent) = (pass.entries.cast_signed(), pass.unsent.cast_signed());
    if let Some(row) = pass.row {
        let sql = "UPDATE removal SET entries = ?1, first = ?2, last = ?3, unsent = ?4 WHERE id = ?5";
        connection.execute(sql, params![entries, first, last, unsent, row])?;
        return Ok(());
    }
    connection.execute(
        "INSERT INTO removal (at, days, entries, first, last, unsent) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![now.as_microsecond(), pass.days, entries, first, last, unsent],
    )?;
    pass.row = Some(connection.last_insert_rowid());
    Ok(())
}

/// When all old entries are gone: runs that have nothing left go too, but for a source's latest one, which tells
/// until when it was counted.
fn finish(connection: &Connection, pass: &Pass) -> rusqlite::Result<()> {
    let Some((_, last)) = pass.times else { return Ok(()) };
    connection.execute(
        "DELETE FROM run WHERE coalesce(seen, ended, began) <= ?1
         AND id NOT IN (SELECT max(id) FROM run GROUP BY source)
         AND NOT EXISTS (SELECT 1 FROM event WHERE event.run = run.id)",
        params![last],
    )?;
    if pass.held == 0 && pass.before > i64::MIN {
        connection.execute(
            "INSERT INTO expired (id, before) VALUES (1, ?1)
             ON CONFLICT DO UPDATE SET before = max(before, excluded.before)",
            params![pass.before],
        )?;
    }
    Ok(())
}

/// Gives free pages back to the system: the pragma frees one for each row that is asked of it.
pub(crate) fn give_back(connection: &Connection) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}
