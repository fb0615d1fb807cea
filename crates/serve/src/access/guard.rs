//! The door that every request passes before anything else looks at it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::forwarded::{Origin, sign_of_proxy};
use super::lease::lease;
use super::{Access, Credential, Role, Session, host, origin, session, token};
use crate::api::Problem;
use crate::server::Guest;

/// Whoever is behind a request that came through the guard.
#[derive(Clone, Debug)]
pub struct Caller(pub(crate) Session);

impl Caller {
    /// The name of their token.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// What that allows.
    #[must_use]
    pub fn role(&self) -> Role {
        self.0.role
    }
}

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

/// Parts of the server for auditors: who may read all else may not see clips.
fn is_of_audit(path: &str) -> bool {
    path == "/api/v1/audit" || path.starts_with("/api/v1/audit/")
}

/// Lets a request through that comes from somebody who may make it, for as long as they may.
pub(crate) async fn guard(
    State(access): State<Arc<Access>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(access.clone());
    match admit(&access, peer.ip(), &mut request) {
        Ok(Admitted { credential, guest }) => lease(&access, credential, guest, next.run(request).await),
        Err(problem) => problem.into_response(),
    }
}

/// A request that may go on.
struct Admitted {
    /// What it was let in for, if anything.
    credential: Option<Credential>,
    /// Its place among the others of a client that comes through a proxy.
    guest: Option<Guest>,
}

fn admit(access: &Access, peer: IpAddr, request: &mut Request) -> Result<Admitted, Problem> {
    let origin = access.proxies.origin(peer, request.headers());
    let is_open = access.is_open();
    if is_open {
        refuse_strangers(request)?;
    } else if !origin.is_passed_on {
        tell_of_proxy(access, peer, request);
    }
    let found = identify(access, origin.address, request.headers());
    let holder = found.as_ref().ok().and_then(|found| found.as_ref()).map(|(_, session)| session);
    // Whoever signs in is told from strangers by the token that is in the request's body.
    if !is_sign_in(request)
        && let Some(wait) = access.request(origin.address, holder)
    {
        return Err(too_many("too many requests from this address", wait));
    }
    let changes = !origin::is_safe(request.method());
    // A page whose host was another one on the way came through a proxy that says nothing of itself.
    let is_elsewhere = is_open && origin::is_from_elsewhere(request.headers());
    if changes && (is_elsewhere || origin::is_foreign(request.headers(), origin.host.as_deref())) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "a page of another site may not change anything here",
        ));
    }
    let public = is_public(request.uri().path());
    let of_audit = is_of_audit(request.uri().path());
    let credential = match found {
        Ok(Some((_, session))) if of_audit && session.role == Role::Read => {
            let detail =
                "this token may not see clips: `footfall token NAME --role audit` makes one that may";
            return Err(Problem::new(StatusCode::FORBIDDEN, detail));
        }
        Ok(Some((_, session))) if !of_audit && !public && session.role < Role::Read => {
            let detail = "this token is for the audit alone: /audit.html";
            return Err(Problem::new(StatusCode::FORBIDDEN, detail));
        }
        Ok(Some((_, session))) if changes && !public && !of_audit && session.role < Role::Change => {
            let detail = "this token may read, but not change anything";
            return Err(Problem::new(StatusCode::FORBIDDEN, detail));
        }
        Ok(Some((credential, session))) => {
            request.extensions_mut().insert(Caller(session));
            Some(credential)
        }
        Ok(None) if public => None,
        Ok(None) => return Err(unknown()),
        // With a cookie or token that is no longer good one must still get to the page, to sign in.
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED && public => None,
        Err(problem) => return Err(problem),
    };
    let guest = if origin.is_passed_on {
        let full = || too_many("too many answers at once for this address", Duration::from_secs(1));
        Some(access.guests.enter(origin.address, access.most).ok_or_else(full)?)
    } else {
        None
    };
    request.extensions_mut().insert(origin);
    Ok(Admitted { credential, guest })
}

/// Without a token only who sits at this machine is answered: neither whoever a proxy asks for, nor a page whose
/// name was made to point here.
fn refuse_strangers(request: &Request) -> Result<(), Problem> {
    if let Some(sign) = sign_of_proxy(request.version(), request.headers()) {
        let detail = format!(
            "this request came through a proxy ({sign}), and without a token this server answers to this machine \
             alone: `footfall token NAME` makes one, for [[serve.token]] in the configuration"
        );
        return Err(Problem::new(StatusCode::FORBIDDEN, detail));
    }
    if !host::is_for_loopback(request.uri(), request.headers()) {
        let detail = "without a token this server answers to localhost alone: `footfall token NAME` makes a token, for \
                      [[serve.token]] in the configuration";
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, detail));
    }
    Ok(())
}

impl Access {
    /// Notes a request of a stranger from there.
    pub(crate) fn limit_stranger(&self, origin: &Origin) -> Result<(), Problem> {
        let wait = self.request(origin.address, None);
        wait.map_or(Ok(()), |wait| Err(too_many("too many requests from this address", wait)))
    }
}

/// Says once that limits take all who come through a proxy for one.
fn tell_of_proxy(access: &Access, peer: IpAddr, request: &Request) {
    if let Some(sign) = sign_of_proxy(request.version(), request.headers())
        && request.version() >= Version::HTTP_11
        && !access.told_of_proxy.swap(true, Ordering::Relaxed)
    {
        tracing::warn!(
            "requests from {peer} came through a proxy ({sign}) that is not in serve.trusted_proxies: limits take all \
             who come that way for one"
        );
    }
}

/// Whether the request is to begin a session.
fn is_sign_in(request: &Request) -> bool {
    request.method() == Method::POST && request.uri().path() == "/api/v1/session"
}

/// Whoever is behind the request, by its token or cookie, and by what; `None` where it has neither.
fn identify(
    access: &Access,
    client: IpAddr,
    headers: &HeaderMap,
) -> Result<Option<(Credential, Session)>, Problem> {
    let with = |credential: Credential| {
        let session = access.holder(&credential)?;
        Some((credential, session))
    };
    if let Some(local) = with(Credential::Open) {
        return Ok(Some(local));
    }
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let token = value.to_str().ok().and_then(|v| v.split_once(' '));
        let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token);
        let token = token.unwrap_or_default();
        let session = check_token(access, client, token)?;
        return Ok(Some((Credential::Token(token::hash(token)), session)));
    }
    Ok(cookie(headers).and_then(|secret| with(Credential::Cookie(token::hash(secret)))))
}

/// Whoever bears this token. A client that keeps guessing is told to wait; who shares its address and has a right
/// token is not kept waiting with it.
pub(crate) fn check_token(access: &Access, client: IpAddr, token: &str) -> Result<Session, Problem> {
    if let Some(session) = access.holder(&Credential::Token(token::hash(token))) {
        return Ok(session);
    }
    if let Some(wait) = access.wrong_token(client) {
        return Err(too_many("too many wrong tokens from this address", wait));
    }
    tracing::warn!("a wrong token from {client}");
    Err(unknown())
}

/// The session's cookie, which no script can read and no other site can make the browser send.
const COOKIE: &str = "footfall";

/// The value of the session's cookie.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    let mut pairs = cookies.flat_map(|v| v.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

/// The header that makes a browser keep `secret`, or forget it where there is none; over encrypted connections
/// alone where this one is.
pub(crate) fn remember(secret: Option<&str>, encrypted: bool) -> Option<HeaderValue> {
    let age = secret.map_or(0, |_| session::LASTS.as_secs());
    let secure = if encrypted { "; Secure" } else { "" };
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
