//! Putting right the times that a clock has given which was off.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use rusqlite::{Connection, params};
use serde::Serialize;

use crate::error::Error;
use crate::ledger::Ledger;
use crate::reader::Reader;
use crate::stretch::{Stretch, TOLERANCE};
use crate::timeline::{EARLIEST, Standing, Timeline};

/// Where a stretch may have been, within so much, is where it was. In microseconds.
const EXACT: i64 = 60_000_000;

/// A stretch of a ledger in which the machine's clock went evenly.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClockStretch {
    /// Its number.
    pub id: i64,
    /// When it began, by the clock as it was.
    pub began: Timestamp,
    /// When something was written last in it.
    pub until: Timestamp,
    /// By how much the clock was set before, in seconds; `None` where nobody was there to see.
    pub step: Option<f64>,
    /// How many entries of live sources it has.
    pub entries: u64,
    /// `sound`, `unproven` or `off`.
    pub standing: &'static str,
    /// By how much its times are to be moved so that they are right, in seconds, where that can be told.
    pub shift: Option<f64>,
    /// How that is known.
    pub how: Option<How>,
}

/// How it is known by how much a clock was off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The program saw the clock being set.
    Step,
    /// There is one place for it between what was counted before and after.
    Place,
    /// With another year it has its place there: the year was wrong.
    Year,
}

impl Reader {
    /// How the machine's clock went, by all that is known.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn clock(&self) -> Result<Vec<ClockStretch>, Error> {
        let timeline = self.timeline()?;
        let mut all = Vec::new();
        for (index, (stretch, standing)) in timeline.stretches.iter().enumerate() {
            let end = timeline.end_of(index);
            let known = (*standing == Standing::Off).then(|| timeline.shift(index)).flatten();
            let time = |at| Timestamp::from_microsecond(at).unwrap_or_default();
            all.push(ClockStretch {
                id: stretch.id,
                began: time(stretch.began),
                until: time(stretch.until),
                step: stretch.step.map(seconds),
                entries: self.entries_of(stretch, end)?,
                standing: match standing {
                    Standing::Sound => "sound",
                    Standing::Unproven => "unproven",
                    Standing::Off => "off",
                },
                shift: known.map(|(shift, _)| seconds(shift)),
                how: known.map(|(_, how)| how),
            });
        }
        Ok(all)
    }
}

impl Ledger {
    /// Moves the times of a stretch's entries by so much, and notes that. Their identities stay: who has them knows
    /// them again. Gives how many there are; `None` where there is no such stretch.
    ///
    /// # Errors
    /// When the ledger cannot be written; it is then as it was.
    pub fn redate(&self, stretch: i64, by: SignedDuration) -> Result<Option<u64>, Error> {
        let now = self.writer().clock.now();
        let shift = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.writer().transaction("put right the times in the ledger", |connection| {
            let all = Stretch::all(connection)?;
            let Some(index) = all.iter().position(|other| other.id == stretch) else { return Ok(None) };
            let end = all.get(index + 1).map_or(i64::MAX, |next| next.behind);
            let entries = move_entries(connection, &all[index], end, shift)?;
            move_runs(connection, &all, index, shift)?;
            let sql =
                "UPDATE stretch SET began = began + ?1, until = until + ?1, step = step + ?1 WHERE id = ?2";
            connection.execute(sql, params![shift, stretch])?;
            if let Some(next) = all.get(index + 1) {
                let sql = "UPDATE stretch SET step = step - ?1 WHERE id = ?2";
                connection.execute(sql, params![shift, next.id])?;
            }
            let sql = "INSERT INTO repair (at, stretch, shift, entries) VALUES (?1, ?2, ?3, ?4)";
            connection.execute(sql, params![now.as_microsecond(), stretch, shift, entries.cast_signed()])?;
            Ok(Some(entries))
        })
    }
}

/// Moves the entries of a stretch that ends at a place of the sequence.
fn move_entries(connection: &Connection, stretch: &Stretch, end: i64, shift: i64) -> rusqlite::Result<u64> {
    let live =
        "run IN (SELECT run.id FROM run JOIN source ON source.id = run.source WHERE NOT source.recorded)";
    let (from, to) = (stretch.began - TOLERANCE, stretch.until + TOLERANCE);
    // A gap that began before the clock was off began when it did. One that ends where it began ends when the run
    // has begun: how long it was is known only now.
    let sql = format!(
        "UPDATE event SET (utc, until) = (SELECT began, max(began, ended) FROM (SELECT
             iif(is_before, event.utc, event.utc + ?1) AS began,
             iif(is_before AND event.until = event.utc,
                 (SELECT start FROM run WHERE id = event.run), event.until) + ?1 AS ended
             FROM (SELECT event.kind = 'uncounted' AND event.name = 'stopped'
                   AND event.utc NOT BETWEEN ?4 AND ?5 AS is_before)))
         WHERE seq > ?2 AND seq <= ?3 AND {live}"
    );
    let moved = connection.execute(&sql, params![shift, stretch.behind, end, from, to])?;
    // Whoever came after it has noted the time since: that began in it, or was longer for want of it.
    let sources =
        "run IN (SELECT its.id FROM run AS its WHERE its.source IN (SELECT other.source FROM event AS inner
                   JOIN run AS other ON other.id = inner.run WHERE inner.seq > ?5 AND inner.seq <= ?2))";
    let sql = format!(
        "UPDATE event SET utc = min(until, iif(utc BETWEEN ?3 AND ?4, utc + ?1, ?4 - ?6 + ?1))
         WHERE kind = 'uncounted' AND name = 'stopped' AND seq > ?2 AND {live} AND {sources}
         AND ((utc BETWEEN ?3 AND ?4 AND until - utc > 86400000000)
              OR (utc < ?3 + ?1 + 2 * ?6 AND until > ?4 + ?1 - 2 * ?6))"
    );
    connection.execute(&sql, params![shift, end, from, to, stretch.behind, TOLERANCE])?;
    Ok(moved as u64)
}

