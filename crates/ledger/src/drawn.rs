//! Which lines there are over a source's picture, and whether what passes them is in the totals.

use std::collections::BTreeMap;

use footfall_count::Role;
use rusqlite::{Connection, params};

use crate::error::Error;
use crate::reader::Reader;

/// The lines over a source's picture from now on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// By name.
    pub lines: BTreeMap<String, Role>,
    /// Whether what was counted at lines that are not there any more leaves the totals.
    pub drop_removed: bool,
}

/// A line as the ledger last heard of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What it is for.
    pub role: Role,
    /// Whether its counts are in the totals.
    pub in_total: bool,
}

impl Default for Standing {
    /// That of a line of which the ledger has heard nothing.
    fn default() -> Self {
        Self { role: Role::Entrance, in_total: true }
    }
}

impl Reader {
    /// What is known of lines: the source's name, the line's, and how it stands, in this order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn lines(&self) -> Result<Vec<(String, String, Standing)>, Error> {
        let sql = "SELECT source.name, drawn.line, drawn.role, drawn.total FROM drawn
                   JOIN source ON source.id = drawn.source ORDER BY 1, 2, source.id";
        self.collect(sql, [], |row| {
            let role =
                if row.get_ref(2)?.as_str()? == Role::Inner.as_str() { Role::Inner } else { Role::Entrance };
            Ok((row.get(0)?, row.get(1)?, Standing { role, in_total: row.get(3)? }))
        })
    }
}

/// By the number of the source and the line's name.
pub(crate) type Standings = BTreeMap<i64, BTreeMap<String, Standing>>;

/// Writes down what is drawn over the picture of a source.
pub(crate) fn note(connection: &Connection, source: i64, drawn: &Drawn) -> rusqlite::Result<()> {
    let gone = params![source, drawn.drop_removed];
    connection.execute(
        "UPDATE drawn SET total = iif(role = 'entrance' AND NOT ?2, 1, 0) WHERE source = ?1",
        gone,
    )?;
    let mut statement = connection.prepare(
        "INSERT INTO drawn (source, line, role, total) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET role = excluded.role, total = excluded.total",
    )?;
    for (line, role) in &drawn.lines {
        statement.execute(params![source, line, role.as_str(), *role == Role::Entrance])?;
    }
    Ok(())
}

pub(crate) fn standings(connection: &Connection) -> rusqlite::Result<Standings> {
    let mut standings = Standings::new();
    let mut statement = connection.prepare("SELECT source, line, role, total FROM drawn")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let role =
            if row.get_ref(2)?.as_str()? == Role::Inner.as_str() { Role::Inner } else { Role::Entrance };
        let standing = Standing { role, in_total: row.get(3)? };
        standings.entry(row.get(0)?).or_default().insert(row.get(1)?, standing);
    }
    Ok(standings)
}
