//! Why nothing could be measured.

use std::io;
use std::path::PathBuf;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The device, the library or a network.
    #[error(transparent)]
    Vision(#[from] footfall_vision::Error),
    /// No network is named, and there is none by default.
    #[error("there is no network to measure: name one with --{option}")]
    NoNetwork {
        /// The option that names one.
        option: &'static str,
    },
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A picture is of another format.
    #[error("{} is no binary PPM picture with 8 bits a colour: {reason}", path.display())]
    Picture {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A camera's tracker or counter cannot be made.
    #[error("the cameras cannot be set up")]
    Lane(#[source] footfall_pipeline::BoxError),
    /// A pipeline over the cameras failed.
    #[error("the run over the cameras failed")]
    Run(#[source] footfall_pipeline::RunError),
    /// A file is not what a measurement writes.
    #[error("{} holds no result of a measurement: name files that --json wrote", path.display())]
    Result {
        /// The file.
        path: PathBuf,
    },
    /// The result would take the place of what is measured.
    #[error("{} was named for --json and is read too: name another file", path.display())]
    Overwrites {
        /// The file.
        path: PathBuf,
    },
    /// The result cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The result cannot be put into words.
    #[error("the result cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}
