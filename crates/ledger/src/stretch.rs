//! How the machine's clock went while a ledger was written: evenly for a stretch, until it was set, or nobody was
//! there to see.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::clock::{Clock, Watch};

/// A day and some hours: a machine that was off, or slept, for no longer is nothing strange. In microseconds.
pub(crate) const DAY: i64 = 26 * 3_600_000_000;
/// Clocks drift apart by so much before it counts as setting. In microseconds.
pub(crate) const TOLERANCE: i64 = 2_000_000;

/// A row of the table `stretch`. Times are microseconds since 1970 by the clock as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) id: i64,
    pub(crate) behind: i64,
    pub(crate) runs: i64,
    pub(crate) began: i64,
    pub(crate) until: i64,
    pub(crate) step: Option<i64>,
}

impl Stretch {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            behind: row.get(1)?,
            runs: row.get(2)?,
            began: row.get(3)?,
            until: row.get(4)?,
            step: row.get(5)?,
        })
    }

    /// All of them, in the order in which they were.
    pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<Self>> {
        let sql = "SELECT id, behind, runs, began, until, step FROM stretch ORDER BY id";
        connection.prepare(sql)?.query_map([], Self::read)?.collect()
    }

    fn last(connection: &Connection) -> rusqlite::Result<Option<Self>> {
        let sql = "SELECT id, behind, runs, began, until, step FROM stretch ORDER BY id DESC LIMIT 1";
        connection.query_row(sql, [], Self::read).optional()
    }

    /// Adds one; its number is given to it. Gives the number.
    pub(crate) fn insert(&self, connection: &Connection) -> rusqlite::Result<i64> {
        let Self { behind, runs, began, until, step, .. } = *self;
        connection.execute(
            "INSERT INTO stretch (behind, runs, began, until, step) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![behind, runs, began, until, step],
        )?;
        Ok(connection.last_insert_rowid())
    }
}

/// The machine's clock as one program sees it, for all that it writes.
#[derive(Debug)]
pub(crate) struct Course {
    watch: Watch,
    /// By how much the clock was set since the program began, in all.
    stepped: SignedDuration,
    /// What of that no stretch tells of yet.
    pending: SignedDuration,
    /// The stretch that is written in.
    current: Option<i64>,
    /// The greatest run before this program's.
    runs: i64,
}

impl Course {
    pub(crate) fn start(clock: &dyn Clock, connection: &Connection) -> rusqlite::Result<Self> {
        let (stepped, pending) = (SignedDuration::ZERO, SignedDuration::ZERO);
        let runs = greatest_run(connection)?;
        Ok(Self { watch: Watch::start(clock), stepped, pending, current: None, runs })
    }

    /// By how much the clock was set since the program began, in all.
    pub(crate) fn follow(&mut self, clock: &dyn Clock) -> SignedDuration {
        if let Some(step) = self.watch.step(clock) {
            self.stepped = self.stepped.saturating_add(step);
            self.pending = self.pending.saturating_add(step);
        }
        self.stepped
    }

    /// The file is another one now.
    pub(crate) fn forget(&mut self) {
        self.current = None;
    }

    /// Writes down that something is written at `now`, as part of that; gives the stretch, for [`Self::noted`].
    pub(crate) fn note(&self, connection: &Connection, now: Timestamp) -> rusqlite::Result<i64> {
        let now = now.as_microsecond();
        let goes_on = if self.current.is_some() && self.pending.is_zero() {
            self.current
        } else if self.current.is_none() {
            let last = Stretch::last(connection)?;
            last.filter(|last| (-TOLERANCE..=DAY).contains(&(now - last.until))).map(|last| last.id)
        } else {
            None
        };
        if let Some(id) = goes_on {
            let sql = "UPDATE stretch SET until = max(until, ?1) WHERE id = ?2";
            if connection.execute(sql, params![now, id])? > 0 {
                return Ok(id);
            }
        }
        let step = self.current.map(|_| i64::try_from(self.pending.as_micros()).unwrap_or(i64::MAX));
        let runs = if step.is_some() { greatest_run(connection)? } else { self.runs };
        Stretch { id: 0, behind: latest(connection)?, runs, began: now, until: now, step }.insert(connection)
    }

    /// What [`Self::note`] has written is on the disk.
    pub(crate) fn noted(&mut self, stretch: i64) {
        self.current = Some(stretch);
        self.pending = SignedDuration::ZERO;
    }
}

/// The place of the latest entry that there ever was.
pub(crate) fn latest(connection: &Connection) -> rusqlite::Result<i64> {
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'event'";
    Ok(connection.query_row(sql, [], |row| row.get(0)).optional()?.unwrap_or(0))
}

fn greatest_run(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT coalesce(max(id), 0) FROM run", [], |row| row.get(0))
}

/// Finds the stretches of a ledger that was written before they were written down, by its entries.
pub(crate) fn derive(connection: &Connection) -> rusqlite::Result<()> {
    /// What is decided late is dated earlier than what was decided before. In microseconds.
    const LATE: i64 = 3_600_000_000;
    let sql = "SELECT event.seq, event.run, coalesce(event.until, event.utc), event.time > 0,
               iif(event.kind = 'health' AND event.name = 'clock_step', json_extract(event.detail, '$.seconds'), NULL)
               FROM event JOIN run ON run.id = event.run JOIN source ON source.id = run.source
               WHERE NOT source.recorded ORDER BY event.seq";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut current: Option<Stretch> = None;
    while let Some(row) = rows.next()? {
        let (seq, run, at): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (is_within, seconds): (bool, Option<f64>) = (row.get(3)?, row.get(4)?);
        let step = seconds.filter(|_| is_within).map(|seconds| (seconds * 1e6).round() as i64);
        let fresh = |runs, step| Stretch { id: 0, behind: seq - 1, runs, began: at, until: at, step };
        let Some(so_far) = &mut current else {
            current = Some(fresh(run - 1, None));
            continue;
        };
        let since = at - so_far.until;
        // Each source of a program has noted the same step.
        let is_known = step.is_some_and(|step| {
            since.abs() < LATE && so_far.step.is_some_and(|known| (known - step).abs() < TOLERANCE)
        });
        if step.is_some() && !is_known {
            current.replace(fresh(run, step)).map(|whole| whole.insert(connection)).transpose()?;
        } else if (-LATE..=DAY).contains(&since) {
            so_far.until = so_far.until.max(at);
            so_far.began = so_far.began.min(at);
        } else {
            current.replace(fresh(run - 1, None)).map(|whole| whole.insert(connection)).transpose()?;
        }
    }
    current.map(|whole| whole.insert(connection)).transpose()?;
    Ok(())
}

#[cfg(test)]
impl Stretch {
    /// Stretches of even time from and to these times after `start`, in microseconds.
    pub(crate) fn each_of(start: i64, spans: &[(i64, i64)]) -> Vec<Self> {
        let stretch = |(id, &(from, to))| Self {
            id,
            behind: id,
            runs: id,
            began: start + from,
            until: start + to,
            step: None,
        };
        (0..).zip(spans).map(stretch).collect()
    }
}
