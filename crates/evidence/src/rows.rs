//! Rows of JSON, added one by one.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::EvidenceError;

/// Adds a row to the end, whole and on the disk before this returns.
pub(crate) fn add<T: Serialize>(path: &Path, row: &T) -> Result<(), EvidenceError> {
    let failed = |source| EvidenceError::File { what: "add to", path: path.to_owned(), source };
    let mut text = serde_json::to_vec(row).map_err(|error| failed(error.into()))?;
    text.push(b'\n');
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(&text).and_then(|()| file.sync_data()).map_err(failed)
}

/// All rows; none where there is no file. A row that was cut off by a crash is left out.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, EvidenceError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text.lines().filter_map(|row| serde_json::from_str(row).ok()).collect()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(EvidenceError::File { what: "read", path: path.to_owned(), source }),
    }
}
