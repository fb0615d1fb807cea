//! The ledger as the server reads it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use footfall_config::shown_name;
use footfall_ledger::jiff::Timestamp;
use footfall_ledger::jiff::tz::TimeZone;
use footfall_ledger::{Cursor, Error, Period, PlaceKind, Query, Range, Reader, Seq, SiteHours};
use footfall_serve::Entry as Crossing;
use footfall_serve::{
    Book, Claim, Counts, CountsQuery, Mark, NewMark, NewSale, Opening, PeriodSum, PortError, Report,
    ReportQuery, Sold, Total, VisitCount, Waiting, ZoneSum,
};

use super::readers::Readers;
use super::sums::{period_sum, zone_sum};
use super::told::{entry, named};
use super::watch::Watch;
use super::{buckets, manager};

/// A ledger on disk. Sources are told by the names that the page shows.
pub struct LedgerBook {
    path: PathBuf,
    zone: TimeZone,
    /// When the sources are open.
    hours: SiteHours,
    readers: Readers,
    /// Looks whether anything was written: that can be told by one and the same reader alone.
    watch: Mutex<Watch>,
    cursors: Mutex<BTreeMap<String, Cursor>>,
}

impl LedgerBook {
    /// The ledger at `path`, whose days end at midnight in `zone`.
    ///
    /// # Errors
    ///
    /// Where the ledger cannot be opened.
    pub fn open(path: &Path, zone: TimeZone, hours: SiteHours) -> Result<Self, Error> {
        let (readers, watch) = (Readers::open(path)?, Mutex::new(Watch::open(path)?));
        Ok(Self { path: path.to_owned(), zone, hours, readers, watch, cursors: Mutex::default() })
    }

    /// Asks what is answered in a moment, whoever waits.
    pub(super) fn ask<T>(&self, question: impl FnOnce(&Reader) -> Result<T, Error>) -> Result<T, PortError> {
        Ok(self.readers.ask(&Waiting::default(), question)?)
    }

    fn with_cursor<T>(
        &self,
        name: &str,
        work: impl FnOnce(&mut Cursor) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut cursors = self.cursors.lock().unwrap_or_else(PoisonError::into_inner);
        match cursors.entry(name.to_owned()) {
            Entry::Occupied(mut kept) if kept.get().is_current() => work(kept.get_mut()),
            Entry::Occupied(stale) => {
                // It is given back before it is taken again.
                drop(stale.remove());
                work(cursors.entry(name.to_owned()).or_insert(Cursor::open(&self.path, name)?))
            }
            Entry::Vacant(place) => work(place.insert(Cursor::open(&self.path, name)?)),
        }
    }

    fn query(&self, range: Range, by: Period) -> Query {
        let all = Query::default();
        let reset = self.hours.quiet().or(all.reset);
        Query { range, by, zone: self.zone.clone(), reset, ..all }
    }
}

impl Book for LedgerBook {
    fn head(&self) -> Result<u64, PortError> {
        Ok(self.ask(Reader::last)?.0)
    }

    fn changes(&self) -> Result<u64, PortError> {
        Ok(self.watch.lock().unwrap_or_else(PoisonError::into_inner).look()?)
    }

    fn after(&self, cursor: u64, limit: usize) -> Result<Vec<Crossing>, PortError> {
        let rows = self.ask(|reader| reader.crossings_after(Seq(cursor), limit))?;
        Ok(rows.into_iter().filter_map(entry).collect())
    }

    fn last(&self, limit: usize) -> Result<Vec<Crossing>, PortError> {
        let rows = self.ask(|reader| reader.last_crossings(limit))?;
        Ok(rows.into_iter().filter_map(entry).collect())
    }

    fn places(
        &self,
        from: Timestamp,
        to: Timestamp,
        waiting: &Waiting,
    ) -> Result<Option<(u64, u64)>, PortError> {
        let range = Range { from: Some(from), to: Some(to) };
        let places = self.readers.ask(waiting, |reader| reader.places_between(range))?;
        Ok(places.map(|(first, last)| (first.0, last.0)))
    }

