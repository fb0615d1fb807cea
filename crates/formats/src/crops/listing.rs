//! Which pictures there are.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use crate::Error;

/// Endings of pictures, in lower case.
const ENDINGS: [&str; 5] = ["bmp", "jpeg", "jpg", "png", "webp"];
/// Deeper folders are a loop of links.
const DEEPEST: usize = 32;

/// Where a picture's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a file of its own, at its path within the set.
    File,
    /// In the set's archive.
    Archive { position: u64, size: u64 },
}

/// Whether a file of this name counts as a picture.
pub(super) fn is_picture(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    let ending = path.extension().unwrap_or_default();
    !hidden && ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// All pictures of the folder or tar archive `path`, by their path within it, sorted; one at least.
pub(super) fn list(path: &Path) -> Result<Vec<(PathBuf, Place)>, Error> {
    let failed = |source| Error::read(path, source);
    let metadata = fs::metadata(path).map_err(failed)?;
    let mut found = Vec::new();
    if metadata.is_dir() {
        walk(path, Path::new(""), 0, &mut found)?;
    } else if path.extension() == Some(OsStr::new("tar")) {
        found = members(path).map_err(failed)?;
    } else {
        return Err(Error::NotCrops { path: path.to_owned() });
    }
    if found.is_empty() {
        return Err(Error::NoCrops { path: path.to_owned() });
    }
    // By folder, then by name: one identity's pictures lie behind each other.
    found.sort_by(|(a, _), (b, _)| a.parent().cmp(&b.parent()).then_with(|| a.cmp(b)));
    Ok(found)
}

fn walk(root: &Path, inner: &Path, depth: usize, found: &mut Vec<(PathBuf, Place)>) -> Result<(), Error> {
    let folder = root.join(inner);
    if depth > DEEPEST {
        let loops = std::io::Error::other("folders within it never end: a link leads back to it");
        return Err(Error::read(&folder, loops));
    }
    let failed = |source| Error::read(&folder, source);
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = inner.join(entry.file_name());
        // Through links; one that leads nowhere is a picture that cannot be read, and is named then.
        if fs::metadata(root.join(&path)).is_ok_and(|metadata| metadata.is_dir()) {
            walk(root, &path, depth + 1, found)?;
        } else if is_picture(&path) {
            found.push((path, Place::File));
        }
    }
    Ok(())
}

fn members(archive: &Path) -> std::io::Result<Vec<(PathBuf, Place)>> {
    let mut archive = tar::Archive::new(BufReader::new(File::open(archive)?));
    let mut found = Vec::new();
    for entry in archive.entries_with_seek()? {
        let entry = entry?;
        let path = entry.path()?.components().collect::<PathBuf>();
        if entry.header().entry_type().is_file() && is_picture(&path) {
            found.push((path, Place::Archive { position: entry.raw_file_position(), size: entry.size() }));
        }
    }
    Ok(found)
}
