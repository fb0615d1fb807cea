//! A file under a temporary name beside its final one.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::access::{Privacy, followed, keep_access};
use crate::name::Names;
use crate::owner;

/// A new file beside the one that it is to become. Dropped, it is removed.
///
/// Writers that open files by name may open it by its own: it stays this one's until it is dropped or has
/// its final name.
#[derive(Debug)]
pub struct ScratchFile(NamedTempFile);

impl ScratchFile {
    /// An empty file in the folder of what `path` leads to, with the ending of `path`; what is left there of those that were
    /// to become the same and were killed is removed. A `hidden` one begins with a dot.
    ///
    /// # Errors
    /// What the system says.
    pub fn beside(path: &Path, hidden: bool, privacy: Privacy) -> io::Result<Self> {
        let target = followed(path);
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let names = Names::of(path, hidden);
        owner::sweep(folder, &names);
        let mut builder = names.builder();
        #[cfg(unix)]
        builder.permissions(privacy.of_file(&target));
        loop {
            let file = builder.tempfile_in(folder).map_err(plain)?;
            if owner::own(file.as_file(), file.path()) {
                return Ok(Self(file));
            }
        }
    }

    /// Its temporary name.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The file, opened for reading and writing.
    #[must_use]
    pub fn as_file(&self) -> &File {
        self.0.as_file()
    }

    /// Gives it the name `path` leads to, in place of what had it, whose owner, group and permissions it takes as
    /// far as the system lets it.
    ///
    /// # Errors
    /// What the system says; the file is removed then.
    pub fn persist(self, path: impl Into<PathBuf>) -> io::Result<File> {
        let target = followed(&path.into());
        keep_access(self.as_file(), &target)?;
        self.0.persist(target).map_err(|error| error.error)
    }
}

/// The system's error without the random temporary name that `tempfile` adds to it.
pub(crate) fn plain(error: io::Error) -> io::Error {
    match error.get_ref().and_then(|inner| inner.source()).and_then(|s| s.downcast_ref::<io::Error>()) {
        Some(inner) => inner.raw_os_error().map_or(error, io::Error::from_raw_os_error),
        None => error,
    }
}
