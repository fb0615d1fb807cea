//! Which file a name stands for: names are given away, files stay what they are.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

/// A file's identity: its device and its number there.
pub(crate) type FileId = (u64, u64);

/// The files of an open database: itself, its log, and the log's index. SQLite keeps all three for as long as
/// anybody has the database open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Files([Option<FileId>; 3]);

impl Files {
    /// Those that stand under these names now.
    pub(crate) fn of(ledger: &Path) -> Self {
        let ledger = &real(ledger).unwrap_or_else(|_| ledger.to_owned());
        Self([ledger.to_owned(), beside(ledger, "-wal"), beside(ledger, "-shm")].map(|path| id(&path)))
    }

    /// Whether the same files stand there still.
    pub(crate) fn are_there(&self, ledger: &Path) -> bool {
        *self == Self::of(ledger)
    }

    /// Removes the log and its index where they still stand beside another database than theirs: SQLite would take
    /// them for that one's.
    pub(crate) fn remove_log(&self, ledger: &Path) {
        let Ok(real) = real(ledger) else { return };
        for (index, ending) in [(1, "-wal"), (2, "-shm")] {
            let path = beside(&real, ending);
            if self.0[index].is_some() && self.0[index] == id(&path) {
                let _ = fs::remove_file(path);
            }
        }
    }

    /// Whether the database itself, log or no log, is still there.
    pub(crate) fn is_there(&self, ledger: &Path) -> bool {
        self.0[0].is_some() && self.0[0] == id(ledger)
    }
}

/// Whose a file is, and who may read and write it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rights {
    mode: u32,
    user: u32,
    group: u32,
}

impl Rights {
    /// Those of the file at `path`.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let about = fs::metadata(path).ok()?;
        Some(Self { mode: about.mode() & 0o777, user: about.uid(), group: about.gid() })
    }

    /// Gives them to another file, as far as this user may.
    pub(crate) fn give_to(self, path: &Path) -> io::Result<()> {
        fs::set_permissions(path, fs::Permissions::from_mode(self.mode))?;
        // Only root gives files away; for anybody else they are the right user's already.
        let _ = chown(path, Some(self.user), Some(self.group));
        Ok(())
    }
}

/// The identity of the file that `path` leads to; `None` where it leads nowhere.
pub(crate) fn id(path: &Path) -> Option<FileId> {
    fs::metadata(path).ok().map(|about| (about.dev(), about.ino()))
}

/// Makes lasting what the folder of `path` says of its files' names. Not every file system can; what is in the
/// files does not depend on it.
pub(crate) fn sync_folder(path: &Path) {
    if let Some(folder) = real(path).ok().as_deref().and_then(Path::parent)
        && let Ok(folder) = fs::File::open(folder)
    {
        let _ = folder.sync_all();
    }
}

/// `shop.db-wal` of `shop.db`.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// Where a name leads in the end, through links, whether anything is there or not.
///
/// # Errors
/// When a folder on the way is missing, or links lead in circles.
pub(crate) fn real(path: &Path) -> io::Result<PathBuf> {
    /// As many as the system follows.
    const LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => break,
        }
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.canonicalize()?,
        _ => Path::new(".").canonicalize()?,
    };
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    Ok(folder.join(name))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::{Files, real};

    #[test]
    fn a_name_leads_through_links_also_to_what_is_not_there_yet() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("deep")).unwrap();
        symlink("deep/shop.db", at("a")).unwrap();
        symlink(at("a"), at("b")).unwrap();
        let expected = at("deep").canonicalize().unwrap().join("shop.db");
        assert_eq!(real(&at("b")).unwrap(), expected);
        fs::write(&expected, "").unwrap();
        assert_eq!(real(&at("b")).unwrap(), expected);
        assert!(real(&at("no/shop.db")).is_err());
        symlink(at("c"), at("c")).unwrap();
        assert!(real(&at("c")).is_ok(), "what opens it says that it leads nowhere");
    }

    #[test]
    fn another_file_of_the_same_name_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.db");
        fs::write(&path, "one").unwrap();
        let files = Files::of(&path);
        assert!(files.are_there(&path) && files.is_there(&path));
        fs::write(folder.path().join("shop.db-wal"), "").unwrap();
        assert!(!files.are_there(&path) && files.is_there(&path));
        fs::write(folder.path().join("two"), "two").unwrap();
        fs::rename(folder.path().join("two"), &path).unwrap();
        assert!(!files.is_there(&path));
    }
}
