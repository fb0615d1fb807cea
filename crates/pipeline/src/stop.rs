//! Asking a run to end early.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, bounded};

/// A request to end, shared between whoever asks (Ctrl-C, a closed window) and the run.
///
/// The run takes no more frames from its source, finishes those on their way, and completes all
/// outputs.
#[derive(Clone, Debug)]
pub struct Stop {
    /// Dropped when somebody asks: that closes the channel, which a waiting thread can see.
    open: Arc<Mutex<Option<Sender<()>>>>,
    signal: Receiver<()>,
}

impl Default for Stop {
    fn default() -> Self {
        let (open, signal) = bounded(0);
        Self { open: Arc::new(Mutex::new(Some(open))), signal }
    }
}

impl Stop {
    /// Nobody has asked yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the run to end.
    pub fn request(&self) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether somebody has asked.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.signal.try_recv() == Err(TryRecvError::Disconnected)
    }

    /// Waits until somebody asks, at most for `timeout`; whether somebody has.
    #[must_use]
    pub fn wait(&self, timeout: Duration) -> bool {
        self.signal.recv_timeout(timeout) == Err(RecvTimeoutError::Disconnected)
    }

    /// Closed once somebody has asked; never carries anything.
    pub(crate) fn signal(&self) -> &Receiver<()> {
        &self.signal
    }
}
