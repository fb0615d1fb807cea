//! What is kept for how long: old entries go in small steps, by time that is known to have passed.
//!
//! A clock that is ahead makes nothing old. Whatever it shows, an entry is old when so much time has passed since as
//! can be told from what was recorded: time that was counted, and the gaps in it that are believed.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use crate::error::Error;
use crate::ledger::{Ledger, Writer};
use crate::removal::{self, Pass};
use crate::stretch::{DAY, Stretch};
use crate::timeline::{EARLIEST, Standing, Timeline};

/// How often old entries are looked for.
const EVERY: Duration = Duration::from_hours(24);

/// When old entries were last looked for, and what of that is left to do.
#[derive(Debug)]
pub(crate) struct Retention {
    days: u32,
    keep_unsent: bool,
    last: Option<Duration>,
    pass: Option<Pass>,
}

/// What a step of [`Ledger::tidy`] has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tidied {
    /// Nothing: there is nothing to be done for now.
    Nothing,
    /// A part of it.
    Some,
    /// The last of it.
    Done(Removed),
}

/// What was removed, once all that was old is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// How many entries.
    pub entries: u64,
    /// The earliest one's time and the latest one's, where there were any.
    pub times: Option<(Timestamp, Timestamp)>,
    /// How many of them some publisher had not sent.
    pub unsent: u64,
    /// How many old entries stay since a publisher has not sent them, and which publishers that are.
    pub held: u64,
    /// See [`held`](Self::held).
    pub holders: Vec<String>,
}

/// Entries that are old: of a part of the sequence those that ended before a moment by the clock as it was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Old {
    /// Behind this place,
    pub(crate) behind: i64,
    /// and up to this one.
    pub(crate) up_to: i64,
    pub(crate) before: i64,
}

impl Retention {
    pub(crate) fn new(days: u32, keep_unsent: bool) -> Self {
        Self { days, keep_unsent, last: None, pass: None }
    }

    /// What is to be done at `now` on the monotonic clock.
    fn due(&mut self, writer: &Writer, now: Duration) -> Result<Option<&mut Pass>, Error> {
        if self.pass.is_none() && self.last.is_none_or(|last| now.saturating_sub(last) >= EVERY) {
            let (days, keep_unsent) = (self.days, self.keep_unsent);
            let present = writer.clock.now().as_microsecond();
            let pass = writer.transaction("look for old entries in the ledger", |connection| {
                let (old, recorded) = (old(connection, days)?, recorded(connection, present, days)?);
                Pass::new(connection, days, keep_unsent, old, recorded)
            })?;
            self.last = Some(now);
            self.pass = Some(pass);
        }
        Ok(self.pass.as_mut())
    }
}

impl Ledger {
    /// Removes some of the entries that have been kept long enough, if it is time again: some hundred at a time,
    /// so that whoever counts is not held up. To be called again and again.
    ///
    /// # Errors
    /// When the ledger cannot be written; nothing is lost by that but time.
    pub fn tidy(&self) -> Result<Tidied, Error> {
        let writer = self.writer();
        let Some(retention) = &writer.retention else { return Ok(Tidied::Nothing) };
        let mut retention = retention.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Some(pass) = retention.due(writer, writer.clock.monotonic())? else { return Ok(Tidied::Nothing) };
        let mut next = pass.clone();
        let now = writer.clock.now();
        let is_over =
            writer.transaction("remove old entries from the ledger", |c| removal::step(c, &mut next, now))?;
        if !is_over {
            *pass = next;
            return Ok(Tidied::Some);
        }
        retention.pass = None;
        Ok(Tidied::Done(next.removed()))
    }
}

/// Days in microseconds.
fn micros(days: u32) -> i64 {
    i64::try_from(SignedDuration::from_hours(24 * i64::from(days)).as_micros()).unwrap_or(i64::MAX)
}

/// Which entries of live sources are older than `days`.
fn old(connection: &Connection, days: u32) -> rusqlite::Result<Vec<Old>> {
    Ok(old_of(&timeline(connection)?, days))
}

