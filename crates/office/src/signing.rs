//! The key that shops know the office's edits by.
//!
//! It is not the key by which the hub knows the office: the hub has that one sign whatever it likes.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use nkeys::KeyPair;

use crate::OfficeError;

/// A new key: its secret half in a file that nobody else may read.
pub(crate) fn new_key(path: &Path) -> Result<KeyPair, OfficeError> {
    let pair = KeyPair::new_user();
    let seed = pair.seed().map_err(|error| OfficeError::Roll(format!("a key cannot be made: {error}")))?;
    let mut options = File::options();
    options.write(true).create_new(true).mode(0o600);
    let written = options.open(path).and_then(|mut file| {
        writeln!(file, "{seed}")?;
        file.sync_all()
    });
    written.map_err(|source| OfficeError::File { doing: "write", path: path.to_owned(), source })?;
    Ok(pair)
}

/// The key in the file at `path`, if there is one.
///
/// # Errors
/// When the file cannot be read, or has no key.
pub(crate) fn key(path: &Path) -> Result<Option<KeyPair>, OfficeError> {
    let seed = match fs::read_to_string(path) {
        Ok(seed) => seed,
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(OfficeError::File { doing: "read", path: path.to_owned(), source }),
    };
    let wrong = |error| OfficeError::Roll(format!("there is no key in {}: {error}", path.display()));
    KeyPair::from_seed(seed.trim()).map(Some).map_err(wrong)
}

/// The public half of the key in the file at `path`, which is made where there is none.
///
/// # Errors
/// When the file cannot be read or written, or has no key.
pub fn editing_key(path: &Path) -> Result<String, OfficeError> {
    let known = key(path)?;
    Ok(known.map_or_else(|| new_key(path), Ok)?.public_key())
}
