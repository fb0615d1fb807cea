//! The server's own certificate, as it is on the disk.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;

use super::end_of;
use crate::{ServeError, TlsConfig};

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// A certificate and its key, which may be others tomorrow.
pub(super) struct Certificate {
    config: TlsConfig,
    /// What the files held when they were last tried.
    files: Files,
    current: Arc<Current>,
}

/// What is shown to whoever connects now.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

/// The bytes of the certificate and the key, where they could be read.
#[derive(Clone, PartialEq, Eq)]
struct Files {
    certificate: Result<Vec<u8>, String>,
    key: Result<Vec<u8>, String>,
}

impl Certificate {
    /// Reads the certificate chain and its key.
    pub(super) fn read(config: &TlsConfig) -> Result<Self, ServeError> {
        let files = Files::read(config);
        let key = files.parse().map_err(|reason| ServeError::Tls {
            certificate: config.certificate.to_path_buf(),
            key: config.key.to_path_buf(),
            reason,
        })?;
        let current = Arc::new(Current(RwLock::new(Arc::new(key))));
        Ok(Self { config: config.clone(), files, current })
    }

    /// What encrypts connections with whatever is current when they are made.
    pub(super) fn acceptor(&self) -> Result<TlsAcceptor, ServeError> {
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| ServeError::Tls {
            certificate: self.config.certificate.to_path_buf(),
            key: self.config.key.to_path_buf(),
            reason: error.to_string(),
        })?;
        let mut made = builder.with_no_client_auth().with_cert_resolver(self.current.clone());
        made.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(made)))
    }

    /// Reads both files again when they are others, however they came to be: written, renamed, a link that was
    /// turned. What cannot be used is told of, and the one from before stays.
    pub(super) async fn follow(mut self, ended: watch::Receiver<bool>) {
        let mut latest = self.files.clone();
        loop {
            tokio::select! {
                () = sleep(LOOK_EVERY) => {}
                () = end_of(ended.clone()) => return,
            }
            let config = self.config.clone();
            let Ok(now) = spawn_blocking(move || Files::read(&config)).await else { return };
            // Both are written one after the other: what counts is what stays as it is for a while.
            let settled = std::mem::replace(&mut latest, now.clone()) == now;
            if settled && now != self.files {
                self.take(now);
            }
        }
    }

    fn take(&mut self, files: Files) {
        let (certificate, key) = (self.config.certificate.display(), self.config.key.display());
        match files.parse() {
            Ok(parsed) => {
                *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(parsed);
                tracing::info!(target: "footfall::notice", "the certificate {certificate} was read again");
            }
            Err(reason) => tracing::error!(
                "the certificate {certificate} or its key {key} was changed and cannot be used: {reason}. The one \
                 from before stays"
            ),
        }
        self.files = files;
    }
}

impl Files {
    fn read(config: &TlsConfig) -> Self {
        let read = |path: &Path| std::fs::read(path).map_err(|error| error.to_string());
        Self { certificate: read(&config.certificate), key: read(&config.key) }
    }

    /// The chain with its key, if they belong together; else why not.
    fn parse(&self) -> Result<CertifiedKey, String> {
        let no_certificate = |error: String| format!("the certificate cannot be read: {error}");
        let no_key = |error: String| format!("the key cannot be read: {error}");
        let certificate = self.certificate.as_ref().map_err(|error| no_certificate(error.clone()))?;
        let key = self.key.as_ref().map_err(|error| no_key(error.clone()))?;
        let chain: Vec<_> = CertificateDer::pem_slice_iter(certificate)
            .collect::<Result<_, _>>()
            .map_err(|error| no_certificate(error.to_string()))?;
        if chain.is_empty() {
            return Err(no_certificate("there is none in the file".to_owned()));
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| no_key(error.to_string()))?;
        // This tells whether they belong together.
        CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| error.to_string())
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}
