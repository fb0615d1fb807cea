//! What was told, in the database: a restart of the office tells nothing twice.

use std::sync::{Mutex, MutexGuard, PoisonError};

use footfall_serve::{AlertMemory, PortError};
use tokio::runtime::Handle;
use tokio_postgres::Client;

use crate::OfficeError;
use crate::database::Database;

/// Only one program tells alerts: "Foot" in ASCII, and one more than that.
const LOCK: i64 = 0x466f_6f75;

/// A row of the database. It is asked by threads that may wait.
pub(super) struct InDatabase {
    database: Database,
    runtime: Handle,
    /// The connection that has the lock.
    client: Mutex<Option<Client>>,
}

impl InDatabase {
    pub(super) fn new(database: Database, runtime: Handle) -> Self {
        Self { database, runtime, client: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Client>> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection, made anew where it was lost.
    fn with<T>(
        &self,
        ask: impl AsyncFnOnce(&Client) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, PortError> {
        let mut kept = self.lock();
        if kept.as_ref().is_none_or(Client::is_closed) {
            let client = self.runtime.block_on(self.database.connect())?;
            let held = "SELECT pg_try_advisory_lock($1)";
            let row = self.runtime.block_on(client.query_one(held, &[&LOCK]));
            if !row.map_err(OfficeError::database("take the alerts"))?.get::<_, bool>(0) {
                return Err("another office tells the alerts of this database already".into());
            }
            *kept = Some(client);
        }
        let Some(client) = kept.as_ref() else { return Err("the database is not there".into()) };
        let asked = self.runtime.block_on(ask(client));
        Ok(asked.map_err(OfficeError::database("keep what was told"))?)
    }
}

impl AlertMemory for InDatabase {
    fn claim(&self) -> Result<(), PortError> {
        self.with(async |_| Ok(()))
    }

    fn read(&self) -> Result<Option<String>, PortError> {
        let sql = "SELECT value FROM office.memory WHERE name = 'alerts'";
        self.with(async |client| Ok(client.query_opt(sql, &[]).await?.map(|row| row.get(0))))
    }

    fn write(&self, text: &str) -> Result<(), PortError> {
        let sql = "INSERT INTO office.memory (name, value) VALUES ('alerts', $1)
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.with(async |client| client.execute(sql, &[&text]).await.map(drop))
    }
}
