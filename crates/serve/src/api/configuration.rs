//! The configuration in effect.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::Shared;
use super::problem::ProblemBody;

/// The configuration in effect, without secrets and without paths of the machine
#[utoipa::path(get, path = "/api/v1/configuration", tag = "configuration", responses(
    (status = 200, body = serde_json::Value),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn configuration(State(shared): State<Arc<Shared>>) -> Json<serde_json::Value> {
    Json(shared.setup.configuration())
}
