//! What can go wrong with evidence.

use std::io;
use std::path::PathBuf;

/// Why evidence could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// A setting that cannot be used.
    #[error("evidence.{setting} {problem}")]
    Setting {
        /// Which.
        setting: &'static str,
        /// Why.
        problem: String,
    },
    /// The system refuses.
    #[error("cannot {what} {path}: {source}")]
    File {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The clip is sealed, and no key or another one is given.
    #[error("the clip {id} is sealed with {}: evidence.key must be the one that it was kept with", if *.has_key { "another key" } else { "a key, and none is given" })]
    Sealed {
        /// Which clip.
        id: String,
        /// Whether there was a key.
        has_key: bool,
    },
    /// The clip's bytes are no clip.
    #[error("the clip {id} is damaged: {problem}")]
    Damaged {
        /// Which clip.
        id: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// No clip by that name: it may be gone in time.
    #[error("there is no clip {id}; it may have expired")]
    Missing {
        /// What was asked for.
        id: String,
    },
}
