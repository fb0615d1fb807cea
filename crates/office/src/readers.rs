//! Connections to the database for those who look.

use std::sync::{Arc, Weak};

use tokio::sync::{Mutex, Semaphore};
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;

use crate::OfficeError;
use crate::database::Database;
use crate::shared::Shared;

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
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        Self {
            database: shared.database.clone(),
            idle: Mutex::default(),
            places: Semaphore::new(READERS),
            shared: Arc::downgrade(shared),
        }
    }

    /// The one text that a statement answers with; `None` where it has no row.
    pub(crate) async fn ask(
        &self,
        sql: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<String>, OfficeError> {
        let _place = self.places.acquire().await;
        let idle = self.idle.lock().await.pop().filter(|client| !client.is_closed());
        let client = if let Some(client) = idle {
            client
        } else {
            let client = self.database.connect().await?;
            let sql = "SET statement_timeout = '12s'; SET default_transaction_read_only = on";
            client.batch_execute(sql).await.map_err(OfficeError::database("connect"))?;
            client
        };
        let row = client.query_opt(sql, values).await.map_err(OfficeError::database("read"))?;
        self.idle.lock().await.push(client);
        Ok(row.map(|row| row.get(0)))
    }

    /// The one number that a statement which changes something answers with; `None` where it has no row.
    pub(crate) async fn change(
        &self,
        sql: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<i64>, OfficeError> {
        // Whoever looks cannot write: this has a connection of its own.
        let client = self.database.connect().await?;
        let row = client.query_opt(sql, values).await.map_err(OfficeError::database("write an edit"))?;
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
