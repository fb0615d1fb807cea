//! Looking at the place: people by the ledger, sources by what they show.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{Timestamp, ToSpan as _, ZonedDateTime};

use super::config::AlertConfig;
use super::rule::{Hour, Sight, SourceSight};
use crate::{Book, CountsQuery, Health, Live, Opening, Period, PortError, SourceKind, Waiting};

/// The clock goes on, and the night's reset comes, without an entry.
const LOOK_ANYWAY: Duration = Duration::from_secs(20);
/// How many weeks before are compared.
const WEEKS: i64 = 8;
/// Of an hour no more than this share may be uncounted: else it cannot be compared.
const GONE: f64 = 0.1;

/// Looks again and again; the ledger is asked only where there may be something new.
pub(super) struct Looker {
    book: Arc<dyn Book>,
    live: Live,
    began: Timestamp,
    people: Option<People>,
}

/// What the ledger said last.
struct People {
    changes: u64,
    at: Instant,
    inside: u64,
    passed: Option<Timestamp>,
    /// When the hour that runs now began, and what is to say of the one before.
    hour: (Timestamp, Option<Hour>),
}

impl Looker {
    pub(super) fn new(book: Arc<dyn Book>, live: Live) -> Self {
        Self { book, live, began: Timestamp::now(), people: None }
    }

    pub(super) fn look(&mut self) -> Result<Sight, PortError> {
        let now = Timestamp::now();
        let changes = self.book.changes()?;
        let is_fresh = |p: &People| p.changes == changes && p.at.elapsed() < LOOK_ANYWAY;
        if !self.people.as_ref().is_some_and(is_fresh) {
            let inside = self.book.occupancy(now.checked_add(1.second())?)?;
            let passed = self.book.last(1)?.last().map(|entry| entry.at);
            let start = now.to_zoned_datetime(self.book.zone());
            let start = start.with().minute(0).second(0).subsec_nanosecond(0).build()?;
            let known = self.people.take().map(|people| people.hour);
            let hour = match known.filter(|(known, _)| *known == start.timestamp()) {
                Some(known) => known,
                None => (start.timestamp(), hour_before(self.book.as_ref(), start.timestamp())?),
            };
            self.people = Some(People { changes, at: Instant::now(), inside, passed, hour });
        }
        let people = self.people.as_ref();
        Ok(Sight {
            now,
            began: self.began,
            opening: self.book.opening(now),
            inside: people.map_or(0, |people| people.inside),
            passed: people.and_then(|people| people.passed),
            hour: people.and_then(|people| people.hour.1.clone()),
            sources: self.sources(now),
        })
    }

    fn sources(&self, now: Timestamp) -> Vec<SourceSight> {
        let states = self.live.sources().iter().map(|source| source.state());
        let live = states.filter(|state| state.kind == SourceKind::Live);
        let sight = |state: crate::SourceState| {
            let status = state.status;
            let blind = matches!(status.health, Health::Lost | Health::Starting);
            let since = Duration::try_from(now.duration_since(status.since)).unwrap_or_default();
            let silence = if blind { status.silence.max(since) } else { status.silence };
            let is_seen = status.health.is_current();
            SourceSight { name: state.name, silence, conditions: status.problems, is_seen }
        };
        live.map(sight).collect()
    }
}

/// The hour of the clock that was over at `end`, and the same one in the weeks before, as far as it can be told what
/// is usual: hours in which nobody counted, or it was closed, say nothing, nor do days on which nobody came at all.
/// `None` where the hour itself is one of these.
fn hour_before(book: &dyn Book, end: Timestamp) -> Result<Option<Hour>, PortError> {
    // The clock may have been put back, or forward, within the hour: what is over then is an hour of time, whatever
    // the clock calls its beginning and its end.
    let end = end.to_zoned_datetime(book.zone());
    let start = end.checked_sub(1.hour())?;
    let Some(count) = entered(book, &start)?.filter(|hour| hour.is_counted).map(|hour| hour.entered) else {
        return Ok(None);
    };
    let mut before = Vec::new();
    for week in 1..=WEEKS {
        let then = start.checked_sub((7 * week).days())?;
        // An hour that the clock left out on that day was none.
        if then.time() == start.time()
            && let Some(hour) = entered(book, &then)?
            && hour.is_counted
            && hour.is_day_with_people
        {
            before.push(hour.entered);
        }
    }
    let name = format!("{} to {}", start.strftime("%H:%M"), end.strftime("%H:%M"));
    Ok((!before.is_empty()).then_some(Hour { name, count, before }))
}

/// What came in within one hour at the entrances.
struct Told {
    entered: u64,
    /// Whether all but a small part of it was counted.
    is_counted: bool,
    is_day_with_people: bool,
}

/// Of the hour from `start` on; `None` where it was closed.
fn entered(book: &dyn Book, start: &ZonedDateTime) -> Result<Option<Told>, PortError> {
    let middle = start.checked_add(30.minutes())?.timestamp();
    if matches!(book.opening(middle), Opening::Closed) {
        return Ok(None);
    }
    let day = start.start_of_day()?;
    let (from, to) = (day.timestamp(), day.tomorrow()?.timestamp());
    let query = CountsQuery { from, to, by: Period::Hour, source: None, line: None };
    let hours = book.periods(&query, &Waiting::default())?;
    let is_day_with_people = hours.iter().any(|hour| hour.entered + hour.left > 0);
    let hour = hours.iter().find(|hour| hour.start == start.timestamp());
    let told = hour.map(|hour| Told {
        entered: hour.entered,
        is_counted: hour.uncounted <= GONE * hour.end.duration_since(hour.start).as_secs_f64(),
        is_day_with_people,
    });
    // Where nothing was ever recorded nobody counted.
    Ok(Some(told.unwrap_or(Told { entered: 0, is_counted: false, is_day_with_people })))
}

/// What an alert of the kind `unusual` says of the hour that was over at `end`, the beginning of an hour of the clock:
/// whether it begins, and why. `None` where it says nothing, as of a place that is too new.
///
/// # Errors
/// When the ledger cannot be read.
pub fn unusual_hour(
    book: &dyn Book,
    end: Timestamp,
    alert: &AlertConfig,
) -> Result<Option<(bool, String)>, PortError> {
    Ok(alert.unusual(hour_before(book, end)?.as_ref()))
}
