//! MQTT: every crossing once the broker has it, the counts as retained state, and Home Assistant told of
//! both.

mod alerts;
mod discovery;
mod legacy;
mod link;
mod retained;

use std::time::Duration;

use mqtt5::NetworkOptions;
use tokio::time::timeout;

use super::config::{MqttConfig, endpoint};
use super::message::Message;
use super::reading::Reading;
use super::receiver::{Lost, Receiver, Sent};
use super::tls;
use crate::names::id;
use crate::{Entry, PortError, ServeError};
use footfall_private::Secret;
use link::{Link, Unreached};
use retained::Retained;

/// How often the broker hears from us when nothing happens, in seconds; after one and a half times that it
/// tells our last will.
const KEEP_ALIVE: u16 = 20;

/// The longest packet of MQTT, in bytes.
const LONGEST: usize = 0x0fff_ffff;
/// After so many connections by 3.1.1 a broker is asked again whether it speaks 5.
const ASK_AGAIN: u8 = 50;

/// A broker.
pub(super) struct Mqtt {
    host: String,
    port: u16,
    tls: bool,
    user: Option<String>,
    password: Option<Secret>,
    prefix: String,
    discovery: Option<String>,
    /// Ours alone: two clients with one name throw each other out.
    id: String,
    /// For so many connections the broker is taken to speak 3.1.1 only.
    older: u8,
    link: Option<Link>,
    retained: Retained,
}

/// Something to be published.
#[derive(Clone, Debug)]
struct Publication {
    topic: String,
    retain: bool,
    payload: Vec<u8>,
}

impl Publication {
    fn retained(topic: impl Into<String>, payload: impl Into<Vec<u8>>) -> Self {
        Self { topic: topic.into(), retain: true, payload: payload.into() }
    }

    /// Bytes of its packet.
    fn bytes(&self) -> usize {
        // The topic's length, a number, and no properties; before them the packet's kind and its length.
        let rest = 2 + self.topic.len() + 2 + 1 + self.payload.len();
        let of_length = match rest {
            0..0x80 => 1,
            0x80..0x4000 => 2,
            0x4000..0x20_0000 => 3,
            _ => 4,
        };
        1 + of_length + rest
    }
}

impl Mqtt {
    /// A broker that is told of crossings, of counts, and of alerts.
    pub(super) fn new(config: &MqttConfig) -> Result<Self, ServeError> {
        config.check()?;
        let (host, port, tls) = endpoint("publish.mqtt.url", &config.url, MqttConfig::SCHEMES)?;
        let discovery = (!config.discovery.is_empty()).then(|| config.discovery.clone());
        let chance = getrandom::u32().unwrap_or_else(|_| std::process::id());
        let id = format!("footfall-{chance:08x}");
        let (user, password, prefix) = (config.user.clone(), config.password.clone(), config.prefix.clone());
        let (older, link, retained) = (0, None, Retained::default());
        Ok(Self { host, port, tls, user, password, prefix, discovery, id, older, link, retained })
    }

    fn status_topic(&self) -> String {
        format!("{}/status", self.prefix)
    }

    /// Who we are to the broker, if anybody.
    fn credentials(&self) -> Result<Option<(String, String)>, PortError> {
        let Some(user) = &self.user else { return Ok(None) };
        let password = self.password.as_ref().map(Secret::reveal).transpose()?;
        Ok(Some((user.clone(), password.unwrap_or_default())))
    }

    fn options_five(&self) -> Result<mqtt5::MqttOptions, PortError> {
        let mut options = mqtt5::MqttOptions::new(&self.id, (self.host.clone(), self.port));
        options.set_keep_alive(KEEP_ALIVE).set_clean_start(true);
        options.set_network_options(network());
        let will = mqtt5::LastWill::new(self.status_topic(), "offline", mqtt5::QoS::AtLeastOnce, true, None);
        options.set_last_will(will);
        if let Some((user, password)) = self.credentials()? {
            options.set_credentials(user, password);
        }
        if self.tls {
            let config = mqtt5::TlsConfiguration::Rustls(tls::client()?);
            options.set_transport(mqtt5::Transport::tls_with_config(config));
        }
        Ok(options)
    }

