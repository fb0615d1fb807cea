//! Where NATS servers are: one that gets crossings, and the hub of a head office.

use footfall_private::{LocalPath, Place, Secret};
use serde::Deserialize;

use super::{endpoint, footfall};
use crate::ServeError;
use crate::publish::prefix;

/// A NATS server with JetStream.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NatsConfig {
    /// `nats://HOST:PORT` or `tls://HOST:PORT`.
    pub url: Place,
    /// Who we are to the server.
    #[serde(default)]
    pub user: Option<String>,
    /// And how we prove it; without a user it is a token.
    #[serde(default)]
    pub password: Option<Secret>,
    /// The first token of all subjects.
    #[serde(default = "footfall")]
    pub prefix: String,
    /// The stream that keeps them; made where there is none.
    #[serde(default = "stream")]
    pub stream: String,
}

/// A head office.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeConfig {
    /// Its hub: `tls://HOST:PORT`, or `nats://HOST:PORT` for networks that you trust.
    pub url: Place,
    /// What this shop is called there: it was enrolled under this name.
    pub shop: String,
    /// The shop's key, which `footfall office enrol` has made.
    #[serde(default)]
    pub key: Option<Secret>,
    /// Who we are to a hub that knows shops by passwords.
    #[serde(default)]
    pub user: Option<String>,
    /// And how we prove it.
    #[serde(default)]
    pub password: Option<Secret>,
    /// Trust no certificates but those of the authorities in this file, PEM.
    #[serde(default)]
    pub authority: Option<LocalPath>,
    /// The first token of all subjects.
    #[serde(default = "office")]
    pub prefix: String,
    /// The stream that keeps them until the office has them.
    #[serde(default = "office_stream")]
    pub stream: String,
    /// The office's public key, by which it may edit lines and thresholds here; without it nobody may from there.
    #[serde(default)]
    pub edited_by: Option<String>,
}

fn office() -> String {
    "office".to_owned()
}

fn office_stream() -> String {
    "OFFICE".to_owned()
}

fn stream() -> String {
    "FOOTFALL".to_owned()
}

impl NatsConfig {
    pub(in crate::publish) const SCHEMES: [(&'static str, u16); 2] = [("nats", 4222), ("tls", 4222)];

    pub(in crate::publish) fn check(&self) -> Result<(), ServeError> {
        endpoint("publish.nats.url", &self.url, Self::SCHEMES)?;
        prefix::subject("publish.nats.prefix", &self.prefix)?;
        prefix::stream("publish.nats.stream", &self.stream)
    }
}

impl OfficeConfig {
    pub(in crate::publish) const SCHEMES: [(&'static str, u16); 2] = NatsConfig::SCHEMES;

    pub(in crate::publish) fn check(&self) -> Result<(), ServeError> {
        endpoint("publish.office.url", &self.url, Self::SCHEMES)?;
        prefix::subject("publish.office.shop", &self.shop)?;
        prefix::subject("publish.office.prefix", &self.prefix)?;
        prefix::stream("publish.office.stream", &self.stream)?;
        if self.edited_by.as_ref().is_some_and(|key| nkeys::KeyPair::from_public_key(key).is_err()) {
            let problem = "is no public key: `footfall office enrol` says which one it is".to_owned();
            return Err(ServeError::Setting { setting: "publish.office.edited_by", problem });
        }
        let problem = match (&self.key, &self.user, &self.password) {
            (Some(_), Some(_), _) => "has a key and a user: one of them says who this shop is",
            (_, None, Some(_)) => "has a password, and no user",
            _ => return Ok(()),
        };
        Err(ServeError::Setting { setting: "publish.office", problem: problem.into() })
    }
}

/// The host and port of a NATS server, and whether TLS is spoken to it.
///
/// # Errors
/// When `url` is not `nats://HOST:PORT` or `tls://HOST:PORT`; it names the setting.
pub fn hub_address(setting: &'static str, url: &Place) -> Result<(String, u16, bool), ServeError> {
    let (host, port, is_tls) = endpoint(setting, url, NatsConfig::SCHEMES)?;
    Ok((if host.contains(':') { format!("[{host}]") } else { host }, port, is_tls))
}
