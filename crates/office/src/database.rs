//! The way to PostgreSQL.

use std::str::FromStr as _;
use std::time::Duration;

use footfall_private::Secret;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{DatabaseConfig, OfficeError};

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// How long the database may take to let us in.
const PATIENCE: Duration = Duration::from_secs(10);
/// A connection whose other end is gone is given up after this.
const SILENCE: Duration = Duration::from_secs(30);
/// Only one program brings the tables forward at a time: "Foot" in ASCII.
const LOCK: i64 = 0x466f_6f74;

/// Where the database is, and how to get in.
#[derive(Clone)]
pub struct Database {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl Database {
    /// As `config` says, for a program that the server knows by the name `program`. Nothing is connected yet.
    ///
    /// # Errors
    /// When a setting cannot be obeyed.
    pub fn new(config: &DatabaseConfig, program: &str) -> Result<Self, OfficeError> {
        let refuse = |problem: String| OfficeError::Setting { setting: "database.url", problem };
        // It may hold a password: what is wrong with it is not repeated.
        let mut parsed = Config::from_str(config.url.reveal())
            .map_err(|_| refuse("is not postgres://USER@HOST/DATABASE".to_owned()))?;
        if let Some(password) = config.password.as_ref().map(Secret::reveal).transpose().map_err(refuse)? {
            parsed.password(password);
        }
        parsed
            .application_name(program)
            // A user's own schema, which may be called as one of ours, is none of our business. What compiles statements
            // takes longer for ours than they do.
            .options("-c search_path=public -c jit=off")
            .connect_timeout(PATIENCE)
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE);
        let tls = match parsed.get_ssl_mode() {
            SslMode::Disable => None,
            mode => match footfall_serve::tls_client(config.authority.as_deref()) {
                Ok(client) => Some(MakeRustlsConnect::new(client.as_ref().clone())),
                // Without certificates to trust there is no TLS, and where it is not asked for none is needed.
                Err(_) if mode == SslMode::Prefer && config.authority.is_none() => None,
                Err(error) => return Err(refuse(format!("wants TLS, and {error}"))),
            },
        };
        Ok(Self { config: parsed, tls })
    }

    /// A connection of its own.
    ///
    /// # Errors
    /// When the server cannot be reached, or does not let us in.
    pub async fn connect(&self) -> Result<Client, OfficeError> {
        let doing = |error: tokio_postgres::Error| match footfall_serve::distrust(&error) {
            Some(why) => OfficeError::Untrusted { whom: "the database", why, setting: "database.authority" },
            None => OfficeError::database("connect")(error),
        };
        if let Some(tls) = &self.tls {
            let (client, connection) = self.config.connect(tls.clone()).await.map_err(doing)?;
            tokio::spawn(async move { log(connection.await) });
            return Ok(client);
        }
        let (client, connection) = self.config.connect(NoTls).await.map_err(doing)?;
        tokio::spawn(async move { log(connection.await) });
        Ok(client)
    }

    /// Brings the office's tables to this version; gives how many steps that took.
    pub(crate) async fn migrate(&self) -> Result<usize, OfficeError> {
        self.bring_forward(&embedded::migrations::runner()).await
    }

    /// Brings tables to the version of `runner`, while no other program does; gives how many steps that took.
    ///
    /// # Errors
    /// When the server cannot be reached, or refuses a step.
    pub async fn bring_forward(&self, runner: &refinery::Runner) -> Result<usize, OfficeError> {
        let mut client = self.connect().await?;
        let doing = "wait for another program that brings the tables forward";
        client
            .execute("SELECT pg_advisory_lock($1)", &[&LOCK])
            .await
            .map_err(OfficeError::database(doing))?;
        let report = runner.run_async(&mut client).await;
        let report = report.map_err(|source| OfficeError::Migration { source })?;
        // The lock goes with the connection.
        Ok(report.applied_migrations().len())
    }
}

/// Whoever uses the connection is told, too: this says it in more words.
fn log(ended: Result<(), tokio_postgres::Error>) {
    if let Err(error) = ended {
        tracing::debug!("a connection to the database has ended: {error}");
    }
}
