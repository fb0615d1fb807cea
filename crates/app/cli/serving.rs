//! `footfall serve` and `footfall token`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::address;

/// Show a page and an HTTP interface over a ledger
///
/// It works while `footfall run --ledger` counts, and without it. Pictures and lines are shown only by the
/// program that counts: `footfall run --serve`.
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
/// The token goes to stdout. What to put into the configuration goes to stderr.
#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    /// Whose it is
    pub(crate) name: String,

    /// What it allows: to read, also to change lines and settings, or to audit clips and nothing else
    #[arg(long, value_enum, default_value_t = TokenRole::Read)]
    pub(crate) role: TokenRole,
}

/// What a token allows.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum TokenRole {
    /// See clips and count in them, and nothing else
    Audit,
    /// See everything but clips
    Read,
    /// Also change lines and settings
    Change,
}

impl From<TokenRole> for footfall_serve::Role {
    fn from(role: TokenRole) -> Self {
        match role {
            TokenRole::Audit => Self::Audit,
            TokenRole::Read => Self::Read,
            TokenRole::Change => Self::Change,
        }
    }
}
