//! TLS for publishers: ring, and the certificates that the system trusts.

use std::path::Path;
use std::sync::Arc;

use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::PortError;

/// How TLS is computed.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// The certificates that the system trusts, a private authority's too if it was added there.
pub(super) fn trusted() -> Vec<CertificateDer<'static>> {
    let found = rustls_native_certs::load_native_certs();
    for error in found.errors {
        tracing::debug!("a certificate that the system trusts was left out: {error}");
    }
    found.certs
}

/// What a client needs to speak TLS.
pub(super) fn client() -> Result<Arc<ClientConfig>, PortError> {
    client_trusting(None)
}

/// What a client needs to speak TLS, with ring: it trusts the authorities in the file where one is named, and else
/// those that the system trusts.
///
/// # Errors
/// When there is no certificate to trust.
pub fn client_trusting(authority: Option<&Path>) -> Result<Arc<ClientConfig>, PortError> {
    let mut roots = RootCertStore::empty();
    let certificates = match authority {
        None => trusted(),
        Some(path) => {
            let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
            read.map_err(|error| format!("the certificates in {} cannot be read: {error}", path.display()))?
        }
    };
    let (added, _) = roots.add_parsable_certificates(certificates);
    if let (0, Some(path)) = (added, authority) {
        return Err(format!("there is no certificate in {}", path.display()).into());
    }
    if added == 0 {
        return Err("the system has no trusted certificates: install ca-certificates".into());
    }
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// What is wrong with the certificate of whoever was to be reached, where that is why `error` came.
#[must_use]
pub fn distrust(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let chain = std::iter::successors(Some(error), |error| error.source());
    let words = chain.map(ToString::to_string).find_map(|text| {
        let place = text.find("invalid peer certificate")?;
        Some(text[place..].to_owned())
    })?;
    Some(format!("its certificate is not trusted here ({words})"))
}
