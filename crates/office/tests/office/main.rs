//! The office against Debian's nats-server and PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod alerts;
mod edits;
mod enrolled;
mod gaps;
mod hub;
mod keeping;
mod page;
mod reports;
mod servers;
mod shops;
mod tls;
mod trust;
