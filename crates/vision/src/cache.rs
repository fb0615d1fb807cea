//! Where the runtime library and the models are: what a package has installed, or what set-up has fetched and made.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The cache folder: `$FOOTFALL_CACHE`, else what was installed with the program (`share/footfall` beside its folder
/// `bin`), else `$XDG_CACHE_HOME/footfall`, else `~/.cache/footfall`.
///
/// `None` where nothing was installed and none of the three variables (the last being `HOME`) is set. It need not exist.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    folder_by(|name| env::var_os(name))
}

/// Where set-up puts the model of this file name, whether it is there or not.
#[must_use]
pub fn model(file_name: &str) -> Option<PathBuf> {
    Some(folder()?.join("models").join(file_name))
}

/// [`folder`] in an environment of the caller's.
pub(crate) fn folder_by(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    // Set but empty counts as unset, as in the shell scripts that fill the cache.
    let path = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    path("FOOTFALL_CACHE")
        .or_else(|| env::current_exe().ok()?.canonicalize().ok().as_deref().and_then(installed_with))
        .or_else(|| Some(path("XDG_CACHE_HOME")?.join("footfall")))
        .or_else(|| Some(path("HOME")?.join(".cache/footfall")))
}

/// What a package has installed with `program`: /usr/share/footfall with /usr/bin/footfall.
fn installed_with(program: &Path) -> Option<PathBuf> {
    let folder = program.parent()?.parent()?.join("share/footfall");
    folder.join("models").is_dir().then_some(folder)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{folder_by, installed_with};

    #[test]
    fn what_was_installed_lies_beside_the_folder_of_the_program() {
        let root = tempfile::tempdir().unwrap();
        let program = root.path().join("bin/footfall");
        assert_eq!(installed_with(&program), None);
        let share = root.path().join("share/footfall");
        fs::create_dir_all(share.join("models")).unwrap();
        assert_eq!(installed_with(&program), Some(share));
        assert_eq!(installed_with(Path::new("footfall")), None);
    }

    #[test]
    fn the_most_specific_variable_that_is_not_empty_wins() {
        let check = |set: &[(&str, &str)], expected: Option<&str>| {
            let folder =
                folder_by(|name| set.iter().find(|(n, _)| *n == name).map(|(_, value)| value.into()));
            assert_eq!(folder.as_deref(), expected.map(Path::new));
        };
        check(&[("FOOTFALL_CACHE", "/c"), ("XDG_CACHE_HOME", "/x"), ("HOME", "/h")], Some("/c"));
        check(&[("FOOTFALL_CACHE", ""), ("XDG_CACHE_HOME", "/x"), ("HOME", "/h")], Some("/x/footfall"));
        check(&[("XDG_CACHE_HOME", ""), ("HOME", "/h")], Some("/h/.cache/footfall"));
        check(&[], None);
    }
}
