//! What is answered when something is wrong: RFC 9457, never with a path of this machine.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::{PortError, SetupError};

/// An answer that is no success.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(crate) status: StatusCode,
    detail: String,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Why a request was not answered as asked.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// The status in words.
    title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong, and what would do.
    detail: String,
}

impl Problem {
    /// One with this status, and in words what is wrong and what would do.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), headers: Vec::new() }
    }

    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn no_source(id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("there is no source \"{id}\""))
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(crate) fn busy(detail: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
            .with(header::RETRY_AFTER, HeaderValue::from_static("5"))
    }

    /// What went wrong inside is for the log alone.
    #[must_use]
    pub fn internal(error: &PortError) -> Self {
        tracing::error!("a request failed: {error}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong here; the log says what")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Problem").to_owned();
        let body = ProblemBody { title, status: self.status.as_u16(), detail: self.detail };
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.extend(self.headers.into_iter().map(|(name, value)| (Some(name), value)).collect::<Vec<_>>());
        response
    }
}

impl From<SetupError> for Problem {
    fn from(error: SetupError) -> Self {
        let status = match &error {
            SetupError::NoSource { .. } => StatusCode::NOT_FOUND,
            SetupError::Stale { .. } | SetupError::ReadOnly => StatusCode::CONFLICT,
            SetupError::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            SetupError::Save { source } => {
                tracing::error!("{error}: {source}");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        Self::new(status, error.to_string())
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self::new(rejection.status(), rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad_request(rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::new(StatusCode::NOT_FOUND, rejection.body_text())
    }
}
