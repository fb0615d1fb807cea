//! `footfall demo`.

use std::ffi::OsString;

use clap::Args;

/// Count people in the sample clip, over a line in the middle of the picture
///
/// Whatever options of `footfall run` are given go to it, as in: footfall demo --output demo.mp4
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Options of `footfall run`
    #[arg(value_name = "OPTION", trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) options: Vec<OsString>,
}
