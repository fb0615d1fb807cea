//! One run: what happens at one source, written down as it happens.

mod insert;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::params;

use crate::arrival::{arrive, clock_step};
use crate::begin::{Beginning, Counted};
use crate::drawn::{self, Drawn};
use crate::entry::{Columns, Entry};
use crate::error::Error;
use crate::ledger::Writer;
use crate::naming::{self, Renamed};
use crate::quarters;
use crate::source::{Ending, Place, RunInfo};
use crate::stretch::Course;

pub(crate) use insert::DatedEntry;

/// How often it is noted until when a source has been counted, where nothing else is written.
const BEAT: Duration = Duration::from_secs(5);

/// A run that has begun. Clones write for the same run, from any thread.
///
/// # Time
/// Entries carry the source's own time. Of a recording, time zero is what [`Start`](crate::Start) says.
/// Of a live source it is found when the first entry or scene comes, by the machine's clock; from then
/// on frame times alone count, so that entries stay in order, until somebody sets the clock by more than
/// two seconds: that is written down as a health change (`clock_step`, with `seconds` as evidence), and
/// what comes after follows the new clock. What was written before stays as it is; the sequence tells
/// the true order.
///
/// The time since the same live source was last counted is written down as uncounted (`stopped`).
#[derive(Clone)]
pub struct Run {
    shared: Arc<Shared>,
}

struct Shared {
    writer: Arc<Writer>,
    /// Its number when it began. In another file of the same ledger it may have another one.
    run: i64,
    uid: [u8; 16],
    is_live: bool,
    /// What tells this run's events from others': of a recording its content, of a live source the run.
    scope: Vec<u8>,
    /// What is in the identities of a recording's entries.
    counted: Counted,
    version: String,
    state: Mutex<State>,
}

/// Changes with a commit only.
#[derive(Clone, Copy)]
struct State {
    /// When the source's time is zero.
    start: Timestamp,
    /// Whether that is known.
    anchored: bool,
    /// How much of what the clock was set by since the program began is in `start`.
    stepped: SignedDuration,
    /// Until when was counted, as far as it is written down, and when that was done.
    seen: Option<Duration>,
    beat: Option<Duration>,
    /// Entries so far.
    recorded: Recorded,
}

/// Quarters of an hour that are summed up at once beside counting: it takes some milliseconds.
const SUMMED_UP: usize = 64;

/// What became of entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// How many are new.
    pub added: usize,
    /// How many were there already.
    pub known: usize,
}

impl Run {
    pub(crate) fn new(writer: Arc<Writer>, info: &RunInfo, beginning: Beginning) -> Self {
        let is_live = !info.is_recorded();
        let scope = if is_live { beginning.uid.to_vec() } else { info.identity().into_bytes() };
        let state = State {
            start: beginning.start,
            anchored: !is_live,
            stepped: SignedDuration::ZERO,
            seen: None,
            beat: None,
            recorded: Recorded::default(),
        };
        let Beginning { run, uid, counted, .. } = beginning;
        let (state, version) = (Mutex::new(state), info.version.clone());
        Self { shared: Arc::new(Shared { writer, run, uid, is_live, scope, counted, version, state }) }
    }

    /// Its number in the ledger.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.shared.run as u64
    }

    /// What has become of all entries so far.
    #[must_use]
    pub fn recorded(&self) -> Recorded {
        self.shared.state().recorded
    }

    /// Says when a live source's time was zero, where that is known better than by the arrival of its first
    /// entry. Nothing happens once that has come, and for recordings.
    pub fn anchor(&self, zero: Timestamp) {
        let mut state = self.shared.state();
        if !state.anchored {
            state.start = zero;
            state.anchored = true;
            state.stepped = self.shared.writer.course().follow(&*self.shared.writer.clock);
        }
    }

    /// Writes down what has happened: all of it, in this order, or nothing. It is on the disk when this
    /// returns; only then may anybody else see it.
    ///
    /// # Errors
    /// When the ledger cannot be written. The same entries may be given again: none is added twice.
    pub fn record(&self, entries: &[Entry]) -> Result<Recorded, Error> {
        self.shared.write(None, entries)
    }

    /// As [`record`](Self::record), and says that the source has been counted until `time`: what was decided
    /// in a scene, with the scene's time. Without entries this costs a commit every few seconds.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub fn scene(&self, time: Duration, entries: &[Entry]) -> Result<Recorded, Error> {
        self.shared.write(Some(time), entries)
    }

    /// Says which lines are over the source's picture from now on, and what they are for.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn draw(&self, drawn: &Drawn) -> Result<(), Error> {
        let shared = &self.shared;
        shared.writer.transaction("write the ledger", |connection| {
            let sql = "SELECT source FROM run WHERE uid = ?1";
            drawn::note(connection, connection.query_row(sql, [shared.uid], |row| row.get(0))?, drawn)
        })
    }

    /// Says that these are the lines and zones of a live source from now on, and gives those that have another name
    /// than before: their history goes on under that.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn redraw(&self, places: &[Place]) -> Result<Vec<Renamed>, Error> {
        let Shared { writer, version, is_live, .. } = &*self.shared;
        if !is_live {
            return Ok(Vec::new());
        }
        writer.transaction("write what is drawn to the ledger", |connection| {
            let run = self.shared.number(connection)?;
            let sql = "SELECT source FROM run WHERE id = ?1";
            let source: i64 = connection.query_row(sql, [run], |row| row.get(0))?;
            let renamed = naming::changes(connection, source, places, true)?;
            naming::draw(connection, source, places, version, &renamed)?;
            Ok(renamed)
        })
    }

    /// Writes down how the run ended. A run without that was killed.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn end(&self, ending: Ending) -> Result<(), Error> {
        self.shared.end(ending)
    }
}

