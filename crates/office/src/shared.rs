//! What every part of the office has.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::OfficeConfig;
use crate::database::Database;
use crate::figures::Figures;
use crate::told::Told;

/// What every part of the office has.
pub(crate) struct Shared {
    pub(crate) config: OfficeConfig,
    pub(crate) database: Database,
    pub(crate) figures: Figures,
    pub(crate) told: Told,
    ended: watch::Receiver<bool>,
}

impl Shared {
    pub(crate) fn new(config: OfficeConfig, database: Database, ended: watch::Receiver<bool>) -> Self {
        Self { config, database, figures: Figures::default(), told: Told::default(), ended }
    }

    pub(crate) fn is_over(&self) -> bool {
        *self.ended.borrow()
    }

    /// Waits; whether the end has come meanwhile.
    pub(crate) async fn rest(&self, pause: Duration) -> bool {
        let mut ended = self.ended.clone();
        // Without a sender the office is gone, which is an end, too.
        timeout(pause, ended.wait_for(|ended| *ended)).await.is_ok()
    }

    /// Says that a part has all that it needs.
    pub(crate) fn works(&self, part: &'static str) {
        if self.figures.well(part) {
            tracing::info!("{part}: the hub and the database are there");
        }
    }
}
