//! One writer a ledger.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::Error;
use crate::file;

/// Held by the program that writes the ledger; the system takes it back however that program ends.
///
/// It has two parts. A lock on a file of its own, `LEDGER.lock` beside the file that the ledger's name leads to,
/// is what others ask for. That file stays, since removing it would let two programs each lock a file of this
/// name. The second part is on the database itself, so that one file under two names (hard links) has one
/// writer too.
#[derive(Debug)]
pub(crate) struct WriterLock {
    beside: File,
    within: Option<within::Lock>,
    is_vouched: bool,
}

/// What stands in the lock's file, below the process that has it, where the database is known as a ledger.
const LEDGER: &str = "a ledger of Footfall";

impl WriterLock {
    /// Takes the lock, or says who has it. Makes the database's file where there is none.
    pub(crate) fn take(ledger: &Path) -> Result<Self, Error> {
        let no_folder = |source| match ledger.parent() {
            Some(folder) if !folder.as_os_str().is_empty() && !folder.exists() => {
                Error::NoFolder { path: ledger.to_owned(), folder: folder.to_owned() }
            }
            _ => Error::Io { doing: "lock the ledger by", path: ledger.to_owned(), source },
        };
        let real = file::real(ledger).map_err(no_folder)?;
        let mut beside = take_beside(ledger, &real)?;
        let within = take_within(ledger, &real)?;
        let mut said = String::new();
        let is_vouched = beside.read_to_string(&mut said).is_ok() && said.lines().any(|line| line == LEDGER);
        // On a full disk the ledger can still be read and old entries removed: the name is a courtesy.
        let _ = beside.set_len(0).and_then(|()| beside.rewind());
        let vouched = if is_vouched { format!("{LEDGER}\n") } else { String::new() };
        let _ = write!(beside, "{}\n{vouched}", std::process::id());
        Ok(Self { beside, within, is_vouched })
    }

    /// Goes on with the file that stands under the ledger's name now.
    pub(crate) fn follow(&mut self, ledger: &Path) -> Result<(), Error> {
        let failed = |source| Error::Io { doing: "lock the ledger by", path: ledger.to_owned(), source };
        let real = file::real(ledger).map_err(failed)?;
        let held = self.beside.metadata().map_err(failed)?;
        if file::id(&place(&real)) != Some((held.dev(), held.ino())) {
            // That file was taken away too.
            self.beside = take_beside(ledger, &real)?;
        }
        self.within = None;
        self.within = take_within(ledger, &real)?;
        Ok(())
    }

    /// Notes that the file is a ledger: should it not look like one some day, it was damaged.
    pub(crate) fn vouch(&mut self) {
        if !self.is_vouched {
            self.is_vouched = writeln!(self.beside, "{LEDGER}").is_ok();
        }
    }

    /// Whether the file was a ledger when it was locked before.
    pub(crate) fn is_vouched(&self) -> bool {
        self.is_vouched
    }

    /// Whether somebody has it. Takes it for a moment otherwise, shared with others that ask.
    pub(crate) fn is_held(ledger: &Path) -> Result<bool, Error> {
        let Ok(real) = file::real(ledger) else { return Ok(false) };
        let path = place(&real);
        let asked = match File::open(&path) {
            Ok(file) => file.try_lock_shared(),
            Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(source) => Err(TryLockError::Error(source)),
        };
        match asked {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(source)) => Err(Error::Io { doing: "ask the lock", path, source }),
        }
    }
}

