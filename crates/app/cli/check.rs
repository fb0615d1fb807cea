//! `footfall check`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// Check a configuration, without opening its sources
///
/// Exit status: 0 it can be used, 2 it cannot, and why.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The configuration
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) config: PathBuf,

    /// Only look whether it names a source: exit status 1 if it does not. For the service
    #[arg(long)]
    pub(crate) has_source: bool,
}
