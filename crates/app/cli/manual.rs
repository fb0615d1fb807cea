//! `footfall manual`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// Write man pages and completions for shells, for a package
///
/// Into the folders man and completions of the one that is named.
#[derive(Debug, Args)]
pub(crate) struct ManualArgs {
    /// Where to
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) folder: PathBuf,
}
