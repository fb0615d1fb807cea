//! The ledger through its public face.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod clock;
mod common;
mod copies;
mod counts;
mod cursors;
mod groups;
mod live;
mod manager;
mod mending;
mod migrations;
mod oracle;
mod pages;
mod read_only;
mod recorded;
mod recount;
mod refusals;
mod renaming;
mod sequence;
mod totals;
