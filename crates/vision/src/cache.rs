//! Where set-up keeps what it fetched and made: the runtime library and the models.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// The cache folder: `$FOOTFALL_CACHE`, else `$XDG_CACHE_HOME/footfall`, else `~/.cache/footfall`.
///
/// `None` where none of the three variables (the last being `HOME`) is set. It need not exist.
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
        .or_else(|| Some(path("XDG_CACHE_HOME")?.join("footfall")))
        .or_else(|| Some(path("HOME")?.join(".cache/footfall")))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::folder_by;

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
