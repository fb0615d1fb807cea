//! Reports over all shops, as JSON and as files.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use footfall_serve::parts::{Problem, ProblemBody};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::unavailable;
use crate::OfficeError;
use crate::readers::Readers;
use crate::report::{Each, Period, ReportQuery, ReportRow, SQL};

/// What is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// The first day, by each shop's calendar: `2026-11-23`; without it the first there is.
    #[param(format = Date)]
    from: Option<String>,
    /// The last day, all of it; without it the last there is.
    #[param(format = Date)]
    to: Option<String>,
    /// What to add up over.
    #[serde(default)]
    by: Period,
    /// What has rows of its own.
    #[serde(default)]
    each: Each,
    /// This shop alone.
    shop: Option<String>,
    /// As what.
    #[serde(default)]
    format: Form,
}

/// As what a report is told.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Form {
    #[default]
    Json,
    Csv,
    Xlsx,
}

/// Counts of all shops, by shop and period of its own calendar
#[utoipa::path(get, path = "/api/v1/report", tag = "shops", params(Wanted), responses(
    (status = 200, body = [ReportRow]),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Too many rows"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "The database is not there, or it takes too long"),
))]
pub(super) async fn report(
    State(readers): State<Arc<Readers>>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(Wanted { from, to, by, each, shop, format }) = wanted?;
    let date = |text: Option<String>| {
        let wrong = |_| Problem::new(StatusCode::BAD_REQUEST, "a day is written as 2026-11-23");
        text.map(|text| text.parse().map_err(wrong)).transpose()
    };
    if shop.as_ref().is_some_and(|shop| shop.contains('\0')) {
        return Err(Problem::new(StatusCode::NOT_FOUND, "there is no such shop"));
    }
    let query = ReportQuery { from: date(from)?, to: date(to)?, by, each, shop };
    let values = query.values();
    let values: Vec<_> =
        values.iter().map(|value| value as &(dyn tokio_postgres::types::ToSql + Sync)).collect();
    let answer = readers.ask(SQL, &values).await.map_err(|error| unavailable(&error))?.unwrap_or_default();
    let work = tokio::task::spawn_blocking(move || written(&readers, &query, &answer, format));
    work.await.map_err(|error| Problem::internal(&error.into()))?
}

fn written(readers: &Readers, query: &ReportQuery, answer: &str, format: Form) -> Result<Response, Problem> {
    let too_many = |error: OfficeError| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string());
    let rows = query.rows(answer).map_err(too_many)?;
    let (name, kind) = match format {
        Form::Json => return Ok(Json(rows).into_response()),
        Form::Csv => ("csv", "text/csv; charset=utf-8"),
        Form::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    };
    let sheets = readers.shared().map(|shared| shared.sheets.clone());
    let bytes = sheets.map_or(Ok(Vec::new()), |sheets| sheets.write(query, &rows, name));
    let bytes = bytes.map_err(|error| Problem::internal(&error.into()))?;
    let file = HeaderValue::from_str(&format!("attachment; filename=\"shops.{name}\""));
    let file = file.map_err(|error| Problem::internal(&error.into()))?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CONTENT_DISPOSITION, file)], bytes)
        .into_response())
}
