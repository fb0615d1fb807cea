//! The beginning of a run: what is known of its source, and whether it may be counted.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::digest::Digest;
use crate::entry::Kind;
use crate::error::{CountedOtherwise, Difference, Error};
use crate::ledger::Writer;
use crate::naming::{self, Renamed};
use crate::source::{Origin, Place, PlaceKind, RunInfo, Start};

/// A run that has begun.
pub(crate) struct Beginning {
    pub(crate) run: i64,
    /// Tells this run from all others.
    pub(crate) uid: [u8; 16],
    /// When the source's time is zero; of a live source, for as long as it has shown nothing.
    pub(crate) start: Timestamp,
    /// Of each place of a recording, by its name of today: the name and the settings that are in its entries'
    /// identities.
    pub(crate) counted: Counted,
}

/// See [`Beginning::counted`].
pub(crate) type Counted = BTreeMap<(Kind, String), (String, Digest)>;

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
        let renamed = match &known {
            Some(known) => naming::changes(connection, known.id, &info.places, !info.is_recorded())?,
            None => Vec::new(),
        };
        if let Some(known) = &known
            && let Some(difference) = difference(connection, info, known, &renamed)?
        {
            if !info.recount {
                return Ok(Err((known.name.clone(), difference)));
            }
            forget(connection, info, known, start, &renamed)?;
        }
        let source = known.map_or_else(|| insert_source(connection, info, start), |known| Ok(known.id))?;
        naming::draw(connection, source, &info.places, &info.version, &renamed)?;
        let run = insert_run(connection, info, source, uid, now, start)?;
        let counted = if info.is_recorded() { places_of(connection, source)? } else { Counted::new() };
        Ok(Ok(Beginning { run, uid, start, counted }))
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
    renamed: &[Renamed],
) -> rusqlite::Result<Option<Difference>> {
    let Origin::Recorded { start, .. } = &info.origin else { return Ok(None) };
    if let (Start::Given(now), Some(before)) = (*start, known.start)
        && now.as_microsecond() != before
        && let Ok(before) = Timestamp::from_microsecond(before)
    {
        return Ok(Some(Difference::Start { before, now }));
    }
    for place in &info.places {
        let found = counted(connection, known.id, place.kind, name_before(place, renamed))?;
        let Some((config, unnamed, version)) = found else { continue };
        let is_same = config == place.config.to_string()
            || unnamed.is_some() && unnamed == place.unnamed.map(|digest| digest.to_string());
        if !is_same {
            return Ok(Some(Difference::Config { place: place.name.clone() }));
        }
        if version != info.version {
            return Ok(Some(Difference::Version { place: place.name.clone(), before: version }));
        }
    }
    Ok(None)
}

/// What the place was called when it was counted last.
fn name_before<'a>(place: &'a Place, renamed: &'a [Renamed]) -> &'a str {
    let before = renamed.iter().find(|renamed| renamed.kind == place.kind && renamed.to == place.name);
    before.map_or(&place.name, |renamed| &renamed.from)
}

/// How a place was counted: `config`, `unnamed` and `version`.
type How = (String, Option<String>, String);

fn counted(
    connection: &Connection,
    source: i64,
    kind: PlaceKind,
    name: &str,
) -> rusqlite::Result<Option<How>> {
    let sql = "SELECT config, unnamed, version FROM place WHERE source = ?1 AND kind = ?2 AND name = ?3";
    let values = params![source, kind.as_str(), name];
    connection.query_row(sql, values, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()
}

fn places_of(connection: &Connection, source: i64) -> rusqlite::Result<Counted> {
    let sql = "SELECT kind, name, coalesce(first, name), config FROM place WHERE source = ?1";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([source])?;
    let mut counted = Counted::new();
    while let Some(row) = rows.next()? {
        let is_zone = row.get_ref(0)?.as_str()? == PlaceKind::Zone.as_str();
        let kind = if is_zone { PlaceKind::Zone } else { PlaceKind::Line };
        if let Some(config) = Digest::read(row.get_ref(3)?.as_str()?) {
            for &event in kind.events() {
                counted.insert((event, row.get(1)?), (row.get(2)?, config));
            }
        }
    }
    Ok(counted)
}

/// Removes an earlier count of the same recording. Where its start was another one, all of it was dated
/// wrongly; else what was counted elsewhere in the picture stays.
fn forget(
    connection: &Connection,
    info: &RunInfo,
    known: &Known,
    start: Timestamp,
    renamed: &[Renamed],
) -> rusqlite::Result<()> {
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
        let before = name_before(place, renamed);
        let sql = "SELECT coalesce(first, name) FROM place WHERE source = ?1 AND kind = ?2 AND name = ?3";
        let values = params![known.id, place.kind.as_str(), before];
        let first: Option<String> = connection.query_row(sql, values, |row| row.get(0)).optional()?;
        // A place that has had several names has entries under each of them.
        let former = "SELECT DISTINCT called.name FROM called JOIN renamed ON renamed.id = called.place
                      WHERE called.source = ?1 AND called.kind = ?2 AND renamed.name = ?3";
        let mut statement = connection.prepare(former)?;
        let mut names: Vec<String> =
            statement.query_map(values, |row| row.get(0))?.collect::<Result<_, _>>()?;
        names.extend(first);
        names.push(before.to_owned());
        for name in names {
            for event in place.kind.events() {
                connection.execute(&of_place, params![known.id, event.as_str(), name])?;
            }
        }
        let sql = "DELETE FROM place WHERE source = ?1 AND kind = ?2 AND name = ?3";
        connection.execute(sql, values)?;
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
