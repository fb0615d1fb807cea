//! `footfall serve` and `footfall token`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::address;

/// Show a page and an HTTP interface over a ledger
///
/// Beside a running `footfall run --ledger`, or without one. Pictures and lines are shown by the program
/// that counts: `footfall run --serve`.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// The ledger [default: that of --config, else footfall.db]
    #[arg(long, value_name = "FILE", env = "FOOTFALL_LEDGER", value_hint = ValueHint::FilePath)]
    pub(crate) ledger: Option<PathBuf>,

    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, visible_alias = "serve", value_name = "ADDRESS", value_parser = address)]
    pub(crate) address: Option<SocketAddr>,

    /// Settings in TOML: its `serve`, `publish` and `ledger` parts
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
}

/// Make a token for the page and the HTTP interface
///
/// It is written to stdout; what the configuration keeps of it is said on stderr.
#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    /// Whose it is
    pub(crate) name: String,

    /// What it allows: to read, or to change lines as well
    #[arg(long, value_enum, default_value_t = TokenRole::Read)]
    pub(crate) role: TokenRole,
}

/// What a token allows.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum TokenRole {
    /// See everything
    Read,
    /// Change lines, too
    Change,
}

impl From<TokenRole> for footfall_serve::Role {
    fn from(role: TokenRole) -> Self {
        match role {
            TokenRole::Read => Self::Read,
            TokenRole::Change => Self::Change,
        }
    }
}
