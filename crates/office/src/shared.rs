//! What every part of the office has.

use std::sync::Arc;
use std::time::Duration;

use footfall_serve::AlertDesk;

use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use crate::OfficeConfig;
use crate::database::Database;
use crate::figures::Figures;
use crate::report::Writer;
use crate::told::Told;

/// What every part of the office has.
pub(crate) struct Shared {
    pub(crate) config: OfficeConfig,
    pub(crate) database: Database,
    pub(crate) figures: Figures,
    pub(crate) told: Told,
    /// Whoever tells alerts, where there are any.
    pub(crate) desk: Option<Arc<AlertDesk>>,
    /// Whoever writes reports.
    pub(crate) sheets: Writer,
    /// Told when somebody has edited what a shop is to have in force.
    pub(crate) edited: Notify,
    ended: watch::Receiver<bool>,
}

impl Shared {
    pub(crate) fn new(
        config: OfficeConfig,
        database: Database,
        desk: Option<Arc<AlertDesk>>,
        sheets: Writer,
        ended: watch::Receiver<bool>,
    ) -> Self {
        let (figures, told, edited) = (Figures::default(), Told::default(), Notify::new());
        Self { config, database, figures, told, desk, sheets, edited, ended }
    }

    pub(crate) fn is_over(&self) -> bool {
        *self.ended.borrow()
    }

    /// Whether there is a key that shops know edits by.
    pub(crate) fn can_edit(&self) -> bool {
        self.config.hub.editing_key.exists()
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
