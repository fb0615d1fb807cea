//! `footfall init`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::SourceArgs;

/// Make a configuration from a source: opens it, watches for people, proposes a line across their way
///
/// Writes the configuration with comments, the picture as it is (later it tells whether the camera was
/// moved), and the picture with the line drawn. User and password of an address go into a file of their own,
/// which only you can read. With --add a second camera comes into a configuration that is there.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// A video file, a folder of pictures, a camera's number, or an address; NAME=PLACE gives it a name
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(crate) source: OsString,

    /// The configuration [default: footfall.toml; for root, where a package has set the service up, that of the
    /// service: /etc/footfall/footfall.toml]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) source_options: SourceArgs,

    /// For how many seconds of pictures people are watched
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) seconds: u32,

    /// Add the source to the configuration that is there, rather than make a new one
    #[arg(long)]
    pub(crate) add: bool,

    /// Replace files that are there
    #[arg(long, conflicts_with = "add")]
    pub(crate) force: bool,
}
