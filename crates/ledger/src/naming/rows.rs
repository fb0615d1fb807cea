//! What is known of a place under its name, taken from under one and put under another.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::source::PlaceKind;

/// A row of `place` without its name.
pub(super) struct Known {
    config: String,
    version: String,
    outline: String,
    unnamed: Option<String>,
    first: String,
}

/// Takes a place out of the table.
pub(super) fn take_row(
    connection: &Connection,
    source: i64,
    kind: PlaceKind,
    name: &str,
) -> rusqlite::Result<Option<Known>> {
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Known {
            config: row.get(0)?,
            version: row.get(1)?,
            outline: row.get(2)?,
            unnamed: row.get(3)?,
            first: row.get(4)?,
        })
    };
    let values = params![source, kind.as_str(), name];
    let sql = "SELECT config, version, outline, unnamed, coalesce(first, name) FROM place
               WHERE source = ?1 AND kind = ?2 AND name = ?3";
    let known = connection.query_row(sql, values, read).optional()?;
    connection.execute("DELETE FROM place WHERE source = ?1 AND kind = ?2 AND name = ?3", values)?;
    Ok(known)
}

/// Takes out what a line is for: its role, and whether it is in the totals.
pub(super) fn take_role(
    connection: &Connection,
    source: i64,
    kind: PlaceKind,
    name: &str,
) -> rusqlite::Result<Option<(String, bool)>> {
    if kind != PlaceKind::Line {
        return Ok(None);
    }
    let sql = "DELETE FROM drawn WHERE source = ?1 AND line = ?2 RETURNING role, total";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    connection.query_row(sql, params![source, name], read).optional()
}

pub(super) fn put_row(
    connection: &Connection,
    source: i64,
    kind: PlaceKind,
    name: &str,
    row: &Known,
) -> rusqlite::Result<()> {
    let Known { config, version, outline, unnamed, first } = row;
    let sql =
        "INSERT OR REPLACE INTO place (source, kind, name, config, version, outline, unnamed, first, present)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1)";
    let first = (first != name).then_some(first);
    let values = params![source, kind.as_str(), name, config, version, outline, unnamed, first];
    connection.execute(sql, values).map(drop)
}