    fn between(
        &self,
        (from, to): (Timestamp, Timestamp),
        cursor: u64,
        last: u64,
        limit: usize,
        waiting: &Waiting,
    ) -> Result<Vec<Crossing>, PortError> {
        let range = Range { from: Some(from), to: Some(to) };
        let read = |reader: &Reader| reader.crossings_between(range, Seq(cursor), Seq(last), limit);
        Ok(self.readers.ask(waiting, read)?.into_iter().filter_map(entry).collect())
    }

    fn counts(&self, query: &CountsQuery, limit: usize, waiting: &Waiting) -> Result<Counts, PortError> {
        let range = Range { from: Some(query.from), to: Some(query.to) };
        let mut asked = self.query(range, query.by);
        let lines: Vec<_> = query.line.clone().into_iter().collect();
        let read = |reader: &Reader| {
            asked.lines = reader.names_today(PlaceKind::Line, &lines)?;
            if let Some(wanted) = &query.source {
                asked.sources = named(reader, wanted)?;
                if asked.sources.is_empty() {
                    return Ok(Counts { buckets: Vec::new(), next: None });
                }
            }
            buckets::counts(reader, &asked, limit)
        };
        Ok(self.readers.ask(waiting, read)?)
    }

    fn periods(&self, query: &CountsQuery, waiting: &Waiting) -> Result<Vec<PeriodSum>, PortError> {
        let range = Range { from: Some(query.from), to: Some(query.to) };
        let mut asked = self.query(range, query.by);
        asked.hours = self.hours.clone();
        asked.lines = query.line.clone().into_iter().collect();
        let read = |reader: &Reader| {
            if let Some(wanted) = &query.source {
                asked.sources = named(reader, wanted)?;
                if asked.sources.is_empty() {
                    return Ok(Vec::new());
                }
            }
            let begun = reader.recorded(&asked.sources)?.map(|span| span.from);
            Ok::<_, Error>(reader.counts(&asked)?.iter().map(|count| period_sum(count, begun)).collect())
        };
        Ok(self.readers.ask(waiting, read)?)
    }

    fn zones(&self, query: &CountsQuery, waiting: &Waiting) -> Result<Vec<ZoneSum>, PortError> {
        let range = Range { from: Some(query.from), to: Some(query.to) };
        let read = |reader: &Reader| {
            let mut sums = Vec::new();
            for source in reader.sources()? {
                let shown = shown_name(&source);
                if query.source.as_ref().is_some_and(|wanted| *wanted != shown) {
                    continue;
                }
                let mut asked = self.query(range, query.by);
                asked.sources = vec![source];
                let counts = reader.zone_counts(&asked)?.into_iter();
                let seen = counts.filter(|count| count.visits > 0 || count.peak > 0);
                sums.extend(seen.map(|count| zone_sum(count, &shown)));
            }
            sums.sort_by(|a, b| (a.start, &a.source, &a.zone).cmp(&(b.start, &b.source, &b.zone)));
            Ok::<_, Error>(sums)
        };
        Ok(self.readers.ask(waiting, read)?)
    }

    fn occupancy(&self, at: Timestamp) -> Result<u64, PortError> {
        let query = self.query(Range::default(), Period::Day);
        self.ask(|reader| reader.inside(&query, at))
    }

    fn totals(&self) -> Result<(u64, Vec<Total>), PortError> {
        let total = |t: footfall_ledger::Total| Total {
            source: shown_name(&t.source),
            line: t.line,
            entered: t.tally.entered,
            left: t.tally.left,
        };
        let (last, totals) = self.ask(Reader::totals)?;
        Ok((last.0, totals.into_iter().map(total).collect()))
    }

