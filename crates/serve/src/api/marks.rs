//! Spans that somebody has marked: as uncounted, or with a note.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::{Body, Path, Query};
use super::problem::ProblemBody;
use super::{Problem, Shared};
use crate::NewMark;

/// Letters of a note.
const LONGEST: usize = 1000;

/// A span that somebody has marked.
#[derive(Serialize, ToSchema)]
pub(crate) struct Mark {
    id: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    at: String,
    #[schema(value_type = String, format = DateTime)]
    from: String,
    #[schema(value_type = String, format = DateTime)]
    to: String,
    /// Of one source alone.
    source: Option<String>,
    /// Whether crossings in it are left out of all sums; they are told as `marked`.
    uncounted: bool,
    note: String,
    /// When it was taken back: it says nothing any more.
    #[schema(value_type = Option<String>, format = DateTime)]
    taken_back: Option<String>,
}

impl From<crate::Mark> for Mark {
    fn from(mark: crate::Mark) -> Self {
        let crate::Mark { id, at, from, to, source, uncounted, note, taken_back } = mark;
        Self {
            id,
            at: at.to_string(),
            from: from.to_string(),
            to: to.to_string(),
            source,
            uncounted,
            note,
            taken_back: taken_back.map(|at| at.to_string()),
        }
    }
}

/// All marks.
#[derive(Serialize, ToSchema)]
pub(super) struct Marks {
    /// In the order in which they were made; also those that were taken back.
    marks: Vec<Mark>,
}

/// Which marks are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Within {
    /// Those that end after this; by default all.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Those that begin before this; by default all.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
}

/// A span that is to be marked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Marking {
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// Of one source alone, by name; by default of all.
    source: Option<String>,
    /// Whether it is uncounted; without that it needs a note.
    #[serde(default)]
    uncounted: bool,
    #[serde(default)]
    #[schema(max_length = 1000)]
    note: String,
}

/// The mark that was made.
#[derive(Serialize, ToSchema)]
pub(super) struct Marked {
    /// By this it can be taken back.
    id: i64,
}

/// Spans that somebody has marked
#[utoipa::path(get, path = "/api/v1/marks", tag = "counts", params(Within), responses(
    (status = 200, body = Marks),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn marks(
    State(shared): State<Arc<Shared>>,
    Query(Within { from, to }): Query<Within>,
) -> Result<Json<Marks>, Problem> {
    let marks = shared.ask(move |book, _| book.marks(from, to)).await?;
    Ok(Json(Marks { marks: marks.into_iter().map(Mark::from).collect() }))
}

/// Mark a span: nothing that was counted is changed
#[utoipa::path(post, path = "/api/v1/marks", tag = "counts", request_body = Marking, responses(
    (status = 201, body = Marked),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "What cannot be used"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn mark(
    State(shared): State<Arc<Shared>>,
    Body(Marking { from, to, source, uncounted, note }): Body<Marking>,
) -> Result<(StatusCode, Json<Marked>), Problem> {
    let refuse = |detail: String| Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
    let note = note.trim().to_owned();
    if from >= to {
        return refuse(format!("`from` ({from}) must be before `to` ({to})"));
    }
    if !uncounted && note.is_empty() {
        return refuse("say `uncounted`, or a `note`".to_owned());
    }
    if note.chars().count() > LONGEST {
        return refuse(format!("a note has at most {LONGEST} letters"));
    }
    let new = NewMark { from, to, source: source.clone(), uncounted, note };
    match shared.ask(move |book, _| book.mark(&new)).await? {
        Some(id) => Ok((StatusCode::CREATED, Json(Marked { id }))),
        None => refuse(format!("there is no source \"{}\"", source.unwrap_or_default())),
    }
}

/// Take a mark back: it stays known
#[utoipa::path(delete, path = "/api/v1/marks/{id}", tag = "counts", params(
    ("id" = i64, Path, description = "The mark's id"),
), responses(
    (status = 204, description = "It says nothing any more"),
    (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is none, or it was taken back before"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn take_back(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<i64>,
) -> Result<StatusCode, Problem> {
    if shared.ask(move |book, _| book.take_back(id)).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::new(StatusCode::NOT_FOUND, format!("there is no mark {id} that is in force")))
}
