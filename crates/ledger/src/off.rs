//! What a clock that was off has left in a ledger, for those who read it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::counts::Micros;
use crate::error::Error;
use crate::reader::Reader;
use crate::stretch::{Stretch, TOLERANCE};
use crate::timeline::{EARLIEST, Standing, Timeline};

/// Gaps as long as this have an index of their own, in microseconds.
const LONG: i64 = 24 * 3_600_000_000;

/// Gaps that a clock made which was off: from when it was right to when it was not, or back.
#[derive(Debug, Default)]
pub(crate) struct Bogus {
    begins: BTreeSet<i64>,
    ends: BTreeSet<i64>,
}

impl Bogus {
    /// Whether this gap is one of them. They end where they began.
    pub(crate) fn has(&self, gap: Micros) -> bool {
        gap.to.saturating_sub(gap.from) > LONG
            && (self.begins.contains(&gap.from) || self.ends.contains(&gap.to))
    }
}

impl Reader {
    /// How the clock went, judged by all that was recorded and by what time it is.
    pub(crate) fn timeline(&self) -> Result<Timeline, Error> {
        let now = Timestamp::now().as_microsecond();
        Ok(Timeline::judge(&self.read(Stretch::all)?, now))
    }

    /// How many entries are dated by a clock that was off.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn dated_wrongly(&self) -> Result<u64, Error> {
        let timeline = self.timeline()?;
        let stretches = timeline.stretches.iter();
        let ends = stretches.clone().skip(1).map(|(next, _)| next.behind).chain([i64::MAX]);
        let mut entries = 0;
        for ((stretch, standing), end) in stretches.zip(ends) {
            if *standing == Standing::Off {
                entries += self.entries_of(stretch, end)?;
            }
        }
        Ok(entries)
    }

    /// How many entries of live sources a stretch has that ends at a place of the sequence.
    pub(crate) fn entries_of(&self, stretch: &Stretch, end: i64) -> Result<u64, Error> {
        let sql = "SELECT count(*) FROM event CROSS JOIN run ON run.id = event.run
                   JOIN source ON source.id = run.source
                   WHERE event.seq > ?1 AND event.seq <= ?2 AND NOT source.recorded";
        let count: i64 =
            self.read(|connection| connection.query_row(sql, [stretch.behind, end], |row| row.get(0)))?;
        Ok(count as u64)
    }

    /// Gaps of more than a day that are none.
    pub(crate) fn bogus_gaps(&self) -> Result<Bogus, Error> {
        let timeline = self.timeline()?;
        let mut bogus = Bogus::default();
        if !timeline.is_any_off() {
            return Ok(bogus);
        }
        let sql = "SELECT event.seq, event.utc, event.until FROM event INDEXED BY long_gap
                   WHERE event.kind = 'uncounted' AND event.until - event.utc > 86400000000";
        self.each(sql, [], |row| {
            let (seq, from, to): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let is_off = |stretch: Option<&(Stretch, Standing)>| {
                stretch.is_some_and(|(_, standing)| *standing == Standing::Off)
            };
            if is_off(timeline.of_entry(seq)) {
                bogus.ends.insert(to);
            } else if from < EARLIEST || is_off(timeline.shown_at(from)) {
                bogus.begins.insert(from);
            }
            Ok(())
        })?;
        Ok(bogus)
    }
}

impl Timeline {
    /// The stretch in which the clock has shown `time`; the one that is believed, if it has several times.
    fn shown_at(&self, time: i64) -> Option<&(Stretch, Standing)> {
        let shows = |(stretch, _): &&(Stretch, Standing)| {
            (stretch.began - TOLERANCE..=stretch.until + TOLERANCE).contains(&time)
        };
        let shown = || self.stretches.iter().filter(shows);
        shown().find(|(_, standing)| *standing != Standing::Off).or_else(|| shown().next())
    }
}
