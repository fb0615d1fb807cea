//! Lines and thresholds of shops: what is in force there, and what somebody here wants in force.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use footfall_serve::parts::{Caller, Problem, ProblemBody};
use footfall_serve::told::ShopSettings;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ask, unavailable, unknown};
use crate::keep::json;
use crate::readers::Readers;

/// What can be edited at a shop.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Settings {
    /// Whether this office has the key that shops know its edits by.
    pub editable: bool,
    /// The machines that take edits.
    pub machines: Vec<Machine>,
}

/// A machine that counts, and takes edits.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Machine {
    /// The identity of its ledger.
    pub ledger: String,
    /// What tells what is in force from anything else: an edit says what it was made from.
    pub digest: String,
    /// What is in force.
    pub settings: ShopSettings,
    /// When it said so.
    #[schema(format = DateTime)]
    pub told: String,
    /// The last edits, the newest first.
    pub edits: Vec<EditShown>,
    /// Messages that it did not take for this office's; the newest first.
    pub distrusted: Vec<DistrustedShown>,
}

/// An edit, and what has come of it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct EditShown {
    /// Rises with each for a machine.
    pub number: u64,
    /// What it was made from.
    pub based_on: String,
    /// What is wanted.
    pub settings: ShopSettings,
    /// The name of the token that it was made with.
    pub edited_by: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// When the hub had it.
    #[schema(format = DateTime)]
    pub sent: Option<String>,
    /// When the shop answered, by its clock.
    #[schema(format = DateTime)]
    pub answered: Option<String>,
    /// Whether it is in force; nothing before there is an answer.
    pub taken: Option<bool>,
    /// Why it was refused, or with what reservation it is in force.
    pub words: String,
}

/// A message that a machine did not take for the office's.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct DistrustedShown {
    /// When it came.
    #[schema(format = DateTime)]
    pub at: String,
    /// Why.
    pub reason: String,
}

/// What is to be in force at a machine.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEdit {
    /// The digest of what this was made from.
    pub based_on: String,
    /// All that is to be in force.
    pub settings: ShopSettings,
}

/// What can be edited at a shop, and what has come of edits
#[utoipa::path(get, path = "/api/v1/shops/{shop}/settings", tag = "settings",
    params(("shop" = String, Path, description = "The name that it was enrolled under")),
    responses(
        (status = 200, body = Settings),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "The database is not there"),
    ))]
pub(super) async fn settings(
    State(readers): State<Arc<Readers>>,
    Path(name): Path<String>,
) -> Result<Json<Settings>, Problem> {
    shown(&readers, &name).await
}

/// Edit lines and thresholds of a machine at a shop
///
/// It is signed and sent; the shop checks it as it checks what its own page is given, and its answer is with the edit.
/// A shop that is away gets the last edit when it is back. 409 says that something else is in force there by now.
#[utoipa::path(put, path = "/api/v1/shops/{shop}/settings/{ledger}", tag = "settings",
    params(
        ("shop" = String, Path, description = "The name that it was enrolled under"),
        ("ledger" = String, Path, description = "The identity of the machine's ledger"),
    ),
    request_body = NewEdit,
    responses(
        (status = 200, body = Settings),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Made from something else than what is in force"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "The database is not there"),
    ))]
pub(super) async fn edit(
    State(readers): State<Arc<Readers>>,
    caller: Caller,
    Path((name, ledger)): Path<(String, String)>,
    wanted: Result<Json<NewEdit>, JsonRejection>,
) -> Result<Json<Settings>, Problem> {
    let Json(wanted) = wanted?;
    let Json(before) = shown(&readers, &name).await?;
    if !before.editable {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "this office has no key for edits: `footfall office enrol` makes one",
        ));
    }
    if !before.machines.iter().any(|machine| machine.ledger == ledger) {
        let detail = format!("\"{name}\" has no machine with the ledger {ledger} that takes edits");
        return Err(Problem::new(StatusCode::NOT_FOUND, detail));
    }
    let settings = json(&wanted.settings);
    if settings.contains("\\u0000") {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "a name has no control characters"));
    }
    let values: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
        [&ledger, &wanted.based_on, &settings, &caller.name(), &name];
    let number = readers.change(include_str!("../sql/edit.sql"), &values).await;
    let number = number.map_err(|error| unavailable(&error))?;
    if number.is_none() {
        let detail = "something else is in force at the shop by now: load it again";
        return Err(Problem::new(StatusCode::CONFLICT, detail));
    }
    if let Some(shared) = readers.shared() {
        shared.edited.notify_one();
    }
    shown(&readers, &name).await
}

async fn shown(readers: &Readers, name: &str) -> Result<Json<Settings>, Problem> {
    if name.contains('\0') {
        return Err(unknown(name));
    }
    let editable = readers.shared().is_some_and(|shared| shared.can_edit());
    let found = ask(readers, include_str!("../sql/settings.sql"), &[&name, &editable]).await?;
    found.map(Json).ok_or_else(|| unknown(name))
}
