//! Settings that their owner changes: for whoever may change things, and nobody else.

mod told;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use footfall_private::Place;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use told::{Told, Week};

use super::body::{Body, Path};
use super::crossings::entry_at;
use super::problem::ProblemBody;
use super::{Problem, Shared};
use crate::access::Caller;
use crate::{AlertConfig, Change, Role, SetupError, new_token};

/// Letters in a name.
const LONGEST: usize = 64;

/// A source to be counted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSource {
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// `rtsp://`, `rtsps://`, `http://` or `https://`, or a camera's number.
    #[schema(value_type = String)]
    address: Place,
}

/// Where a source is now.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAddress {
    /// `***` in it, as the settings tell it, stands for the user and password that the source has.
    #[schema(value_type = String)]
    address: Place,
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewToken {
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    role: Role,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeToken {
    /// The token itself: it is kept nowhere, and told this once.
    token: String,
    settings: Told,
}

/// Somebody to be enrolled as staff by crossings of theirs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewEmployee {
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// Sequences of crossings of theirs, of which it is known how they look.
    #[schema(min_items = 1, max_items = 20)]
    crossings: Vec<u64>,
    /// They are forgotten after so many days.
    #[schema(minimum = 1, maximum = 365)]
    days: u16,
}

/// The settings that can be changed
#[utoipa::path(get, path = "/api/v1/settings", tag = "settings", responses(
    (status = 200, body = Told),
    (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "There is no configuration file"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Caller(session): Caller,
) -> Result<Json<Told>, Problem> {
    if session.role < Role::Change {
        let detail = "settings are shown to those who may change them, and this token may not";
        return Err(Problem::new(StatusCode::FORBIDDEN, detail));
    }
    let setup = shared.setup.clone();
    let settings = tokio::task::spawn_blocking(move || setup.settings()).await;
    Ok(Json(settings.map_err(|error| Problem::internal(&error.into()))??.into()))
}

/// Add a source to the configuration; it is counted after a restart
#[utoipa::path(post, path = "/api/v1/settings/sources", tag = "settings", request_body = NewSource, responses(
    (status = 200, body = Told),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "What cannot be used"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn add_source(
    State(shared): State<Arc<Shared>>,
    Body(NewSource { name, address }): Body<NewSource>,
) -> Result<Json<Told>, Problem> {
    change(&shared, Change::AddSource { name: named(&name)?, address }).await
}

/// Change a source's address, as for a new password; it holds from the next connection on
#[utoipa::path(put, path = "/api/v1/settings/sources/{name}", tag = "settings", params(
    ("name" = String, Path, description = "A source's name"),
), request_body = NewAddress, responses(
    (status = 200, body = Told),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "What cannot be used"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn move_source(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    Body(NewAddress { address }): Body<NewAddress>,
) -> Result<Json<Told>, Problem> {
    change(&shared, Change::MoveSource { name, address }).await
}

/// Take a source out of the configuration; it is counted until a restart. What was counted stays
#[utoipa::path(delete, path = "/api/v1/settings/sources/{name}", tag = "settings", params(
    ("name" = String, Path, description = "A source's name"),
), responses(
    (status = 200, body = Told),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn remove_source(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
) -> Result<Json<Told>, Problem> {
    change(&shared, Change::RemoveSource { name }).await
}

/// Make a token; the answer has it, and nobody can be told it again
#[utoipa::path(post, path = "/api/v1/settings/tokens", tag = "settings", request_body = NewToken, responses(
    (status = 200, body = MadeToken),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "What cannot be used"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn add_token(
    State(shared): State<Arc<Shared>>,
    Body(NewToken { name, role }): Body<NewToken>,
) -> Result<Json<MadeToken>, Problem> {
    let (token, kept) = new_token(&named(&name)?, role).map_err(|error| Problem::internal(&error.into()))?;
    let Json(settings) = change(&shared, Change::AddToken(kept)).await?;
    Ok(Json(MadeToken { token, settings }))
}

/// Accept a token no longer: whatever was begun with it ends
#[utoipa::path(delete, path = "/api/v1/settings/tokens/{name}", tag = "settings", params(
    ("name" = String, Path, description = "A token's name"),
), responses(
    (status = 200, body = Told),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Nobody could change anything any more"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn remove_token(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
) -> Result<Json<Told>, Problem> {
    change(&shared, Change::RemoveToken { name }).await
}

