//! How long publishers wait for what.

use std::time::Duration;

/// How long publishers wait for what. All of it together may be divided by one factor, to see in minutes
/// what a year does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The first pause after a failure; the next ones double.
    pub first_pause: Duration,
    /// The longest pause after a failure.
    pub longest_pause: Duration,
    /// Another process may write the ledger: it is looked at so often even if nothing was decided here.
    pub look_every: Duration,
    /// How long a receiver may take to answer.
    pub patience: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
            look_every: Duration::from_secs(1),
            patience: Duration::from_secs(15),
        }
    }
}
