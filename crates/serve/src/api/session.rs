//! Signing in: a token becomes a cookie, for browsers.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Problem;
use super::body::Body;
use super::problem::ProblemBody;
use crate::Role;
use crate::access::{Access, Caller, Origin, check_token, cookie, remember};

/// Whoever asks.
#[derive(Serialize, ToSchema)]
pub(super) struct Who {
    /// The token's name.
    name: String,
    role: Role,
    /// Whether there are tokens at all: without, there is nothing to sign out of.
    tokens: bool,
}

/// What a session is begun with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Key {
    token: String,
}

/// Who I am, and what I may do
#[utoipa::path(get, path = "/api/v1/session", tag = "session", responses(
    (status = 200, body = Who),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn show(Extension(access): Extension<Arc<Access>>, Caller(session): Caller) -> Json<Who> {
    Json(Who { name: session.name, role: session.role, tokens: !access.is_open() })
}

/// Begin a session: the answer sets a cookie
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = Key, responses(
    (status = 200, body = Who),
    (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "No such token"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn begin(
    Extension(access): Extension<Arc<Access>>,
    Extension(origin): Extension<Origin>,
    key: Result<Body<Key>, Problem>,
) -> Result<Response, Problem> {
    let known = key.and_then(|Body(key)| Ok((check_token(&access, origin.address, &key.token)?, key)));
    // Only who has a right token is not kept waiting with strangers of the same address.
    let (session, key) = known.or_else(|problem| access.limit_stranger(&origin).and(Err(problem)))?;
    let who = Json(Who { name: session.name, role: session.role, tokens: true });
    let secret = access.begin(&key.token).map_err(|error| Problem::internal(&error.into()))?;
    let cookie = remember(Some(&secret), access.is_encrypted(&origin))
        .into_iter()
        .map(|value| (header::SET_COOKIE, value));
    Ok((cookie.collect::<HeaderMap>(), who).into_response())
}

/// End the session
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses(
    (status = 204, description = "There is no session any more"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn end(
    Extension(access): Extension<Arc<Access>>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
) -> Response {
    if let Some(secret) = cookie(&headers) {
        access.end(secret);
    }
    let cookie =
        remember(None, access.is_encrypted(&origin)).into_iter().map(|value| (header::SET_COOKIE, value));
    (StatusCode::NO_CONTENT, cookie.collect::<HeaderMap>()).into_response()
}