/// Say when it is open; it is in effect after a restart
#[utoipa::path(put, path = "/api/v1/settings/hours", tag = "settings", request_body = Week, responses(
    (status = 200, body = Told),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "What cannot be used"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn set_hours(
    State(shared): State<Arc<Shared>>,
    Body(week): Body<Week>,
) -> Result<Json<Told>, Problem> {
    change(&shared, Change::SetHours(week.into())).await
}

/// Add an alert to the configuration; it is told from now on
#[utoipa::path(post, path = "/api/v1/settings/alerts", tag = "settings", request_body = AlertConfig, responses(
    (status = 200, body = Told),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "What cannot be used"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn add_alert(
    State(shared): State<Arc<Shared>>,
    Body(alert): Body<AlertConfig>,
) -> Result<Json<Told>, Problem> {
    let alert = AlertConfig { name: named(&alert.name)?, ..alert };
    change(&shared, Change::AddAlert(Box::new(alert))).await
}

/// Take an alert out of the configuration; it is told no longer
#[utoipa::path(delete, path = "/api/v1/settings/alerts/{name}", tag = "settings", params(
    ("name" = String, Path, description = "An alert's name"),
), responses(
    (status = 200, body = Told),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn remove_alert(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
) -> Result<Json<Told>, Problem> {
    change(&shared, Change::RemoveAlert { name }).await
}

/// Enrol somebody as staff, by crossings of theirs: from now on they are not counted
#[utoipa::path(post, path = "/api/v1/settings/staff", tag = "settings", request_body = NewEmployee, responses(
    (status = 200, body = Told),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "What cannot be used"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn enrol(
    State(shared): State<Arc<Shared>>,
    Body(NewEmployee { name, crossings, days }): Body<NewEmployee>,
) -> Result<Json<Told>, Problem> {
    let name = named(&name)?;
    if !(1..=20).contains(&crossings.len()) || !(1..=365).contains(&days) {
        return Err(invalid("name 1 to 20 crossings of theirs, and 1 to 365 days"));
    }
    let mut looks = Vec::new();
    for sequence in crossings {
        let entry = entry_at(&shared, sequence).await?;
        let look = entry.and_then(|entry| shared.passings.look(&entry));
        let unknown =
            || invalid(format!("of crossing {sequence} it is not known, or not any more, how they look"));
        looks.push(look.ok_or_else(unknown)?);
    }
    change(&shared, Change::Enrol { name, looks, days }).await
}

/// Forget somebody: they are counted again
#[utoipa::path(delete, path = "/api/v1/settings/staff/{name}", tag = "settings", params(
    ("name" = String, Path, description = "Who"),
), responses(
    (status = 200, body = Told),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn forget(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
) -> Result<Json<Told>, Problem> {
    change(&shared, Change::Forget { name }).await
}

/// Changes the settings; gives those that are now.
async fn change(shared: &Shared, change: Change) -> Result<Json<Told>, Problem> {
    let setup = shared.setup.clone();
    let settings = tokio::task::spawn_blocking(move || {
        setup.change(change)?;
        setup.settings()
    });
    let settings = settings.await.map_err(|error| Problem::internal(&error.into()))?;
    Ok(Json(settings?.into()))
}

fn named(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST || name.chars().any(char::is_control) {
        return Err(invalid(format!("a name has 1 to {LONGEST} letters and no control characters")));
    }
    Ok(name.to_owned())
}

fn invalid(problem: impl Into<String>) -> Problem {
    SetupError::Invalid { problem: problem.into() }.into()
}
