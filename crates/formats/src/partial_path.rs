//! A temporary name that becomes the final one.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use footfall_scratch::{Privacy, ScratchFile, followed};

use crate::Error;

/// A place to build a file: a temporary name beside the final one.
///
/// For writers that open files by name themselves; all others use [`PartialFile`](crate::PartialFile). Dropped before
/// [`finish`](Self::finish), the temporary file is removed and whatever the final name held before
/// is left as it was. What a killed process has left of the same file goes when the next one is begun.
#[derive(Debug)]
pub struct PartialPath {
    path: PathBuf,
    temporary: ScratchFile,
}

impl PartialPath {
    /// Reserves a temporary name, an empty file with the final name's extension.
    ///
    /// # Errors
    /// When the final path is a folder, or its folder is missing or cannot be written.
    pub fn create(path: impl Into<PathBuf>, privacy: Privacy) -> Result<Self, Error> {
        let path = path.into();
        Ok(Self { temporary: temporary_beside(&path, privacy)?, path })
    }

    /// Where to write.
    #[must_use]
    pub fn temporary(&self) -> &Path {
        self.temporary.path()
    }

    /// The temporary file, opened for writing.
    pub(crate) fn as_file(&self) -> &File {
        self.temporary.as_file()
    }

    /// The final name.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Forces the temporary file to the disk and gives it the final name, in place of what had it, whose owner,
    /// group and permissions it takes.
    ///
    /// # Errors
    /// When the file cannot be flushed or renamed.
    pub fn finish(self) -> Result<(), Error> {
        let synced = OpenOptions::new().write(true).open(self.temporary()).and_then(|file| file.sync_all());
        synced.map_err(|source| Error::write(&self.path, source))?;
        self.rename()
    }

    /// Gives the temporary file, already forced to the disk, the final name.
    pub(crate) fn rename(self) -> Result<(), Error> {
        let Self { path, temporary } = self;
        temporary.persist(&path).map_err(|source| Error::write(&path, source))?;
        sync_folder(&followed(&path));
        Ok(())
    }
}

fn temporary_beside(path: &Path, privacy: Privacy) -> Result<ScratchFile, Error> {
    if path.is_dir() {
        return Err(Error::IsFolder { path: path.to_owned() });
    }
    let target = followed(path);
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(Error::NoFolder { path: path.to_owned(), folder: folder.to_owned() });
    }
    ScratchFile::beside(path, false, privacy).map_err(|source| Error::write(path, source))
}

/// Forces a rename to the disk. Some file systems cannot, and the file is whole either way.
fn sync_folder(target: &Path) {
    let folder = target.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::PartialPath;
    use crate::{Error, Privacy};

    #[test]
    fn the_extension_that_decides_the_container_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let partial = PartialPath::create(folder.path().join("out.mp4"), Privacy::Usual).unwrap();
        assert_eq!(partial.temporary().extension().unwrap(), "mp4");
        fs::write(partial.temporary(), "film").unwrap();
        partial.finish().unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("out.mp4")).unwrap(), "film");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn dropped_it_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        drop(PartialPath::create(folder.path().join("out.mp4"), Privacy::Usual).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_missing_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = PartialPath::create(folder.path().join("none/out.mp4"), Privacy::Usual).unwrap_err();
        assert!(matches!(error, Error::NoFolder { .. }), "{error}");
        let error = PartialPath::create(folder.path(), Privacy::Usual).unwrap_err();
        assert!(matches!(error, Error::IsFolder { .. }), "{error}");
    }
}