fn take_beside(ledger: &Path, real: &Path) -> Result<File, Error> {
    let failed = |source| Error::Io { doing: "lock the ledger by", path: place(real), source };
    let mut beside = open(&place(real)).map_err(failed)?;
    match patiently(|| beside.try_lock()) {
        Ok(()) => Ok(beside),
        Err(TryLockError::WouldBlock) => Err(locked(ledger, &mut beside)),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

fn take_within(ledger: &Path, real: &Path) -> Result<Option<within::Lock>, Error> {
    within::Lock::take(real).map_err(|error| match error {
        TryLockError::WouldBlock => {
            let holder = "another program, which calls it by another name".to_owned();
            Error::Locked { path: ledger.to_owned(), holder }
        }
        TryLockError::Error(source) => Error::Io { doing: "lock", path: real.to_owned(), source },
    })
}

/// For this user's eyes, where it is made.
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

fn locked(ledger: &Path, beside: &mut File) -> Error {
    let mut holder = String::new();
    // Who it is only helps to find the program; that it is locked is known without.
    let _ = beside.read_to_string(&mut holder);
    let holder = match holder.lines().next().unwrap_or_default() {
        "" => "another program".to_owned(),
        process => format!("process {process}"),
    };
    Error::Locked { path: ledger.to_owned(), holder }
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

fn place(real: &Path) -> PathBuf {
    file::beside(real, ".lock")
}

/// The lock on the database itself.
///
/// SQLite locks ranges of the file (`fcntl`), which Linux keeps apart from locks of whole open files (`flock`).
/// Elsewhere, and on file systems of the network, the two may be one: there the lock beside it must do.
#[cfg(target_os = "linux")]
mod within {
    use std::collections::BTreeMap;
    use std::fs::{File, TryLockError};
    use std::os::unix::fs::MetadataExt as _;
    use std::path::Path;
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use crate::file::{self, FileId};

    /// The databases that this process has locked, or had, and whether it still has. They stay open: closing a
    /// database's file would take away the locks that any reader in this process has on it through SQLite.
    static OPEN: Mutex<BTreeMap<FileId, (File, bool)>> = Mutex::new(BTreeMap::new());

    #[derive(Debug)]
    pub(super) struct Lock {
        id: FileId,
    }

    impl Lock {
        /// `None` where the file cannot be locked in this way.
        pub(super) fn take(path: &Path) -> Result<Option<Self>, TryLockError> {
            let mut open = open();
            let known = file::id(path).and_then(|id| open.get_mut(&id).map(|known| (id, known)));
            if let Some((id, (file, is_held))) = known {
                if *is_held {
                    return Err(TryLockError::WouldBlock);
                }
                file.try_lock()?;
                *is_held = true;
                return Ok(Some(Self { id }));
            }
            let file = super::open(path).map_err(TryLockError::Error)?;
            let about = file.metadata().map_err(TryLockError::Error)?;
            if is_remote(&file) {
                return Ok(None);
            }
            let (id, locked) = ((about.dev(), about.ino()), file.try_lock());
            open.insert(id, (file, locked.is_ok()));
            locked.map(|()| Some(Self { id }))
        }
    }

    impl Drop for Lock {
        fn drop(&mut self) {
            let mut open = open();
            let Some((file, is_held)) = open.get_mut(&self.id) else { return };
            *is_held = false;
            // Without a name nobody can come to it any more, and its room is wanted back.
            let is_deleted = file.metadata().is_ok_and(|about| about.nlink() == 0);
            if is_deleted || file.unlock().is_err() {
                open.remove(&self.id);
            }
        }
    }

    fn open() -> MutexGuard<'static, BTreeMap<FileId, (File, bool)>> {
        OPEN.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the file lies on another machine, as far as the file system's kind tells.
    fn is_remote(file: &File) -> bool {
        /// NFS, SMB, CIFS, SMB2, AFS, Coda, 9P, Ceph, FUSE.
        const REMOTE: [u32; 9] = [
            0x6969,
            0x517b,
            0xff53_4d42,
            0xfe53_4d42,
            0x5346_414f,
            0x7375_7245,
            0x0102_1997,
            0x00c3_6400,
            0x6573_5546,
        ];
        rustix::fs::fstatfs(file).is_ok_and(|about| REMOTE.contains(&(about.f_type as u32)))
    }
}

#[cfg(not(target_os = "linux"))]
mod within {
    use std::fs::TryLockError;
    use std::path::Path;

    #[derive(Debug)]
    pub(super) struct Lock;

    impl Lock {
        pub(super) fn take(_: &Path) -> Result<Option<Self>, TryLockError> {
            Ok(None)
        }
    }
}
