//! A folder under a temporary name.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::access::{Privacy, followed, keep_access};
use crate::file::plain;
use crate::name::Names;
use crate::owner;

/// A new folder. Dropped, it is removed with all that is in it.
#[derive(Debug)]
pub struct ScratchFolder {
    folder: TempDir,
    /// Says that it is somebody's, for as long as it is open.
    _owned: Option<File>,
}

impl ScratchFolder {
    /// A folder beside what `path` leads to, which it is to become.
    ///
    /// # Errors
    /// What the system says.
    pub fn beside(path: &Path, privacy: Privacy) -> io::Result<Self> {
        let path = &followed(path);
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // A folder's name has no ending, whatever dots are in it.
        let name = path.file_name().unwrap_or_default().to_string_lossy().replace('.', "-");
        Self::new(&Names::of(Path::new(&name), false), folder, privacy)
    }

    /// A folder for this user alone among the system's temporary ones, for as long as the program runs; `kind`
    /// tells what it is for.
    ///
    /// # Errors
    /// What the system says.
    pub fn passing(kind: &str) -> io::Result<Self> {
        Self::new(&Names::passing(kind), &std::env::temp_dir(), Privacy::Private)
    }

    fn new(names: &Names, place: &Path, privacy: Privacy) -> io::Result<Self> {
        owner::sweep(place, names);
        let mut builder = names.builder();
        #[cfg(unix)]
        builder.permissions(privacy.of_folder());
        loop {
            let folder = builder.tempdir_in(place).map_err(plain)?;
            let Ok(opened) = File::open(folder.path()) else {
                // Not every system opens folders: nobody there takes one for a leftover either.
                return Ok(Self { folder, _owned: None });
            };
            if owner::own(&opened, folder.path()) {
                return Ok(Self { folder, _owned: Some(opened) });
            }
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Removes it with all that is in it.
    ///
    /// # Errors
    /// What the system says.
    pub fn close(self) -> io::Result<()> {
        self.folder.close()
    }

    /// Gives it the name that `path` leads to, in place of an empty folder that may be there, whose owner, group and
    /// permissions it takes.
    ///
    /// # Errors
    /// What the system says; the folder is removed then.
    pub fn persist(self, path: impl Into<PathBuf>) -> io::Result<()> {
        let target = followed(&path.into());
        if let Ok(folder) = File::open(self.folder.path()) {
            keep_access(&folder, &target)?;
        }
        std::fs::rename(self.folder.path(), target)?;
        // Nothing is under the temporary name any more.
        let _ = self.folder.keep();
        Ok(())
    }
}
