//! What somebody is told of shops: when it begins, and when it is over.
//!
//! The shop's own machinery tells it, by webhook and mail; here it is judged, by what the database has.

mod config;
mod memory;
mod rule;

pub use config::{ShopAlert, When};

use std::sync::Arc;
use std::time::Duration;

use footfall_serve::{AlertDesk, ServeError};
use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::database::Database;
use crate::shared::Shared;
use crate::{OfficeConfig, OfficeError};
use memory::InDatabase;
use rule::Sight;

/// How often shops are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Whoever tells the alerts of `config`, where there are any.
pub(crate) fn desk(
    config: &OfficeConfig,
    database: &Database,
    runtime: &Handle,
) -> Result<Option<Arc<AlertDesk>>, ServeError> {
    config::check(&config.alerts)?;
    if config.alerts.is_empty() {
        return Ok(None);
    }
    let memory = Arc::new(InDatabase::new(database.clone(), runtime.clone()));
    AlertDesk::start(&config.publish(), memory).map(Arc::new).map(Some)
}

/// Looks until the office ends, or the database is lost.
pub(crate) async fn run(shared: &Shared) -> Result<(), OfficeError> {
    let Some(desk) = &shared.desk else {
        while !shared.rest(Duration::from_hours(1)).await {}
        return Ok(());
    };
    let database = shared.database.connect().await?;
    shared.works("alerts");
    while !shared.rest(LOOK_EVERY).await {
        let doing = "look at the shops for alerts";
        let row = database.query_one(include_str!("sql/sights.sql"), &[]).await;
        let text: String = row.map_err(OfficeError::database(doing))?.get(0);
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| OfficeError::Alerts { source };
        let sights: Vec<Sight> = serde_json::from_str(&text).map_err(|error| failed(error.into()))?;
        let was_on = desk.states();
        let judged = rule::judge(&shared.config.alerts, &sights, &was_on);
        let desk = desk.clone();
        let told = spawn_blocking(move || desk.judge(judged, Timestamp::now())).await;
        told.map_err(|error| failed(error.into()))?.map_err(failed)?;
    }
    Ok(())
}
