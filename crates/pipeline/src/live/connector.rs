//! How a live source is reached, and when it is tried again.

use std::time::Duration;

use footfall_count::Condition;

use crate::{BoxError, Source, SourceInfo};

/// Opens a live source, the first time and every time after.
pub trait Connector: Send {
    /// Opens it. From the second time on `before` says what it was: frames must have that size.
    ///
    /// # Errors
    /// When it is not there, or refuses. Nothing in the error may be a secret.
    fn connect(&mut self, before: Option<&SourceInfo>) -> Result<Box<dyn Source>, BoxError>;

    /// What an error of the source or of [`Connector::connect`] shows.
    fn condition(&self, error: &BoxError) -> Condition;
}

/// When a lost source is tried again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryConfig {
    /// The first delay, doubled with each attempt that fails.
    pub first: Duration,
    /// The longest delay. A connection that holds for so long counts as good: after it delays
    /// begin anew.
    pub most: Duration,
    /// For how long the source may be lost until that is an error; `None`: for ever.
    pub give_up_after: Option<Duration>,
    /// A longer time between two frames is recorded as uncounted.
    pub gap: Duration,
}
