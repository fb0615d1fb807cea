//! The beginning of a run: what is known of its source, and whether it may be counted.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::error::{CountedOtherwise, Difference, Error};
use crate::ledger::Writer;
use crate::source::{Origin, Place, RunInfo, Start};

/// A run that has begun.
#[derive(Clone, Copy)]
pub(crate) struct Beginning {
    pub(crate) run: i64,
    /// Tells this run from all others.
    pub(crate) uid: [u8; 16],
    /// When the source's time is zero; of a live source, for as long as it has shown nothing.
    pub(crate) start: Timestamp,
}

/// A source as the ledger has it.
struct Known {
    id: i64,
    name: String,
    start: Option<i64>,
}

pub(crate) fn begin(writer: &Writer, info: &RunInfo) -> Result<Beginning, Error> {
    let mut uid = [0; 16];
    getrandom::fill(&mut uid).map_err(|source| Error::Random { source })?;
    let now = writer.clock.now();
    let begun = writer.transaction("begin a run in the ledger", |connection| {
        let known = find(connection, &info.identity())?;
        let start = start_of(info, known.as_ref(), now);
        if let Some(known) = &known
            && let Some(difference) = difference(connection, info, known)?
        {
            if !info.recount {
                return Ok(Err((known.name.clone(), difference)));
            }
            forget(connection, info, known, start)?;
        }
        let source = known.map_or_else(|| insert_source(connection, info, start), |known| Ok(known.id))?;
        for place in &info.places {
            insert_place(connection, source, place, info)?;
        }
        let run = insert_run(connection, info, source, uid, now, start)?;
        Ok(Ok(Beginning { run, uid, start }))
    })?;
    begun.map_err(|(source, difference)| {
        let path = writer.path.clone();
        Error::CountedOtherwise(Box::new(CountedOtherwise { source, path, difference }))
    })
}

fn find(connection: &Connection, identity: &str) -> rusqlite::Result<Option<Known>> {
    let sql = "SELECT id, name, start FROM source WHERE identity = ?1";
    connection
        .query_row(sql, [identity], |row| {
            Ok(Known { id: row.get(0)?, name: row.get(1)?, start: row.get(2)? })
        })
        .optional()
}

fn start_of(info: &RunInfo, known: Option<&Known>, now: Timestamp) -> Timestamp {
    match info.origin {
        Origin::Live => now,
        Origin::Recorded { start: Start::Given(start), .. } => start,
        Origin::Recorded { start: Start::Assumed(start), .. } => {
            let kept = known.and_then(|known| Timestamp::from_microsecond(known.start?).ok());
            kept.unwrap_or(start)
        }
    }
}

/// What would be different in this count of a recording from the one that is there.
fn difference(
    connection: &Connection,
    info: &RunInfo,
    known: &Known,
) -> rusqlite::Result<Option<Difference>> {
    let Origin::Recorded { start, .. } = &info.origin else { return Ok(None) };
    if let (Start::Given(now), Some(before)) = (*start, known.start)
        && now.as_microsecond() != before
        && let Ok(before) = Timestamp::from_microsecond(before)
    {
        return Ok(Some(Difference::Start { before, now }));
    }
    for place in &info.places {
        let found = counted(connection, known.id, place)?;
        let Some((config, version)) = found else { continue };
        if config != place.config.to_string() {
            return Ok(Some(Difference::Config { place: place.name.clone() }));
        }
        if version != info.version {
            return Ok(Some(Difference::Version { place: place.name.clone(), before: version }));
        }
    }
    Ok(None)
}

fn counted(
    connection: &Connection,
    source: i64,
    place: &Place,
) -> rusqlite::Result<Option<(String, String)>> {
    let sql = "SELECT config, version FROM place WHERE source = ?1 AND kind = ?2 AND name = ?3";
    let values = params![source, place.kind.as_str(), place.name];
    connection.query_row(sql, values, |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

/// Removes an earlier count of the same recording. Where its start was another one, all of it was dated
/// wrongly; else what was counted elsewhere in the picture stays.
fn forget(connection: &Connection, info: &RunInfo, known: &Known, start: Timestamp) -> rusqlite::Result<()> {
    const OF_SOURCE: &str = "run IN (SELECT id FROM run WHERE source = ?1)";
    if known.start != Some(start.as_microsecond()) {
        connection.execute(&format!("DELETE FROM event WHERE {OF_SOURCE}"), [known.id])?;
        connection.execute("DELETE FROM place WHERE source = ?1", [known.id])?;
        let moved = params![start.as_microsecond(), known.id];
        connection.execute("UPDATE source SET start = ?1 WHERE id = ?2", moved)?;
        return Ok(());
    }
    let of_place = format!("DELETE FROM event WHERE {OF_SOURCE} AND kind = ?2 AND name = ?3");
    for place in &info.places {
        connection.execute(&of_place, params![known.id, place.kind.event().as_str(), place.name])?;
        let sql = "DELETE FROM place WHERE source = ?1 AND kind = ?2 AND name = ?3";
        connection.execute(sql, params![known.id, place.kind.as_str(), place.name])?;
    }
    Ok(())
}

fn insert_source(connection: &Connection, info: &RunInfo, start: Timestamp) -> rusqlite::Result<i64> {
    let start = info.is_recorded().then(|| start.as_microsecond());
    connection.execute(
        "INSERT INTO source (identity, name, recorded, start) VALUES (?1, ?2, ?3, ?4)",
        params![info.identity(), info.source, info.is_recorded(), start],
    )?;
    Ok(connection.last_insert_rowid())
}

fn insert_place(connection: &Connection, source: i64, place: &Place, info: &RunInfo) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO place (source, kind, name, config, version) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET config = excluded.config, version = excluded.version",
        params![source, place.kind.as_str(), place.name, place.config.to_string(), info.version],
    )?;
    Ok(())
}

fn insert_run(
    connection: &Connection,
    info: &RunInfo,
    source: i64,
    uid: [u8; 16],
    now: Timestamp,
    start: Timestamp,
) -> rusqlite::Result<i64> {
    connection.execute(
        "INSERT INTO run (uid, source, began, start, version, config) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            uid,
            source,
            now.as_microsecond(),
            start.as_microsecond(),
            info.version,
            info.config.to_string()
        ],
    )?;
    Ok(connection.last_insert_rowid())
}
