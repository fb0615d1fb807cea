//! A quarter as its entries say it is.

use footfall_count::Direction;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Statement};

use super::mark::{Aside, Coming, Company, Passage, Stretch};
use super::spots::{SpotId, SpotKind, Spots};
use super::{Part, QUARTER, Quarter};

/// Reads quarters from their entries, one after the other.
pub(super) struct Gatherer<'c> {
    crossings: Statement<'c>,
    visits: Statement<'c>,
    gaps: Statement<'c>,
    companies: Statement<'c>,
}

const CROSSINGS: &str = "SELECT event.utc, run.source, event.name, event.direction,
    iif(json_valid(event.detail), json_extract(event.detail, '$.confidence'), NULL),
    iif(json_valid(event.detail), json_extract(event.detail, '$.coming'), NULL), event.staff, event.seq,
    event.twice, iif(json_valid(event.detail), json_extract(event.detail, '$.hidden'), NULL) FROM event INDEXED BY event_by_kind_and_time CROSS JOIN run ON run.id = event.run
    WHERE event.kind = 'crossing' AND event.utc >= ?1 AND event.utc < ?2 ORDER BY event.utc, event.seq";

const VISITS: &str = "SELECT event.utc, run.source, event.name, coalesce(event.until, event.utc), event.seq
    FROM event INDEXED BY event_by_kind_and_time CROSS JOIN run ON run.id = event.run
    WHERE event.kind = 'visit' AND event.utc >= ?1 AND event.utc < ?2 ORDER BY event.utc, event.seq";

const GAPS: &str = "SELECT event.utc, run.source, event.name, event.until, event.seq
    FROM event INDEXED BY event_by_kind_and_time CROSS JOIN run ON run.id = event.run
    WHERE event.kind = 'uncounted' AND event.utc >= ?1 AND event.utc < ?2 AND event.until > event.utc
    ORDER BY event.utc, event.seq";

const COMPANIES: &str = "SELECT event.utc, run.source, event.name,
    iif(json_valid(event.detail), json_extract(event.detail, '$.size'), NULL), event.seq
    FROM event INDEXED BY event_by_kind_and_time CROSS JOIN run ON run.id = event.run
    WHERE event.kind = 'group' AND event.utc >= ?1 AND event.utc < ?2 ORDER BY event.utc, event.seq";

impl<'c> Gatherer<'c> {
    pub(super) fn new(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            crossings: connection.prepare(CROSSINGS)?,
            visits: connection.prepare(VISITS)?,
            gaps: connection.prepare(GAPS)?,
            companies: connection.prepare(COMPANIES)?,
        })
    }

    /// The `part` of the quarter that begins at `start`.
    pub(super) fn gather(&mut self, start: i64, part: Part, spots: &mut Spots) -> rusqlite::Result<Quarter> {
        let mut quarter = Quarter { start, ..Quarter::default() };
        let range = [start, start.saturating_add(QUARTER)];
        if part.crossings {
            let mut rows = self.crossings.query(range)?;
            while let Some(row) = rows.next()? {
                let passage = passage(row, spots)?;
                if passage.counts() {
                    let seq = row.get(7)?;
                    let (first, last) = quarter.bounds.unwrap_or((seq, seq));
                    quarter.bounds = Some((first.min(seq), last.max(seq)));
                }
                quarter.crossings.push(passage);
            }
        }
        if part.visits {
            let mut rows = self.visits.query(range)?;
            while let Some(row) = rows.next()? {
                quarter.visits.push(stretch(row, SpotKind::Zone, spots)?);
            }
        }
        if part.gaps {
            let mut rows = self.gaps.query(range)?;
            while let Some(row) = rows.next()? {
                quarter.gaps.push(stretch(row, SpotKind::Gap, spots)?);
            }
            join(&mut quarter.gaps);
        }
        if part.companies {
            let mut rows = self.companies.query(range)?;
            while let Some(row) = rows.next()? {
                let size = row.get_ref(3)?.as_i64().unwrap_or(1).max(1).cast_unsigned();
                let spot = spot(row, SpotKind::Line, row.get(4)?, spots)?;
                quarter.companies.push(Company { at: row.get(0)?, spot, size });
            }
        }
        Ok(quarter)
    }
}

fn passage(row: &Row<'_>, spots: &mut Spots) -> rusqlite::Result<Passage> {
    let is_in = row.get_ref(3)?.as_str_or_null()? == Some("in");
    let confidence = number(row.get_ref(4)?).unwrap_or(1.0);
    let hidden = number(row.get_ref(9)?);
    let coming = row.get_ref(5)?.as_i64().ok();
    let aside = Aside::of(row.get(6)?, row.get(8)?);
    Ok(Passage {
        at: row.get(0)?,
        spot: spot(row, SpotKind::Line, row.get(7)?, spots)?,
        direction: if is_in { Direction::In } else { Direction::Out },
        confidence,
        hidden,
        // Where it counts it is told.
        coming: if aside == Some(Aside::Twice) { Coming::Unknown } else { Coming::of(coming) },
        aside,
    })
}

/// Details are free: what is no number there says nothing.
fn number(value: ValueRef<'_>) -> Option<f32> {
    match value {
        ValueRef::Real(number) => Some(number as f32),
        ValueRef::Integer(number) => Some(number as f32),
        _ => None,
    }
}

fn stretch(row: &Row<'_>, kind: SpotKind, spots: &mut Spots) -> rusqlite::Result<Stretch> {
    Ok(Stretch { from: row.get(0)?, to: row.get(3)?, spot: spot(row, kind, row.get(4)?, spots)? })
}

fn spot(row: &Row<'_>, kind: SpotKind, seq: i64, spots: &mut Spots) -> rusqlite::Result<SpotId> {
    Ok(spots.number(row.get(1)?, kind, row.get_ref(2)?.as_str()?, seq))
}

/// Of each spot, the stretches that touch or overlap become one.
fn join(stretches: &mut Vec<Stretch>) {
    stretches.sort_unstable_by_key(|stretch| (stretch.spot, stretch.from, stretch.to));
    stretches.dedup_by(|next, last| {
        let is_joined = next.spot == last.spot && next.from <= last.to;
        if is_joined {
            last.to = last.to.max(next.to);
        }
        is_joined
    });
}

#[cfg(test)]
mod tests {
    use super::super::SpotId;
    use super::{Stretch, join};

    #[test]
    fn pieces_of_one_reason_become_one_and_others_stay_apart() {
        let piece = |spot, from, to| Stretch { from, to, spot: SpotId(spot) };
        let mut pieces =
            vec![piece(2, 0, 5), piece(1, 5, 9), piece(1, 0, 5), piece(1, 10, 12), piece(1, 1, 2)];
        join(&mut pieces);
        assert_eq!(pieces, [piece(1, 0, 9), piece(1, 10, 12), piece(2, 0, 5)]);
    }
}
