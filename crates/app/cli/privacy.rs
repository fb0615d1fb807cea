//! `footfall privacy`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// Say what a configuration keeps of people, where, for how long, who can see it, and what leaves the machine
///
/// For whoever answers for it: docs/privacy.md says what of it is personal data. Nothing is opened or changed.
#[derive(Debug, Args)]
pub(crate) struct PrivacyArgs {
    /// The configuration [default: what holds without one]
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}
