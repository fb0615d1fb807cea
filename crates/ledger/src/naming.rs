//! What a line or zone is apart from its name: who was called what, from which entry on.
//!
//! Entries keep the name under which they were written down. A rename adds to two small tables that readers look
//! names up in, and moves no entry.

mod matched;
mod names;
mod rows;

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::error::Error;
use crate::ledger::Ledger;
use crate::source::{Place, PlaceKind};
use crate::stretch::latest;
pub(crate) use matched::{Drawn, matched};
pub(crate) use names::Names;
use rows::{put_row, take_role, take_row};

/// The newest name of what a row of `event` with its `run` happened at.
pub(crate) const NEWEST: &str = "coalesce((SELECT renamed.name FROM renamed WHERE renamed.id = (
    SELECT called.place FROM called WHERE called.source = run.source
    AND called.kind = iif(event.kind IN ('crossing', 'group'), 'line', iif(event.kind = 'visit', 'zone', ''))
    AND called.name = event.name AND called.behind < event.seq ORDER BY called.behind DESC LIMIT 1)), event.name)";

/// A line or zone that has another name now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// Line or zone.
    pub kind: PlaceKind,
    /// What it was called.
    pub from: String,
    /// What it is called now.
    pub to: String,
}

impl Ledger {
    /// Lets the line or zone `from` of the sources called `source` be called `to`, with all of its history; what is
    /// there under that name already is the same one's from now on. Gives whether anything is known under `from`.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn rename(&self, source: &str, kind: PlaceKind, from: &str, to: &str) -> Result<bool, Error> {
        self.writer().transaction("rename in the ledger", |connection| {
            let sql = "SELECT id FROM source WHERE name = ?1";
            let mut statement = connection.prepare(sql)?;
            let sources: Vec<i64> =
                statement.query_map([source], |row| row.get(0))?.collect::<Result<_, _>>()?;
            let mut is_known = false;
            for source in sources {
                if is_there(connection, source, kind, from)? {
                    is_known = true;
                    let renamed = Renamed { kind, from: from.to_owned(), to: to.to_owned() };
                    rename(connection, source, &[renamed])?;
                }
            }
            Ok(is_known)
        })
    }
}

/// Whether anything of `source` is called `name` now.
fn is_there(connection: &Connection, source: i64, kind: PlaceKind, name: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM place WHERE source = ?1 AND kind = ?2 AND name = ?3)
               OR EXISTS (SELECT 1 FROM renamed WHERE source = ?1 AND kind = ?2 AND name = ?3)
               OR EXISTS (SELECT 1 FROM event JOIN run ON run.id = event.run WHERE run.source = ?1
                          AND event.kind = ?4 AND event.name = ?3)";
    connection.query_row(sql, params![source, kind.as_str(), name, kind.event().as_str()], |row| row.get(0))
}

/// What of `source` has another name in `places` than when it was drawn last. What is counted of a recording is known to
/// the pixel: there only what lies where it lay is the same.
pub(crate) fn changes(
    connection: &Connection,
    source: i64,
    places: &[Place],
    is_live: bool,
) -> rusqlite::Result<Vec<Renamed>> {
    let mut all = Vec::new();
    for kind in [PlaceKind::Line, PlaceKind::Zone] {
        let sql = "SELECT name, outline FROM place WHERE source = ?1 AND kind = ?2 AND present ORDER BY name";
        let mut statement = connection.prepare(sql)?;
        let read = |row: &rusqlite::Row<'_>| Ok(Drawn { name: row.get(0)?, outline: row.get(1)? });
        let before: Vec<_> =
            statement.query_map(params![source, kind.as_str()], read)?.collect::<Result<_, _>>()?;
        let of_kind = places.iter().filter(|place| place.kind == kind);
        let after: Vec<_> =
            of_kind.map(|place| Drawn { name: place.name.clone(), outline: place.outline() }).collect();
        all.extend(matched(&before, &after, is_live).into_iter().map(|(from, to)| Renamed {
            kind,
            from,
            to,
        }));
    }
    Ok(all)
}

/// Writes down that `places` are what is drawn over `source` from the next entry on. To be called in a transaction.
pub(crate) fn draw(
    connection: &Connection,
    source: i64,
    places: &[Place],
    version: &str,
    renamed: &[Renamed],
) -> rusqlite::Result<()> {
    rename(connection, source, renamed)?;
    let behind = latest(connection)?;
    connection.execute("UPDATE place SET present = 0 WHERE source = ?1", [source])?;
    for place in places {
        if newest(connection, source, place.kind, &place.name, behind)? != place.name {
            // Somebody else was called so, and has another name now: this is a new one.
            call(connection, source, place.kind, &place.name, behind, 0)?;
        }
        // What a recording's entries have their identities from stays.
        connection.execute(
            "INSERT INTO place (source, kind, name, config, version, outline, unnamed, present)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)
             ON CONFLICT DO UPDATE SET version = excluded.version, outline = excluded.outline, present = 1,
             config = iif((SELECT recorded FROM source WHERE id = ?1), config, excluded.config),
             unnamed = coalesce(excluded.unnamed, unnamed)",
            params![
                source,
                place.kind.as_str(),
                place.name,
                place.config.to_string(),
                version,
                place.outline(),
                place.unnamed.map(|digest| digest.to_string())
            ],
        )?;
    }
    Ok(())
}

