//! What can go wrong with an archive.

use std::path::PathBuf;

use footfall_office::OfficeError;

/// What went wrong, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The hub, the database, or how they are to be reached.
    #[error(transparent)]
    Engine(#[from] OfficeError),
    /// A setting that cannot be obeyed, or a request that makes no sense.
    #[error("{0}")]
    Refused(String),
    /// What recordings are kept in refuses something.
    #[error("{doing} {place}: {source}")]
    Store {
        /// What was tried.
        doing: &'static str,
        /// Where.
        place: String,
        /// What it says.
        source: object_store::Error,
    },
    /// The system refuses something.
    #[error("{doing} {}: {source}", .path.display())]
    File {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Something is not as it has to be before this can be done.
    #[error("{0}")]
    NotReady(String),
}

impl ArchiveError {
    /// Whether the database is not there now, and may be later.
    pub(crate) fn is_lost(&self) -> bool {
        matches!(self, Self::Engine(error) if error.is_lost())
    }

    pub(crate) fn database(doing: &'static str) -> impl FnOnce(tokio_postgres::Error) -> Self {
        move |source| Self::Engine(OfficeError::database(doing)(source))
    }

    pub(crate) fn hub<E>(doing: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        move |source| Self::Engine(OfficeError::hub(doing)(source))
    }

    pub(crate) fn file(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { doing, path, source }
    }
}
