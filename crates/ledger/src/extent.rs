//! From when to when anything is known.

use rusqlite::params;

use crate::counts::Span;
use crate::error::{Error, Wording as _};
use crate::reader::{READING, Reader, names};
use crate::row::timestamp;

/// The runs of sources of the names in `?1`, as [`names`] has them; none: all.
const CHOSEN: &str = "SELECT run.id, run.start, run.seen FROM run JOIN source ON source.id = run.source
    WHERE ?1 = '[]' OR source.name IN (SELECT value FROM json_each(?1))";

impl Reader {
    /// From the first moment that is known of to the last one.
    pub(crate) fn recorded(&self, sources: &[String]) -> Result<Option<Span>, Error> {
        let sql = format!(
            "WITH chosen AS ({CHOSEN}), moments AS (
                 SELECT (SELECT min(utc) FROM event INDEXED BY event_by_run WHERE run = chosen.id) AS first,
                 (SELECT max(utc) FROM event INDEXED BY event_by_run WHERE run = chosen.id) AS last FROM chosen
                 UNION ALL SELECT NULL, (SELECT max(until) FROM event INDEXED BY event_by_run_and_end
                 WHERE run = chosen.id AND until IS NOT NULL) FROM chosen
                 UNION ALL SELECT min(start), max(seen) FROM chosen WHERE seen IS NOT NULL
             )
             SELECT max(min(first), (SELECT coalesce(max(before), min(first)) FROM expired)), max(last)
             FROM moments"
        );
        let mut span = None;
        self.each(&sql, params![names(sources)], |row| {
            if row.get::<_, Option<i64>>(0)?.is_some() {
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
