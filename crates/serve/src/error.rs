//! Why the server cannot start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

impl ServeError {
    /// Whether another configuration would do: else the system is in the way.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        !matches!(self, Self::Listen { .. } | Self::Threads { .. })
    }
}

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Anyone in the network could see and change everything.
    #[error(
        "{address} can be reached from other machines, and there is no token: make one with \
         `footfall token NAME`, or listen on 127.0.0.1"
    )]
    Open {
        /// Where it was to listen.
        address: SocketAddr,
    },
    /// The address is taken, not one of this machine, or not allowed.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where it was to listen.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The system gives no more threads.
    #[error("cannot start the server's threads: {source}")]
    Threads {
        /// What the system said.
        source: io::Error,
    },
    /// The certificate or its key cannot be used.
    #[error("cannot use the certificate {certificate} with the key {key}: {reason}")]
    Tls {
        /// The certificate chain, PEM.
        certificate: PathBuf,
        /// Its key, PEM.
        key: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A setting cannot be used.
    #[error("{}{setting} {problem}", if setting.starts_with("publish.") { "" } else { "serve." })]
    Setting {
        /// Its name.
        setting: &'static str,
        /// What is wrong with it, and what would do.
        problem: String,
    },
}
