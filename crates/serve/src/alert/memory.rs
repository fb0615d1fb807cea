//! Where it is kept what was told.

use std::sync::Arc;

use crate::{Book, Claim, PortError};

/// Under which name the record lies beside the ledger.
pub(super) const NAME: &str = "alerts";

/// Where it is kept over a restart what was told: a text. Calls may wait for a disk.
pub trait AlertMemory: Send + Sync {
    /// Takes it for this program, for as long as that runs.
    ///
    /// # Errors
    /// When another program has it, or it cannot be reached.
    fn claim(&self) -> Result<(), PortError>;

    /// What was written last.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self) -> Result<Option<String>, PortError>;

    /// Keeps this in place of what was written before.
    ///
    /// # Errors
    /// When it cannot be written.
    fn write(&self, text: &str) -> Result<(), PortError>;
}

/// Beside a ledger.
pub(super) struct BesideLedger(pub(super) Arc<dyn Book>);

impl AlertMemory for BesideLedger {
    fn claim(&self) -> Result<(), PortError> {
        match self.0.claim(NAME)? {
            Claim::Held { holder } => Err(format!("{holder} tells the alerts of this ledger already").into()),
            Claim::Ours { .. } => Ok(()),
        }
    }

    fn read(&self) -> Result<Option<String>, PortError> {
        self.0.memory(NAME)
    }

    fn write(&self, text: &str) -> Result<(), PortError> {
        self.0.remember(NAME, text)
    }
}
