//! The HTTP interface: one function a route, each with its part of the OpenAPI document.

mod alerts;
mod audit;
mod body;
mod configuration;
mod counts;
mod crossings;
mod csv;
mod drawing;
mod events;
mod live;
mod marks;
mod periods;
mod problem;
mod report;
mod sales;
mod session;
mod settings;
mod shapes;
mod shared;
mod sources;
mod today;
mod uncountable;
mod visitors;

pub(crate) use drawing::{over, told};
pub(crate) use live::Scene;
pub use problem::{Problem, ProblemBody};
pub use shapes::{Line, Mask, Zone};
pub(crate) use shared::Shared;
pub(crate) use today::Today;
pub(crate) use uncountable::Uncountable;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{Config, access, metrics, web};

/// The document without its routes, which [`documented`] adds.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Footfall",
        description = "Live scenes, counts and crossings of one running count, or of a ledger.\n\n\
            Every answer that is not 2xx is a problem as RFC 9457 describes it.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    components(schemas(crate::Period, report::With, report::ReportRow, report::CountRow, report::BeforeRow, report::ZoneRow)),
    modifiers(&Security),
    security((), ("token" = []), ("session" = [])),
)]
struct Document;

struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
        let components = document.components.get_or_insert_with(Default::default);
        let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        components.add_security_scheme("token", token);
        let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("footfall")));
        components.add_security_scheme("session", session);
    }
}

/// Signing in and out.
pub(crate) fn sessions<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S> {
    OpenApiRouter::new().routes(routes!(session::show, session::begin, session::end))
}

/// All routes of the interface, and the document that describes them: one cannot be without the other.
fn documented() -> (Router<Arc<Shared>>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(sources::sources))
        .routes(routes!(sources::health))
        .routes(routes!(alerts::alerts))
        .routes(routes!(sources::heat))
        .routes(routes!(drawing::get, drawing::put))
        .routes(routes!(live::snapshot))
        .routes(routes!(live::motion_jpeg))
        .routes(routes!(live::live))
        .routes(routes!(counts::counts))
        .routes(routes!(counts::counts_csv))
        .routes(routes!(periods::periods))
        .routes(routes!(periods::zones))
        .routes(routes!(today::today))
        .routes(routes!(report::report))
        .routes(routes!(marks::marks, marks::mark))
        .routes(routes!(marks::take_back))
        .routes(routes!(sales::sell))
        .routes(routes!(crossings::crossings))
        .routes(routes!(crossings::crossings_csv))
        .routes(routes!(crossings::picture))
        .routes(routes!(events::events))
        .routes(routes!(configuration::configuration))
        .routes(routes!(settings::show))
        .routes(routes!(settings::add_source))
        .routes(routes!(settings::move_source, settings::remove_source))
        .routes(routes!(settings::add_token))
        .routes(routes!(settings::remove_token))
        .routes(routes!(settings::set_hours))
        .routes(routes!(settings::add_alert))
        .routes(routes!(settings::remove_alert))
        .routes(routes!(settings::enrol))
        .routes(routes!(settings::forget))
        .routes(routes!(audit::clips))
        .routes(routes!(audit::result))
        .routes(routes!(audit::doubtful))
        .routes(routes!(audit::seen))
        .routes(routes!(audit::clip, audit::answer))
        .routes(routes!(audit::picture))
        .routes(routes!(audit::explain))
        .merge(sessions())
        .split_for_parts()
}

/// Everything that the server answers.
pub(crate) fn router(shared: Arc<Shared>, config: &Config) -> Router {
    let (api, document) = documented();
    let access = shared.access.clone();
    let routes = api
        .route("/api/v1/openapi.json", get(|| async move { Json(document) }))
        .route("/metrics", get(metrics::metrics))
        .route("/", get(web::index))
        .route("/{file}", get(web::file))
        .with_state(shared);
    guarded(routes, config, access)
}

/// The routes behind the door: tokens, limits, and what is answered where there is no route.
pub(crate) fn guarded(routes: Router, config: &Config, access: Arc<access::Access>) -> Router {
    let patience = Duration::from_secs_f64(config.limits.patience);
    routes
        .route("/healthz", get(|| async { "up\n" }))
        .fallback(|| async { Problem::new(StatusCode::NOT_FOUND, "there is nothing at this address") })
        .method_not_allowed_fallback(|| async {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this address does not take that method")
        })
        .layer(DefaultBodyLimit::max(config.limits.body as usize))
        .layer(from_fn(move |request, next| in_time(patience, request, next)))
        .layer(from_fn_with_state(access, access::guard))
        .layer(from_fn(access::harden))
}

/// A request whose body trickles, or whose answer does not begin, is given up.
async fn in_time(patience: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(StatusCode::REQUEST_TIMEOUT, "the request took too long")
            .with(header::CONNECTION, HeaderValue::from_static("close"))
            .into_response(),
    }
}
