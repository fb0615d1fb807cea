//! What can be set at the office.

use std::path::Path;

use footfall_private::{LocalPath, Place, Secret};
use footfall_serve::{MailConfig, PublishConfig, WebhookConfig};
use serde::Deserialize;

use crate::{OfficeError, ShopAlert};

/// Everything that can be set at the office: the file `office.toml`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OfficeConfig {
    /// The NATS server that shops publish to.
    pub hub: HubConfig,
    /// Where everything is kept.
    pub database: DatabaseConfig,
    /// The page and the interface: as `[serve]` of a shop.
    pub serve: footfall_serve::Config,
    /// What somebody wants to be told of shops.
    #[serde(rename = "alert")]
    pub alerts: Vec<ShopAlert>,
    /// Addresses that take alerts by HTTP POST.
    #[serde(rename = "webhook")]
    pub webhooks: Vec<WebhookConfig>,
    /// A mail server for alerts.
    pub mail: Option<MailConfig>,
    /// Who is told what the office does.
    pub telemetry: TelemetryConfig,
}

/// Who is told what a program does, span by span.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TelemetryConfig {
    /// An OpenTelemetry collector, by OTLP over HTTP: `http://HOST:4318`. Nobody is told without one.
    pub otlp: Option<String>,
}

/// The NATS server that shops publish to, with JetStream.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HubConfig {
    /// `nats://HOST:PORT` or `tls://HOST:PORT`.
    pub url: Place,
    /// The office's key, as `footfall office enrol` makes it.
    pub key: Option<Secret>,
    /// Who we are to a server that knows us by a password.
    pub user: Option<String>,
    /// And how we prove it.
    pub password: Option<Secret>,
    /// Trust no certificates but those of the authorities in this file, PEM.
    pub authority: Option<LocalPath>,
    /// The first token of all subjects.
    pub prefix: String,
    /// The stream that keeps what the office has not read; made where there is none.
    pub stream: String,
    /// The file with the shops that may publish, which the server's configuration includes.
    pub roll: LocalPath,
    /// The key that shops know edits by, as `footfall office enrol` makes it; without the file nothing can be edited.
    pub editing_key: LocalPath,
}

/// A PostgreSQL database of the office's own.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `postgres://USER@HOST/DATABASE`, or `host=/run/postgresql user=... dbname=...`.
    pub url: Place,
    /// The password, where the server wants one.
    pub password: Option<Secret>,
    /// Trust no certificates but those of the authorities in this file, PEM.
    pub authority: Option<LocalPath>,
}

impl Default for HubConfig {
    fn default() -> Self {
        Self {
            url: "nats://127.0.0.1:4222".into(),
            key: None,
            user: None,
            password: None,
            authority: None,
            prefix: "office".to_owned(),
            stream: "OFFICE".to_owned(),
            roll: Path::new("shops.conf").to_owned().into(),
            editing_key: Path::new("editing.key").to_owned().into(),
        }
    }
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self { url: "host=/run/postgresql dbname=footfall".into(), password: None, authority: None }
    }
}

impl OfficeConfig {
    /// Who is told of which alerts, in the terms of a shop.
    pub(crate) fn publish(&self) -> PublishConfig {
        PublishConfig {
            webhooks: self.webhooks.clone(),
            mail: self.mail.clone(),
            alerts: self.alerts.iter().map(ShopAlert::told).collect(),
            ..PublishConfig::default()
        }
    }

    /// What `text` says.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, OfficeError> {
        toml::from_str(text).map_err(|error| OfficeError::Setting {
            setting: "the configuration",
            problem: error.to_string(),
        })
    }

    /// What the file says; the defaults without one.
    ///
    /// # Errors
    /// When it cannot be read, or something is wrong with it.
    pub fn load(path: Option<&Path>) -> Result<Self, OfficeError> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path).map_err(|source| OfficeError::File {
            doing: "read the configuration",
            path: path.to_owned(),
            source,
        })?;
        let mut config = Self::parse(&text)?;
        // What it names lies beside it.
        let folder = path.parent().unwrap_or(Path::new(""));
        config.hub.roll = config.hub.roll.within(folder);
        config.hub.editing_key = config.hub.editing_key.within(folder);
        config.hub.authority = config.hub.authority.map(|file| file.within(folder));
        config.database.authority = config.database.authority.map(|file| file.within(folder));
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::OfficeConfig;

    #[test]
    fn nothing_needs_to_be_set_and_what_is_unknown_is_refused() {
        assert_eq!(OfficeConfig::parse("").unwrap(), OfficeConfig::default());
        let error = OfficeConfig::parse("[hub]\nurll = 'nats://a'\n").unwrap_err().to_string();
        assert!(error.contains("urll") && error.contains("line 2"), "{error}");
    }
}
