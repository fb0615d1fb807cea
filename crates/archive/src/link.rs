//! A worker's connections, made when they are needed, and anew after each failure.

use footfall_office::Database;
use tokio_postgres::Client;

use crate::queue::Queue;
use crate::{ArchiveConfig, ArchiveError};

/// As the servers know us.
const WHO: &str = "footfall worker";

/// To the database and to the hub.
pub(crate) struct Link {
    database: Database,
    client: Option<Client>,
    queue: Option<Queue>,
}

impl Link {
    pub(crate) fn new(config: &ArchiveConfig) -> Result<Self, ArchiveError> {
        Ok(Self { database: Database::new(&config.database, WHO)?, client: None, queue: None })
    }

    /// The connection to the database.
    pub(crate) async fn database(&mut self) -> Result<&mut Client, ArchiveError> {
        let kept = self.client.take().filter(|client| !client.is_closed());
        let client = match kept {
            Some(client) => client,
            None => self.database.connect().await?,
        };
        Ok(self.client.insert(client))
    }

    /// The connection to the hub.
    pub(crate) async fn queue(&mut self, config: &ArchiveConfig) -> Result<&mut Queue, ArchiveError> {
        let queue = match self.queue.take() {
            Some(queue) => queue,
            None => Queue::connect(&config.hub, &config.queue, WHO).await?,
        };
        Ok(self.queue.insert(queue))
    }

    /// Brings the tables to this version.
    pub(crate) async fn migrate(&self) -> Result<(), ArchiveError> {
        crate::archive::migrate(&self.database).await
    }

    pub(crate) fn drop_database(&mut self) {
        self.client = None;
    }

    /// Forgets both: whatever was going on in them has failed.
    pub(crate) fn drop_all(&mut self) {
        self.client = None;
        self.queue = None;
    }
}
