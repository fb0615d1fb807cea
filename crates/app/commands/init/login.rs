//! The camera's user and password, in a file of their own.

use std::path::{Path, PathBuf};

use footfall_config::NamedSource;
use footfall_video::part_login;

/// The login that a source's address holds.
pub(super) struct Login {
    /// The file that keeps it.
    pub(super) path: PathBuf,
    /// `user:password`, as it is typed.
    pub(super) text: String,
    /// The address without it.
    pub(super) address: String,
}

impl Login {
    /// That of this source, if any, to be kept at `path`. A variable of the environment stays in the address.
    pub(super) fn of(source: &NamedSource, path: &Path) -> Option<Self> {
        let (address, text) = part_login(source.address.get().to_str()?)?;
        Some(Self { path: path.to_owned(), text, address })
    }
}