    fn options_three(&self) -> Result<mqtt3::MqttOptions, PortError> {
        let mut options = mqtt3::MqttOptions::new(&self.id, (self.host.clone(), self.port));
        options.set_keep_alive(KEEP_ALIVE).set_clean_session(true);
        // The library's own limit would be one more that nobody knows of.
        options.set_max_packet_size(LONGEST, LONGEST);
        options.set_last_will(mqtt3::LastWill::new(
            self.status_topic(),
            "offline",
            mqtt3::QoS::AtLeastOnce,
            true,
        ));
        if let Some((user, password)) = self.credentials()? {
            options.set_credentials(user, password);
        }
        if self.tls {
            let config = mqtt3::TlsConfiguration::Rustls(tls::client()?);
            options.set_transport(mqtt3::Transport::tls_with_config(config));
        }
        Ok(options)
    }

    /// A connection by whatever version the broker speaks.
    async fn reach(&mut self, patience: Duration) -> Result<Link, PortError> {
        if self.older > 0 {
            self.older -= 1;
        } else {
            match Link::five(self.options_five()?, patience).await {
                Ok(link) => return Ok(link),
                Err(Unreached::Other(error)) => return Err(error),
                Err(Unreached::Older(error)) => tracing::debug!("no connection by MQTT 5: {error}"),
            }
            // One that is just going down looks the same: it is asked again some day.
            self.older = ASK_AGAIN;
        }
        Link::three(self.options_three()?, network(), patience).await
    }

    fn crossing(&self, entry: &Entry) -> Publication {
        let topic = format!("{}/{}/{}/crossing", self.prefix, id(&entry.source), id(&entry.line));
        Publication { topic, retain: false, payload: Message::new(entry).json() }
    }
}

/// What is said leaves at once: else the system holds back whatever comes behind until there was an answer.
fn network() -> NetworkOptions {
    let mut options = NetworkOptions::new();
    options.set_tcp_nodelay(true);
    options
}

impl Receiver for Mqtt {
    async fn connect(&mut self, reading: &Reading) -> Result<bool, PortError> {
        self.link = None;
        let patience = reading.pace().patience;
        let mut link =
            timeout(2 * patience, self.reach(patience)).await.map_err(|_| "the broker does not answer")??;
        let sent = link.publish(&[Publication::retained(self.status_topic(), "online")]).await;
        if let Some(lost) = sent.lost {
            return Err(lost.error);
        }
        self.link = Some(link);
        self.retained.forget();
        Ok(true)
    }

    async fn send(&mut self, entries: &[Entry]) -> Sent {
        let publications: Vec<_> = entries.iter().map(|entry| self.crossing(entry)).collect();
        match &mut self.link {
            Some(link) => link.publish(&publications).await,
            None => Sent { verdicts: Vec::new(), lost: Some(Lost::from(PortError::from("not connected"))) },
        }
    }

    /// The counts of today, retained: whoever subscribes later sees them at once.
    async fn tell(&mut self, reading: &mut Reading) -> Result<(), PortError> {
        let Some(link) = &mut self.link else { return Ok(()) };
        let standing = reading.standing();
        if !self.retained.is_news(&standing) {
            return Ok(());
        }
        let (today, visits) = reading.today().await?;
        let site = discovery::Site::new(&self.prefix, &standing, &today, &visits);
        let mut wanted = site.states();
        let told: Vec<_> =
            standing.alerts.iter().filter(|alert| reading.tells(&alert.alert, "mqtt")).collect();
        wanted.extend(alerts::states(&self.prefix, &told));
        if let Some(discovery) = &self.discovery {
            wanted.extend(site.messages(discovery));
            wanted.extend(alerts::messages(&self.prefix, discovery, &told));
        }
        let legacy = || legacy::topics(self.discovery.as_deref(), &self.prefix, &standing.drawn);
        let status = format!("{}/status", self.prefix);
        self.retained.bring(link, reading, wanted, &status, legacy).await?;
        self.retained.told(standing);
        Ok(())
    }

    async fn idle(&mut self) -> PortError {
        match &mut self.link {
            Some(link) => link.idle().await,
            None => std::future::pending().await,
        }
    }

    /// Says good-bye: the last will is for those who cannot.
    async fn leave(&mut self) -> Result<(), PortError> {
        let Some(mut link) = self.link.take() else { return Ok(()) };
        let sent = link.publish(&[Publication::retained(self.status_topic(), "offline")]).await;
        link.leave().await;
        sent.lost.map_or(Ok(()), |lost| Err(lost.error))
    }
}