/// Moves what the runs of a stretch say of times, as far as the clock showed them in it.
fn move_runs(connection: &Connection, all: &[Stretch], index: usize, shift: i64) -> rusqlite::Result<()> {
    let stretch = &all[index];
    let (from, to) = (stretch.began - EXACT, stretch.until + EXACT);
    // Runs that had begun by the time the clock was set again.
    let last = all.get(index + 1).map_or(i64::MAX, |next| next.runs);
    let live = "NOT (SELECT recorded FROM source WHERE source.id = run.source)";
    for (column, first) in [("began", stretch.runs), ("start", stretch.runs), ("seen", 0), ("ended", 0)] {
        // What was seen by the clock as it is now may belong to runs that began before.
        let sql = format!(
            "UPDATE run SET {column} = {column} + ?1 WHERE {column} BETWEEN ?2 AND ?3 AND id > ?4 AND id <= ?5
             AND {live}"
        );
        connection.execute(&sql, params![shift, from, to, first, last])?;
    }
    Ok(())
}

impl Timeline {
    /// Where the stretch at `index` ends in the sequence.
    fn end_of(&self, index: usize) -> i64 {
        self.stretches.get(index + 1).map_or(i64::MAX, |(next, _)| next.behind)
    }

    /// By how much a stretch that is off is to be moved, where that can be told.
    fn shift(&self, index: usize) -> Option<(i64, How)> {
        let is_sound = |&other: &usize| self.stretches[other].1 == Standing::Sound;
        let before = (0..index).rev().find(is_sound);
        let after = (index + 1..self.stretches.len()).find(is_sound);
        // Nobody knows which of two is right that contradict each other, unless one of them cannot be.
        let is_impossible = self.stretches[index].0.began < EARLIEST;
        if (before.is_none() || after.is_none()) && !is_impossible {
            return None;
        }
        let steps = |from: usize, to: usize| -> Option<i64> {
            self.stretches[from..=to].iter().map(|(stretch, _)| stretch.step).sum()
        };
        // What contradicts a sound one although the clock was not set between them is off by something else.
        let is_set = |shift: &i64| *shift != 0;
        let by_steps = before
            .and_then(|before| Some(-steps(before + 1, index)?))
            .filter(is_set)
            .or_else(|| after.and_then(|after| steps(index + 1, after)).filter(is_set));
        if let Some(shift) = by_steps {
            return Some((shift, How::Step));
        }
        self.place(index, before?, after?)
    }

    /// The place of a stretch between two that are sound, if there is only one.
    fn place(&self, index: usize, before: usize, after: usize) -> Option<(i64, How)> {
        let length = |range: std::ops::Range<usize>| -> i64 {
            self.stretches[range].iter().map(|(stretch, _)| (stretch.until - stretch.began).max(0)).sum()
        };
        let stretch = &self.stretches[index].0;
        let earliest = self.stretches[before].0.until + length(before + 1..index);
        let latest = self.stretches[after].0.began - length(index..after);
        if latest + TOLERANCE < earliest {
            return None;
        }
        if latest - earliest <= EXACT {
            return Some((i64::midpoint(earliest, latest) - stretch.began, How::Place));
        }
        let shifts: Vec<i64> = (-100..=100)
            .filter_map(|years| years_later(stretch.began, years))
            .map(|began| began - stretch.began)
            .filter(|shift| (earliest - TOLERANCE..=latest + TOLERANCE).contains(&(stretch.began + shift)))
            .collect();
        match shifts[..] {
            [shift] => Some((shift, How::Year)),
            _ => None,
        }
    }
}

/// The same day and time in another year, by this machine's time zone.
fn years_later(time: i64, years: i64) -> Option<i64> {
    let local = Timestamp::from_microsecond(time).ok()?.to_zoned_datetime(TimeZone::system());
    let later = local.checked_add(Span::new().try_years(years).ok()?).ok()?;
    Some(later.timestamp().as_microsecond())
}

fn seconds(micros: i64) -> f64 {
    SignedDuration::from_micros(micros).as_secs_f64()
}
