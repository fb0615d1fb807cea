//! What stands beside a run: its ledger, what is in force over its sources, its page, and who works there.

pub mod audit;
mod cameras;
mod evidence;
mod gallery;
mod in_force;
mod ledger;
mod page;
mod reread;

pub use cameras::Cameras;
pub use evidence::EvidenceSink;
pub use gallery::Gallery;
pub use in_force::InForce;
pub use ledger::{Book, Written, drawn, embedder_digest, entries, network_digests, staff_digest, start_of};
pub use page::{Clips, LedgerBook, Page, Serving, keep, refused, shapes};
pub use reread::Rereads;

/// The target of events that everyone may want to know of, though nothing is wrong.
pub const NOTICE: &str = "footfall::notice";
