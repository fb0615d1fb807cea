//! Signing in: a token becomes a cookie, for browsers.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::problem::ProblemBody;
use super::{Problem, Shared};
use crate::Role;
use crate::access::{Caller, check_token, cookie, remember};

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
pub(super) async fn show(State(shared): State<Arc<Shared>>, Caller(session): Caller) -> Json<Who> {
    Json(Who { name: session.name, role: session.role, tokens: !shared.access.is_open() })
}

/// Begin a session: the answer sets a cookie
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = Key, responses(
    (status = 200, body = Who),
    (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "No such token"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn begin(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Body(key): Body<Key>,
) -> Result<Response, Problem> {
    let access = &shared.access;
    let session = check_token(access, peer.ip(), &key.token)?;
    let who = Json(Who { name: session.name.clone(), role: session.role, tokens: true });
    let secret = access.sessions.start(session).map_err(|error| Problem::internal(&error.into()))?;
    let cookie = remember(Some(&secret), access.tls).into_iter().map(|value| (header::SET_COOKIE, value));
    Ok((cookie.collect::<HeaderMap>(), who).into_response())
}

/// End the session
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses(
    (status = 204, description = "There is no session any more"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn end(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if let Some(secret) = cookie(&headers) {
        shared.access.sessions.end(secret);
    }
    let cookie = remember(None, shared.access.tls).into_iter().map(|value| (header::SET_COOKIE, value));
    (StatusCode::NO_CONTENT, cookie.collect::<HeaderMap>()).into_response()
}
