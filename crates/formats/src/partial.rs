//! Files that appear under their final name whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::{Error, PartialPath, Privacy};

/// A buffered file that takes its final name in [`finish`](Self::finish) only.
///
/// `-` (the standard output), open descriptors (`/dev/fd/3`), and whatever exists and is not a regular
/// file (a pipe, a terminal) are written directly: there is nothing to rename.
#[derive(Debug)]
pub struct PartialFile {
    path: PathBuf,
    writer: BufWriter<Target>,
}

#[derive(Debug)]
enum Target {
    Partial(PartialPath),
    Direct(File),
    Stdout(io::Stdout),
}

impl PartialFile {
    /// Starts a file that is to be called `path`.
    ///
    /// # Errors
    /// When `path` is a folder, or its folder is missing or cannot be written.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, Error> {
        Self::create_with(path, Privacy::Usual)
    }

    /// As [`create`](Self::create), for something that only this user may read unless it is there already.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn create_private(path: impl Into<PathBuf>) -> Result<Self, Error> {
        Self::create_with(path, Privacy::Private)
    }

    fn create_with(path: impl Into<PathBuf>, privacy: Privacy) -> Result<Self, Error> {
        let path = path.into();
        let target = if path.as_os_str() == "-" || path.as_os_str() == "/dev/stdout" {
            Target::Stdout(io::stdout())
        } else if is_direct(&path) {
            let opened = OpenOptions::new().append(true).open(&path);
            Target::Direct(opened.map_err(|source| Error::write(&path, source))?)
        } else {
            Target::Partial(PartialPath::create(path.clone(), privacy)?)
        };
        Ok(Self { path, writer: BufWriter::with_capacity(1 << 16, target) })
    }

    /// The final name.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether bytes go where they can be read before [`finish`](Self::finish).
    #[must_use]
    pub fn is_direct(&self) -> bool {
        !matches!(self.writer.get_ref(), Target::Partial(_))
    }

    /// Writes `bytes`, with an error that names the file.
    ///
    /// # Errors
    /// When the system refuses: a full disk, a closed pipe.
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.writer.write_all(bytes).map_err(|source| Error::write(&self.path, source))
    }

    /// Writes `value` as one line of JSON.
    pub(crate) fn put_json_line(&mut self, value: &impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(&mut self.writer, value)
            .map_err(|source| Error::write(&self.path, source.into()))?;
        self.put(b"\n")
    }

    /// Completes the file: everything is on the disk, under the final name.
    ///
    /// # Errors
    /// When the rest cannot be written, flushed or renamed. Nothing appears under the final name then.
    pub fn finish(self) -> Result<(), Error> {
        let Self { path, writer } = self;
        let failed = |source| Error::write(&path, source);
        match writer.into_inner().map_err(|e| failed(e.into_error()))? {
            Target::Partial(place) => {
                place.as_file().sync_all().map_err(failed)?;
                place.rename()
            }
            Target::Direct(mut file) => file.flush().map_err(failed),
            Target::Stdout(mut stdout) => stdout.flush().map_err(failed),
        }
    }
}

impl Write for PartialFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Partial(place) => place.as_file().write(bytes),
            Self::Direct(file) => file.write(bytes),
            Self::Stdout(stdout) => stdout.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Partial(place) => place.as_file().flush(),
            Self::Direct(file) => file.flush(),
            Self::Stdout(stdout) => stdout.flush(),
        }
    }
}

fn is_direct(path: &Path) -> bool {
    let descriptor = ["/dev/fd", "/dev/stderr", "/proc"].iter().any(|place| path.starts_with(place));
    descriptor || fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::PartialFile;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_appears_when_it_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tracks.txt");
        let mut file = PartialFile::create(&path).unwrap();
        file.put(b"whole").unwrap();
        assert!(!path.exists());
        file.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "whole");
        assert_eq!(names(folder.path()), ["tracks.txt"]);
    }

    #[test]
    fn what_is_not_finished_leaves_nothing_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tracks.txt");
        fs::write(&path, "before").unwrap();
        let mut file = PartialFile::create(&path).unwrap();
        file.put(b"half").unwrap();
        drop(file);
        assert_eq!(fs::read_to_string(&path).unwrap(), "before");
        assert_eq!(names(folder.path()), ["tracks.txt"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_are_written_directly() {
        let mut file = PartialFile::create("/dev/null").unwrap();
        file.put(b"gone").unwrap();
        file.finish().unwrap();

        let mut full = PartialFile::create("/dev/full").unwrap();
        full.put(b"more").unwrap();
        let error = full.finish().unwrap_err().to_string();
        assert!(error.contains("/dev/full") && error.contains("free some space"), "{error}");
    }
}

#[cfg(unix)]
#[cfg(test)]
mod unix_tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
    use std::path::Path;

    use super::PartialFile;

    fn write(file: PartialFile, text: &str) {
        let mut file = file;
        file.put(text.as_bytes()).unwrap();
        file.finish().unwrap();
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn a_link_stays_a_link_whether_its_file_is_there_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        symlink("file", &link).unwrap();
        for text in ["new", "after"] {
            write(PartialFile::create(&link).unwrap(), text);
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
            assert!(link.is_symlink() && !file.is_symlink());
        }
    }

    #[test]
    fn a_new_file_has_the_permissions_of_any_other_or_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("a"), folder.path().join("b"));
        write(PartialFile::create(&path).unwrap(), "");
        fs::write(&other, "").unwrap();
        assert_eq!(mode(&path), mode(&other));
        let private = folder.path().join("c");
        write(PartialFile::create_private(&private).unwrap(), "");
        assert_eq!(mode(&private), 0o600);
    }

    #[test]
    fn what_is_replaced_keeps_who_may_read_it_and_whose_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("link"));
        fs::write(&path, "before").unwrap();
        symlink(&path, &link).unwrap();
        let is_root = fs::metadata(&path).unwrap().uid() == 0;
        for wanted in [0o600, 0o640, 0o666, 0o444, 0o755] {
            if is_root {
                chown(&path, Some(1234), Some(4321)).unwrap();
            }
            fs::set_permissions(&path, fs::Permissions::from_mode(wanted)).unwrap();
            write(PartialFile::create(&path).unwrap(), "after");
            assert_eq!(mode(&path), wanted);
            write(PartialFile::create_private(&link).unwrap(), "once more");
            assert_eq!(mode(&path), wanted, "over a link");
            let about = fs::metadata(&path).unwrap();
            assert!(!is_root || (about.uid(), about.gid()) == (1234, 4321));
        }
        assert!(link.is_symlink());
    }
}
