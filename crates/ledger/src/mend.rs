//! Putting a ledger right while it is in use: one that was deleted, replaced or damaged.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::error::{Error, Obstacle, Wording as _};
use crate::file::{self, Files, Rights};
use crate::ledger::{Desk, Ledger};
use crate::lock::WriterLock;
use crate::schema::{self, Found};
use crate::{connection, rescue};

/// How often one program sets a damaged file aside: where it happens more often, the disk is to blame.
const RENEWALS: u32 = 3;

/// What was done about a ledger that could not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mended {
    /// Its file was gone: all that it held was put back under its name.
    PutBack,
    /// Another ledger stood in its place: that one is written from now on, and has been given what the runs
    /// under way had counted.
    Adopted {
        /// How many entries these were.
        entries: u64,
    },
    /// It was damaged: it was set aside, and a new one has what could be read.
    Renewed {
        /// Where the damaged one is now.
        aside: PathBuf,
        /// How many entries could be read.
        rescued: u64,
    },
}

impl Ledger {
    /// Whether the ledger can be written, as far as can be told without writing.
    ///
    /// # Errors
    /// [`Error::Gone`] when its file was deleted or replaced, [`Error::Damaged`] when damage was found.
    pub fn look(&self) -> Result<(), Error> {
        let writer = self.writer();
        writer.desk().check(&writer.path)
    }

    /// Notes that the content was found to be broken. Nothing is written until [`mend`](Self::mend) was called.
    pub fn report_damage(&self, problem: &str) {
        self.writer().desk().damage = Some(problem.to_owned());
    }

    /// Puts right what [`look`](Self::look) tells of; `None` where that is nothing. Whoever writes meanwhile is
    /// told that the ledger is busy.
    ///
    /// # Errors
    /// When that is not possible, for now or at all; everything is then as it was.
    pub fn mend(&self) -> Result<Option<Mended>, Error> {
        let writer = self.writer();
        writer.mending.store(true, Ordering::Release);
        let mut desk = writer.desk();
        let runs = writer.runs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mended = mend(&mut desk, &writer.path, &runs);
        let patient = desk.connection.busy_timeout(writer.patience).wording(&writer.path, "open the ledger");
        writer.mending.store(false, Ordering::Release);
        drop(desk);
        if let Ok(Some(_)) = &mended {
            writer.course().forget();
        }
        mended.and_then(|mended| patient.map(|()| mended))
    }

    /// Sets a ledger aside that is too damaged to be opened, and begins a new one with what can be read of it.
    ///
    /// # Errors
    /// When another program writes it, or the system refuses; it is then where it was.
    pub fn renew(path: impl AsRef<Path>) -> Result<Mended, Error> {
        let path = path.as_ref();
        let _lock = WriterLock::take(path)?;
        let old = Connection::open(path).wording(path, "open the ledger")?;
        keep_as_it_is(&old);
        let renewed = set_aside(path, &old, 0, Rights::of(path));
        drop(old);
        renewed
    }
}

impl Desk {
    /// Whether what is written here can be found under the ledger's name, and read.
    pub(crate) fn check(&self, path: &Path) -> Result<(), Error> {
        if let Some(problem) = &self.damage {
            return Err(Error::Damaged { path: path.to_owned(), problem: problem.clone() });
        }
        if self.files.are_there(path) { Ok(()) } else { Err(Error::Gone { path: path.to_owned() }) }
    }

    /// Remembers damage that a statement has found: this file was a ledger when it was opened.
    pub(crate) fn note_damage(&mut self, error: Error, path: &Path) -> Error {
        if error.obstacle() != Some(Obstacle::Damaged) {
            return error;
        }
        let problem = match error {
            Error::Damaged { problem, .. } => problem,
            error => error.to_string(),
        };
        self.damage = Some(problem.clone());
        Error::Damaged { path: path.to_owned(), problem }
    }

    /// Goes on with the database that stands under the name now.
    fn turn_to(&mut self, path: &Path) -> Result<(), Error> {
        let connection = connection::writable(path, false)?;
        // Reading is what makes the log.
        schema::inspect(&connection, path)?;
        keep_as_it_is(&self.connection);
        self.lock.follow(path)?;
        self.files = Files::of(path);
        self.damage = None;
        self.connection = connection;
        Ok(())
    }
}

