//! How every alert is.
#![allow(clippy::struct_field_names, reason = "the names are those of the JSON's members")]

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Shared;
use super::problem::ProblemBody;
use crate::{AlertState, Live};

/// What somebody wanted to be told of, as it is now.
#[derive(Serialize, ToSchema)]
pub(super) struct Alert {
    /// Its name in the configuration.
    alert: String,
    /// The source that it is about; of the whole place without one.
    source: Option<String>,
    /// Whether it has begun and is not over.
    active: bool,
    /// Since when; nothing where it never was.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<String>,
    /// Why, in words for people.
    text: String,
}

/// All alerts.
#[derive(Serialize, ToSchema)]
pub(super) struct Alerts {
    alerts: Vec<Alert>,
}

impl From<AlertState> for Alert {
    fn from(state: AlertState) -> Self {
        let AlertState { alert, source, active, since, text } = state;
        Self { alert, source, active, since: since.map(|at| at.to_string()), text }
    }
}

/// Every alert as it is now.
pub(super) fn all(live: &Live) -> Vec<Alert> {
    live.alerts().into_iter().map(Alert::from).collect()
}

/// The alerts of the configuration, and which have begun
#[utoipa::path(get, path = "/api/v1/alerts", tag = "sources", responses(
    (status = 200, body = Alerts),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn alerts(State(shared): State<Arc<Shared>>) -> Json<Alerts> {
    Json(Alerts { alerts: all(&shared.live) })
}
