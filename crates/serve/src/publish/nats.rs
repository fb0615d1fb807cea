//! NATS JetStream: each crossing under its identity, which the server drops repeats by.

use std::time::Duration;

use async_nats::header::{HeaderMap, NATS_MESSAGE_ID};
use async_nats::jetstream::{self, Context};
use async_nats::{Client, ConnectOptions};
use tokio::time::timeout;

use super::config::{NatsConfig, endpoint};
use super::message::{Message, level};
use super::{Reading, Receiver, tls};
use crate::secret::Secret;
use crate::{Entry, PortError, ServeError};

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server.
pub(super) struct Nats {
    address: String,
    tls: bool,
    user: Option<String>,
    password: Option<Secret>,
    prefix: String,
    stream: String,
}

impl Nats {
    pub(super) fn new(config: &NatsConfig) -> Result<Self, ServeError> {
        let (host, port, tls) = endpoint("publish.nats.url", &config.url, [("nats", 4222), ("tls", 4222)])?;
        for (setting, name) in
            [("publish.nats.prefix", &config.prefix), ("publish.nats.stream", &config.stream)]
        {
            if name.is_empty() || name.contains(|c: char| c.is_whitespace() || ".*>".contains(c)) {
                let problem = "is a name without spaces, dots, * and >".to_owned();
                return Err(ServeError::Setting { setting, problem });
            }
        }
        let host = if host.contains(':') { format!("[{host}]") } else { host };
        Ok(Self {
            address: format!("{host}:{port}"),
            tls,
            user: config.user.clone(),
            password: config.password.clone(),
            prefix: config.prefix.clone(),
            stream: config.stream.clone(),
        })
    }

    async fn connect(&self) -> Result<(Client, Context), PortError> {
        let mut options = ConnectOptions::new().name("footfall").connection_timeout(PATIENCE);
        let password = self.password.as_ref().map(Secret::reveal).transpose()?;
        options = match (&self.user, password) {
            (Some(user), password) => options.user_and_password(user.clone(), password.unwrap_or_default()),
            (None, Some(token)) => options.token(token),
            (None, None) => options,
        };
        if self.tls {
            options = options.require_tls(true).tls_client_config(tls::client()?.as_ref().clone());
        }
        let client = options.connect(&self.address).await?;
        let context = jetstream::new(client.clone());
        let stream = jetstream::stream::Config {
            name: self.stream.clone(),
            subjects: vec![format!("{}.>", self.prefix)],
            ..Default::default()
        };
        context.get_or_create_stream(stream).await?;
        Ok((client, context))
    }

    /// Publishes one crossing, and waits until the stream has it: the next one comes after it, whatever
    /// happens.
    async fn publish(&self, context: &Context, entry: &Entry) -> Result<(), PortError> {
        let subject = format!("{}.crossing.{}.{}", self.prefix, level(&entry.source), level(&entry.line));
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, entry.identity.as_str());
        let payload = Message::new(entry).json().into();
        let published = async { context.publish_with_headers(subject, headers, payload).await?.await };
        timeout(PATIENCE, published).await.map_err(|_| "the server does not answer")??;
        Ok(())
    }
}

impl Receiver for Nats {
    async fn session(&mut self, reading: &mut Reading) -> Result<(), PortError> {
        let (client, context) = self.connect().await?;
        reading.reporter.up();
        while let Some(entries) = reading.next().await? {
            for entry in &entries {
                self.publish(&context, entry).await?;
            }
            if let Some(last) = entries.last() {
                reading.taken(last).await?;
            }
        }
        client.drain().await?;
        Ok(())
    }
}
