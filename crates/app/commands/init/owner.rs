//! Whose a new file is.

use std::path::Path;

/// Gives what root has made in somebody's folder to them: a service that has the folder is to read its configuration,
/// and to change it. Whoever is not root gives nothing away.
#[cfg(unix)]
pub(super) fn as_folder(file: &Path) -> std::io::Result<()> {
    use std::fs::OpenOptions;
    use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown};

    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let owner = folder.metadata()?;
    // Whoever has the folder may have put something else there by now, which is not ours to give.
    let no_links = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(no_links).open(file)?;
    let about = file.metadata()?;
    if about.uid() == 0 && owner.uid() != 0 && about.nlink() == 1 {
        fchown(&file, Some(owner.uid()), Some(owner.gid()))?;
    }
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn as_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, chown, symlink};

    use super::as_folder;

    #[test]
    fn a_file_belongs_to_whom_the_folder_does_if_root_has_made_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("footfall.toml");
        fs::write(&file, "").unwrap();
        let owner = |path| fs::metadata(path).map(|about| (about.uid(), about.gid())).unwrap();
        let before = owner(&file);
        as_folder(&file).unwrap();
        assert_eq!(owner(&file), before, "one's own folder");
        if before.0 != 0 {
            return;
        }
        let outside = tempfile::NamedTempFile::new().unwrap();
        symlink(outside.path(), folder.path().join("link")).unwrap();
        fs::hard_link(outside.path(), folder.path().join("hard")).unwrap();
        chown(folder.path(), Some(1234), Some(4321)).unwrap();
        as_folder(&file).unwrap();
        assert_eq!(owner(&file), (1234, 4321));
        assert!(as_folder(&folder.path().join("link")).is_err());
        as_folder(&folder.path().join("hard")).unwrap();
        assert_eq!(owner(&outside.path().to_owned()), before, "what is elsewhere stays whose it was");
    }
}
