//! Time that was not counted, and why.

use std::collections::BTreeMap;

use footfall_count::Condition;
use jiff::{SignedDuration, Timestamp};
use rusqlite::params;

use crate::Ledger;
use crate::beside::MARKED;
use crate::counts::{Choice, Gapped, Micros, Query, Span, union};
use crate::error::Error;
use crate::quarters::{Part, QUARTER, Spots};
use crate::reader::{Range, Reader, names};
use crate::row::{optional, timestamp};
use crate::timeline::Timeline;

/// A counting program notes at least this often that it counts, when there is nothing else to write.
const ALIVE: SignedDuration = SignedDuration::from_secs(15);

/// What is kept of a quarter as one gap is no longer, unless one of its entries is: a day for that, and a
/// quarter for those that it touches. In microseconds.
const SHORT: i64 = 86_400_000_000 + QUARTER;

impl Reader {
    /// Time in `range` in which at least one of the sources of these names (none: all) was not counted: spans
    /// that neither touch nor overlap, by time.
    ///
    /// A live source that nobody counts now is uncounted from its last scene on, up to the end of `range`
    /// or the present.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn uncounted(&self, range: Range, sources: &[String]) -> Result<Vec<Span>, Error> {
        let mut spans = Vec::new();
        self.as_of_one_moment(|| self.each_gap(range, sources, |_, span| spans.push(span)))?;
        Ok(union(spans))
    }

    /// How long nobody counted within `range` for each reason, in seconds, the longest first.
    pub(crate) fn lengths_of_gaps(
        &self,
        range: Range,
        sources: &[String],
    ) -> Result<Vec<(String, f64)>, Error> {
        let mut spans: BTreeMap<String, Vec<Span>> = BTreeMap::new();
        self.each_gap(range, sources, |reason, span| match spans.get_mut(reason) {
            Some(of_reason) => of_reason.push(span),
            None => drop(spans.insert(reason.to_owned(), vec![span])),
        })?;
        let length = |span: &Span| span.to.duration_since(span.from).as_secs_f64();
        let each = spans.into_iter().map(|(reason, spans)| (reason, union(spans).iter().map(length).sum()));
        let mut lengths: Vec<(String, f64)> = each.filter(|&(_, length)| length > 0.0).collect();
        lengths.sort_by(|a, b| b.1.total_cmp(&a.1));
        Ok(lengths)
    }

    /// Gives what was not counted within `range`, and why, in no order; some of it twice.
    fn each_gap(
        &self,
        range: Range,
        sources: &[String],
        mut take: impl FnMut(&str, Span),
    ) -> Result<(), Error> {
        let (from, to) = micros(range);
        let bogus = self.bogus_gaps()?;
        let mut give = |reason: &str, gap: Micros| {
            if bogus.has(gap) {
                return;
            }
            let time = |micros| Timestamp::from_microsecond(micros).unwrap_or_default();
            take(reason, Span { from: time(gap.from.max(from)), to: time(gap.to.min(to)) });
        };
        let (mut spots, mut choice) = (self.spots()?, Choice::sum_of(&[], sources));
        let begun = Micros { from: from.saturating_sub(SHORT), to };
        self.each_quarter(begun, Part::GAPS, &mut spots, |quarter, spots| {
            for gap in quarter.gaps.iter().filter(|gap| gap.from < to && gap.to > from) {
                if let Some(spot) = spots.get(gap.spot)
                    && choice.place(gap.spot, spots).is_some()
                {
                    give(&spot.name, Micros { from: gap.from, to: gap.to });
                }
            }
            Ok::<_, Error>(())
        })?;
        self.each_long_gap(Micros { from, to }, sources, &mut give)?;
        for span in self.marked(range, sources)?.spans() {
            give(MARKED, span);
        }
        if let Some(end) = range.to {
            let stopped = Condition::Stopped.as_str();
            let since = self.since_last_seen(end.min(Timestamp::now()), sources)?;
            for span in since {
                give(stopped, span.into());
            }
        }
        Ok(())
    }

    /// What of `whole` is not counted and begins before the quarters from `scanned` on, in microseconds, or
    /// is not written down: to be added to what those have.
    pub(crate) fn gaps_before(
        &self,
        query: &Query,
        whole: Span,
        scanned: i64,
        spots: &mut Spots,
    ) -> Result<Gapped, Error> {
        let mut gapped = Gapped::without(self.bogus_gaps()?);
        let within = Micros::from(whole);
        let mut choice = Choice::sum_of(&[], &query.sources);
        let begun = Micros { from: within.from.saturating_sub(SHORT), to: scanned };
        if begun.from < begun.to {
            self.each_quarter(begun, Part::GAPS, spots, |quarter, spots| {
                for gap in quarter.gaps.iter().filter(|gap| gap.to > within.from) {
                    if let Some(spot) = spots.get(gap.spot)
                        && choice.place(gap.spot, spots).is_some()
                    {
                        gapped.add(&spot.name, Micros { from: gap.from, to: gap.to });
                    }
                }
                Ok::<_, Error>(())
            })?;
        }
        self.each_long_gap(within, &query.sources, |reason, gap| gapped.add(reason, gap))?;
        let marked = self.marked(Range { from: Some(whole.from), to: Some(whole.to) }, &query.sources)?;
        marked.spans().for_each(|span| gapped.add(MARKED, span));
        if let Some(end) = query.known(whole).to {
            let since = self.since_last_seen(end.min(Timestamp::now()), &query.sources)?;
            for span in since {
                gapped.add(Condition::Stopped.as_str(), span.into());
            }
        }
        Ok(gapped)
    }

    /// Those that are longer than a day.
    fn each_long_gap(
        &self,
        within: Micros,
        sources: &[String],
        mut take: impl FnMut(&str, Micros),
    ) -> Result<(), Error> {
        let sql = "SELECT event.utc, event.until, event.name FROM event INDEXED BY long_gap
                   CROSS JOIN run ON run.id = event.run JOIN source ON source.id = run.source
                   WHERE event.kind = 'uncounted' AND event.until - event.utc > 86400000000
                   AND event.utc < ?2 AND event.until > ?1
                   AND (?3 = '[]' OR source.name IN (SELECT value FROM json_each(?3)))";
        self.each(sql, params![within.from, within.to, names(sources)], |row| {
            take(row.get_ref(2)?.as_str()?, Micros { from: row.get(0)?, to: row.get(1)? });
            Ok(())
        })
    }

    /// From when each live source that nobody counts was last seen, up to `end`.
    fn since_last_seen(&self, end: Timestamp, sources: &[String]) -> Result<Vec<Span>, Error> {
        let timeline = self.timeline()?;
        let sql = "SELECT run.seen, run.ended IS NULL, source.id FROM source
                   JOIN run ON run.id = (SELECT max(id) FROM run WHERE source = source.id AND seen IS NOT NULL)
                   WHERE NOT source.recorded
                   AND (?1 = '[]' OR source.name IN (SELECT value FROM json_each(?1)))";
        let is_written = Ledger::is_written(self.path())?;
        let mut spans = Vec::new();
        self.each(sql, params![names(sources)], |row| {
            let (mut seen, is_open) = (timestamp(row, 0)?, row.get::<_, bool>(1)?);
            if timeline.is_any_off() && timeline.is_far(seen.as_microsecond()) {
                // The clock was off then: what counts is when it was last right.
                match self.last_seen_within(row.get(2)?, &timeline)? {
                    Some(right) => seen = right,
                    None => return Ok(()),
                }
            }
            let is_alive = is_open && is_written && end.duration_since(seen) < ALIVE;
            if !is_alive {
                spans.push(Span { from: seen, to: end });
            }
            Ok(())
        })?;
        Ok(spans)
    }

    /// When a source was last seen by a clock that is believed.
    fn last_seen_within(&self, source: i64, timeline: &Timeline) -> rusqlite::Result<Option<Timestamp>> {
        let Some(hull) = timeline.hull() else { return Ok(None) };
        let sql = "SELECT max(seen) FROM run WHERE source = ?1 AND seen BETWEEN ?2 AND ?3";
        self.connection().query_row(sql, params![source, hull.start(), hull.end()], |row| optional(row, 0))
    }
}

fn micros(range: Range) -> (i64, i64) {
    let or = |time: Option<Timestamp>, other| time.map_or(other, Timestamp::as_microsecond);
    (or(range.from, i64::MIN), or(range.to, i64::MAX))
}
