//! Whether two names lead to one file.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// Links that are followed before a chain of them counts as endless.
const LINKS: usize = 40;

/// Whether both names lead to one file, there or not: by links of both kinds, and by `..`. Terminals and
/// `/dev/null` may be named as often as one likes.
#[must_use]
pub fn is_same(a: &Path, b: &Path) -> bool {
    match (fs::metadata(a), fs::metadata(b)) {
        (Ok(x), Ok(y)) => {
            !is_special(&x) && (is_one_file(&x, &y) || real(a).is_ok_and(|a| real(b).is_ok_and(|b| a == b)))
        }
        (Err(_), Err(_)) => match (real(a), real(b)) {
            (Ok(a), Ok(b)) => a == b,
            _ => a == b,
        },
        _ => false,
    }
}

/// Whether `file` is there and lies in the folder `folder`, however deep.
#[must_use]
pub fn is_within(file: &Path, folder: &Path) -> bool {
    let within = || Some(real(file).ok()?.starts_with(real(folder).ok()?));
    file.is_file() && folder.is_dir() && within().unwrap_or(false)
}

/// Whether `file` is one of those in the folder `folder` that a command which reads the folder may take for its own:
/// a text, a table or a picture.
#[must_use]
pub fn is_inside(file: &Path, folder: &Path) -> bool {
    const READ: [&str; 10] = ["txt", "ini", "jsonl", "jpg", "jpeg", "png", "bmp", "webp", "ppm", "tar"];
    let ending = file.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    let is_read = ending.is_some_and(|ending| READ.map(std::ffi::OsStr::new).contains(&&*ending));
    // A file of the folder may have another name elsewhere.
    let is_one_of = || {
        fs::read_dir(folder)
            .is_ok_and(|mut all| all.any(|one| one.is_ok_and(|one| is_same(file, &one.path()))))
    };
    is_read && file.is_file() && folder.is_dir() && (is_within(file, folder) || is_one_of())
}

/// Neither a file nor a folder.
fn is_special(metadata: &Metadata) -> bool {
    !metadata.is_file() && !metadata.is_dir()
}

#[cfg(unix)]
fn is_one_file(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn is_one_file(_: &Metadata, _: &Metadata) -> bool {
    false
}

/// Where a name leads, whether or not a file is there: its folder without links, and its own links followed.
fn real(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        if let Ok(real) = path.canonicalize() {
            return Ok(real);
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = folder.canonicalize()?;
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let here = folder.join(name);
        match here.read_link() {
            Ok(target) => path = folder.join(target),
            Err(_) => return Ok(here),
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::{is_inside, is_same};

    #[test]
    fn a_file_is_known_by_all_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("inner")).unwrap();
        fs::write(at("a"), "a").unwrap();
        fs::write(at("b"), "a").unwrap();
        fs::hard_link(at("a"), at("hard")).unwrap();
        symlink("a", at("soft")).unwrap();
        symlink("inner", at("way")).unwrap();
        symlink("inner/new", at("dangling")).unwrap();
        for (one, other) in [
            ("a", "hard"),
            ("a", "soft"),
            ("hard", "soft"),
            ("a", "inner/../a"),
            ("inner", "way"),
            ("inner/new", "way/new"),
            ("inner/new", "dangling"),
        ] {
            assert!(is_same(&at(one), &at(other)) && is_same(&at(other), &at(one)), "{one} {other}");
        }
        for (one, other) in [("a", "b"), ("a", "inner"), ("a", "new"), ("inner/new", "new")] {
            assert!(!is_same(&at(one), &at(other)) && !is_same(&at(other), &at(one)), "{one} {other}");
        }
        assert!(!is_same(Path::new("/dev/null"), Path::new("/dev/null")));
    }

    #[test]
    fn a_folder_that_is_read_keeps_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("seq")).unwrap();
        fs::write(at("seq/gt.txt"), "").unwrap();
        fs::write(at("seq/scores.json"), "").unwrap();
        assert!(is_inside(&at("seq/gt.txt"), folder.path()));
        assert!(!is_inside(&at("seq/scores.json"), folder.path()), "its own result of before");
        assert!(!is_inside(&at("seq/new.txt"), folder.path()));
        assert!(!is_inside(&at("seq/gt.txt"), &at("seq/gt.txt")));
    }
}
