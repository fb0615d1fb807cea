//! Telling: each receiver in its own time, until it has what there is.

use std::sync::Arc;
use std::time::Duration;

use super::record::Change;
use super::shared::Shared;
use crate::PortError;
use crate::publish::{Backoff, Pace, Reporter};

/// How long a receiver may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// Whoever can be told of an alert.
pub(super) trait Teller: Send {
    /// Tells of one change, and waits until it is taken.
    fn tell(&self, change: &Change) -> Result<(), Trouble>;
}

/// Why something was not taken.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It may be taken later.
    Passing(PortError),
    /// It never will.
    Final(PortError),
}

/// Tells `receiver` of everything, one after the other, until the end.
pub(super) fn keep_telling(receiver: &str, teller: &dyn Teller, shared: &Arc<Shared>, reporter: &Reporter) {
    let mut backoff = Backoff::new(Pace::default());
    while let Some(change) = shared.next_for(receiver) {
        match teller.tell(&change) {
            Ok(()) => {
                reporter.well();
                backoff.reset();
                shared.told(receiver, change.number);
            }
            Err(Trouble::Final(error)) => {
                tracing::warn!("{receiver} does not take the alert \"{}\": {error}", change.state.text);
                shared.told(receiver, change.number);
            }
            Err(Trouble::Passing(error)) => {
                let pause = backoff.next_pause();
                if reporter.failed(&error.to_string()) {
                    tracing::warn!("{receiver}: {error}; trying again, less and less often");
                }
                if shared.pause(pause) {
                    return;
                }
            }
        }
    }
}
