//! `footfall doctor`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueHint};

/// Look whether everything is there that a run needs: networks, runtime, device, cameras, disk, clock
///
/// Exit status: 0 a run can begin, 1 something is missing. Advice stands beside each finding.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Sources to open, beside those of the configuration
    #[arg(value_name = "SOURCE", value_hint = ValueHint::AnyPath)]
    pub(crate) sources: Vec<OsString>,

    /// The configuration that a run will have
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// Write the findings as JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// Write into this file what somebody who is to help needs to know, after showing it: versions, machine, findings,
    /// settings, the latest runs and the service's log; no pictures, no secrets
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "json")]
    pub(crate) support: Option<PathBuf>,

    /// With --support: do not ask before writing
    #[arg(long, requires = "support")]
    pub(crate) yes: bool,
}
