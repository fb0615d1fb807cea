//! Archives: recordings that many machines count together.
//!
//! NATS JetStream carries the jobs, PostgreSQL is the truth. A job is a row in the database; what goes through the queue
//! is its number.
//!
//! # What holds
//!
//! - Every taking of a job makes its *fencing token*, which is in the database, one more. Only whoever has the newest one
//!   changes the job. A worker that hung and comes back changes nothing, whatever the queue thinks of it.
//! - What was counted of a recording is written down in one transaction, once: the first complete count stays.
//! - Every complete count is compared with all others of the same content by the same settings, also one that came too
//!   late to count. A difference is an alarm.
//! - A try that failed for the recording's sake, or whose worker was not heard of again, counts as one. After so many the
//!   recording is in the list of the dead letters.
//! - The hub is told that it may forget a job after the commit, and not before. A hub that has lost everything is filled
//!   anew from the database.

mod archive;
mod attempt;
mod child;
mod config;
mod counting;
mod desk;
mod error;
mod export;
mod fetch;
mod figures;
mod link;
mod place;
mod queue;
mod status;
mod worker;

pub use archive::{Archive, Submitted};
pub use child::ENDS_WITH;
pub use config::{ArchiveConfig, QueueConfig, StoreConfig, WorkerConfig};
pub use counting::{Counted, Counting, Settings, Task};
pub use error::ArchiveError;
pub use export::{Exported, Form};
pub use figures::Worked;
pub use place::choose_cryptography;
pub use queue::Waiting;
pub use status::{Alarm, Failure, Kept, Rate, Status, Working};
pub use worker::Worker;