    fn visits(&self, from: Timestamp) -> Result<Vec<VisitCount>, PortError> {
        let range = Range { from: Some(from), to: None };
        let sources = self.ask(Reader::sources)?;
        let mut counts = Vec::new();
        for source in sources {
            let mut asked = self.query(range, Period::Day);
            asked.sources = vec![source.clone()];
            let mut visits = BTreeMap::<_, u64>::new();
            let rows = self.ask(|reader| reader.zone_counts(&asked))?;
            for row in rows.into_iter().filter(|row| row.visits > 0) {
                *visits.entry(row.zone).or_default() += row.visits;
            }
            let source = shown_name(&source);
            let count = |(zone, visits)| VisitCount { source: source.clone(), zone, visits };
            counts.extend(visits.into_iter().map(count));
        }
        Ok(counts)
    }

    fn opening(&self, at: Timestamp) -> Opening {
        if self.hours.is_empty() {
            return Opening::Unknown;
        }
        self.hours.open_since(at, &self.zone).map_or(Opening::Closed, Opening::Since)
    }

    fn report(
        &self,
        query: &ReportQuery,
        most: usize,
        waiting: &Waiting,
    ) -> Result<Option<Report>, PortError> {
        let mut asked = self.query(Range { from: Some(query.from), to: Some(query.to) }, query.by);
        asked.hours = self.hours.clone();
        Ok(self.readers.ask(waiting, |reader| manager::report(reader, asked, query, most))?)
    }

    fn marks(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> Result<Vec<Mark>, PortError> {
        let marks = self.ask(|reader| reader.marks(Range { from, to }))?;
        Ok(marks.into_iter().map(manager::shown).collect())
    }

    fn mark(&self, new: &NewMark) -> Result<Option<i64>, PortError> {
        let source = match &new.source {
            None => None,
            Some(shown) => {
                let sources = self.ask(Reader::sources)?;
                match sources.into_iter().find(|name| shown_name(name) == *shown) {
                    Some(source) => Some(source),
                    None => return Ok(None),
                }
            }
        };
        Ok(Some(manager::mark(&self.path, new, source)?))
    }

    fn take_back(&self, id: i64) -> Result<bool, PortError> {
        Ok(manager::take_back(&self.path, id)?)
    }

    fn sell(&self, till: &str, sales: &[NewSale]) -> Result<Sold, PortError> {
        Ok(manager::sell(&self.path, till, sales)?)
    }

    fn claim(&self, reader: &str) -> Result<Claim, PortError> {
        match self.with_cursor(reader, |cursor| Ok(cursor.position().0)) {
            Ok(position) => Ok(Claim::Ours { position }),
            Err(Error::CursorHeld { holder, .. }) => Ok(Claim::Held { holder }),
            Err(error) => Err(error.into()),
        }
    }

    fn pass(&self, reader: &str, cursor: u64, refused: &[(u64, String)]) -> Result<(), PortError> {
        let refused: Vec<_> = refused.iter().map(|(seq, reason)| (Seq(*seq), reason.clone())).collect();
        Ok(self.with_cursor(reader, |kept| kept.pass(Seq(cursor), &refused))?)
    }

    fn refused(&self, reader: &str) -> Result<u64, PortError> {
        Ok(self.with_cursor(reader, |cursor| cursor.refused())?)
    }

    fn memory(&self, reader: &str) -> Result<Option<String>, PortError> {
        Ok(self.with_cursor(reader, |cursor| cursor.memory())?)
    }

    fn remember(&self, reader: &str, value: &str) -> Result<(), PortError> {
        Ok(self.with_cursor(reader, |cursor| cursor.remember(value))?)
    }

    fn now(&self) -> Result<Timestamp, PortError> {
        Ok(self.ask(Reader::recorded_until)?.unwrap_or_else(Timestamp::now))
    }

    fn zone(&self) -> TimeZone {
        self.zone.clone()
    }
}
