//! The tracker by its public interface: against the published algorithm, and by its properties.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod best;
mod crowd;
mod golden;
mod lifecycle;
mod properties;
mod published;
mod reload;
mod robustness;
