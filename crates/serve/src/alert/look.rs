//! Looking at the place: people by the ledger, sources by what they show.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{Timestamp, ToSpan as _};

use super::rule::{Hour, Sight, SourceSight};
use crate::{Book, CountsQuery, Health, Live, Period, PortError, SourceKind, Waiting};

/// The clock goes on, and the night's reset comes, without an entry.
const LOOK_ANYWAY: Duration = Duration::from_secs(20);
/// How many weeks before are compared.
const WEEKS: i64 = 8;

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

/// The hour before `end`, and the same one in the weeks before. `None` where nobody came on any of those days.
fn hour_before(book: &dyn Book, end: Timestamp) -> Result<Option<Hour>, PortError> {
    let zone = book.zone();
    let end = end.to_zoned_datetime(zone.clone());
    let start = end.checked_sub(1.hour())?;
    let mut before = Vec::new();
    for week in 1..=WEEKS {
        let (start, end) = (start.checked_sub((7 * week).days())?, end.checked_sub((7 * week).days())?);
        let (count, is_day_known) = entered(book, start.timestamp(), end.timestamp())?;
        if is_day_known {
            before.push(count);
        }
    }
    let (count, _) = entered(book, start.timestamp(), end.timestamp())?;
    let name = format!("{} to {}", start.strftime("%H:%M"), end.strftime("%H:%M"));
    Ok((!before.is_empty()).then_some(Hour { name, count, before }))
}

/// How many came in from `start` to `end` at the entrances, and whether anybody was counted on that day at all.
fn entered(book: &dyn Book, start: Timestamp, end: Timestamp) -> Result<(u64, bool), PortError> {
    let day = start.to_zoned_datetime(book.zone()).start_of_day()?;
    let tomorrow = day.tomorrow()?;
    let query = CountsQuery {
        from: day.timestamp(),
        to: tomorrow.timestamp(),
        by: Period::Hour,
        source: None,
        line: None,
    };
    let buckets = book.counts(&query, usize::MAX, &Waiting::default())?.buckets;
    let counted = buckets.iter().filter(|bucket| bucket.in_total);
    let within = counted.filter(|bucket| bucket.start >= start && bucket.start < end);
    Ok((within.map(|bucket| bucket.entered).sum(), !buckets.is_empty()))
}
