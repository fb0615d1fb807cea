//! Taking rows from one ledger to another, also from one that is damaged.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Statement, params, params_from_iter};

use crate::page;

/// Rows in one transaction: few enough that a log stays small.
const BATCH: usize = 10_000;

/// All that can be read of `old`, under the same numbers; gives the number of entries. `new` is an empty ledger.
pub(crate) fn all(old: &Connection, new: &mut Connection) -> rusqlite::Result<u64> {
    // Rows whose parents cannot be read are taken out again below.
    new.pragma_update(None, "foreign_keys", "OFF")?;
    // It goes on as the ledger that it was.
    new.execute("DELETE FROM lineage", [])?;
    for table in tables(new)? {
        copy_readable(old, new, &table)?;
    }
    page::make_sure(new)?;
    let rescued = copy_events(old, new)?;
    new.execute("DELETE FROM run WHERE source NOT IN (SELECT id FROM source)", [])?;
    let orphans = new.execute("DELETE FROM event WHERE run NOT IN (SELECT id FROM run)", [])?;
    new.pragma_update(None, "foreign_keys", "ON")?;
    Ok(rescued.saturating_sub(orphans as u64))
}

/// Tables that are copied row by row: all but the entries, and what is derived from these.
fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
               AND name NOT IN ('event', 'spot', 'quarter', 'stale')";
    connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}

/// The runs of these identities with their entries, as far as `new` has not got them; gives the number of entries.
pub(crate) fn runs(old: &Connection, new: &mut Connection, uids: &[[u8; 16]]) -> rusqlite::Result<u64> {
    let transaction = new.transaction()?;
    let mut copied = 0;
    for uid in uids {
        let sql = "SELECT run.id, source.id, source.identity FROM run JOIN source ON source.id = run.source WHERE uid = ?1";
        let found = old
            .query_row(sql, [uid], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?))
            })
            .optional()?;
        let Some((run, source, identity)) = found else { continue };
        copy(old, &transaction, "source", "id = ?1", source, &[("id", None)])?;
        let id =
            |sql: &str, value: &dyn rusqlite::ToSql| transaction.query_row(sql, [value], |row| row.get(0));
        let new_source: i64 = id("SELECT id FROM source WHERE identity = ?1", &identity)?;
        for table in ["place", "drawn"] {
            copy(old, &transaction, table, "source = ?1", source, &[("source", Some(new_source))])?;
        }
        copy(old, &transaction, "run", "id = ?1", run, &[("id", None), ("source", Some(new_source))])?;
        let new_run: i64 = id("SELECT id FROM run WHERE uid = ?1", uid)?;
        copied +=
            copy(old, &transaction, "event", "run = ?1", run, &[("seq", None), ("run", Some(new_run))])?;
    }
    transaction.commit()?;
    Ok(copied)
}

/// Entries that come are numbered after `last`, and after all that publishers have sent: no number is used twice,
/// whatever was lost.
pub(crate) fn go_on_after(connection: &Connection, last: i64) -> rusqlite::Result<()> {
    let sent: i64 = connection.query_row("SELECT coalesce(max(seq), 0) FROM cursor", [], |row| row.get(0))?;
    let last = last.max(sent);
    let known = connection
        .execute("UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'event'", params![last])?;
    if known == 0 {
        connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('event', ?1)", params![last])?;
    }
    Ok(())
}

/// The number of the latest entry that there ever was, as far as can be read.
pub(crate) fn last(connection: &Connection) -> i64 {
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'event'";
    connection.query_row(sql, [], |row| row.get(0)).unwrap_or(0)
}

/// Copies rows of a table where `condition` holds, with some columns left out (`None`: the new ledger numbers
/// them) or replaced. What is there already stays; gives the number of those that were not.
fn copy(
    old: &Connection,
    new: &Connection,
    table: &str,
    condition: &str,
    value: i64,
    changed: &[(&str, Option<i64>)],
) -> rusqlite::Result<u64> {
    let mut read = old.prepare(&format!("SELECT * FROM {table} WHERE {condition} ORDER BY 1"))?;
    let columns = Columns::of(&read, new, table, changed)?;
    let mut write = new.prepare(&columns.insert(table))?;
    let mut rows = read.query([value])?;
    let mut copied = 0;
    while let Some(row) = rows.next()? {
        copied += write.execute(params_from_iter(columns.values(row)?))? as u64;
    }
    Ok(copied)
}