/// Gives lines and zones of `source` other names, all at once: two may change theirs.
fn rename(connection: &Connection, source: i64, renamed: &[Renamed]) -> rusqlite::Result<()> {
    if renamed.is_empty() {
        return Ok(());
    }
    let behind = latest(connection)?;
    let mut taken: BTreeSet<i64> = BTreeSet::new();
    let mut moves = Vec::new();
    for Renamed { kind, from, to } in renamed {
        make_explicit(connection, source, *kind, from)?;
        let sql = "SELECT id FROM renamed WHERE source = ?1 AND kind = ?2 AND name = ?3";
        let mut statement = connection.prepare(sql)?;
        let ids = statement.query_map(params![source, kind.as_str(), from], |row| row.get::<_, i64>(0))?;
        let ids: Vec<i64> = ids.collect::<Result<_, _>>()?;
        taken.extend(&ids);
        let now = place(connection, source, *kind, from, behind)?;
        let role = take_role(connection, source, *kind, from)?;
        moves.push((*kind, from, to, ids, now, take_row(connection, source, *kind, from)?, role));
    }
    for (kind, from, to, ids, now, row, role) in moves {
        for id in &ids {
            connection.execute("UPDATE renamed SET name = ?1 WHERE id = ?2", params![to, id])?;
        }
        // Under its former name may still come what was decided before.
        call(connection, source, kind, to, behind, now)?;
        if let Some(row) = row {
            put_row(connection, source, kind, to, &row)?;
        }
        if let Some((role, total)) = role {
            // What is there under that name already says what it is for.
            let sql = "INSERT OR IGNORE INTO drawn (source, line, role, total) VALUES (?1, ?2, ?3, ?4)";
            connection.execute(sql, params![source, to, role, total])?;
        }
        tracing::debug!("{} \"{from}\" is called \"{to}\" now", kind.as_str());
    }
    Ok(())
}

/// Lets whatever is called `name` and has had no other name be one that could have.
fn make_explicit(connection: &Connection, source: i64, kind: PlaceKind, name: &str) -> rusqlite::Result<()> {
    let of_name = params![source, kind.as_str(), name];
    let sql = "SELECT EXISTS (SELECT 1 FROM called WHERE source = ?1 AND kind = ?2 AND name = ?3 AND behind = 0)
               AND NOT EXISTS (SELECT 1 FROM called WHERE source = ?1 AND kind = ?2 AND name = ?3 AND place = 0)";
    if connection.query_row(sql, of_name, |row| row.get(0))? {
        return Ok(());
    }
    connection.execute("INSERT INTO renamed (source, kind, name) VALUES (?1, ?2, ?3)", of_name)?;
    let id = connection.last_insert_rowid();
    let with_id = params![source, kind.as_str(), name, id];
    let sql = "UPDATE called SET place = ?4 WHERE source = ?1 AND kind = ?2 AND name = ?3 AND place = 0";
    connection.execute(sql, with_id)?;
    let sql = "INSERT OR IGNORE INTO called (source, kind, name, behind, place) VALUES (?1, ?2, ?3, 0, ?4)";
    connection.execute(sql, with_id)?;
    let sql = "UPDATE spot SET place = ?4 WHERE source = ?1 AND kind = ?2 AND name = ?3 AND place = 0";
    connection.execute(sql, with_id)?;
    Ok(())
}

fn call(
    connection: &Connection,
    source: i64,
    kind: PlaceKind,
    name: &str,
    behind: i64,
    place: i64,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO called (source, kind, name, behind, place) VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.execute(sql, params![source, kind.as_str(), name, behind, place]).map(drop)
}

/// Whose name an entry behind `behind` has; 0: of one that has had no other.
fn place(
    connection: &Connection,
    source: i64,
    kind: PlaceKind,
    name: &str,
    behind: i64,
) -> rusqlite::Result<i64> {
    let sql = "SELECT place FROM called WHERE source = ?1 AND kind = ?2 AND name = ?3 AND behind <= ?4
               ORDER BY behind DESC LIMIT 1";
    let found = connection.query_row(sql, params![source, kind.as_str(), name, behind], |row| row.get(0));
    Ok(found.optional()?.unwrap_or(0))
}

/// What such an entry's line or zone is called now.
fn newest(
    connection: &Connection,
    source: i64,
    kind: PlaceKind,
    name: &str,
    behind: i64,
) -> rusqlite::Result<String> {
    let id = place(connection, source, kind, name, behind)?;
    let sql = "SELECT name FROM renamed WHERE id = ?1";
    let found = connection.query_row(sql, [id], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or_else(|| name.to_owned()))
}
