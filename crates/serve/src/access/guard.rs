//! The door that every request passes before anything else looks at it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::{Access, Role, Session, origin, session};
use crate::api::Problem;

/// Whoever is behind a request that came through the guard.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) Session);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(unknown)
    }
}

/// Parts of the server that anybody may ask for: the page itself, and the way to a session.
fn is_public(path: &str) -> bool {
    !(path.starts_with("/api/") || path == "/metrics")
        || path == "/api/v1/session"
        || path == "/api/v1/openapi.json"
}

/// Lets a request through that comes from somebody who may make it.
pub(crate) async fn guard(
    State(access): State<Arc<Access>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    match admit(&access, peer.ip(), &mut request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn admit(access: &Access, peer: IpAddr, request: &mut Request) -> Result<(), Problem> {
    if let Some(wait) = access.requests.take(peer, Instant::now()) {
        return Err(too_many("too many requests from this address", wait));
    }
    if access.is_open() && !origin::is_loopback_host(request.headers()) {
        let detail = "without a token this server answers to localhost alone";
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, detail));
    }
    let changes = !origin::is_safe(request.method());
    if changes && origin::is_foreign(request.headers()) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "a page of another site may not change anything here",
        ));
    }
    let public = is_public(request.uri().path());
    match identify(access, peer, request.headers()) {
        Ok(Some(session)) if changes && !public && session.role < Role::Change => {
            Err(Problem::new(StatusCode::FORBIDDEN, "this token may read, but not change anything"))
        }
        Ok(Some(session)) => {
            request.extensions_mut().insert(Caller(session));
            Ok(())
        }
        Ok(None) if public => Ok(()),
        Ok(None) => Err(unknown()),
        // With a cookie or token that is no longer good one must still get to the page, to sign in.
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED && public => Ok(()),
        Err(problem) => Err(problem),
    }
}

/// Whoever is behind the request, by its token or cookie; `None` where it has neither.
fn identify(access: &Access, peer: IpAddr, headers: &HeaderMap) -> Result<Option<Session>, Problem> {
    if access.is_open() {
        return Ok(Some(Session { name: "local".into(), role: Role::Change }));
    }
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let token = value.to_str().ok().and_then(|v| v.split_once(' '));
        let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token);
        return check_token(access, peer, token.unwrap_or_default()).map(Some);
    }
    Ok(cookie(headers).and_then(|secret| access.sessions.find(secret)))
}

/// Whoever bears this token. An address that keeps guessing must wait, whatever it brings.
pub(crate) fn check_token(access: &Access, peer: IpAddr, token: &str) -> Result<Session, Problem> {
    if let Some(wait) = access.locked(peer) {
        return Err(too_many("too many wrong tokens from this address", wait));
    }
    access.bearer(token).ok_or_else(|| {
        access.wrong_token(peer);
        tracing::warn!("a wrong token from {peer}");
        unknown()
    })
}

/// The session's cookie, which no script can read and no other site can make the browser send.
const COOKIE: &str = "footfall";

/// The value of the session's cookie.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    let mut pairs = cookies.flat_map(|v| v.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

/// The header that makes a browser keep `secret`, or forget it where there is none.
pub(crate) fn remember(secret: Option<&str>, tls: bool) -> Option<HeaderValue> {
    let age = secret.map_or(0, |_| session::LASTS.as_secs());
    let secure = if tls { "; Secure" } else { "" };
    let secret = secret.unwrap_or_default();
    format!("{COOKIE}={secret}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}").parse().ok()
}

fn unknown() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "a token is needed: Authorization: Bearer TOKEN")
        .with(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

fn too_many(detail: &str, wait: Duration) -> Problem {
    let seconds = wait.as_secs_f64().ceil().max(1.0) as u64;
    Problem::new(StatusCode::TOO_MANY_REQUESTS, format!("{detail}: wait {seconds} s"))
        .with(header::RETRY_AFTER, HeaderValue::from(seconds))
}
