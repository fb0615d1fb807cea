//! Quarters in order of time, as they are kept, or from their entries where these have changed.

use rusqlite::Connection;

use super::gather::Gatherer;
use super::kept::fill;
use super::spots::{SpotId, Spots};
use super::{Coming, QUARTER, Quarter, floor};

/// What of quarters is wanted.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is wanted or not")]
pub(crate) struct Part {
    pub(crate) crossings: bool,
    pub(crate) visits: bool,
    pub(crate) gaps: bool,
    pub(crate) companies: bool,
}

impl Part {
    pub(crate) const ALL: Self = Self { crossings: true, visits: true, gaps: true, companies: true };
    const NONE: Self = Self { crossings: false, visits: false, gaps: false, companies: false };
    pub(crate) const CROSSINGS: Self = Self { crossings: true, ..Self::NONE };
    pub(crate) const STRETCHES: Self = Self { visits: true, gaps: true, ..Self::NONE };
    pub(crate) const GAPS: Self = Self { gaps: true, ..Self::NONE };
    pub(crate) const COMPANIES: Self = Self { companies: true, ..Self::NONE };
}

/// Gives each quarter that lies in `range` at least in part, in order of time; the range's first moment and
/// the one after its last are in microseconds. `take` is given the spots that it speaks of, too: those that
/// the ledger does not have yet get numbers for as long as `spots` lives.
///
/// # Errors
/// When `take` fails, or, as `wrong` has it, the ledger cannot be read.
pub(crate) fn each<E>(
    connection: &Connection,
    range: (i64, i64),
    part: Part,
    spots: &mut Spots,
    mut take: impl FnMut(&Quarter, &Spots) -> Result<(), E>,
    wrong: impl Fn(rusqlite::Error) -> E,
) -> Result<(), E> {
    let (from, to) = (floor(range.0), range.1);
    let mut stale = stale(connection, from, to).map_err(&wrong)?.into_iter().peekable();
    let mut gatherer = Gatherer::new(connection).map_err(&wrong)?;
    let mut statement = connection.prepare(ROWS).map_err(&wrong)?;
    let rows = statement.query((from, to, part.crossings, part.visits, part.gaps, part.companies));
    let mut rows = rows.map_err(&wrong)?;
    let (mut quarter, mut last) = (Quarter::default(), None);
    loop {
        let row = rows.next().map_err(&wrong)?;
        let start: Option<i64> = row.map(|row| row.get(0)).transpose().map_err(&wrong)?;
        while let Some(changed) = stale.next_if(|&changed| start.is_none_or(|start| changed <= start)) {
            let gathered = gatherer.gather(changed, part, spots).map_err(&wrong)?;
            take(&gathered, spots)?;
            last = Some(changed);
        }
        let Some(row) = row else { return Ok(()) };
        if start != last {
            fill(row, &mut quarter).map_err(&wrong)?;
            take(&quarter, spots)?;
        }
    }
}

const ROWS: &str =
    "SELECT start, iif(?3, crossings, x''), iif(?4, visits, x''), iif(?5, gaps, x''), first, last,
    iif(?6, companies, x'') FROM quarter WHERE start >= ?1 AND start < ?2 ORDER BY start";

/// The quarters in a range whose entries have changed since they were summed up.
pub(super) fn stale(connection: &Connection, from: i64, to: i64) -> rusqlite::Result<Vec<i64>> {
    let sql = "SELECT start FROM stale WHERE start >= ?1 AND start < ?2 ORDER BY start";
    connection.prepare(sql)?.query_map([from, to], |row| row.get(0))?.collect()
}

/// The least and the greatest place in the sequence that crossings in `range`, as in [`each`], have; of
/// quarters that are partly in it, all of them.
pub(crate) fn bounds(connection: &Connection, range: (i64, i64)) -> rusqlite::Result<Option<(i64, i64)>> {
    let (from, to) = (floor(range.0), range.1);
    let two = |row: &rusqlite::Row<'_>| Ok(row.get::<_, Option<i64>>(0)?.zip(row.get::<_, Option<i64>>(1)?));
    let sql = "SELECT min(first), max(last) FROM quarter INDEXED BY quarter_places WHERE start >= ?1 AND start < ?2";
    let kept = connection.query_row(sql, [from, to], two)?;
    let sql = "SELECT min(seq), max(seq) FROM event INDEXED BY event_by_kind_and_time
               WHERE kind = 'crossing' AND utc >= ?1 AND utc < ?2";
    let mut statement = connection.prepare(sql)?;
    let mut all: Vec<_> = kept.into_iter().collect();
    for start in stale(connection, from, to)? {
        all.extend(statement.query_row([start, start.saturating_add(QUARTER)], two)?);
    }
    Ok(all.into_iter().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))))
}

/// What may be told of people, or not.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Telling {
    /// Which of their comings it is.
    Comings,
    /// Who came in together.
    Companies,
}

impl Telling {
    /// What of quarters tells it, and those that are summed up and do.
    fn source(self) -> (Part, &'static str) {
        match self {
            Self::Comings => (
                Part::CROSSINGS,
                "SELECT start, crossings, x'', x'', first, last, x'' FROM quarter INDEXED BY quarter_with_comings
                 WHERE comings AND start >= ?1 AND start < ?2 AND start NOT IN (SELECT start FROM stale)",
            ),
            Self::Companies => (
                Part::COMPANIES,
                "SELECT start, x'', x'', x'', first, last, companies FROM quarter INDEXED BY quarter_with_companies
                 WHERE companies <> x'' AND start >= ?1 AND start < ?2 AND start NOT IN (SELECT start FROM stale)",
            ),
        }
    }

    /// When and where a quarter tells it.
    fn told(self, quarter: &Quarter) -> impl Iterator<Item = (i64, SpotId)> {
        let is_comings = matches!(self, Self::Comings);
        let comings = quarter.crossings.iter().filter(move |p| is_comings && p.coming != Coming::Unknown);
        let companies = quarter.companies.iter().filter(move |_| !is_comings);
        comings.map(|p| (p.at, p.spot)).chain(companies.map(|company| (company.at, company.spot)))
    }
}

/// Makes spots known of quarters that are not summed up yet: the others' are written down.
pub(crate) fn meet(connection: &Connection, part: Part, spots: &mut Spots) -> rusqlite::Result<()> {
    let mut gatherer = Gatherer::new(connection)?;
    for start in stale(connection, i64::MIN, i64::MAX)? {
        gatherer.gather(start, part, spots)?;
    }
    Ok(())
}

/// Whether anything in `range`, as in [`each`], tells `what`, at a spot that `is_chosen`.
pub(crate) fn tells(
    connection: &Connection,
    what: Telling,
    range: (i64, i64),
    spots: &mut Spots,
    mut is_chosen: impl FnMut(SpotId, &Spots) -> bool,
) -> rusqlite::Result<bool> {
    let (part, sql) = what.source();
    let mut tells = |quarter: &Quarter, spots: &Spots| {
        let mut within = what.told(quarter).filter(|(at, _)| *at >= range.0 && *at < range.1);
        within.any(|(_, spot)| is_chosen(spot, spots))
    };
    let (from, to) = (floor(range.0), range.1);
    let mut gatherer = Gatherer::new(connection)?;
    for start in stale(connection, from, to)? {
        if tells(&gatherer.gather(start, part, spots)?, spots) {
            return Ok(true);
        }
    }
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([from, to])?;
    let mut quarter = Quarter::default();
    while let Some(row) = rows.next()? {
        fill(row, &mut quarter)?;
        if tells(&quarter, spots) {
            return Ok(true);
        }
    }
    Ok(false)
}
