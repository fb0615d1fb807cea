//! Clips that somebody counts by eye: shown without the program's answer, which comes after theirs.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::problem::ProblemBody;
use super::{Problem, Shared};
use crate::access::Caller;
use crate::{Audit, ClipRevealed, ClipShown, ClipToSee, DoubtfulClip, LineSeen, PortError, WhyOtherwise};

/// All clips.
#[derive(Serialize, ToSchema)]
pub(super) struct Clips {
    /// Whose answers these are.
    auditor: String,
    /// In the order in which they are to be seen.
    clips: Vec<ClipToSee>,
}

/// All clips of crossings that the program is not sure of.
#[derive(Serialize, ToSchema)]
pub(super) struct DoubtfulClips {
    /// The newest first.
    clips: Vec<DoubtfulClip>,
}

/// What somebody saw.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Saw {
    /// At each line.
    lines: Vec<LineSeen>,
}

/// Why the program counted otherwise.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    /// One for each difference.
    differences: Vec<WhyOtherwise>,
}

/// What a difference may be called.
const REASONS: [&str; 5] = ["missed", "doubled", "wrong way", "staff", "not a person"];
/// As many as anybody can have counted.
const MOST: u32 = 10_000;

impl Shared {
    /// Asks for clips, off the threads that answer.
    async fn audit<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Audit) -> Result<T, PortError> + Send + 'static,
    ) -> Result<T, Problem> {
        let missing = "no evidence is kept here: [evidence] in the configuration says where";
        let audit = self.audit.clone().ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, missing))?;
        let answered = tokio::task::spawn_blocking(move || question(audit.as_ref())).await;
        answered.map_err(|error| Problem::internal(&error.into()))?.map_err(|error| Problem::internal(&error))
    }
}

fn no_clip() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is no such clip; it may have expired")
}

/// Clips to be audited
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", responses(
    (status = 200, body = Clips),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn clips(
    State(shared): State<Arc<Shared>>,
    Caller(session): Caller,
) -> Result<Json<Clips>, Problem> {
    let auditor = session.name;
    let name = auditor.clone();
    let clips = shared.audit(move |audit| audit.clips(&name)).await?;
    Ok(Json(Clips { auditor, clips }))
}

/// What follows from all answers
#[utoipa::path(get, path = "/api/v1/audit/result", tag = "audit", responses(
    (status = 200, body = serde_json::Value),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn result(State(shared): State<Arc<Shared>>) -> Result<Json<serde_json::Value>, Problem> {
    Ok(Json(shared.audit(|audit| audit.result()).await?))
}

/// Clips of crossings that the program is not sure of
#[utoipa::path(get, path = "/api/v1/audit/doubtful", tag = "audit", responses(
    (status = 200, body = DoubtfulClips),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn doubtful(State(shared): State<Arc<Shared>>) -> Result<Json<DoubtfulClips>, Problem> {
    Ok(Json(DoubtfulClips { clips: shared.audit(|audit| audit.doubtful()).await? }))
}

/// What the program saw and counted in one of these
#[utoipa::path(get, path = "/api/v1/audit/doubtful/{id}", tag = "audit", params(("id" = String, Path)), responses(
    (status = 200, body = ClipRevealed),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn seen(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Json<ClipRevealed>, Problem> {
    shared.audit(move |audit| audit.seen(&id)).await?.map(Json).ok_or_else(no_clip)
}

/// A clip, without what the program saw in it
#[utoipa::path(get, path = "/api/v1/audit/clips/{id}", tag = "audit", params(("id" = String, Path)), responses(
    (status = 200, body = ClipShown),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn clip(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Json<ClipShown>, Problem> {
    shared.audit(move |audit| audit.clip(&id)).await?.map(Json).ok_or_else(no_clip)
}

/// A picture of a clip, from 0
#[utoipa::path(get, path = "/api/v1/audit/clips/{id}/pictures/{number}", tag = "audit",
    params(("id" = String, Path), ("number" = usize, Path)), responses(
    (status = 200, content_type = "image/jpeg", body = Vec<u8>),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn picture(
    State(shared): State<Arc<Shared>>,
    Path((id, number)): Path<(String, usize)>,
) -> Result<Response, Problem> {
    let jpeg = shared.audit(move |audit| audit.picture(&id, number)).await?.ok_or_else(no_clip)?;
    // Whose role ends is not to have it from the browser's cache.
    Ok(([(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "no-store")], jpeg).into_response())
}

/// Say what passed in a clip; get what the program counted
///
/// The first answer stands: after it the program's is known.
#[utoipa::path(post, path = "/api/v1/audit/clips/{id}", tag = "audit", params(("id" = String, Path)),
    request_body = Saw, responses(
    (status = 200, body = ClipRevealed),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "What cannot be used"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn answer(
    State(shared): State<Arc<Shared>>,
    Caller(session): Caller,
    Path(id): Path<String>,
    Body(Saw { lines }): Body<Saw>,
) -> Result<Json<ClipRevealed>, Problem> {
    let refuse = |detail: String| Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
    let name = id.clone();
    let clip = shared.audit(move |audit| audit.clip(&name)).await?.ok_or_else(no_clip)?;
    let known: Vec<&str> = clip.lines.iter().map(|line| line.name.as_str()).collect();
    let given: Vec<&str> = lines.iter().map(|line| line.line.as_str()).collect();
    if known.len() != given.len() || known.iter().any(|line| !given.contains(line)) {
        return refuse(format!("an answer has one count for each line: {}", known.join(", ")));
    }
    if lines.iter().any(|line| line.r#in.max(line.out) > MOST) {
        return refuse(format!("nobody counts more than {MOST} in a clip"));
    }
    let auditor = session.name;
    shared.audit(move |audit| audit.answer(&auditor, &id, lines)).await?.map(Json).ok_or_else(no_clip)
}

/// Say why the program counted otherwise
#[utoipa::path(put, path = "/api/v1/audit/clips/{id}/differences", tag = "audit", params(("id" = String, Path)),
    request_body = Why, responses(
    (status = 204),
    (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Without an answer before"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn explain(
    State(shared): State<Arc<Shared>>,
    Caller(session): Caller,
    Path(id): Path<String>,
    Body(Why { differences }): Body<Why>,
) -> Result<StatusCode, Problem> {
    let is_known = |one: &WhyOtherwise| {
        REASONS.contains(&one.reason.as_str()) && ["in", "out"].contains(&one.direction.as_str())
    };
    if differences.len() > 1000 || !differences.iter().all(is_known) {
        let detail = format!("a difference has a direction, in or out, and a reason: {}", REASONS.join(", "));
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
    }
    let auditor = session.name;
    let is_kept = shared.audit(move |audit| audit.explain(&auditor, &id, differences)).await?;
    let first = || Problem::new(StatusCode::CONFLICT, "say first what passed in this clip");
    is_kept.then_some(StatusCode::NO_CONTENT).ok_or_else(first)
}
