//! What is kept for how long.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

/// How often old entries are looked for.
const EVERY: Duration = Duration::from_hours(24);

/// When old entries were last removed.
#[derive(Debug)]
pub(crate) struct Retention {
    days: u32,
    last: Option<Duration>,
}

impl Retention {
    pub(crate) fn new(days: u32) -> Self {
        Self { days, last: None }
    }

    /// The number of days, if it is time again at `now` on the monotonic clock.
    pub(crate) fn due(&mut self, now: Duration) -> Option<u32> {
        if self.last.is_some_and(|last| now.saturating_sub(last) < EVERY) {
            return None;
        }
        self.last = Some(now);
        Some(self.days)
    }
}

/// Removes what ended more than `days` before `now`, and runs that have nothing left. Gives the number of
/// entries removed.
///
/// Counted back from the latest entry where that is earlier than `now`: neither a clock that is years
/// ahead nor a ledger of old recordings makes everything old at once.
pub(crate) fn expire(connection: &Connection, now: Timestamp, days: u32) -> rusqlite::Result<usize> {
    let latest: Option<i64> =
        connection.query_row("SELECT max(coalesce(until, utc)) FROM event", [], |row| row.get(0))?;
    let Some(latest) = latest else { return Ok(0) };
    let kept = SignedDuration::from_hours(24 * i64::from(days)).as_micros();
    let oldest = i128::from(latest.min(now.as_microsecond())) - kept;
    let oldest = i64::try_from(oldest).unwrap_or(i64::MIN);
    let removed = connection.execute("DELETE FROM event WHERE coalesce(until, utc) < ?1", params![oldest])?;
    connection.execute(
        "INSERT INTO expired (id, before) VALUES (1, ?1)
         ON CONFLICT DO UPDATE SET before = max(before, excluded.before)",
        params![oldest],
    )?;
    // A source's latest run tells until when it was counted.
    connection.execute(
        "DELETE FROM run WHERE coalesce(seen, ended, began) < ?1
         AND id NOT IN (SELECT max(id) FROM run GROUP BY source)
         AND NOT EXISTS (SELECT 1 FROM event WHERE event.run = run.id)",
        params![oldest],
    )?;
    if removed > 0 {
        give_back(connection)?;
    }
    Ok(removed)
}

/// Gives free pages back to the system: the pragma frees one for each row that is asked of it.
fn give_back(connection: &Connection) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("PRAGMA incremental_vacuum")?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}
