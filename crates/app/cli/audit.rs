//! `footfall audit`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// Say how right the counts are, by the clips that somebody has counted
///
/// With `[evidence]` in the configuration, footfall run keeps minutes drawn by chance. The page at /audit.html shows
/// them without the program's answer to whoever has a token of the role audit (footfall token NAME --role audit).
/// What they counted gives the true number with an interval, for each line and type of hour.
#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// Settings in TOML: its `evidence` part
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: PathBuf,

    /// The first day, or moment: 2026-03-29, 2026-03-29T10:00 [default: the first there is]
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,

    /// The last day, or the moment before which to end [default: the last there is]
    #[arg(long, value_name = "TIME")]
    pub(crate) to: Option<String>,

    /// A report to sign, too: a file that ends with .html or .pdf
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) report: Option<PathBuf>,

    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}
