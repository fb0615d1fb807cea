//! Whether anything was written to the ledger.

use std::path::Path;

use footfall_ledger::{Error, Reader};

/// What tells whether anything was written.
pub(super) struct Watch {
    reader: Reader,
    /// How often the ledger was found to be another file.
    files: u32,
}

impl Watch {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        Ok(Self { reader: Reader::open(path)?, files: 0 })
    }

    /// A number that is another one after whatever was written.
    pub(super) fn look(&mut self) -> Result<u64, Error> {
        if !self.reader.is_current() {
            self.reader = Reader::open(self.reader.path())?;
            self.files += 1;
        }
        Ok((u64::from(self.files) << u32::BITS) + self.reader.generation()?)
    }
}
