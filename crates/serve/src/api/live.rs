//! Pictures and scenes: the newest, and then each newer one as fast as the viewer takes them.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use footfall_count::Anchor;
use futures_util::stream;
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::ToSchema;

use super::body::Path;
use super::problem::ProblemBody;
use super::{Problem, Shared};
use crate::feed::{BOUNDARY, Encoded};
use crate::live::{Shown, View};
use crate::server::end_of;

/// How long a snapshot waits for the source's first picture.
const FIRST_PICTURE: Duration = Duration::from_secs(5);

/// Who was where in a frame.
#[derive(Serialize, ToSchema)]
pub(crate) struct Scene {
    /// The frame's number, from 1.
    frame: u64,
    /// Its time since the source's start, in seconds.
    time: f64,
    /// When it came here.
    #[schema(value_type = String, format = DateTime)]
    at: String,
    /// Of the frame, in pixels: what boxes and lines are given in.
    width: u32,
    height: u32,
    /// Which point of a person stands for them: `feet`, `centre` or `head` of their box.
    #[schema(value_type = String)]
    anchor: Anchor,
    /// Windows in which people are looked for: left, top, width and height in pixels; none: the whole picture.
    windows: Vec<[u32; 4]>,
    people: Vec<Person>,
}

/// Somebody who is tracked.
#[derive(Serialize, ToSchema)]
struct Person {
    /// The track's number.
    id: u64,
    /// Left, top, width and height in pixels.
    r#box: [f64; 4],
}

impl Scene {
    pub(crate) fn new(shown: &Shown) -> Self {
        let View { width, height, .. } = *shown.view;
        let tenth = |v: f64| (v * 10.0).round() / 10.0;
        let people = shown.view.people.iter().map(|p| Person { id: p.id, r#box: p.bbox.map(tenth) });
        Self {
            frame: shown.view.frame,
            time: shown.view.time,
            at: shown.at.to_string(),
            width,
            height,
            anchor: shown.view.anchor,
            windows: shown.view.windows.clone(),
            people: people.collect(),
        }
    }
}

/// The newest picture
#[utoipa::path(get, path = "/api/v1/sources/{source}/snapshot.jpg", tag = "pictures", params(
    ("source" = String, Path, description = "A source's id"),
), responses(
    (status = 200, content_type = "image/jpeg", body = Vec<u8>),
    (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "No picture yet"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn snapshot(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let frame = tokio::time::timeout(FIRST_PICTURE, shared.feed(&id)?.snapshot()).await;
    let frame = frame.ok().flatten().ok_or_else(|| Problem::busy("there is no picture yet"))?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"))], frame.jpeg()).into_response())
}

/// The picture as motion JPEG, for players
///
/// Who takes them slowly gets fewer pictures, each the newest.
#[utoipa::path(get, path = "/api/v1/sources/{source}/stream.mjpeg", tag = "pictures", params(
    ("source" = String, Path, description = "A source's id"),
), responses(
    (status = 200, content_type = "multipart/x-mixed-replace", body = Vec<u8>),
    (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "Too many viewers"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn motion_jpeg(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    watch(&shared, &id, "multipart/x-mixed-replace", Encoded::part)
}

/// Scenes with their pictures: of each frame a part with JSON, then one with a JPEG
///
/// Who takes them slowly gets fewer frames, each the newest.
#[utoipa::path(get, path = "/api/v1/sources/{source}/live", tag = "pictures", params(
    ("source" = String, Path, description = "A source's id"),
), responses(
    (status = 200, content_type = "multipart/mixed", body = Scene),
    (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "Too many viewers"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn live(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    watch(&shared, &id, "multipart/mixed", Encoded::both)
}

/// A stream that always goes on with the newest frame: the next one is looked for only when the
/// connection has taken the one before.
fn watch(
    shared: &Arc<Shared>,
    id: &str,
    kind: &str,
    part: fn(&Encoded) -> Bytes,
) -> Result<Response, Problem> {
    let feed = shared.feed(id)?;
    let place: OwnedSemaphorePermit =
        shared.viewers.clone().try_acquire_owned().map_err(|_| Problem::busy("too many viewers at once"))?;
    let start = (feed.watch(), shared.ended.clone(), place);
    let frames = stream::unfold(start, move |(mut frames, ended, place)| async move {
        let next = tokio::select! {
            newer = frames.wait_for_newer() => newer?,
            () = end_of(ended.clone()) => return None,
        };
        Some((Ok::<_, std::convert::Infallible>(part(&next)), (frames, ended, place)))
    });
    let kind = format!("{kind}; boundary={BOUNDARY}");
    Ok(([(header::CONTENT_TYPE, kind)], Body::from_stream(frames)).into_response())
}

/// Waiting for a frame that has not been seen.
trait Newer {
    async fn wait_for_newer(&mut self) -> Option<Encoded>;
}

impl Newer for tokio::sync::watch::Receiver<Option<Encoded>> {
    async fn wait_for_newer(&mut self) -> Option<Encoded> {
        loop {
            self.changed().await.ok()?;
            if let Some(frame) = self.borrow_and_update().clone() {
                return Some(frame);
            }
        }
    }
}
