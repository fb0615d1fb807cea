//! Head office: what many shops have counted, in one place.
//!
//! Each shop's publisher sends all that its ledger holds to NATS JetStream, the *hub*. The *office* reads the hub and
//! writes PostgreSQL, which is the truth from then on.
//!
//! # What holds
//!
//! - An entry is known by its ledger and its sequence, and is in the database once, however often and in whatever
//!   order it comes.
//! - The hub is told that it may forget a message when what was in it is committed, and not before.
//! - A batch says between which places of its ledger it holds everything. What lies between batches and in none is a
//!   gap: it is shown, and asked for again until it is here or the shop says that it is gone for good.
//! - What means nothing, or is not that shop's to say, is kept aside with the reason.

mod alerts;
pub mod api;
mod config;
mod database;
mod edits;
mod enrol;
mod error;
mod figures;
mod gaps;
mod hub;
mod ingest;
mod keep;
mod metrics;
mod page;
mod parcel;
mod partitions;
mod places;
mod prepare;
mod reader;
mod readers;
mod report;
mod service;
mod session;
mod shared;
mod signing;
mod silence;
mod states;
mod told;

pub use alerts::{ShopAlert, When};
pub use config::{DatabaseConfig, HubConfig, OfficeConfig, TelemetryConfig};
pub use database::Database;
pub use enrol::{Enrolled, Roll};
pub use error::OfficeError;
pub use hub::client as connect_hub;
pub use prepare::{prepare, reload};
pub use reader::make_reader;
pub use report::{Each, Period, ReportQuery, ReportRow, Sheets, report};
pub use service::Office;
pub use session::{Session, Statements};
pub use signing::editing_key;
