//! How the alerts about shops are.
#![allow(clippy::struct_field_names, reason = "the names are those of the JSON's members")]

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use footfall_serve::AlertState;
use footfall_serve::parts::ProblemBody;
use serde::Serialize;
use utoipa::ToSchema;

use crate::readers::Readers;

/// What somebody wanted to be told of, as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alert {
    /// Its name in the configuration.
    alert: String,
    /// The shop that it is about.
    shop: Option<String>,
    /// Whether it has begun and is not over.
    active: bool,
    /// Since when; nothing where it never was.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// Why, in words for people.
    text: String,
}

/// All alerts about shops.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alerts {
    /// Of each alert one for each shop.
    alerts: Vec<Alert>,
    /// What is wrong with those who are to be told, in words.
    troubles: Vec<String>,
}

impl From<AlertState> for Alert {
    fn from(state: AlertState) -> Self {
        let AlertState { alert, source: shop, active, since, text } = state;
        Self { alert, shop, active, since: since.map(|at| at.to_string()), text }
    }
}

/// The alerts of the configuration, and which have begun
#[utoipa::path(get, path = "/api/v1/alerts", tag = "shops", responses(
    (status = 200, body = Alerts),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn alerts(State(readers): State<Arc<Readers>>) -> Json<Alerts> {
    let desk = readers.shared().and_then(|shared| shared.desk.clone());
    let (states, receivers) = desk.map(|desk| (desk.states(), desk.receivers())).unwrap_or_default();
    let trouble = |state: footfall_serve::PublisherState| {
        state.trouble.map(|trouble| format!("{}: {trouble}", state.name))
    };
    Json(Alerts {
        alerts: states.into_iter().map(Alert::from).collect(),
        troubles: receivers.into_iter().filter_map(trouble).collect(),
    })
}
