//! Where a network's time goes.

use std::ops::Sub;
use std::time::Duration;

/// Time since a network was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Cutting out, resizing and normalising pixels.
    pub prepare: Duration,
    /// Runs of the network, copies to and from its device included; of a detector also the decoding.
    pub network: Duration,
}

impl Sub for Times {
    type Output = Self;

    /// What was spent since an earlier time.
    fn sub(self, earlier: Self) -> Self {
        Self {
            prepare: self.prepare.saturating_sub(earlier.prepare),
            network: self.network.saturating_sub(earlier.network),
        }
    }
}
