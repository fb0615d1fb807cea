//! One writer a ledger.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::Error;

/// Held by the program that writes the ledger; the system takes it back however that program ends.
///
/// It is a lock on a file of its own, `LEDGER.lock`: SQLite locks parts of the database file for the
/// length of a transaction, and closing that file a second time would take those locks away. The file
/// stays, since removing it would let two programs each lock a file of this name.
#[derive(Debug)]
pub(crate) struct WriterLock {
    _file: File,
}

impl WriterLock {
    /// Takes the lock, or says who has it.
    pub(crate) fn take(ledger: &Path) -> Result<Self, Error> {
        let path = place(ledger);
        let failed = |source| Error::Io { doing: "lock the ledger by", path: path.clone(), source };
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.map_err(|source| match ledger.parent() {
            Some(folder) if !folder.as_os_str().is_empty() && !folder.exists() => {
                Error::NoFolder { path: ledger.to_owned(), folder: folder.to_owned() }
            }
            _ => failed(source),
        })?;
        match patiently(|| file.try_lock()) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Who it is only helps to find the program; that it is locked is known without.
                let _ = file.read_to_string(&mut holder);
                let holder = match holder.trim() {
                    "" => "another program".to_owned(),
                    process => format!("process {process}"),
                };
                return Err(Error::Locked { path: ledger.to_owned(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        // On a full disk the ledger can still be read and old entries removed: the name is a courtesy.
        let _ = file.set_len(0).and_then(|()| file.rewind());
        let _ = writeln!(file, "{}", std::process::id());
        Ok(Self { _file: file })
    }

    /// Whether somebody has it. Takes it for a moment otherwise, shared with others that ask.
    pub(crate) fn is_held(ledger: &Path) -> Result<bool, Error> {
        let path = place(ledger);
        let asked = match File::open(&path) {
            Ok(file) => file.try_lock_shared(),
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            Err(source) => Err(TryLockError::Error(source)),
        };
        match asked {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(source)) => Err(Error::Io { doing: "ask the lock", path, source }),
        }
    }
}

/// Tries a few times: somebody may just be asking whether the lock is held.
fn patiently(mut attempt: impl FnMut() -> Result<(), TryLockError>) -> Result<(), TryLockError> {
    for _ in 0..10 {
        match attempt() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(20)),
            outcome => return outcome,
        }
    }
    attempt()
}

fn place(ledger: &Path) -> PathBuf {
    let mut name = OsString::from(ledger);
    name.push(".lock");
    name.into()
}