fn mend(desk: &mut Desk, path: &Path, runs: &[[u8; 16]]) -> Result<Option<Mended>, Error> {
    match desk.check(path) {
        Ok(()) => return Ok(None),
        Err(error) if error.obstacle() == Some(Obstacle::Damaged) && desk.files.is_there(path) => {
            return renew(desk, path, error).map(Some);
        }
        Err(_) => {}
    }
    let last = rescue::last(&desk.connection);
    desk.files.remove_log(path);
    // Without its log the ledger itself is not to be looked at: it lacks what is in there.
    let found = if desk.files.is_there(path) { Found::Empty } else { found(path)? };
    match found {
        Found::Version(_) => {
            let mut new = connection::writable(path, false)?;
            schema::migrate(&mut new, path)?;
            let copied =
                rescue::go_on_after(&new, last).and_then(|()| rescue::runs(&desk.connection, &mut new, runs));
            let entries = copied.wording(path, "go on in the ledger")?;
            drop(new);
            desk.turn_to(path)?;
            Ok(Some(Mended::Adopted { entries }))
        }
        Found::Empty => {
            put_back(desk, path)?;
            desk.turn_to(path)?;
            Ok(Some(Mended::PutBack))
        }
    }
}

/// What stands under the ledger's name: nothing, another ledger, or something that is none, which is an error.
fn found(path: &Path) -> Result<Found, Error> {
    if fs::metadata(path).map_or(0, |about| about.len()) == 0 {
        return Ok(Found::Empty);
    }
    schema::inspect(&connection::readable(path)?, path)
}

/// Writes all that the open ledger shows under its name: at once, or not at all.
fn put_back(desk: &Desk, path: &Path) -> Result<(), Error> {
    let refused = |source| Error::Io { doing: "put back the ledger", path: path.to_owned(), source };
    let real = file::real(path).map_err(|source| match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.exists() => {
            Error::NoFolder { path: path.to_owned(), folder: folder.to_owned() }
        }
        _ => refused(source),
    })?;
    let whole = new_file(&real)?;
    let written = desk.connection.execute("VACUUM INTO ?1", [whole.to_string_lossy()]);
    written.wording(path, "put back the ledger")?;
    put(&whole, &real, desk.rights).map_err(refused)
}

/// A damaged one, while it is in use.
fn renew(desk: &mut Desk, path: &Path, error: Error) -> Result<Mended, Error> {
    if desk.renewed == RENEWALS {
        return Err(error);
    }
    let mended = set_aside(path, &desk.connection, rescue::last(&desk.connection), desk.rights)?;
    desk.turn_to(path)?;
    desk.renewed += 1;
    Ok(mended)
}

/// Makes a new ledger of what can be read of the damaged one, and lets them change places. Entries go on after
/// number `last`.
fn set_aside(path: &Path, old: &Connection, last: i64, rights: Option<Rights>) -> Result<Mended, Error> {
    let refused = |source| Error::Io { doing: "set aside the ledger", path: path.to_owned(), source };
    let real = file::real(path).map_err(refused)?;
    let whole = new_file(&real)?;
    let mut new = connection::writable(&whole, true)?;
    schema::migrate(&mut new, &whole)?;
    let rescued = rescue::all(old, &mut new).wording(path, "rescue what can be read of the ledger")?;
    rescue::go_on_after(&new, last).wording(path, "begin a new ledger")?;
    // One file, to be put in place at once.
    new.pragma_update(None, "journal_mode", "DELETE").wording(path, "begin a new ledger")?;
    drop(new);
    let aside = file::beside(&real, &format!(".damaged-{}", Timestamp::now().strftime("%Y-%m-%dT%H-%M-%SZ")));
    for ending in ["-wal", "-shm", ""] {
        match fs::rename(file::beside(&real, ending), file::beside(&aside, ending)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(refused(error)),
            _ => {}
        }
    }
    put(&whole, &real, rights).map_err(refused)?;
    Ok(Mended::Renewed { aside, rescued })
}

/// Where a ledger is made that is to take another one's place.
fn new_file(real: &Path) -> Result<PathBuf, Error> {
    let path = file::beside(real, ".new");
    match fs::remove_file(&path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Io { doing: "remove", path, source })
        }
        _ => Ok(path),
    }
}

fn put(whole: &Path, real: &Path, rights: Option<Rights>) -> std::io::Result<()> {
    if let Some(rights) = rights {
        rights.give_to(whole)?;
    }
    File::open(whole)?.sync_all()?;
    fs::rename(whole, real)?;
    file::sync_folder(real);
    Ok(())
}

/// A database without its name is not tidied up when it is closed: that would take the log of the one that has
/// the name now.
fn keep_as_it_is(connection: &Connection) {
    // Where this is refused SQLite finds out by itself, as a rule.
    let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
}
