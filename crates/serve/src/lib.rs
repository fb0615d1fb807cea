//! The web page, the HTTP API, and the publishers.
//!
//! Knows neither the pipeline nor the ledger: a binary feeds [`Live`] with scenes, and implements two
//! ports, [`Book`] (every crossing, in order) and [`Setup`] (lines and configuration). [`Server`] then
//! answers on threads of its own, which never hold up whoever feeds it: [`Live::publish`] replaces the
//! newest scene and returns.

// The book in memory of the tests is theirs and ours.
#[cfg(test)]
extern crate self as footfall_serve;
#[cfg(test)]
#[path = "../tests/serve/memory.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "a part of the tests")]
mod memory;

mod access;
mod alert;
mod api;
mod audit;
mod book;
mod config;
mod error;
mod feed;
mod follow;
mod hex;
mod live;
mod manager;
mod metrics;
pub mod names;
mod pages;
pub mod parts;
mod passings;
mod publish;
mod server;
mod settings;
mod setup;
mod sums;
pub mod told;
mod waiting;
mod web;

pub use access::{Network, Role, TokenConfig, Tokens, new_token};
pub use alert::{AlertConfig, AlertDesk, AlertMemory, AlertRules, AlertState, Judged, When, unusual_hour};
pub use audit::{
    Audit, ClipLine, ClipRevealed, ClipShown, ClipToSee, CrossingRevealed, DoubtfulClip, LineSeen,
    WhyOtherwise,
};
pub use book::{Book, Bucket, Claim, Counts, CountsQuery, Entry, PortError, Total, VisitCount};
pub use config::{Config, Limits, PictureConfig, TlsConfig};
pub use error::ServeError;
pub use footfall_calendar::Period;
pub use footfall_private::{LocalPath, Place, Secret};
pub use live::{
    Health, Live, Passing, Person, Picture, Shapes, Shown, SourceKind, SourceState, StageTime, Status, View,
    ZoneState,
};
pub use manager::{Compare, Mark, NewMark, NewSale, Opening, Report, ReportQuery, Sold};
pub use pages::{Pages, Part};
pub use publish::{
    Backoff, Destination, MailConfig, MqttConfig, NatsConfig, OfficeConfig, Pace, PublishConfig,
    PublisherState, PublisherStates, Publishers, WebhookConfig, distrust, hub_address, tls_client,
};
pub use server::{Parts, Server};
pub use settings::{Change, Settings, SourceSetting, StaffSetting};
pub use setup::{Drawing, Saved, Setup, SetupError};
pub use sums::{Beside, PeriodSum, ZoneSum};
pub use waiting::Waiting;
