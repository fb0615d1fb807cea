//! The office's page, behind the same door as a shop's.

use std::sync::{Arc, Weak};

use axum::Json;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use footfall_serve::Server;
use footfall_serve::parts::{file, file_of_page};
use tokio::sync::{Mutex, Semaphore};
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;

use crate::database::Database;
use crate::service::Shared;
use crate::{OfficeError, api, metrics};

/// Statements that run at once for those who look.
const READERS: usize = 4;

/// Connections for those who look, and what they are told beside what the database has.
pub(crate) struct Readers {
    database: Database,
    idle: Mutex<Vec<Client>>,
    places: Semaphore,
    shared: Weak<Shared>,
}

impl Readers {
    /// The one text that a statement answers with; `None` where it has no row.
    pub(crate) async fn ask(
        &self,
        sql: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<String>, OfficeError> {
        let _place = self.places.acquire().await;
        let idle = self.idle.lock().await.pop().filter(|client| !client.is_closed());
        let client = match idle {
            Some(client) => client,
            None => {
                let client = self.database.connect().await?;
                let sql = "SET statement_timeout = '12s'; SET default_transaction_read_only = on";
                client.batch_execute(sql).await.map_err(OfficeError::database("connect"))?;
                client
            }
        };
        let row = client.query_opt(sql, values).await.map_err(OfficeError::database("read"))?;
        self.idle.lock().await.push(client);
        Ok(row.map(|row| row.get(0)))
    }

    /// What is wrong at the office itself.
    pub(crate) fn troubles(&self) -> Vec<String> {
        self.shared.upgrade().map(|shared| shared.figures.troubles()).unwrap_or_default()
    }

    pub(crate) fn shared(&self) -> Option<Arc<Shared>> {
        self.shared.upgrade()
    }
}

/// The page, being served.
pub(crate) struct Page {
    server: Server,
}

impl Page {
    pub(crate) fn start(shared: &Arc<Shared>) -> Result<Self, OfficeError> {
        let readers = Arc::new(Readers {
            database: shared.database.clone(),
            idle: Mutex::default(),
            places: Semaphore::new(READERS),
            shared: Arc::downgrade(shared),
        });
        let (routes, document) = api::routes().split_for_parts();
        let routes = routes
            .route("/api/v1/openapi.json", get(|| async move { Json(document) }))
            .route("/metrics", get(metrics::metrics))
            .route("/", get(|headers: HeaderMap| async move { own("index.html", &headers) }))
            .route("/{file}", get(|Path(name): Path<String>, headers: HeaderMap| async move { own(&name, &headers) }))
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
        "office.css" => file("text/css; charset=utf-8", include_bytes!("../web/office.css"), headers),
        "style.css" | "icon.svg" | "api.js" => file_of_page(name, headers),
        _ => file_of_page("", headers),
    }
}
