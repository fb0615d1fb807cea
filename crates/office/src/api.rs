//! The interface: all shops, and what stands behind each.

mod alerts;
mod edits;
mod report;
mod shapes;

pub use alerts::{Alert, Alerts};
pub use edits::{DistrustedShown, EditShown, Machine, NewEdit, Settings};
pub use shapes::{Day, Gap, Hour, LedgerShown, Shop, ShopDetail, Shops, SourceShown, Uncounted, Ways};

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use footfall_serve::parts::{Problem, ProblemBody};
use serde::de::DeserializeOwned;
use tokio_postgres::types::ToSql;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::OfficeError;
use crate::readers::Readers;
use shapes::Behind;

/// The document without its routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Footfall: head office",
        description = "What many shops have counted.\n\nEvery answer that is not 2xx is a problem as RFC 9457 describes it.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    security((), ("token" = []), ("session" = [])),
)]
struct Document;

/// All routes of the interface.
pub(crate) fn routes() -> OpenApiRouter<Arc<Readers>> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(shops))
        .routes(routes!(shop))
        .routes(routes!(alerts::alerts))
        .routes(routes!(report::report))
        .routes(routes!(edits::settings))
        .routes(routes!(edits::edit))
        .merge(footfall_serve::parts::sessions())
}

/// All shops
#[utoipa::path(get, path = "/api/v1/shops", tag = "shops", responses(
    (status = 200, body = Shops),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
    (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "The database is not there"),
))]
async fn shops(State(readers): State<Arc<Readers>>) -> Result<Json<Shops>, Problem> {
    let all: Vec<Shop> =
        ask(&readers, include_str!("sql/shops.sql"), &[&None::<&str>]).await?.unwrap_or_default();
    let refused = ask(&readers, "SELECT count(*)::text FROM office.refused", &[]).await?.unwrap_or_default();
    Ok(Json(Shops { shops: all, refused, troubles: readers.troubles() }))
}

/// One shop, with what stands behind its counts
#[utoipa::path(get, path = "/api/v1/shops/{shop}", tag = "shops",
    params(("shop" = String, Path, description = "The name that it was enrolled under")),
    responses(
        (status = 200, body = ShopDetail),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "The database is not there"),
    ))]
async fn shop(
    State(readers): State<Arc<Readers>>,
    Path(name): Path<String>,
) -> Result<Json<ShopDetail>, Problem> {
    let unknown = || unknown(&name);
    if name.contains('\0') {
        return Err(unknown());
    }
    let found: Option<Vec<Shop>> = ask(&readers, include_str!("sql/shops.sql"), &[&Some(&name)]).await?;
    let shop = found.and_then(|shops| shops.into_iter().next()).ok_or_else(unknown)?;
    let behind: Option<Behind> = ask(&readers, include_str!("sql/shop.sql"), &[&name]).await?;
    let Behind { hours, days, uncounted, ledgers, gaps } = behind.ok_or_else(unknown)?;
    Ok(Json(ShopDetail { shop, hours, days, uncounted, ledgers, gaps }))
}

/// What a statement answers in JSON; `None` where it has no row.
async fn ask<T: DeserializeOwned>(
    readers: &Readers,
    sql: &'static str,
    values: &[&(dyn ToSql + Sync)],
) -> Result<Option<T>, Problem> {
    let text = readers.ask(sql, values).await.map_err(|error| unavailable(&error))?;
    let Some(text) = text else { return Ok(None) };
    serde_json::from_str(&text).map(Some).map_err(|error| Problem::internal(&error.into()))
}

fn unavailable(error: &OfficeError) -> Problem {
    tracing::error!("a request failed: {error}");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer; the log says more")
}

fn unknown(shop: &str) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, format!("there is no shop \"{shop}\""))
}
