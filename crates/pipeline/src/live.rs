//! What keeps a live source alive: a source that connects again and again, and how long it waits.

mod backoff;
mod connector;
mod lost;
mod reconnect;
mod timer;

pub use backoff::Backoff;
pub use connector::{Connector, RetryConfig};
pub use reconnect::Reconnecting;
pub use timer::{RealTimer, Timer};
