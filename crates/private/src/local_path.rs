//! Paths of this machine.

use std::fmt;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// A path of this machine: for its own user's errors, and for nobody who looks from elsewhere.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(transparent)]
pub struct LocalPath(PathBuf);

impl LocalPath {
    /// The path, in `folder` where it is relative.
    #[must_use]
    pub fn within(&self, folder: &Path) -> Self {
        Self(folder.join(&self.0))
    }
}

impl Deref for LocalPath {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl AsRef<Path> for LocalPath {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl<P: Into<PathBuf>> From<P> for LocalPath {
    fn from(path: P) -> Self {
        Self(path.into())
    }
}

impl fmt::Debug for LocalPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LocalPath(...)")
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::LocalPath;

    #[test]
    fn a_path_is_used_and_not_shown() {
        let path: LocalPath = serde_json::from_value("shop/staff.json".into()).unwrap();
        assert_eq!(path.file_name().unwrap(), "staff.json");
        assert_eq!(&*path.within(Path::new("etc")), Path::new("etc/shop/staff.json"));
        assert!(!format!("{:?}", Some(path)).contains("shop"));
    }
}
