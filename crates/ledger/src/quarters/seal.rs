//! Summing up quarters whose entries have changed.

use std::collections::BTreeSet;

use footfall_count::Direction;
use rusqlite::{Connection, params};

use super::gather::Gatherer;
use super::kept::Keeper;
use super::mark::{write_companies, write_crossings, write_stretches};
use super::read::stale;
use super::spots::{SpotId, SpotSums, Spots};
use super::{Part, Quarter};

/// Sums up at most `limit` stale quarters, the oldest first, but not the one that begins at `open`: more is
/// about to come to it. Gives how many it has summed up. To be called in a transaction.
pub(crate) fn seal(connection: &Connection, open: Option<i64>, limit: usize) -> rusqlite::Result<usize> {
    let sql = "SELECT start FROM stale WHERE start IS NOT ?1 ORDER BY start LIMIT ?2";
    let mut statement = connection.prepare(sql)?;
    let starts: Vec<i64> =
        statement.query_map((open, limit as u32), |row| row.get(0))?.collect::<Result<_, _>>()?;
    if starts.is_empty() {
        return Ok(0);
    }
    let mut spots = Spots::load(connection)?;
    let mut touched = BTreeSet::new();
    let (mut keeper, mut gatherer) = (Keeper::new(connection)?, Gatherer::new(connection)?);
    for &start in &starts {
        let now = gatherer.gather(start, Part::ALL, &mut spots)?;
        add(&keeper.get(start)?, -1, &mut spots, &mut touched);
        add(&now, 1, &mut spots, &mut touched);
        write(connection, &now)?;
    }
    let mut forget = connection.prepare("DELETE FROM stale WHERE start = ?1")?;
    for start in &starts {
        forget.execute([start])?;
    }
    spots.save(connection, touched)?;
    Ok(starts.len())
}

/// Sums up all stale quarters. To be called in a transaction.
pub(crate) fn seal_all(connection: &Connection) -> rusqlite::Result<()> {
    const SOME: usize = 4096;
    while seal(connection, None, SOME)? > 0 {}
    Ok(())
}

/// Sums up all quarters anew. To be called in a transaction.
pub(crate) fn rebuild(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "DELETE FROM quarter; DELETE FROM spot; DELETE FROM stale;
         INSERT INTO stale SELECT DISTINCT utc - (utc % 900000000 + 900000000) % 900000000 FROM event
         WHERE kind IN ('crossing', 'visit', 'uncounted', 'group');",
    )?;
    seal_all(connection)
}

/// All spots with their sums as of now, stale quarters with what their entries say.
pub(crate) fn spots_now(connection: &Connection) -> rusqlite::Result<Spots> {
    let mut spots = Spots::load(connection)?;
    let mut touched = BTreeSet::new();
    let (mut keeper, mut gatherer) = (Keeper::new(connection)?, Gatherer::new(connection)?);
    for start in stale(connection, i64::MIN, i64::MAX)? {
        add(&keeper.get(start)?, -1, &mut spots, &mut touched);
        add(&gatherer.gather(start, Part::ALL, &mut spots)?, 1, &mut spots, &mut touched);
    }
    Ok(spots)
}

/// Adds what `quarter` has of each spot to the spot's sums, or with -1 takes it away.
pub(super) fn add(quarter: &Quarter, sign: i64, spots: &mut Spots, touched: &mut BTreeSet<SpotId>) {
    let mut change = |id: SpotId, by: SpotSums| {
        if let Some(sums) = spots.sums(id) {
            sums.add(by, sign);
            touched.insert(id);
        }
    };
    for passage in &quarter.crossings {
        let is_in = i64::from(passage.direction == Direction::In);
        let counts = i64::from(passage.counts());
        change(passage.spot, SpotSums { entries: 1, entered: counts * is_in, left: counts * (1 - is_in) });
    }
    let of_stretches = quarter.visits.iter().chain(&quarter.gaps).map(|stretch| stretch.spot);
    for spot in of_stretches.chain(quarter.companies.iter().map(|company| company.spot)) {
        change(spot, SpotSums { entries: 1, ..SpotSums::default() });
    }
}

fn write(connection: &Connection, quarter: &Quarter) -> rusqlite::Result<()> {
    let start = quarter.start;
    if quarter.is_empty() {
        connection.execute("DELETE FROM quarter WHERE start = ?1", [start])?;
        return Ok(());
    }
    connection.execute(
        "INSERT INTO quarter (start, first, last, comings, crossings, visits, gaps, companies)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (start) DO UPDATE SET first = excluded.first, last = excluded.last,
         comings = excluded.comings, crossings = excluded.crossings, visits = excluded.visits, gaps = excluded.gaps,
         companies = excluded.companies",
        params![
            start,
            quarter.bounds.map(|bounds| bounds.0),
            quarter.bounds.map(|bounds| bounds.1),
            quarter.tells_comings(),
            write_crossings(start, &quarter.crossings),
            write_stretches(start, &quarter.visits),
            write_stretches(start, &quarter.gaps),
            write_companies(start, &quarter.companies),
        ],
    )?;
    Ok(())
}
