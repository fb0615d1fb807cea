//! The server and the publishers with what they talk to: HTTP clients, a real MQTT broker, a real NATS server.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod abuse;
mod api;
mod common;
mod home_assistant;
mod memory;
mod mqtt;
mod nats;
mod old_broker;
mod outages;
mod poison;
mod proxies;
mod revoking;
mod webhook;
