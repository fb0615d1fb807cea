//! One program for each cursor.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::digest::Digest;

/// Held by the program that moves a cursor; the system takes it back however that program ends.
///
/// It is a lock on a file of its own beside the ledger, `LEDGER.NAME-HASH.lock`, which stays: removing it
/// would let two programs each lock a file of this name.
#[derive(Debug)]
pub(crate) struct Owner {
    _file: File,
}

impl Owner {
    /// Takes the cursor called `name` of `ledger`.
    ///
    /// # Errors
    /// [`Error::CursorHeld`] with who has it, or what the system says.
    pub(crate) fn take(ledger: &Path, name: &str) -> Result<Self, Error> {
        let path = place(ledger, name);
        let failed = |source| Error::Io { doing: "lock the cursor by", path: path.clone(), source };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Who it is only helps to find the program; that it is locked is known without.
                let _ = file.read_to_string(&mut holder);
                let holder = match holder.trim() {
                    "" => "another program".to_owned(),
                    process => format!("process {process}"),
                };
                return Err(Error::CursorHeld { name: name.to_owned(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        // On a full disk a cursor can still be read: the name is a courtesy.
        let _ = file.set_len(0).and_then(|()| file.rewind());
        let _ = writeln!(file, "{}", std::process::id());
        Ok(Self { _file: file })
    }
}

/// The ledger's own file by whatever name it was reached, so that a link to it has the same locks.
fn place(ledger: &Path, name: &str) -> PathBuf {
    let ledger = ledger.canonicalize().unwrap_or_else(|_| ledger.to_owned());
    let readable: String = name.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    let hash = Digest::of([name.as_bytes()]).to_string();
    let mut path = OsString::from(ledger);
    path.push(format!(".{readable}-{}.lock", hash.get(..8).unwrap_or(&hash)));
    path.into()
}
