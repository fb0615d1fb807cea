//! Whether the quarters say what their entries say.

use std::collections::BTreeSet;

use rusqlite::{Connection, Statement};

use super::gather::Gatherer;
use super::kept::Keeper;
use super::read::stale;
use super::seal::add;
use super::spots::Spots;
use super::{Part, QUARTER, floor};

/// The first quarter or spot that does not, in words; `None` where all is well.
pub(crate) fn check(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let written = Spots::load(connection)?;
    let mut spots = Spots::load(connection)?;
    spots.iter().map(|(id, _)| id).collect::<Vec<_>>().into_iter().for_each(|id| spots.clear(id));
    let stale: BTreeSet<_> = stale(connection, i64::MIN, i64::MAX)?.into_iter().collect();
    let (mut keeper, mut gatherer) = (Keeper::new(connection)?, Gatherer::new(connection)?);
    let mut steps = Steps::new(connection)?;
    let mut touched = BTreeSet::new();
    let mut next = steps.next(i64::MIN)?;
    while let Some(start) = next {
        let kept = keeper.get(start)?;
        add(&kept, 1, &mut spots, &mut touched);
        if !stale.contains(&start) && gatherer.gather(start, Part::ALL, &mut spots)? != kept {
            let time = jiff::Timestamp::from_microsecond(start).unwrap_or_default();
            return Ok(Some(format!("the quarter of an hour from {time}")));
        }
        next = steps.next(start.saturating_add(QUARTER))?;
    }
    let sums = |spots: &Spots, id| spots.get(id).map(|spot| spot.sums).unwrap_or_default();
    let mut ids = written.iter().map(|(id, _)| id).chain(touched.iter().copied());
    let wrong = ids.find(|&id| sums(&written, id) != sums(&spots, id)).and_then(|id| spots.get(id));
    Ok(wrong.map(|spot| format!("{} \"{}\" of {}", spot.kind.as_str(), spot.name, spot.source_name)))
}

/// Goes from quarter to quarter.
struct Steps<'c> {
    row: Statement<'c>,
    entry: Statement<'c>,
}

impl<'c> Steps<'c> {
    fn new(connection: &'c Connection) -> rusqlite::Result<Self> {
        let entry =
            "SELECT min(utc) FROM event INDEXED BY event_by_kind_and_time WHERE kind = ?1 AND utc >= ?2";
        Ok(Self {
            row: connection.prepare("SELECT min(start) FROM quarter WHERE start >= ?1")?,
            entry: connection.prepare(entry)?,
        })
    }

    /// The first quarter from `from` on that has a row or an entry.
    fn next(&mut self, from: i64) -> rusqlite::Result<Option<i64>> {
        let mut first: Option<i64> = self.row.query_row([from], |row| row.get(0))?;
        for kind in ["crossing", "visit", "uncounted", "group"] {
            let utc: Option<i64> = self.entry.query_row((kind, from), |row| row.get(0))?;
            first = first.into_iter().chain(utc.map(floor)).min();
        }
        Ok(first)
    }
}
