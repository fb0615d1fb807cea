//! What counting up reads: only the columns that it needs, since a year has millions of rows.

use std::collections::BTreeMap;

use footfall_count::{Condition, Direction};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Params, Row, params};

use crate::Ledger;
use crate::counts::{Passage, Query, Span, Stay, union};
use crate::error::{Error, Wording as _};
use crate::reader::{Range, Reader};
use crate::row::timestamp;

/// A counting program notes at least this often that it counts, when there is nothing else to write.
const ALIVE: SignedDuration = SignedDuration::from_secs(15);

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
        Ok(union(self.gaps(range, sources)?.into_iter().map(|(_, span)| span).collect()))
    }

    /// How long nobody counted within `range` for each reason, in seconds, the longest first.
    pub(crate) fn lengths_of_gaps(
        &self,
        range: Range,
        sources: &[String],
    ) -> Result<Vec<(String, f64)>, Error> {
        let mut spans: BTreeMap<String, Vec<Span>> = BTreeMap::new();
        for (reason, span) in self.gaps(range, sources)? {
            spans.entry(reason).or_default().push(span);
        }
        let length = |span: &Span| span.to.duration_since(span.from).as_secs_f64();
        let each = spans.into_iter().map(|(reason, spans)| (reason, union(spans).iter().map(length).sum()));
        let mut lengths: Vec<(String, f64)> = each.filter(|&(_, length)| length > 0.0).collect();
        lengths.sort_by(|a, b| b.1.total_cmp(&a.1));
        Ok(lengths)
    }

    /// What was not counted within `range`, and why, in no order.
    fn gaps(&self, range: Range, sources: &[String]) -> Result<Vec<(String, Span)>, Error> {
        let (from, to) = micros(range);
        let sql = "SELECT event.utc, event.until, event.name FROM event
                   JOIN run ON run.id = event.run JOIN source ON source.id = run.source
                   WHERE event.kind = 'uncounted' AND event.utc < ?2 AND event.until > ?1
                   AND (?3 = '[]' OR source.name IN (SELECT value FROM json_each(?3)))";
        let names = names(sources);
        let mut spans = Vec::new();
        self.each(sql, params![from, to, names], |row| {
            spans.push((row.get(2)?, Span { from: timestamp(row, 0)?, to: timestamp(row, 1)? }));
            Ok(())
        })?;
        if let Some(end) = range.to {
            let since = self.since_last_seen(end.min(Timestamp::now()), &names)?;
            spans.extend(since.into_iter().map(|span| (Condition::Stopped.as_str().to_owned(), span)));
        }
        let within = |span: Span| Span {
            from: range.from.map_or(span.from, |from| span.from.max(from)),
            to: range.to.map_or(span.to, |to| span.to.min(to)),
        };
        Ok(spans.into_iter().map(|(reason, span)| (reason, within(span))).collect())
    }

    /// From when each live source that nobody counts was last seen, up to `end`.
    fn since_last_seen(&self, end: Timestamp, names: &str) -> Result<Vec<Span>, Error> {
        let sql = "SELECT run.seen, run.ended IS NULL FROM source
                   JOIN run ON run.id = (SELECT max(id) FROM run WHERE source = source.id AND seen IS NOT NULL)
                   WHERE NOT source.recorded
                   AND (?1 = '[]' OR source.name IN (SELECT value FROM json_each(?1)))";
        let is_written = Ledger::is_written(self.path())?;
        let mut spans = Vec::new();
        self.each(sql, params![names], |row| {
            let (seen, is_open) = (timestamp(row, 0)?, row.get::<_, bool>(1)?);
            let is_alive = is_open && is_written && end.duration_since(seen) < ALIVE;
            if !is_alive {
                spans.push(Span { from: seen, to: end });
            }
            Ok(())
        })?;
        Ok(spans)
    }

    /// From the first moment that is known of to the last one.
    pub(crate) fn recorded(&self, sources: &[String]) -> Result<Option<Span>, Error> {
        let sql = "WITH chosen AS (
                       SELECT run.id, run.start, run.seen FROM run JOIN source ON source.id = run.source
                       WHERE ?1 = '[]' OR source.name IN (SELECT value FROM json_each(?1))
                   ), moments AS (
                       SELECT min(utc) AS first, max(coalesce(until, utc)) AS last FROM event
                       WHERE run IN (SELECT id FROM chosen)
                       UNION ALL SELECT min(start), max(seen) FROM chosen WHERE seen IS NOT NULL
                   )
                   SELECT max(min(first), (SELECT coalesce(max(before), min(first)) FROM expired)), max(last)
                   FROM moments";
        let mut span = None;
        self.each(sql, params![names(sources)], |row| {
            if row.get::<_, Option<i64>>(0)?.is_some() {
                span = Some(Span { from: timestamp(row, 0)?, to: timestamp(row, 1)? });
            }
            Ok(())
        })?;
        Ok(span)
    }

    /// The crossings of a query in `range`, by time.
    pub(crate) fn each_passage(
        &self,
        range: Range,
        query: &Query,
        mut take: impl FnMut(Passage),
    ) -> Result<(), Error> {
        let (from, to) = micros(range);
        let sql = "SELECT event.utc, event.name, event.direction,
                   coalesce(json_extract(event.detail, '$.confidence'), 1.0), json_extract(event.detail, '$.coming'),
                   json_extract(event.detail, '$.staff') IS NOT NULL FROM event
                   JOIN run ON run.id = event.run JOIN source ON source.id = run.source
                   WHERE event.kind = 'crossing' AND event.utc >= ?1 AND event.utc < ?2
                   AND (?3 = '[]' OR event.name IN (SELECT value FROM json_each(?3)))
                   AND (?4 = '[]' OR source.name IN (SELECT value FROM json_each(?4)))
                   ORDER BY event.utc, event.seq";
        self.each(sql, params![from, to, names(&query.lines), names(&query.sources)], |row| {
            let is_in = row.get_ref(2)?.as_str()? == "in";
            take(Passage {
                at: timestamp(row, 0)?,
                line: row.get(1)?,
                direction: if is_in { Direction::In } else { Direction::Out },
                confidence: row.get(3)?,
                coming: row.get::<_, Option<i64>>(4)?.map(i64::cast_unsigned),
                is_staff: row.get(5)?,
            });
            Ok(())
        })
    }

    /// The stays that began in `range`, and those that were under way when it began.
    pub(crate) fn each_visit(
        &self,
        range: Range,
        query: &Query,
        mut take: impl FnMut(Stay),
    ) -> Result<(), Error> {
        let (from, to) = micros(range);
        // Nobody stays longer than that, and so the index finds them.
        let longest = SignedDuration::from_hours(24).as_micros() as i64;
        let sql = "SELECT event.utc, event.until, event.name FROM event
                   JOIN run ON run.id = event.run JOIN source ON source.id = run.source
                   WHERE event.kind = 'visit' AND event.utc >= ?5 AND event.utc < ?2
                   AND (event.utc >= ?1 OR event.until > ?1)
                   AND (?3 = '[]' OR event.name IN (SELECT value FROM json_each(?3)))
                   AND (?4 = '[]' OR source.name IN (SELECT value FROM json_each(?4)))
                   ORDER BY event.utc, event.seq";
        let (zones, sources, earliest) =
            (names(&query.zones), names(&query.sources), from.saturating_sub(longest));
        self.each(sql, params![from, to, zones, sources, earliest], |row| {
            let span = Span { from: timestamp(row, 0)?, to: timestamp(row, 1)? };
            take(Stay { zone: row.get(2)?, span });
            Ok(())
        })
    }

    fn each(
        &self,
        sql: &str,
        values: impl Params,
        mut take: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), Error> {
        let work = || {
            let mut statement = self.connection().prepare(sql)?;
            let mut rows = statement.query(values)?;
            while let Some(row) = rows.next()? {
                take(row)?;
            }
            Ok(())
        };
        work().wording(self.path(), "read the ledger")
    }
}

fn micros(range: Range) -> (i64, i64) {
    let or = |time: Option<Timestamp>, other| time.map_or(other, Timestamp::as_microsecond);
    (or(range.from, i64::MIN), or(range.to, i64::MAX))
}

/// Names as SQLite reads them with `json_each`.
fn names(names: &[String]) -> String {
    serde_json::Value::from(names).to_string()
}
