//! What keeps a live source alive: a source that connects again and again, and how long it waits.

mod backoff;
mod reconnect;
mod timer;

pub use backoff::Backoff;
pub use reconnect::{Connector, Reconnecting, RetryConfig};
pub use timer::{RealTimer, Timer};
