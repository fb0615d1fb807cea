//! The ledger as it was before it was brought to this program's version: for whoever goes back to the program before.

use std::fs;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::error::{Error, Wording as _};
use crate::file::{self, Rights};

/// Where the copy of a ledger of `version` lies: `shop.db.version-4` beside `shop.db`.
fn place(ledger: &Path, version: u32) -> PathBuf {
    file::beside(&file::real(ledger).unwrap_or_else(|_| ledger.to_owned()), &format!(".version-{version}"))
}

/// Copies the ledger as it is, which has `version`. The copy is whole and on the disk when this returns.
///
/// # Errors
/// When there is no room for it, or the system refuses.
pub(crate) fn keep(connection: &Connection, ledger: &Path, version: u32) -> Result<PathBuf, Error> {
    const DOING: &str = "keep a copy of the ledger before it is brought to this program's version";
    let copy = place(ledger, version);
    let partial = file::beside(&copy, ".partial");
    let refused = |source| Error::Io { doing: DOING, path: copy.clone(), source };
    // One that a killed program has left: whoever gets here holds the writer's lock.
    match fs::remove_file(&partial) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(refused(error)),
        _ => {}
    }
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial);
    let file = file.map_err(refused)?;
    let name = partial.to_string_lossy();
    let copied = connection.execute("VACUUM INTO ?1", [&*name]).wording(ledger, DOING);
    let kept = copied.and_then(|_| {
        if let Some(rights) = Rights::of(ledger) {
            rights.give_to(&partial).map_err(refused)?;
        }
        file.sync_all().map_err(refused)?;
        fs::rename(&partial, &copy).map_err(refused)
    });
    if kept.is_err() {
        let _ = fs::remove_file(&partial);
    }
    kept?;
    file::sync_folder(&copy);
    Ok(copy)
}

/// Removes copies of versions before `version` once a run of this program has counted since they were made. Gives
/// what was removed.
pub(crate) fn let_go(connection: &Connection, ledger: &Path, version: u32) -> Vec<PathBuf> {
    let copies = (1..version).map(|earlier| place(ledger, earlier)).filter(|copy| copy.is_file());
    copies
        .filter(|copy| has_counted_since(connection, copy).unwrap_or(false) && fs::remove_file(copy).is_ok())
        .collect()
}

/// Whether there is a run that the copy does not have, and that has come as far as a frame. By the runs' numbers: a
/// machine's clock may be anything.
fn has_counted_since(connection: &Connection, copy: &Path) -> rusqlite::Result<bool> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'run'";
    let last: i64 = Connection::open_with_flags(copy, flags)?.query_row(sql, [], |row| row.get(0))?;
    let sql = "SELECT EXISTS (SELECT 1 FROM run WHERE id > ?1 AND seen IS NOT NULL)";
    connection.query_row(sql, [last], |row| row.get(0))
}
