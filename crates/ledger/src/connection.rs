//! How the database is opened.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::error::{Error, Wording as _};
use crate::schema::{self, Found};

/// How long a statement waits for another program's transaction: far longer than any of ours takes.
const BUSY: Duration = Duration::from_secs(30);

/// Opens for writing; with `create`, a file that is not there is made.
///
/// Write-ahead logging: readers see the last commit and never wait, nor make a writer wait. A commit is on
/// the disk when it returns (`synchronous = FULL`): a power cut takes nothing that was recorded.
pub(crate) fn writable(path: &Path, create: bool) -> Result<Connection, Error> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
        make_private(path);
    } else if !path.exists() {
        return Err(Error::Missing { path: path.to_owned() });
    }
    let connection = Connection::open_with_flags(path, flags).wording(path, "open the ledger")?;
    connection.busy_timeout(BUSY).wording(path, "open the ledger")?;
    if schema::inspect(&connection, path)? == Found::Empty {
        // Takes effect only before the first table: what retention frees can be given back to the system.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL").wording(path, "open the ledger")?;
    }
    set_up(&connection).wording(path, "open the ledger")?;
    Ok(connection)
}

/// Makes a ledger that is not there as a file that only this user may read: it tells who came and went. What
/// SQLite adds beside it, the write-ahead log above all, has the database's permissions.
fn make_private(path: &Path) {
    // One that is there may be in use by this program: closing it would take SQLite's locks away.
    if matches!(path.metadata(), Err(error) if error.kind() == std::io::ErrorKind::NotFound) {
        let mut options = std::fs::OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // If it cannot be made, SQLite says why.
        let _ = options.write(true).create(true).truncate(false).open(path);
    }
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    // What was deleted is gone from the file, too.
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "journal_size_limit", 16 << 20)
}

/// Opens for reading, beside a writer or without one.
pub(crate) fn readable(path: &Path) -> Result<Connection, Error> {
    if !path.exists() {
        return Err(Error::Missing { path: path.to_owned() });
    }
    let connection =
        Connection::open_with_flags(path, reading()).wording(path, "open the ledger for reading")?;
    connection.busy_timeout(BUSY).wording(path, "open the ledger for reading")?;
    Ok(connection)
}

/// Opens for reading what nobody writes, and nobody can: nothing is locked, no file beside it is made or read.
pub(crate) fn immutable(path: &Path) -> Result<Connection, Error> {
    let name: String = path.as_os_str().as_encoded_bytes().iter().map(|&byte| encoded(byte)).collect();
    let flags = reading() | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(format!("file:{name}?immutable=1"), flags)
        .wording(path, "open the ledger for reading")
}

fn reading() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// A byte of a path as it stands in an address.
fn encoded(byte: u8) -> String {
    match byte {
        b'/' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, symlink};

    use super::writable;

    #[test]
    fn a_new_ledger_and_what_is_beside_it_are_private() {
        let folder = tempfile::tempdir().unwrap();
        let (link, there) = (folder.path().join("shop.db"), folder.path().join("there.db"));
        symlink("there.db", &link).unwrap();
        let connection = writable(&link, true).unwrap();
        connection.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (1)").unwrap();
        for name in ["there.db", "there.db-wal", "there.db-shm"] {
            assert_eq!(folder.path().join(name).metadata().unwrap().mode() & 0o777, 0o600, "{name}");
        }
        assert!(link.is_symlink() && there.is_file());
    }
}
