//! A re-identification network in memory, opened as often as it is needed.

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use footfall_vision::{EmbedderConfig, OnnxEmbedder, Runtime};

use crate::{BuiltIn, Error};

/// A network's name and file.
#[derive(Clone)]
pub(crate) struct Network {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

impl Network {
    /// The file, or else the one that is built in.
    ///
    /// # Errors
    /// When there is neither, or the file cannot be read.
    pub(crate) fn find(path: Option<&Path>, built_in: Option<BuiltIn<'_>>) -> Result<Self, Error> {
        match (path, built_in) {
            (Some(path), _) => Self::read(path),
            (None, Some((name, bytes))) => Ok(Self { name: name.to_owned(), bytes: bytes.to_vec() }),
            (None, None) => Err(Error::NoNetwork { option: "embedder" }),
        }
    }

    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let bytes = fs::read(path).map_err(|source| Error::Read { path: path.to_path_buf(), source })?;
        Ok(Self { name: path.display().to_string(), bytes })
    }

    /// Opens it for so many crops in a run.
    ///
    /// # Errors
    /// When it is no embedder, or the device cannot be had.
    pub(crate) fn open(&self, runtime: &Runtime, batch: usize) -> Result<OnnxEmbedder, Error> {
        let config = EmbedderConfig { max_batch: NonZeroUsize::new(batch), ..EmbedderConfig::default() };
        Ok(OnnxEmbedder::from_bytes(runtime, &self.name, &self.bytes, &config)?)
    }
}
