//! Whose something is: a lock tells it, which the system takes away with the process that had it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use crate::name::Names;

/// Marks what `file` is, a file or a folder, as somebody's. False where it was taken for a leftover before
/// that: then it is gone, and another one is to be made.
///
/// Where the file system knows no locks nothing is marked, and nothing is ever removed.
pub(crate) fn own(file: &File, path: &Path) -> bool {
    // Whoever looks at it just now is soon done, and has then taken it away or not.
    let _ = file.lock_shared();
    is_at(file, path)
}

/// Removes what is left in `folder` of those that are gone, under one of `names`. What cannot be removed stays: it
/// is in nobody's way.
pub(crate) fn sweep(folder: &Path, names: &Names) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| names.has(&entry.file_name())) {
        // A link was made by somebody else.
        if let Ok(kind) = entry.file_type()
            && (kind.is_file() || kind.is_dir())
        {
            let _ = remove(&entry.path(), kind.is_dir());
        }
    }
}

/// Removes it if nobody has it.
fn remove(path: &Path, is_folder: bool) -> io::Result<()> {
    let file = OpenOptions::new().read(true).write(!is_folder).open(path)?;
    if file.try_lock().is_err() || !is_at(&file, path) {
        return Ok(());
    }
    if is_folder { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

/// Whether `path` still leads to what was opened.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |about: fs::Metadata| (about.dev(), about.ino());
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(opened), Ok(there)) => identity(opened) == identity(there),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}
