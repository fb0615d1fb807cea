//! Why a set could not be made.

use std::io;
use std::path::PathBuf;

use footfall_pipeline::BoxError;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something is there already.
    #[error("{} is there already, and is not an empty folder: name another, nothing is overwritten", path.display())]
    Exists {
        /// What was to be made.
        path: PathBuf,
    },
    /// A setting that means nothing.
    #[error("{key}: expected {expected}")]
    Setting {
        /// Its name.
        key: &'static str,
        /// What would be understood.
        expected: &'static str,
    },
    /// A file or folder cannot be written.
    #[error("cannot write {}: {source}; does its folder exist, and has it room?", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A crop cannot be resized.
    #[error("cannot resize a crop of {width}x{height} pixels")]
    Resize {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
        /// What the resizer says.
        source: BoxError,
    },
    /// A crop cannot be encoded.
    #[error("cannot encode {name}")]
    Encode {
        /// The crop's file.
        name: String,
        /// The encoder's reason.
        source: BoxError,
    },
}

impl Error {
    pub(crate) fn write(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Write { path, source }
    }
}
