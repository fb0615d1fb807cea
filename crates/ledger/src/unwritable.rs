//! Reading a ledger that lies where nothing can be written: on a medium that is read-only, in a folder of
//! somebody else.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rusqlite::Connection;
use rustix::fs::{Access, StatVfsMountFlags, access, statvfs};
use tempfile::TempDir;

use crate::error::{Error, Obstacle};
use crate::lock::WriterLock;
use crate::schema::{self, Found};
use crate::{Ledger, connection, file};

/// A connection, and the copy that it reads, where it reads one.
pub(crate) type Opened = (Connection, Option<TempDir>);

/// Opens the ledger at `path` for reading, in this program's version.
pub(crate) fn connect(path: &Path) -> Result<Opened, Error> {
    if !path.exists() {
        return Err(Error::Missing { path: path.to_owned() });
    }
    if is(path) {
        return fixed(path);
    }
    let connection = connection::readable(path)?;
    match schema::inspect(&connection, path) {
        Ok(Found::Version(schema::VERSION)) => return Ok((connection, None)),
        Ok(Found::Empty) => return Err(Error::NotALedger { path: path.to_owned() }),
        Ok(Found::Version(_)) => {}
        // Not everything that forbids writing can be asked for beforehand.
        Err(error) if error.obstacle() == Some(Obstacle::Refused) => {
            return fixed(path).map_err(|_| error);
        }
        Err(error) => return Err(error),
    }
    drop(connection);
    drop(Ledger::open(path)?);
    Ok((connection::readable(path)?, None))
}

/// Opens one that cannot be written.
fn fixed(path: &Path) -> Result<Opened, Error> {
    let opened = open(path)?;
    match schema::inspect(&opened.0, path)? {
        Found::Version(schema::VERSION) => Ok(opened),
        Found::Empty => Err(Error::NotALedger { path: path.to_owned() }),
        Found::Version(_) => copied(path),
    }
}

/// Whether the ledger's folder, or the ledger, refuses to be written by this program.
fn is(path: &Path) -> bool {
    let Ok(real) = file::real(path) else { return false };
    let folder = real.parent().unwrap_or(Path::new("/"));
    // The superuser may write everywhere but on a medium that cannot be written.
    let is_medium = statvfs(folder).is_ok_and(|about| about.f_flag.contains(StatVfsMountFlags::RDONLY));
    is_medium || access(folder, Access::WRITE_OK).is_err() || access(&real, Access::WRITE_OK).is_err()
}

/// Opens such a ledger: as it is, if its log is empty; else a copy, in which the log can be worked in.
///
/// # Errors
/// When somebody writes it all the same, or it cannot be read or copied.
fn open(path: &Path) -> Result<Opened, Error> {
    if WriterLock::is_held(path)? {
        // Its log changes while it is read: only SQLite's own way will do.
        return Ok((connection::readable(path)?, None));
    }
    let log = file::beside(&file::real(path).map_err(|source| failed(path, source))?, "-wal");
    if fs::metadata(log).map_or(0, |about| about.len()) == 0 {
        return Ok((connection::immutable(path)?, None));
    }
    copied(path)
}

/// Opens a copy, brought to this program's version.
fn copied(path: &Path) -> Result<Opened, Error> {
    let place = || -> std::io::Result<TempDir> {
        let folder = tempfile::Builder::new().prefix("footfall-ledger-").tempdir()?;
        let real = file::real(path)?;
        let copy = folder.path().join("copy.db");
        copy_of(&real, &copy)?;
        let log = file::beside(&real, "-wal");
        if log.exists() {
            copy_of(&log, &file::beside(&copy, "-wal"))?;
        }
        Ok(folder)
    };
    let folder = place().map_err(|source| failed(path, source))?;
    tracing::info!(
        "the ledger {} lies where nothing can be written: reading a copy of it in {}",
        path.display(),
        folder.path().display()
    );
    let copy = folder.path().join("copy.db");
    drop(Ledger::open(&copy)?);
    Ok((connection::readable(&copy)?, Some(folder)))
}

fn copy_of(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::copy(from, to)?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o600))
}

fn failed(path: &Path, source: std::io::Error) -> Error {
    Error::Io {
        doing: "read the ledger, which lies where nothing can be written,",
        path: path.to_owned(),
        source,
    }
}
