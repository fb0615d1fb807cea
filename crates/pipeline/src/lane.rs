//! One source's way through the pipeline, with everything that is its own.

use std::sync::Arc;

use footfall_count::Counter;
use footfall_track::Tracker;

use crate::feed::Feed;
use crate::{BoxError, Inspector, Sight, Sink, Source};

/// A source with the tracker, the counter and the sinks that serve it alone.
pub struct Lane {
    pub(crate) feed: Arc<Feed>,
    pub(crate) start: Start,
}

/// What a lane is made of.
pub struct Parts {
    /// Where frames come from.
    pub source: Box<dyn Source>,
    /// Holds tracks together.
    pub tracker: Tracker,
    /// Counts them over lines.
    pub counter: Counter,
    /// Where scenes go, in this order.
    pub sinks: Vec<Box<dyn Sink>>,
    /// Judge whether the source is fit for counting, as far as that is wished.
    pub inspectors: Vec<Box<dyn Inspector>>,
    /// Decides where people are looked for; without it, that is the whole of every picture.
    pub sight: Option<Box<dyn Sight>>,
}

/// Makes a lane's parts once its source is there; `None` when the run was asked to stop before.
///
/// It runs on the lane's own reading thread and may take as long as it likes. It is to give a sign of
/// life with [`Feed::beat`] after each attempt.
pub type Opener = Box<dyn FnOnce(&Feed) -> Result<Option<Parts>, BoxError> + Send>;

pub(crate) enum Start {
    Now(Box<Parts>),
    Later(Opener),
}

impl Lane {
    /// A lane whose source is open.
    #[must_use]
    pub fn new(name: impl Into<String>, parts: Parts) -> Self {
        let feed = Feed::new(name.into());
        feed.opened(parts.source.info());
        Self { feed: Arc::new(feed), start: Start::Now(Box::new(parts)) }
    }

    /// A lane whose source is opened while the others run.
    #[must_use]
    pub fn later(name: impl Into<String>, opener: Opener) -> Self {
        Self { feed: Arc::new(Feed::new(name.into())), start: Start::Later(opener) }
    }

    /// What the lane shows of itself.
    #[must_use]
    pub fn feed(&self) -> &Arc<Feed> {
        &self.feed
    }
}
