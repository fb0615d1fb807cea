//! A connection to the database with what it has been told to prepare: each statement is understood once, and not every
//! time.

use std::collections::HashMap;

use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, GenericClient, Statement};

/// Statements that a connection has prepared, by their text.
#[derive(Default)]
pub struct Statements {
    known: HashMap<&'static str, Statement>,
}

/// A connection, and its statements.
pub struct Session {
    /// The connection.
    pub client: Client,
    /// What it has prepared.
    pub statements: Statements,
}

impl Session {
    /// Of a connection that has prepared nothing.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client, statements: Statements::default() }
    }
}

impl Statements {
    /// The statement, prepared on the connection that these belong to.
    ///
    /// # Errors
    /// When the database does not understand it, or is lost.
    pub async fn get(
        &mut self,
        client: &impl GenericClient,
        sql: &'static str,
    ) -> Result<Statement, tokio_postgres::Error> {
        if let Some(known) = self.known.get(sql) {
            return Ok(known.clone());
        }
        let statement = client.prepare(sql).await?;
        self.known.insert(sql, statement.clone());
        Ok(statement)
    }

    /// Runs a statement; how many rows it has changed.
    ///
    /// # Errors
    /// When the database refuses it, or is lost.
    pub async fn run(
        &mut self,
        client: &impl GenericClient,
        sql: &'static str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, tokio_postgres::Error> {
        let statement = self.get(client, sql).await?;
        client.execute(&statement, values).await
    }
}
