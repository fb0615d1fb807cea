//! A live source's first scene: the time since it was counted before, and what the clock did meanwhile.

use std::collections::BTreeMap;
use std::time::Duration;

use footfall_count::{Condition, HealthChange, Uncounted};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::entry::{Columns, Entry};
use crate::run::DatedEntry;
use crate::stretch::{DAY, Stretch};
use crate::timeline::{EARLIEST, Timeline};

/// Longer than that nobody leaves a machine off to go on counting with it: the clock was set. In microseconds.
const LEAP: i64 = 366 * 24 * 3_600_000_000;

/// Notes when the time zero of the live source of `run` was. Gives the time since it was last counted, and whether
/// the clock was set meanwhile, as far as that shows.
pub(crate) fn arrive(
    connection: &Connection,
    run: i64,
    start: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<Vec<DatedEntry>> {
    let start = start.as_microsecond();
    connection.execute("UPDATE run SET start = ?1 WHERE id = ?2", params![start, run])?;
    let sql = "SELECT seen FROM run WHERE source = (SELECT source FROM run WHERE id = ?1) AND id < ?1
               AND seen IS NOT NULL ORDER BY id DESC LIMIT 1";
    let before: Option<i64> = connection.query_row(sql, [run], |row| row.get(0)).optional()?;
    let Some(before) = before.filter(|&before| before != start) else { return Ok(Vec::new()) };
    let since = start - before;
    if (0..=DAY).contains(&since) {
        return Ok(vec![stopped(before, start)]);
    }
    let timeline = Timeline::judge(&Stretch::all(connection)?, now.as_microsecond());
    let is_believed = before >= EARLIEST && !timeline.is_far(before);
    if since > DAY && is_believed && since <= LEAP {
        return Ok(vec![stopped(before, start)]);
    }
    let step = DatedEntry {
        columns: clock_step(Duration::ZERO, SignedDuration::from_micros(since)),
        utc: start,
        until: None,
    };
    if is_believed && since.abs() <= DAY {
        return Ok(vec![step]);
    }
    if is_believed && since > LEAP {
        // How long that was nobody knows: it ends where it began, until somebody puts the times right.
        return Ok(vec![stopped(before, before), step]);
    }
    // It was last counted when the clock was off: the time to be told is the one since it was right.
    let hull = timeline.hull().unwrap_or(EARLIEST..=i64::MAX);
    let sql = "SELECT max(seen) FROM run WHERE source = (SELECT source FROM run WHERE id = ?1) AND id < ?1
               AND seen BETWEEN ?2 AND ?3";
    let values = params![run, hull.start().max(&EARLIEST), hull.end().min(&start)];
    let right: Option<i64> = connection.query_row(sql, values, |row| row.get(0))?;
    let gap = right.filter(|&right| start - right <= LEAP).map(|right| stopped(right, start));
    Ok(gap.into_iter().chain([step]).collect())
}

fn stopped(from: i64, to: i64) -> DatedEntry {
    let (zero, reason) = (Duration::ZERO, Condition::Stopped);
    let gap = Entry::Uncounted(Uncounted { reason, from: zero, to: zero });
    DatedEntry { columns: Columns::of(&gap), utc: from, until: Some(to) }
}

pub(crate) fn clock_step(time: Duration, step: SignedDuration) -> Columns {
    let evidence = BTreeMap::from([("seconds".to_owned(), step.as_secs_f64())]);
    let condition = Condition::ClockStep;
    Columns::of(&Entry::Health(HealthChange { condition, raised: true, time, frame: None, evidence }))
}
