//! Crossings in the order of the sequence: the last ones, those behind a place, those of a range. Those of
//! staff are told to nobody, nor are those that another camera counts, and they are not among them: never left out after a
//! limit was reached with them.

use jiff::Timestamp;

use crate::error::Error;
use crate::quarters;
use crate::reader::{Range, Reader};
use crate::row::{Row, Seq, columns};

/// What they are read from, in the order of an index that has nothing else.
const CROSSINGS: &str = "event INDEXED BY crossing_in_order JOIN run ON run.id = event.run \
    JOIN source ON source.id = run.source WHERE event.kind = 'crossing' AND NOT event.staff AND NOT event.twice";

impl Reader {
    /// The crossings behind `after`, at most `limit`, in the order of the sequence; without those of staff.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn crossings_after(&self, after: Seq, limit: usize) -> Result<Vec<Row>, Error> {
        let sql =
            format!("SELECT {} FROM {CROSSINGS} AND event.seq > ?1 ORDER BY event.seq LIMIT ?2", columns());
        self.collect(&sql, (after.0.cast_signed(), number(limit)), Row::read)
    }

    /// The last crossings, at most `limit`, in the order of the sequence; without those of staff.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_crossings(&self, limit: usize) -> Result<Vec<Row>, Error> {
        let sql = format!(
            "SELECT {} FROM {CROSSINGS} AND event.seq > 0 ORDER BY event.seq DESC LIMIT ?1",
            columns()
        );
        let mut rows = self.collect(&sql, [number(limit)], Row::read)?;
        rows.reverse();
        Ok(rows)
    }

    /// The crossings in `range` behind `after` and up to `last`, at most `limit`, in the order of the
    /// sequence; without those of staff. [`places_between`](Self::places_between) says between which
    /// places it is worth looking.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn crossings_between(
        &self,
        range: Range,
        after: Seq,
        last: Seq,
        limit: usize,
    ) -> Result<Vec<Row>, Error> {
        let sql = format!(
            "SELECT {} FROM {CROSSINGS} AND event.seq > ?1 AND event.seq <= ?2
             AND event.utc >= ?3 AND event.utc < ?4 ORDER BY event.seq LIMIT ?5",
            columns()
        );
        let (from, to) = micros(range);
        let last = i64::try_from(last.0).unwrap_or(i64::MAX);
        self.collect(&sql, (after.0.cast_signed(), last, from, to, number(limit)), Row::read)
    }

    /// The places in the sequence between which all crossings in `range` lie; `None` where there are none. It
    /// takes a moment for each quarter of an hour in the range.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn places_between(&self, range: Range) -> Result<Option<(Seq, Seq)>, Error> {
        let bounds = self.as_of_one_moment(|| self.read(|c| quarters::bounds(c, micros(range))))?;
        Ok(bounds.map(|(first, last)| (Seq(first as u64), Seq(last as u64))))
    }
}

fn micros(range: Range) -> (i64, i64) {
    let or = |time: Option<Timestamp>, other| time.map_or(other, Timestamp::as_microsecond);
    (or(range.from, i64::MIN), or(range.to, i64::MAX))
}

fn number(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
