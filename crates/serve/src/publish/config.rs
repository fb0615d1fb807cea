//! Where crossings are published to.

mod hub;

use std::collections::BTreeSet;

use footfall_private::{Place, Secret};
use serde::Deserialize;

use super::prefix;
use crate::ServeError;
use crate::alert::{self, AlertConfig};

pub use hub::{NatsConfig, OfficeConfig, hub_address};

/// Where crossings are published to.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PublishConfig {
    /// An MQTT broker, and Home Assistant through it.
    pub mqtt: Option<MqttConfig>,
    /// Addresses that take crossings by HTTP POST.
    #[serde(rename = "webhook")]
    pub webhooks: Vec<WebhookConfig>,
    /// A NATS server with JetStream.
    pub nats: Option<NatsConfig>,
    /// The head office, which gets all that the ledger holds.
    pub office: Option<OfficeConfig>,
    /// A mail server, for alerts: crossings are not sent by it.
    pub mail: Option<MailConfig>,
    /// What these are told of beside crossings: too many people, nobody, a dead camera.
    #[serde(rename = "alert")]
    pub alerts: Vec<AlertConfig>,
}

/// An MQTT broker.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MqttConfig {
    /// `mqtt://HOST:PORT` or `mqtts://HOST:PORT`.
    pub url: Place,
    /// Who we are to the broker.
    #[serde(default)]
    pub user: Option<String>,
    /// And how we prove it.
    #[serde(default)]
    pub password: Option<Secret>,
    /// The first level of all topics; another one for each site on the same broker.
    #[serde(default = "footfall")]
    pub prefix: String,
    /// Where Home Assistant looks for devices; empty: it is told nothing.
    #[serde(default = "home_assistant")]
    pub discovery: String,
}

/// An address that takes crossings by HTTP POST.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// What its place in the ledger is kept under: another name starts from the beginning.
    pub name: String,
    /// `https://...`; plain `http://` is for networks that you trust.
    pub url: Place,
    /// The key of the signature, which proves to the receiver that a request is from here.
    pub secret: Secret,
}

/// A mail server, and who gets letters by it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// `smtps://HOST:PORT`, or `smtp://HOST:PORT` where TLS begins after a word in the clear (STARTTLS): with a
    /// password it must.
    pub url: Place,
    /// Who we are to the server.
    #[serde(default)]
    pub user: Option<String>,
    /// And how we prove it.
    #[serde(default)]
    pub password: Option<Secret>,
    /// The sender: `Shop <shop@example.com>`.
    pub from: String,
    /// Who gets them.
    pub to: Vec<String>,
}

fn footfall() -> String {
    "footfall".to_owned()
}

fn home_assistant() -> String {
    "homeassistant".to_owned()
}

impl MqttConfig {
    pub(super) const SCHEMES: [(&'static str, u16); 2] = [("mqtt", 1883), ("mqtts", 8883)];

    pub(super) fn check(&self) -> Result<(), ServeError> {
        endpoint("publish.mqtt.url", &self.url, Self::SCHEMES)?;
        prefix::topic("publish.mqtt.prefix", &self.prefix)?;
        if self.discovery.is_empty() {
            return Ok(());
        }
        prefix::topic("publish.mqtt.discovery", &self.discovery)
    }
}

impl WebhookConfig {
    /// The name under which its place in the ledger is kept.
    pub(super) fn cursor(&self) -> String {
        format!("webhook {}", self.name)
    }

    pub(super) fn check(&self) -> Result<(), ServeError> {
        let uri = self.url.reveal().parse::<axum::http::Uri>();
        let is_http =
            uri.is_ok_and(|u| matches!(u.scheme_str(), Some("http" | "https")) && u.host().is_some());
        if is_http {
            return Ok(());
        }
        let problem = format!("\"{}\" needs a url that begins with https:// or http://", self.name);
        Err(ServeError::Setting { setting: "publish.webhook", problem })
    }
}

impl MailConfig {
    const SCHEMES: [(&'static str, u16); 2] = [("smtp", 587), ("smtps", 465)];

    pub(crate) fn check(&self) -> Result<(), ServeError> {
        endpoint_of_mail(&self.url)?;
        let problem = match (&self.user, &self.password) {
            _ if self.to.is_empty() => "needs somebody in to",
            (Some(_), None) => "has a user, and no password",
            (None, Some(_)) => "has a password, and no user",
            _ => return Ok(()),
        };
        Err(ServeError::Setting { setting: "publish.mail", problem: problem.into() })
    }
}

/// The host and port of a mail server, and whether TLS is spoken from the first byte on.
pub(crate) fn endpoint_of_mail(url: &Place) -> Result<(String, u16, bool), ServeError> {
    endpoint("publish.mail.url", url, MailConfig::SCHEMES)
}

impl PublishConfig {
    /// What an alert may be told to, by name.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let mqtt = self.mqtt.iter().map(|_| "mqtt".to_owned());
        let mail = self.mail.iter().map(|_| "mail".to_owned());
        mqtt.chain(mail).chain(self.webhooks.iter().map(|hook| hook.name.clone())).collect()
    }

    /// Whether there is nothing to tell, and nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let has_receivers = self.mqtt.is_some() || !self.webhooks.is_empty() || self.nats.is_some();
        let has_receivers = has_receivers || self.office.is_some();
        !has_receivers && self.alerts.is_empty()
    }

    /// Refuses what a receiver would refuse, as far as that can be told without asking one.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn check(&self) -> Result<(), ServeError> {
        self.mqtt.as_ref().map_or(Ok(()), MqttConfig::check)?;
        self.nats.as_ref().map_or(Ok(()), NatsConfig::check)?;
        self.office.as_ref().map_or(Ok(()), OfficeConfig::check)?;
        self.mail.as_ref().map_or(Ok(()), MailConfig::check)?;
        for (index, webhook) in self.webhooks.iter().enumerate() {
            webhook.check()?;
            if self.webhooks[..index].iter().any(|other| other.name == webhook.name) {
                let problem =
                    format!("has two entries called \"{}\": give each a name of its own", webhook.name);
                return Err(ServeError::Setting { setting: "publish.webhook", problem });
            }
        }
        alert::check(&self.alerts, self)
    }
}

/// The host and port of `url`, and whether it asks for TLS, by its scheme.
pub(super) fn endpoint(
    setting: &'static str,
    url: &Place,
    schemes: [(&str, u16); 2],
) -> Result<(String, u16, bool), ServeError> {
    let refuse = || {
        let [(plain, _), (tls, _)] = schemes;
        // It may hold a password somewhere: it is not repeated.
        let problem = format!("is not {plain}://HOST:PORT or {tls}://HOST:PORT, without a user or a path");
        ServeError::Setting { setting, problem }
    };
    let uri: axum::http::Uri = url.reveal().parse().map_err(|_| refuse())?;
    let scheme = schemes.iter().position(|(name, _)| uri.scheme_str() == Some(name)).ok_or_else(refuse)?;
    let authority = uri.authority().filter(|a| !a.as_str().contains('@')).ok_or_else(refuse)?;
    let host = authority.host().trim_matches(['[', ']']).to_owned();
    if host.is_empty() || !matches!(uri.path(), "" | "/") {
        return Err(refuse());
    }
    Ok((host, authority.port_u16().unwrap_or(schemes[scheme].1), scheme == 1))
}

#[cfg(test)]
mod tests;
