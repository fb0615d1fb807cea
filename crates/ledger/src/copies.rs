//! A ledger's copy, made while it is written; and a copy that takes a ledger's place.

use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;
use serde::Serialize;

use crate::error::{Error, Wording as _};
use crate::file::{self, Rights};
use crate::lock::WriterLock;
use crate::page;
use crate::reader::Reader;
use crate::row::{Seq, optional};

/// What is in a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// How many entries.
    pub entries: u64,
    /// The place of the last one.
    pub last: Seq,
    /// The times of the first and the last one, where there are any.
    pub times: Option<(Timestamp, Timestamp)>,
}

/// Makes a copy of the ledger at `from` as it is at one moment, also while another program writes it. The copy is one
/// file, which is complete and checked before it gets the name `to`.
///
/// # Errors
/// When there is something called `to` already, `from` is damaged or cannot be read, or the copy cannot be written or
/// is not what it is to be a copy of. Then there is none.
pub fn backup(from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<Copied, Error> {
    let (from, to) = (from.as_ref(), to.as_ref());
    if fs::symlink_metadata(to).is_ok() {
        return Err(Error::Exists { path: to.to_owned() });
    }
    let reader = Reader::open(from)?;
    let before = about(reader.connection(), from)?;
    copy(&reader, &before, to)
}

/// Puts the copy at `from` where the ledger `to` is, or is to be. A ledger that is there is set aside first; gives where.
///
/// # Errors
/// When `from` is no whole ledger; when a program writes `to`; when there is one, and it is not to be `replaced`; and
/// when the system refuses. Then the one that is there stays.
pub fn restore(
    from: impl AsRef<Path>,
    to: impl AsRef<Path>,
    replace: bool,
) -> Result<(Copied, Option<PathBuf>), Error> {
    let (from, to) = (from.as_ref(), to.as_ref());
    let reader = Reader::open(from)?;
    reader.check()?;
    let is_there = fs::symlink_metadata(to).is_ok();
    if is_there && !replace {
        return Err(Error::Exists { path: to.to_owned() });
    }
    // Also makes sure that nobody writes it meanwhile.
    let lock = WriterLock::take(to)?;
    let real = file::real(to).map_err(|source| refused("restore the ledger", to, source))?;
    let rights = if is_there { Rights::of(&real) } else { None };
    let whole = file::beside(&real, ".restored");
    remove(&whole)?;
    let before = about(reader.connection(), from)?;
    let copied = copy(&reader, &before, &whole)?;
    branch(&whole)?;
    if let Some(rights) = rights {
        rights.give_to(&whole).map_err(|source| refused("restore the ledger", to, source))?;
    }
    let aside = is_there.then(|| set_aside(&real)).transpose()?;
    fs::rename(&whole, &real).map_err(|source| refused("restore the ledger", to, source))?;
    file::sync_folder(&real);
    drop(lock);
    Ok((copied, aside))
}

/// What is written from now on may have numbers that the ledger has given before, after the copy was made.
fn branch(whole: &Path) -> Result<(), Error> {
    let doing = "restore the ledger";
    let connection = Connection::open(whole).wording(whole, doing)?;
    page::branch(&connection).wording(whole, doing)?;
    // One file, to be put in place at once.
    connection.pragma_update(None, "journal_mode", "DELETE").wording(whole, doing)?;
    connection.close().map_err(|(_, error)| error).wording(whole, doing)?;
    File::open(whole).and_then(|file| file.sync_all()).map_err(|source| refused(doing, whole, source))
}

/// Moves a ledger with its log away; gives where it is now.
fn set_aside(real: &Path) -> Result<PathBuf, Error> {
    let ending = format!(".replaced-{}", Timestamp::now().strftime("%Y-%m-%dT%H-%M-%SZ"));
    let aside = file::beside(real, &ending);
    for ending in ["-wal", "-shm", ""] {
        match fs::rename(file::beside(real, ending), file::beside(&aside, ending)) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(refused("set aside the ledger", real, source));
            }
            _ => {}
        }
    }
    Ok(aside)
}

fn copy(reader: &Reader, before: &Copied, to: &Path) -> Result<Copied, Error> {
    let part = file::beside(to, ".part");
    remove(&part)?;
    let made = write(reader, before, &part).and_then(|copied| {
        fs::rename(&part, to).map_err(|source| refused("write the copy", to, source))?;
        file::sync_folder(to);
        Ok(copied)
    });
    if made.is_err() {
        let _ = fs::remove_file(&part);
    }
    made
}

fn write(reader: &Reader, before: &Copied, part: &Path) -> Result<Copied, Error> {
    // For this user's eyes: it tells who came and went. SQLite writes into an empty file that is there.
    let failed = |source| refused("write the copy", part, source);
    let file = File::options().write(true).create_new(true).open(part).map_err(failed)?;
    file.set_permissions(Permissions::from_mode(0o600)).map_err(failed)?;
    let connection = reader.connection();
    let known_before = runs(connection, reader.path())?;
    let name = part.to_string_lossy();
    connection.execute("VACUUM INTO ?1", [&*name]).wording(part, "write the copy of the ledger")?;
    file.sync_all().map_err(failed)?;
    let copy = Reader::open(part)?;
    copy.check()?;
    let copied = about(copy.connection(), part)?;
    // Meanwhile some may have come, and retention may have removed some.
    let now = about(connection, reader.path())?;
    let mut known = runs(connection, reader.path())?;
    known.extend(known_before);
    let is_same = runs(copy.connection(), part)?.is_subset(&known);
    let is_whole = is_same && before.last <= copied.last && copied.last <= now.last;
    drop(copy);
    for ending in ["-wal", "-shm"] {
        remove(&file::beside(part, ending))?;
    }
    if is_whole {
        Ok(copied)
    } else {
        let problem = format!(
            "it has {} entries up to number {}, and the ledger had {} up to {}",
            copied.entries, copied.last.0, before.entries, before.last.0
        );
        Err(Error::Damaged { path: part.to_owned(), problem })
    }
}

fn about(connection: &Connection, path: &Path) -> Result<Copied, Error> {
    let sql = "SELECT count(*), coalesce(max(seq), 0), min(utc), max(coalesce(until, utc)) FROM event";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Copied {
            entries: row.get::<_, i64>(0)?.unsigned_abs(),
            last: Seq(row.get::<_, i64>(1)?.unsigned_abs()),
            times: optional(row, 2)?.zip(optional(row, 3)?),
        })
    };
    connection.query_row(sql, [], read).wording(path, "read the ledger")
}

/// What tells runs apart, and with them one ledger from another.
fn runs(connection: &Connection, path: &Path) -> Result<BTreeSet<Vec<u8>>, Error> {
    let read = |connection: &Connection| -> rusqlite::Result<BTreeSet<Vec<u8>>> {
        connection.prepare("SELECT uid FROM run")?.query_map([], |row| row.get(0))?.collect()
    };
    read(connection).wording(path, "read the ledger")
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(refused("remove", path, source)),
        _ => Ok(()),
    }
}

fn refused(doing: &'static str, path: &Path, source: std::io::Error) -> Error {
    Error::Io { doing, path: path.to_owned(), source }
}