/// The stretches, judged by each other alone: the present is shown by the very clock that may be off.
fn timeline(connection: &Connection) -> rusqlite::Result<Timeline> {
    Ok(Timeline::judge(&Stretch::all(connection)?, i64::MIN))
}

fn old_of(timeline: &Timeline, days: u32) -> Vec<Old> {
    let stretches = &timeline.stretches;
    let last_sound = stretches.iter().rposition(|(_, standing)| *standing == Standing::Sound);
    let tail = last_sound.map_or(0, |index| index + 1);
    // Behind the last moment that is believed, time goes on as far as it was counted.
    let mut clock = last_sound.map_or(0, |index| stretches[index].0.until);
    let mut positions = Vec::new();
    for (index, (stretch, _)) in stretches.iter().enumerate().skip(tail) {
        let gap = index.checked_sub(1).map_or(0, |before| stretch.began - stretches[before].0.until);
        clock = clock.saturating_add(if (0..=DAY).contains(&gap) { gap } else { 0 });
        positions.push(clock);
        clock = clock.saturating_add((stretch.until - stretch.began).max(0));
    }
    let cutoff = clock.saturating_sub(micros(days));
    let before = |index: usize| {
        let (stretch, standing) = &stretches[index];
        if index >= tail {
            return cutoff.saturating_sub(positions[index - tail]).saturating_add(stretch.began);
        }
        if *standing == Standing::Sound {
            return cutoff;
        }
        // It was before the next one that is believed, whatever its clock has shown.
        let next = stretches[index..].iter().find(|(_, standing)| *standing == Standing::Sound);
        if next.is_some_and(|(next, _)| next.began < cutoff) { i64::MAX } else { i64::MIN }
    };
    let end = |index: usize| stretches.get(index + 1).map_or(i64::MAX, |(next, _)| next.behind);
    (0..stretches.len())
        .map(|index| Old { behind: stretches[index].0.behind, up_to: end(index), before: before(index) })
        .collect()
}

/// Before which moment entries of recordings are old: counted back from the latest recording that is consistent
/// with the others, or from when something live was counted last.
fn recorded(connection: &Connection, now: i64, days: u32) -> rusqlite::Result<i64> {
    let live = timeline(connection)?;
    let sound = live.stretches.iter().filter(|(_, standing)| *standing == Standing::Sound);
    let latest = match sound.map(|(stretch, _)| stretch.until).max() {
        Some(latest) => Some(latest),
        None => latest_recording(connection, now)?,
    };
    Ok(latest.map_or(i64::MIN, |latest| latest.saturating_sub(micros(days))))
}

/// When the latest recording ended that is consistent with the others.
fn latest_recording(connection: &Connection, now: i64) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT min(run.start), max(max(coalesce(run.seen, run.start)), coalesce((SELECT max(coalesce(until, utc))
               FROM event WHERE run IN (SELECT id FROM run AS its WHERE its.source = source.id)), 0))
               FROM source JOIN run ON run.source = source.id WHERE source.recorded GROUP BY source.id ORDER BY 1";
    let mut statement = connection.prepare(sql)?;
    let spans: Vec<(i64, i64)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let stretch = |(id, (began, until)): (i64, (i64, i64))| Stretch {
        id,
        behind: id,
        runs: 0,
        began,
        until: until.max(began),
        step: None,
    };
    // The present says nothing of them: it may be years later, and rightly so.
    let stretches: Vec<_> = (0..).zip(spans).map(stretch).collect();
    let judged = Timeline::judge(&stretches, i64::MIN);
    let all = || judged.stretches.iter();
    let sound = all().filter(|(_, standing)| *standing == Standing::Sound).map(|(s, _)| s.until).max();
    let latest = sound.or_else(|| all().map(|(stretch, _)| stretch.until).max());
    Ok(latest.map(|latest| if now >= EARLIEST { latest.min(now) } else { latest }))
}

#[cfg(test)]
mod tests;
