//! One person at several cameras: passages that more than one of them has seen are counted once.
//!
//! Cameras over one door, or over doors of one shop, each count for themselves. [`Across`] is told what each of them
//! has counted, and says of every passage whether another camera has seen the same one. It goes by when they passed
//! and by how they look, and knows how often that errs: where it is not sure, both count.

mod association;
mod config;
mod flow;
mod learning;
mod looks;
mod matcher;
mod pair;
mod passing;
mod plan;
mod stays;
mod told;

pub use config::{AcrossError, SiteCamera, SiteConfig};
pub use matcher::Across;
pub use passing::{Answer, Passing, Ticket};
pub use told::{Elsewhere, Passage, SiteSums, Stay, Travel, Why};

#[cfg(test)]
mod tests;
