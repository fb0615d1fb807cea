//! `footfall version`.

use clap::Args;

/// Say which version this is: commit, networks, libraries
#[derive(Debug, Args)]
pub(crate) struct VersionArgs {
    /// As JSON, with the SHA-256 of each network
    #[arg(long)]
    pub(crate) json: bool,
}
