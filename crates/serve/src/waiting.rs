//! Whether anybody still waits for an answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Goes with a question to the ledger. Whoever has asked may be gone before the answer is there: a browser
/// that was closed, a request that took too long. The rest of the work is then for nobody.
#[derive(Clone, Debug, Default)]
pub struct Waiting(Arc<AtomicBool>);

/// Waits for an answer until it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Waiter(Waiting);

impl Waiting {
    /// Whether nobody waits any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Waiter {
    pub(crate) fn waiting(&self) -> Waiting {
        self.0.clone()
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}
