//! What can be set.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

use footfall_private::LocalPath;
use serde::{Deserialize, Serialize};

use crate::ServeError;
use crate::access::{Network, TokenConfig};

/// How the page and the API are served.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where to listen, by default at [`Config::LOCAL`]. Anything wider than loopback needs a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<SocketAddr>,
    /// Threads that answer requests; they have a lower priority than those that count.
    pub threads: u8,
    /// Proxies whose word is believed: for whom they ask, and whether that is encrypted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trusted_proxies: Vec<Network>,
    /// The live picture.
    pub picture: PictureConfig,
    /// What one client and all together may take.
    pub limits: Limits,
    /// TLS, where it is wanted.
    pub tls: Option<TlsConfig>,
    /// Who may see and change what. Without any, whoever reaches the loopback address may do both.
    #[serde(rename = "token")]
    pub tokens: Vec<TokenConfig>,
}

/// The live picture, as viewers get it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PictureConfig {
    /// At most so many pictures a second.
    pub rate: f64,
    /// Wider pictures are made smaller, to this many pixels.
    pub width: u32,
    /// JPEG quality, 1 to 100.
    pub quality: u8,
}

/// What one client and all together may take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Viewers of live pictures at once.
    pub viewers: u32,
    /// Open connections.
    pub connections: u32,
    /// Open connections of one address.
    pub connections_per_address: u32,
    /// Requests a second of one address, over some time; ten times as many at once.
    pub requests_per_second: u32,
    /// Wrong tokens a minute of one address.
    pub wrong_tokens_per_minute: u32,
    /// Bytes in a request's body.
    pub body: u32,
    /// Seconds until a request must be complete, and until a client that takes nothing is dropped.
    pub patience: f64,
}

/// A certificate and its key.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// The certificate chain, PEM.
    pub certificate: LocalPath,
    /// Its key, PEM.
    pub key: LocalPath,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            address: None,
            threads: 1,
            trusted_proxies: Vec::new(),
            picture: PictureConfig::default(),
            limits: Limits::default(),
            tls: None,
            tokens: Vec::new(),
        }
    }
}

impl Default for PictureConfig {
    fn default() -> Self {
        Self { rate: 10.0, width: 1280, quality: 75 }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            viewers: 64,
            connections: 512,
            connections_per_address: 128,
            requests_per_second: 50,
            wrong_tokens_per_minute: 10,
            body: 256 * 1024,
            patience: 15.0,
        }
    }
}

impl Config {
    /// Where is listened when nothing else is said.
    pub const LOCAL: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8080));

    /// Where is listened.
    #[must_use]
    pub fn listens_at(&self) -> SocketAddr {
        self.address.unwrap_or(Self::LOCAL)
    }

    /// Refuses what cannot be obeyed, and an address that strangers reach without a token.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn check(&self) -> Result<(), ServeError> {
        let refuse = |setting, problem: &str| Err(ServeError::Setting { setting, problem: problem.into() });
        if !(self.picture.rate > 0.0 && self.picture.rate <= 60.0) {
            return refuse("picture.rate", "is a number of pictures a second, above 0 and up to 60");
        }
        if self.picture.width < 64 {
            return refuse("picture.width", "is a number of pixels, 64 or more");
        }
        if !(1..=100).contains(&self.picture.quality) {
            return refuse("picture.quality", "is a JPEG quality, 1 to 100");
        }
        if !(1.0..=3600.0).contains(&self.limits.patience) {
            return refuse("limits.patience", "is a number of seconds, 1 to 3600");
        }
        if self.limits.connections == 0 || self.limits.connections_per_address == 0 {
            return refuse("limits.connections", "and connections_per_address must let somebody in");
        }
        if self.limits.requests_per_second == 0 || self.threads == 0 {
            return refuse("limits.requests_per_second", "and serve.threads must be 1 or more");
        }
        for token in &self.tokens {
            token.check()?;
        }
        let address = self.listens_at();
        if self.tokens.is_empty() && !address.ip().to_canonical().is_loopback() {
            return Err(ServeError::Open { address });
        }
        Ok(())
    }
}
