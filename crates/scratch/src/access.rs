//! Who may read a file: what it had is kept when it is replaced, and what is personal is born private.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Who may read a file that was not there before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Privacy {
    /// Whoever the system's umask lets.
    #[default]
    Usual,
    /// Its owner alone: it shows people, or holds a secret.
    Private,
}

impl Privacy {
    /// The permissions with which a file is made that is going to take the name `target`; the system takes away
    /// those of its umask.
    ///
    /// What replaces a file is its maker's alone until it is complete: the umask knows nothing of who could
    /// read that file.
    #[cfg(unix)]
    pub(crate) fn of_file(self, target: &Path) -> fs::Permissions {
        let is_usual = self == Self::Usual && !target.exists();
        std::os::unix::fs::PermissionsExt::from_mode(if is_usual { 0o666 } else { 0o600 })
    }

    /// The same for a folder.
    #[cfg(unix)]
    pub(crate) fn of_folder(self) -> fs::Permissions {
        std::os::unix::fs::PermissionsExt::from_mode(if self == Self::Usual { 0o777 } else { 0o700 })
    }
}

/// Links on the way to a file, at most: as many as Linux follows.
const MOST_LINKS: usize = 40;

/// The file that `path` leads to, over links, also where it is not there yet: what is built beside it and takes
/// its name leaves the links as they are.
#[must_use]
pub fn followed(path: &Path) -> PathBuf {
    if let Ok(whole) = fs::canonicalize(path) {
        return whole;
    }
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(target) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    path
}

/// Gives `file` or a folder, about to take the place of `target`, that one's owner, group and permissions, as
/// far as the system lets us; nothing where there is no `target`.
///
/// Where the group cannot be kept, the other one that gets its place may do what everybody may, and no more.
///
/// # Errors
/// When the permissions cannot be set.
#[cfg(unix)]
pub(crate) fn keep_access(file: &File, target: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};

    let Ok(before) = fs::metadata(target) else { return Ok(()) };
    let now = file.metadata()?;
    if now.uid() != before.uid() {
        // Only the superuser gives files away. Whoever replaces a file owns it, then.
        let _ = fchown(file, Some(before.uid()), None);
    }
    let is_same_group = now.gid() == before.gid() || fchown(file, None, Some(before.gid())).is_ok();
    let mut mode = before.mode() & 0o777;
    if !is_same_group {
        mode &= 0o707 | (mode & 0o007) << 3;
    }
    file.set_permissions(fs::Permissions::from_mode(mode))
}

/// Gives `file`, about to take the place of `target`, that one's permissions.
///
/// # Errors
/// When they cannot be set.
#[cfg(not(unix))]
pub(crate) fn keep_access(file: &File, target: &Path) -> io::Result<()> {
    fs::metadata(target).map_or(Ok(()), |before| file.set_permissions(before.permissions()))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::followed;

    #[test]
    fn links_are_followed_to_what_is_not_there_yet() {
        let folder = tempfile::tempdir().unwrap();
        let place = fs::canonicalize(folder.path()).unwrap();
        let (there, inner) = (place.join("there"), place.join("inner"));
        fs::create_dir(&inner).unwrap();
        symlink("inner/one", &there).unwrap();
        symlink("two", inner.join("one")).unwrap();
        assert_eq!(followed(&there), inner.join("two"));
        fs::write(inner.join("two"), "").unwrap();
        assert_eq!(followed(&there), inner.join("two"));
        symlink("round", place.join("round")).unwrap();
        assert_eq!(followed(&place.join("round")).file_name().unwrap(), "round");
        assert_eq!(followed(&place.join("new")), place.join("new"));
    }
}
