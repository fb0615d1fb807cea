//! MQTT: every crossing once the broker has it, the counts as retained state, and Home Assistant told of
//! both.

mod discovery;

use std::time::Duration;

use rumqttc::{
    AsyncClient, Event, EventLoop, LastWill, MqttOptions, Packet, QoS, TlsConfiguration, Transport,
};
use tokio::time::timeout;

use super::config::{MqttConfig, endpoint};
use super::message::{Message, level};
use super::{BATCH, Reading, Receiver, tls};
use crate::secret::Secret;
use crate::{Entry, PortError, ServeError};

/// How long the broker may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often the broker hears from us when nothing happens; after one and a half times that it tells our
/// last will.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

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
}

/// Something to be published.
struct Publication {
    topic: String,
    retain: bool,
    payload: Vec<u8>,
}

/// A connection. Whatever happens to it, the next one starts from the ledger.
struct Connection {
    client: AsyncClient,
    events: EventLoop,
}

impl Mqtt {
    pub(super) fn new(config: &MqttConfig) -> Result<Self, ServeError> {
        let (host, port, tls) = endpoint("publish.mqtt.url", &config.url, [("mqtt", 1883), ("mqtts", 8883)])?;
        let topic = |setting, name: &str| {
            let bad = name.contains(['#', '+', '\0']) || name.starts_with('/') || name.ends_with('/');
            let problem = "is a part of MQTT topics, without #, + and slashes at its ends".to_owned();
            if bad { Err(ServeError::Setting { setting, problem }) } else { Ok(name.to_owned()) }
        };
        let prefix = topic("publish.mqtt.prefix", &config.prefix)?;
        if prefix.is_empty() {
            let problem = "must not be empty".to_owned();
            return Err(ServeError::Setting { setting: "publish.mqtt.prefix", problem });
        }
        let discovery = topic("publish.mqtt.discovery", &config.discovery)?;
        let discovery = (!discovery.is_empty()).then_some(discovery);
        let chance = getrandom::u32().unwrap_or_else(|_| std::process::id());
        let id = format!("footfall-{chance:08x}");
        let (user, password) = (config.user.clone(), config.password.clone());
        Ok(Self { host, port, tls, user, password, prefix, discovery, id })
    }

    fn status_topic(&self) -> String {
        format!("{}/status", self.prefix)
    }

    fn options(&self) -> Result<MqttOptions, PortError> {
        let mut options = MqttOptions::new(&self.id, &self.host, self.port);
        options.set_keep_alive(KEEP_ALIVE).set_clean_session(true);
        options.set_last_will(LastWill::new(self.status_topic(), "offline", QoS::AtLeastOnce, true));
        if let Some(user) = &self.user {
            let password = self.password.as_ref().map(Secret::reveal).transpose()?;
            options.set_credentials(user, password.unwrap_or_default());
        }
        if self.tls {
            let config = TlsConfiguration::Rustls(tls::client()?);
            options.set_transport(Transport::tls_with_config(config));
        }
        Ok(options)
    }

    /// Connects, and says that we are there.
    async fn connect(&self) -> Result<Connection, PortError> {
        let (client, events) = AsyncClient::new(self.options()?, 2 * BATCH);
        let mut connection = Connection { client, events };
        connection.wait_for(|packet| matches!(packet, Packet::ConnAck(_))).await?;
        let online = Publication { topic: self.status_topic(), retain: true, payload: b"online".to_vec() };
        connection.publish([online]).await?;
        Ok(connection)
    }

    fn crossing(&self, entry: &Entry) -> Publication {
        let topic = format!("{}/{}/{}/crossing", self.prefix, level(&entry.source), level(&entry.line));
        Publication { topic, retain: false, payload: Message::new(entry).json() }
    }

    /// The counts of today, retained: whoever subscribes later sees them at once.
    async fn tell_counts(
        &self,
        connection: &mut Connection,
        reading: &Reading,
        told: &mut Vec<u8>,
    ) -> Result<(), PortError> {
        let today = reading.today().await?;
        let all = serde_json::to_vec(&today)?;
        if *told == all {
            return Ok(());
        }
        if let Some(discovery) = &self.discovery {
            connection.publish(discovery::messages(discovery, &self.prefix, &today)).await?;
        }
        connection.publish(discovery::states(&self.prefix, &today)).await?;
        *told = all;
        Ok(())
    }
}

impl Receiver for Mqtt {
    async fn session(&mut self, reading: &mut Reading) -> Result<(), PortError> {
        let mut connection = self.connect().await?;
        reading.reporter.up();
        let mut told = Vec::new();
        self.tell_counts(&mut connection, reading, &mut told).await?;
        loop {
            // The connection is kept alive while there is nothing to send.
            let next = tokio::select! {
                next = reading.next() => next?,
                lost = connection.idle() => return Err(lost),
                () = tokio::time::sleep(RETELL) => Some(Vec::new()),
            };
            let Some(entries) = next else { return self.leave(connection).await };
            if let Some(last) = entries.last() {
                connection.publish(entries.iter().map(|entry| self.crossing(entry))).await?;
                reading.taken(last).await?;
            }
            self.tell_counts(&mut connection, reading, &mut told).await?;
        }
    }
}

/// Midnight changes the counts of today without a crossing.
const RETELL: Duration = Duration::from_mins(1);

impl Mqtt {
    /// Says good-bye: the last will is for those who cannot.
    async fn leave(&self, mut connection: Connection) -> Result<(), PortError> {
        let offline = Publication { topic: self.status_topic(), retain: true, payload: b"offline".to_vec() };
        connection.publish([offline]).await?;
        connection.client.try_disconnect()?;
        // The end of the connection is what was asked for.
        let _ = timeout(PATIENCE, connection.idle()).await;
        Ok(())
    }
}

impl Connection {
    /// Sends these in order, and waits until the broker has them all.
    async fn publish(&mut self, messages: impl IntoIterator<Item = Publication>) -> Result<(), PortError> {
        let messages: Vec<_> = messages.into_iter().collect();
        for some in messages.chunks(BATCH) {
            for Publication { topic, retain, payload } in some {
                self.client.try_publish(topic, QoS::AtLeastOnce, *retain, payload.clone())?;
            }
            for _ in some {
                self.wait_for(|packet| matches!(packet, Packet::PubAck(_))).await?;
            }
        }
        Ok(())
    }

    async fn wait_for(&mut self, is_it: impl Fn(&Packet) -> bool) -> Result<(), PortError> {
        let wait = async {
            loop {
                if let Event::Incoming(packet) = self.events.poll().await?
                    && is_it(&packet)
                {
                    return Ok(());
                }
            }
        };
        timeout(PATIENCE, wait).await.map_err(|_| "the broker does not answer")?
    }

    /// Keeps the connection alive until it is lost.
    async fn idle(&mut self) -> PortError {
        loop {
            if let Err(error) = self.events.poll().await {
                return error.into();
            }
        }
    }
}
