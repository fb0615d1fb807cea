//! The port to all that a ledger holds, for whoever keeps a copy of it elsewhere.

use crate::PortError;
use crate::told::{About, Batch};

/// A part of the sequence that belongs to one ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its entries are behind this place,
    pub base: u64,
    /// up to this one.
    pub end: u64,
    /// Whether old entries have been removed from it.
    pub is_pruned: bool,
}

/// All that a ledger holds, piece by piece. Calls may wait for a disk.
pub trait Pages: Send + Sync {
    /// What is behind the place `after`, with at most `limit` entries; where there is nothing more, an empty batch that
    /// ends where it begins.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn page(&self, after: u64, limit: usize) -> Result<Batch, PortError>;

    /// All that belongs to it and is no entry. `told` is 0.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn about(&self) -> Result<About, PortError>;

    /// The identity of the ledger that is written now.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn identity(&self) -> Result<String, PortError>;

    /// Where the entries of the ledger of this identity are; `None` where they are not here.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn part(&self, ledger: &str) -> Result<Option<Part>, PortError>;
}
