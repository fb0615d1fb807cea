//! The ledger as the server reads it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use footfall_ledger::jiff::Timestamp;
use footfall_ledger::jiff::tz::TimeZone;
use footfall_ledger::{Cursor, Event, Query, Range, Reader, Row, Seq};
use footfall_serve::{Book, Bucket, Counts, CountsQuery, Entry, Period, PortError, Total};

use super::state::shown_name;

/// A ledger on disk. Sources are told by the names that the page shows.
pub(crate) struct LedgerBook {
    path: PathBuf,
    zone: TimeZone,
    reader: Mutex<Reader>,
    cursors: Mutex<BTreeMap<String, Cursor>>,
}

impl LedgerBook {
    /// The ledger at `path`, whose days end at midnight in `zone`.
    pub(crate) fn open(path: &Path, zone: TimeZone) -> Result<Self, footfall_ledger::Error> {
        let reader = Mutex::new(Reader::open(path)?);
        Ok(Self { path: path.to_owned(), zone, reader, cursors: Mutex::default() })
    }

    fn reader(&self) -> MutexGuard<'_, Reader> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_cursor<T>(
        &self,
        name: &str,
        work: impl FnOnce(&mut Cursor) -> Result<T, footfall_ledger::Error>,
    ) -> Result<T, PortError> {
        let mut cursors = self.cursors.lock().unwrap_or_else(PoisonError::into_inner);
        if !cursors.contains_key(name) {
            cursors.insert(name.to_owned(), Cursor::open(&self.path, name)?);
        }
        let cursor = cursors.get_mut(name).ok_or("the cursor is gone")?;
        Ok(work(cursor)?)
    }

    fn sources(&self) -> Result<Vec<String>, PortError> {
        let mut names: Vec<_> = self.reader().runs()?.into_iter().map(|run| run.source).collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn query(&self, range: Range, by: footfall_ledger::Period) -> Query {
        Query { range, by, zone: self.zone.clone(), ..Query::default() }
    }
}

/// A crossing as the server tells it; `None` for what is none.
fn entry(row: Row) -> Option<Entry> {
    if row.detail.get("staff").is_some() {
        return None;
    }
    let Event::Crossing { line, direction, track, frame } = row.event else { return None };
    Some(Entry {
        sequence: row.seq.0,
        identity: row.id.to_string(),
        at: row.at,
        source: shown_name(&row.source),
        line,
        direction,
        track,
        frame,
        time: row.time,
    })
}

fn period(by: Period) -> footfall_ledger::Period {
    match by {
        Period::Minute => footfall_ledger::Period::Minute,
        Period::Hour => footfall_ledger::Period::Hour,
        Period::Day => footfall_ledger::Period::Day,
        Period::Week => footfall_ledger::Period::Week,
    }
}

impl Book for LedgerBook {
    fn head(&self) -> Result<u64, PortError> {
        Ok(self.reader().last()?.0)
    }

    fn after(&self, cursor: u64, limit: usize) -> Result<Vec<Entry>, PortError> {
        let mut cursor = Seq(cursor);
        loop {
            let rows = self.reader().crossings_after(cursor, limit)?;
            let Some(last) = rows.last().map(|row| row.seq) else { return Ok(Vec::new()) };
            let entries: Vec<_> = rows.into_iter().filter_map(entry).collect();
            if !entries.is_empty() {
                return Ok(entries);
            }
            // All of them were of staff: more may be behind.
            cursor = last;
        }
    }

    fn last(&self, limit: usize) -> Result<Vec<Entry>, PortError> {
        let rows = self.reader().last_crossings(limit)?;
        Ok(rows.into_iter().filter_map(entry).collect())
    }

    fn between(
        &self,
        from: Timestamp,
        to: Timestamp,
        cursor: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, PortError> {
        let range = Range { from: Some(from), to: Some(to) };
        let rows = self.reader().crossings_between(range, Seq(cursor), limit)?;
        Ok(rows.into_iter().filter_map(entry).collect())
    }

    fn counts(&self, query: &CountsQuery) -> Result<Counts, PortError> {
        let range = Range { from: Some(query.from), to: Some(query.to) };
        let is_wanted =
            |name: &String| query.source.as_ref().is_none_or(|wanted| *wanted == shown_name(name));
        let sources: Vec<_> = self.sources()?.into_iter().filter(is_wanted).collect();
        let mut buckets = Vec::new();
        for source in sources {
            let mut asked = self.query(range, period(query.by));
            asked.sources = vec![source.clone()];
            asked.lines = query.line.clone().into_iter().collect();
            asked.per_line = true;
            let rows = self.reader().counts(&asked)?;
            buckets.extend(rows.into_iter().filter(|row| row.entered + row.left > 0).map(|row| Bucket {
                start: row.from.timestamp(),
                source: shown_name(&source),
                line: row.line.unwrap_or_default(),
                entered: row.entered,
                left: row.left,
            }));
        }
        buckets.sort_by(|a, b| (a.start, &a.source, &a.line).cmp(&(b.start, &b.source, &b.line)));
        Ok(Counts { buckets })
    }

    fn occupancy(&self, from: Timestamp, to: Timestamp) -> Result<u64, PortError> {
        let range = Range { from: Some(from), to: Some(to) };
        let rows = self.reader().counts(&self.query(range, footfall_ledger::Period::Day))?;
        Ok(rows.last().map_or(0, |row| row.occupancy))
    }

    fn totals(&self, head: u64) -> Result<Vec<Total>, PortError> {
        let total = |t: footfall_ledger::Total| Total {
            source: shown_name(&t.source),
            line: t.line,
            entered: t.tally.entered,
            left: t.tally.left,
        };
        Ok(self.reader().totals(Seq(head))?.into_iter().map(total).collect())
    }

    fn cursor(&self, reader: &str) -> Result<u64, PortError> {
        self.with_cursor(reader, |cursor| Ok(cursor.position().0))
    }

    fn advance(&self, reader: &str, cursor: u64) -> Result<(), PortError> {
        self.with_cursor(reader, |kept| kept.advance(Seq(cursor)))
    }

    fn now(&self) -> Result<Timestamp, PortError> {
        Ok(self.reader().recorded_until()?.unwrap_or_else(Timestamp::now))
    }

    fn zone(&self) -> TimeZone {
        self.zone.clone()
    }
}