/// Copies what can be read of a small table. One that is broken, or looked otherwise in an older version, is left
/// out from there on.
fn copy_readable(old: &Connection, new: &Connection, table: &str) -> rusqlite::Result<()> {
    let Ok(mut read) = old.prepare(&format!("SELECT * FROM {table}")) else { return Ok(()) };
    let columns = Columns::of(&read, new, table, &[])?;
    let mut write = new.prepare(&columns.insert(table))?;
    let Ok(mut rows) = read.query([]) else { return Ok(()) };
    while let Ok(Some(row)) = rows.next() {
        let Ok(values) = columns.values(row) else { continue };
        // A row that means nothing here is one that was damaged.
        let _ = write.execute(params_from_iter(values));
    }
    Ok(())
}

/// Copies entries by their numbers, and where they cannot be read looks for the next ones that can.
fn copy_events(old: &Connection, new: &mut Connection) -> rusqlite::Result<u64> {
    const MOST_SKIPPED: i64 = 1 << 40;
    let (mut after, mut skip, mut copied) = (0, 1, 0);
    loop {
        let transaction = new.transaction()?;
        let (seen, last, is_whole) = copy_batch(old, &transaction, after)?;
        transaction.commit()?;
        copied += seen;
        if is_whole && last == after {
            return Ok(copied);
        }
        (after, skip) = if is_whole {
            (last, 1)
        } else if last > after {
            (last + 1, 2)
        } else {
            (after + skip, skip * 2)
        };
        if skip > MOST_SKIPPED {
            return Ok(copied);
        }
    }
}

/// Copies the entries behind `after`, at most a batch: how many, the last one's number, and whether all of them
/// could be read.
fn copy_batch(old: &Connection, new: &Connection, after: i64) -> rusqlite::Result<(u64, i64, bool)> {
    let sql = format!("SELECT * FROM event WHERE seq > ?1 ORDER BY seq LIMIT {BATCH}");
    let Ok(mut read) = old.prepare(&sql) else { return Ok((0, after, true)) };
    let columns = Columns::of(&read, new, "event", &[])?;
    let mut write = new.prepare(&columns.insert("event"))?;
    let Ok(mut rows) = read.query([after]) else { return Ok((0, after, false)) };
    let (mut copied, mut last) = (0, after);
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                let (Ok(seq), Ok(values)) = (row.get("seq"), columns.values(row)) else { continue };
                copied += write.execute(params_from_iter(values)).unwrap_or(0) as u64;
                last = seq;
            }
            Ok(None) => return Ok((copied, last, true)),
            Err(_) => return Ok((copied, last, false)),
        }
    }
}

/// The columns that two tables of one name have in common.
struct Columns {
    names: Vec<String>,
    /// Where each stands in the old one, or what stands there in the new one.
    sources: Vec<Result<usize, i64>>,
}

impl Columns {
    fn of(
        read: &Statement<'_>,
        new: &Connection,
        table: &str,
        changed: &[(&str, Option<i64>)],
    ) -> rusqlite::Result<Self> {
        // Without those that are worked out from others.
        let mut named = new.prepare("SELECT name FROM pragma_table_info(?1)")?;
        let known: Vec<String> =
            named.query_map([table], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let mut columns = Self { names: Vec::new(), sources: Vec::new() };
        for (index, name) in read.column_names().enumerate() {
            let source = match changed.iter().find(|(changed, _)| *changed == name) {
                Some((_, None)) => continue,
                Some((_, Some(value))) => Err(*value),
                None => Ok(index),
            };
            if known.iter().any(|known| known == name) {
                columns.names.push(name.to_owned());
                columns.sources.push(source);
            }
        }
        Ok(columns)
    }

    fn insert(&self, table: &str) -> String {
        let marks = vec!["?"; self.names.len()].join(", ");
        format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({marks})", self.names.join(", "))
    }

    fn values(&self, row: &rusqlite::Row<'_>) -> rusqlite::Result<Vec<Value>> {
        self.sources
            .iter()
            .map(|source| source.map_or_else(|value| Ok(Value::Integer(value)), |index| row.get(index)))
            .collect()
    }
}
