//! The server's own certificate.

use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::{ServeError, TlsConfig};

/// Reads the certificate chain and its key.
pub(super) fn acceptor(config: &TlsConfig) -> Result<TlsAcceptor, ServeError> {
    let refuse = |reason: String| ServeError::Tls {
        certificate: config.certificate.clone(),
        key: config.key.clone(),
        reason,
    };
    let chain: Vec<_> = CertificateDer::pem_file_iter(&config.certificate)
        .and_then(Iterator::collect)
        .map_err(|error| refuse(format!("the certificate cannot be read: {error}")))?;
    let key = PrivateKeyDer::from_pem_file(&config.key)
        .map_err(|error| refuse(format!("the key cannot be read: {error}")))?;
    let made = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key));
    let mut made = made.map_err(|error| refuse(error.to_string()))?;
    made.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(made)))
}
