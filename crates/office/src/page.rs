//! The office's page, behind the same door as a shop's.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use footfall_serve::Server;
use footfall_serve::parts::{file, file_of_page};

use crate::readers::Readers;
use crate::shared::Shared;
use crate::{OfficeError, api, metrics};

/// The page, being served.
pub(crate) struct Page {
    server: Server,
}

impl Page {
    pub(crate) fn start(shared: &Arc<Shared>) -> Result<Self, OfficeError> {
        let readers = Arc::new(Readers::new(shared));
        let (routes, document) = api::routes().split_for_parts();
        let routes = routes
            .route("/api/v1/openapi.json", get(|| async move { Json(document) }))
            .route("/metrics", get(metrics::metrics))
            .route("/", get(|headers: HeaderMap| async move { own("index.html", &headers) }))
            .route(
                "/{file}",
                get(|Path(name): Path<String>, headers: HeaderMap| async move { own(&name, &headers) }),
            )
            .with_state(readers);
        Ok(Self { server: Server::serve(&shared.config.serve, routes)? })
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }
}

/// The page's own files; what it shares with a shop's page is there.
fn own(name: &str, headers: &HeaderMap) -> Response {
    match name {
        "index.html" => file("text/html; charset=utf-8", include_bytes!("../web/index.html"), headers),
        "office.js" => file("text/javascript; charset=utf-8", include_bytes!("../web/office.js"), headers),
        "edits.js" => file("text/javascript; charset=utf-8", include_bytes!("../web/edits.js"), headers),
        "office.css" => file("text/css; charset=utf-8", include_bytes!("../web/office.css"), headers),
        "style.css" | "icon.svg" | "api.js" => file_of_page(name, headers),
        _ => file_of_page("", headers),
    }
}
