//! A worker's connections, made when they are needed, and anew after each failure.

use footfall_office::{Database, Session};

use crate::queue::Queue;
use crate::{ArchiveConfig, ArchiveError};

/// As the servers know us.
const WHO: &str = "footfall worker";

/// To the database and to the hub.
pub(crate) struct Link {
    database: Database,
    session: Option<Session>,
    queue: Option<Queue>,
}

impl Link {
    pub(crate) fn new(config: &ArchiveConfig) -> Result<Self, ArchiveError> {
        Ok(Self { database: Database::new(&config.database, WHO)?, session: None, queue: None })
    }

    /// The connection to the database.
    pub(crate) async fn database(&mut self) -> Result<&mut Session, ArchiveError> {
        let kept = self.session.take().filter(|session| !session.client.is_closed());
        let session = match kept {
            Some(session) => session,
            None => Session::new(self.database.connect().await?),
        };
        Ok(self.session.insert(session))
    }

    /// The connection to the hub.
    pub(crate) async fn queue(&mut self, config: &ArchiveConfig) -> Result<&mut Queue, ArchiveError> {
        let queue = if let Some(queue) = self.queue.take() {
            queue
        } else {
            let database = &self.database().await?.client;
            Queue::connect(&config.hub, &config.queue, WHO, database).await?
        };
        Ok(self.queue.insert(queue))
    }

    /// Brings the tables to this version.
    pub(crate) async fn migrate(&self) -> Result<(), ArchiveError> {
        crate::archive::migrate(&self.database).await
    }

    pub(crate) fn drop_database(&mut self) {
        self.session = None;
    }

    /// Forgets both: whatever was going on in them has failed.
    pub(crate) fn drop_all(&mut self) {
        self.session = None;
        self.queue = None;
    }
}
