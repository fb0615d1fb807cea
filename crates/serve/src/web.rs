//! The page's files, inside the program.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

use crate::api::Problem;
use crate::hex::hex;

macro_rules! files {
    ($($name:literal: $kind:literal,)*) => {
        &[$(File { name: $name, kind: $kind, bytes: include_bytes!(concat!("../web/", $name)) },)*]
    };
}

struct File {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const FILES: &[File] = files! {
    "index.html": "text/html; charset=utf-8",
    "style.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "manifest.json": "application/manifest+json",
    "audit.html": "text/html; charset=utf-8",
    "audit.js": "text/javascript; charset=utf-8",
    "reasons.js": "text/javascript; charset=utf-8",
    "guest.js": "text/javascript; charset=utf-8",
    "player.js": "text/javascript; charset=utf-8",
    "doubtful.html": "text/html; charset=utf-8",
    "doubtful.js": "text/javascript; charset=utf-8",
    "audit.css": "text/css; charset=utf-8",
    "main.js": "text/javascript; charset=utf-8",
    "api.js": "text/javascript; charset=utf-8",
    "chart.js": "text/javascript; charset=utf-8",
    "crossings.js": "text/javascript; charset=utf-8",
    "drawing.js": "text/javascript; charset=utf-8",
    "events.js": "text/javascript; charset=utf-8",
    "history.js": "text/javascript; charset=utf-8",
    "pen.js": "text/javascript; charset=utf-8",
    "picture.js": "text/javascript; charset=utf-8",
    "settings.js": "text/javascript; charset=utf-8",
    "shapes.js": "text/javascript; charset=utf-8",
    "stream.js": "text/javascript; charset=utf-8",
    "times.js": "text/javascript; charset=utf-8",
    "today.js": "text/javascript; charset=utf-8",
    "wall.js": "text/javascript; charset=utf-8",
};

/// The page.
pub(crate) async fn index(headers: HeaderMap) -> Response {
    answer("index.html", &headers)
}

/// One of its files. Only the names in the list exist, so no path leads anywhere else.
pub(crate) async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    answer(&name, &headers)
}

/// Answers with one of the page's files, for a browser that may have it already.
#[must_use]
pub fn answer(name: &str, headers: &HeaderMap) -> Response {
    let Some(file) = FILES.iter().find(|file| file.name == name) else {
        return Problem::new(StatusCode::NOT_FOUND, "there is no such page").into_response();
    };
    with(file.kind, file.bytes, headers)
}

/// Answers with a file of this kind, for a browser that may have it already.
pub fn with(kind: &'static str, bytes: &'static [u8], headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", hex(&Sha256::digest(bytes)[..8]));
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == tag.as_bytes());
    let status = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut response = (status, if known { &[][..] } else { bytes }).into_response();
    let answered = response.headers_mut();
    answered.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    // Asked for each time, and sent only if the program is another one.
    answered.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = tag.parse() {
        answered.insert(header::ETAG, tag);
    }
    response
}
