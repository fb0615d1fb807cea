//! Whoever takes crossings.

use super::reading::Reading;
use crate::{Entry, PortError};

/// What became of something that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The receiver has it.
    Taken,
    /// It does not want it.
    Refused(Refusal),
}

/// Why a receiver does not want something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// In words.
    pub(crate) reason: String,
    /// Whether it is the message that is wrong: too long, malformed. Else it may be how we stand with the
    /// receiver, which somebody can mend: a password, a stream's subjects.
    pub(crate) certain: bool,
}

/// What became of several that were sent.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// Of the first of them, in order. Of the others nothing is known, or they were not sent.
    pub(super) verdicts: Vec<Verdict>,
    /// Why it ended before the last.
    pub(super) lost: Option<Lost>,
}

/// The receiver was lost.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) error: PortError,
    /// It has closed the connection itself, as brokers do with whoever sends what they do not take.
    pub(super) closed: bool,
}

impl Verdict {
    pub(super) fn refused(certain: bool, reason: impl Into<String>) -> Self {
        Self::Refused(Refusal { reason: reason.into(), certain })
    }
}

impl From<PortError> for Lost {
    fn from(error: PortError) -> Self {
        Self { error, closed: false }
    }
}

/// Whoever takes crossings.
pub(super) trait Receiver: Send + 'static {
    /// Connects anew, and says whether the receiver has answered: some are asked only when there is
    /// something to send.
    fn connect(&mut self, reading: &Reading) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Sends crossings in order, and waits for what becomes of them.
    fn send(&mut self, entries: &[Entry]) -> impl Future<Output = Sent> + Send;

    /// Tells what is no crossing, where something has changed. Called about once a second.
    fn tell(&mut self, _reading: &mut Reading) -> impl Future<Output = Result<(), PortError>> + Send {
        std::future::ready(Ok(()))
    }

    /// Keeps the connection while there is nothing to send; comes back when it is lost.
    fn idle(&mut self) -> impl Future<Output = PortError> + Send {
        std::future::pending()
    }

    /// Says good-bye.
    fn leave(&mut self) -> impl Future<Output = Result<(), PortError>> + Send {
        std::future::ready(Ok(()))
    }
}