impl Shared {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, seen: Option<Duration>, entries: &[Entry]) -> Result<Recorded, Error> {
        let mut state = self.state();
        let mut next = *state;
        let now = self.writer.clock.monotonic();
        let first = self.is_live && next.beat.is_none();
        let mut found = Vec::new();
        let mut course = self.writer.course();
        if self.is_live {
            let time = seen.or_else(|| entries.iter().map(|e| Columns::of(e).time).max()).unwrap_or_default();
            found.extend(next.follow_clock(&self.writer, &mut course, time)?);
        }
        let is_due = next.beat.is_none_or(|beat| now.saturating_sub(beat) >= BEAT);
        if entries.is_empty() && found.is_empty() && !is_due {
            return Ok(Recorded::default());
        }
        next.seen = seen.into_iter().chain(next.seen).max();
        next.beat = Some(now);
        let dated = entries.iter().map(|entry| next.dated(Columns::of(entry)));
        let dated = dated.collect::<Result<Vec<_>, _>>()?;
        let until = next.seen.map(|seen| next.utc(seen)).transpose()?;
        let present = self.writer.clock.now();
        let (recorded, stretch) = self.writer.transaction("write the ledger", |connection| {
            let run = self.number(connection)?;
            if first {
                found.extend(arrive(connection, run, next.start, present)?);
            }
            let stretch = self.is_live.then(|| course.note(connection, present)).transpose()?;
            for entry in &found {
                self.insert(connection, run, entry)?;
            }
            let mut recorded = Recorded::default();
            for entry in &dated {
                let added = self.insert(connection, run, entry)?;
                recorded.added += usize::from(added);
                recorded.known += usize::from(!added);
            }
            let sql = "UPDATE run SET seen = coalesce(?1, seen) WHERE id = ?2";
            connection.execute(sql, params![until, run])?;
            Ok((recorded, stretch))
        })?;
        if let Some(stretch) = stretch {
            course.noted(stretch);
        }
        drop(course);
        next.recorded.added += recorded.added;
        next.recorded.known += recorded.known;
        *state = next;
        if is_due {
            let latest = until.into_iter().chain(dated.iter().map(|entry| entry.utc)).max();
            self.writer.sum_up(latest.map(quarters::floor), SUMMED_UP);
        }
        Ok(recorded)
    }

    fn end(&self, ending: Ending) -> Result<(), Error> {
        let state = self.state();
        let seen = state.seen.map(|seen| state.utc(seen)).transpose()?;
        let now = self.writer.clock.now().as_microsecond();
        self.writer.transaction("end the run in the ledger", |connection| {
            let run = self.number(connection)?;
            let sql = "UPDATE run SET ended = ?1, outcome = ?2, seen = coalesce(?3, seen) WHERE id = ?4";
            connection.execute(sql, params![now, ending.as_str(), seen, run])
        })?;
        while self.writer.sum_up(None, SUMMED_UP) > 0 {}
        Ok(())
    }
}

impl State {
    /// Finds when a live source's time is zero, and whether the clock was set since the last call.
    fn follow_clock(
        &mut self,
        writer: &Writer,
        course: &mut Course,
        time: Duration,
    ) -> Result<Option<DatedEntry>, Error> {
        let clock = &*writer.clock;
        let stepped = course.follow(clock);
        if !self.anchored {
            self.anchored = true;
            self.stepped = stepped;
            let elapsed = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
            self.start = clock.now().checked_sub(elapsed).map_err(|_| self.no_such_time(time))?;
        }
        let step = stepped.saturating_sub(self.stepped);
        if step.is_zero() {
            return Ok(None);
        }
        self.stepped = stepped;
        self.start = self.start.checked_add(step).map_err(|_| self.no_such_time(time))?;
        self.dated(clock_step(time, step)).map(Some)
    }

    fn dated(&self, columns: Columns) -> Result<DatedEntry, Error> {
        let utc = self.utc(columns.time)?;
        let until = columns.until.map(|until| self.utc(until)).transpose()?;
        Ok(DatedEntry { columns, utc, until })
    }

    /// Microseconds since 1970 of the source's `time`.
    fn utc(&self, time: Duration) -> Result<i64, Error> {
        let utc = i128::from(self.start.as_microsecond()) + time.as_micros().cast_signed();
        let utc = i64::try_from(utc).ok().and_then(|utc| Timestamp::from_microsecond(utc).ok());
        utc.map(Timestamp::as_microsecond).ok_or_else(|| self.no_such_time(time))
    }

    fn no_such_time(&self, time: Duration) -> Error {
        Error::Time { start: self.start, time_us: time.as_micros().cast_signed() }
    }
}
