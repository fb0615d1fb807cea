//! What can go wrong at the office.

use std::error::Error as _;

/// What went wrong, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// A setting that cannot be obeyed.
    #[error("{setting} {problem}")]
    Setting {
        /// By its name in the file.
        setting: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The database cannot be reached, or refuses something.
    #[error("the database: {doing}: {}", of_database(.source))]
    Database {
        /// What was tried.
        doing: &'static str,
        /// What it says.
        source: tokio_postgres::Error,
    },
    /// Its tables cannot be brought to this version.
    #[error("the database's tables cannot be brought to this version: {source}")]
    Migration {
        /// What it says.
        source: refinery::Error,
    },
    /// The hub cannot be reached, or refuses something.
    #[error("the hub: {doing}: {source}")]
    Hub {
        /// What was tried.
        doing: &'static str,
        /// What it says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Whoever is to be reached shows a certificate that is not trusted.
    #[error("{whom}: {why}: {setting} names a file with the authority's certificate")]
    Untrusted {
        /// The hub, or the database.
        whom: &'static str,
        /// What is wrong with the certificate.
        why: String,
        /// What says who is trusted.
        setting: &'static str,
    },
    /// The system refuses something.
    #[error("{doing} {}: {source}", .path.display())]
    File {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The roll of shops does not allow it.
    #[error("{0}")]
    Roll(String),
    /// Alerts cannot be judged, or not be written down.
    #[error("alerts: {source}")]
    Alerts {
        /// What was said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A report cannot be made.
    #[error("the report: {0}")]
    Report(String),
    /// No threads.
    #[error("the system gives no threads: {source}")]
    Threads {
        /// What the system says.
        source: std::io::Error,
    },
    /// The page cannot be served.
    #[error(transparent)]
    Page(#[from] footfall_serve::ServeError),
}

/// What the database says in its own words: the error itself says no more than "db error".
fn of_database(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(said), _) => format!("{}: {}", said.code().code(), said.message()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

/// Whether it does not answer, or says that it begins, ends or has no room.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    match error.code() {
        Some(code) => {
            matches!(code.code(), "57P01" | "57P02" | "57P03" | "53300") || code.code().starts_with("08")
        }
        None => {
            error.is_closed() || error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
        }
    }
}

impl OfficeError {
    /// The database's own words, with what was tried.
    pub fn database(doing: &'static str) -> impl FnOnce(tokio_postgres::Error) -> Self {
        move |source| Self::Database { doing, source }
    }

    /// The hub's own words, likewise.
    pub fn hub<E>(doing: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        move |source| Self::Hub { doing, source: source.into() }
    }

    /// Whether the database is not there now, and may be later.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = match self {
            Self::Database { source, .. } => Some(source),
            Self::Migration { source } => Some(source),
            _ => None,
        };
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<tokio_postgres::Error>() {
                return is_lost(error);
            }
            cause = error.source();
        }
        false
    }

    /// Whether the database refuses what it was given for what it is, so that trying again is in vain.
    #[must_use]
    pub fn is_of_data(&self) -> bool {
        let Self::Database { source, .. } = self else { return false };
        source.code().is_some_and(|code| matches!(&code.code()[..2], "22" | "23"))
    }
}
