//! From when to when anything is known.

use rusqlite::params;

use crate::counts::Span;
use crate::error::{Error, Wording as _};
use crate::reader::{READING, Reader, names};
use crate::row::timestamp;
use crate::stretch::DAY;

/// The runs of sources of the names in `?1`, as [`names`] has them; none: all.
const CHOSEN: &str =
    "SELECT run.id, run.start, run.seen, source.recorded FROM run JOIN source ON source.id = run.source
    WHERE ?1 = '[]' OR source.name IN (SELECT value FROM json_each(?1))";

impl Reader {
    /// From the first moment that is known of to the last one. What a clock has dated that was years off is left
    /// out.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn recorded(&self, sources: &[String]) -> Result<Option<Span>, Error> {
        let timeline = self.timeline()?;
        let far = |at: i64, by: i64| at.saturating_add(by);
        let (from, to) = match timeline.hull().filter(|_| timeline.is_any_off()) {
            Some(hull) => (far(*hull.start(), -DAY), far(*hull.end(), DAY)),
            None => (i64::MIN, i64::MAX),
        };
        let sql = format!(
            "WITH chosen AS ({CHOSEN}), bounded AS (
                 SELECT id, start, seen, iif(recorded, -9223372036854775807, ?2) AS lower,
                 iif(recorded, 9223372036854775807, ?3) AS upper FROM chosen
             ), moments AS (
                 SELECT (SELECT min(utc) FROM event INDEXED BY event_by_run
                         WHERE run = bounded.id AND utc BETWEEN lower AND upper) AS first,
                 (SELECT max(utc) FROM event INDEXED BY event_by_run
                  WHERE run = bounded.id AND utc BETWEEN lower AND upper) AS last FROM bounded
                 UNION ALL SELECT NULL, (SELECT max(until) FROM event INDEXED BY event_by_run_and_end
                 WHERE run = bounded.id AND until IS NOT NULL AND until BETWEEN lower AND upper) FROM bounded
                 UNION ALL SELECT min(iif(start BETWEEN lower AND upper, start, NULL)),
                 max(iif(seen BETWEEN lower AND upper, seen, NULL)) FROM bounded WHERE seen IS NOT NULL
             )
             SELECT max(min(first), (SELECT coalesce(max(before), min(first)) FROM expired WHERE before <= ?3)),
             max(last) FROM moments"
        );
        let mut span = None;
        self.each(&sql, params![names(sources), from, to], |row| {
            if row.get::<_, Option<i64>>(0)?.is_some() && row.get::<_, Option<i64>>(1)?.is_some() {
                span = Some(Span { from: timestamp(row, 0)?, to: timestamp(row, 1)? });
            }
            Ok(())
        })?;
        Ok(span)
    }

    /// Whether anything is known.
    pub(crate) fn has_any(&self, sources: &[String]) -> Result<bool, Error> {
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM ({CHOSEN}) AS chosen WHERE chosen.seen IS NOT NULL
             OR EXISTS (SELECT 1 FROM event INDEXED BY event_by_run WHERE run = chosen.id))"
        );
        let any = self.connection().query_row(&sql, [names(sources)], |row| row.get(0));
        any.wording(self.path(), READING)
    }
}
