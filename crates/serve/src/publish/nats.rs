//! NATS JetStream: each crossing under its identity, which the server drops repeats by.

use std::time::Duration;

use async_nats::header::{HeaderMap, NATS_MESSAGE_ID};
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::jetstream::{self, Context};
use async_nats::{Client, ConnectOptions};
use futures_util::future::join_all;
use tokio::time::timeout;

use super::config::{NatsConfig, endpoint};
use super::message::Message;
use super::reading::Reading;
use super::receiver::{Receiver, Sent, Verdict};
use super::tls;
use crate::names::id;
use crate::{Entry, PortError, ServeError};
use footfall_private::Secret;

/// So many are on their way at once. They are taken in the order in which they were sent.
const WINDOW: usize = 100;
/// JetStream's number for a message that is longer than the stream takes.
const TOO_LONG: u64 = 10_054;

/// A server.
pub(super) struct Nats {
    address: String,
    tls: bool,
    user: Option<String>,
    password: Option<Secret>,
    prefix: String,
    stream: String,
    patience: Duration,
    link: Option<Link>,
}

/// A connection. It is never taken up again.
struct Link {
    client: Client,
    context: Context,
}

impl Nats {
    pub(super) fn new(config: &NatsConfig) -> Result<Self, ServeError> {
        config.check()?;
        let (host, port, tls) = endpoint("publish.nats.url", &config.url, NatsConfig::SCHEMES)?;
        let host = if host.contains(':') { format!("[{host}]") } else { host };
        Ok(Self {
            address: format!("{host}:{port}"),
            tls,
            user: config.user.clone(),
            password: config.password.clone(),
            prefix: config.prefix.clone(),
            stream: config.stream.clone(),
            patience: Duration::ZERO,
            link: None,
        })
    }

    async fn reach(&self) -> Result<Link, PortError> {
        // It is us who connect again, with our pauses: the library would go on by itself, for ever, with a
        // connection that nobody waits for any more.
        let mut options =
            ConnectOptions::new().name("footfall").connection_timeout(self.patience).max_reconnects(1);
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
        Ok(Link { client, context })
    }

    fn subject(&self, entry: &Entry) -> String {
        format!("{}.crossing.{}.{}", self.prefix, id(&entry.source), id(&entry.line))
    }

    /// Publishes these, and waits until the stream has each.
    async fn publish(&self, link: &Link, entries: &[Entry]) -> Sent {
        let mut waiting = Vec::with_capacity(entries.len());
        for entry in entries {
            let mut headers = HeaderMap::new();
            headers.insert(NATS_MESSAGE_ID, entry.identity.as_str());
            let payload = Message::new(entry).json().into();
            waiting.push(link.context.publish_with_headers(self.subject(entry), headers, payload).await);
        }
        let answered = waiting.into_iter().map(|sent| async {
            match sent {
                Ok(answer) => answer.await.map(drop),
                Err(error) => Err(error),
            }
        });
        let mut sent = Sent::default();
        for answer in join_all(answered).await {
            match answer.map_or_else(of_error, |()| Ok(Verdict::Taken)) {
                Ok(verdict) => sent.verdicts.push(verdict),
                Err(error) => {
                    // Whatever is behind it is sent again: the server drops what it has.
                    sent.lost = Some(error.into());
                    break;
                }
            }
        }
        sent
    }
}

/// What an error says of the message, or of the connection.
fn of_error(error: PublishError) -> Result<Verdict, PortError> {
    use jetstream::Error as Answer;
    match error.kind() {
        PublishErrorKind::MaxPayloadExceeded => Ok(Verdict::refused(true, error.to_string())),
        PublishErrorKind::StreamNotFound => {
            Ok(Verdict::refused(false, "no stream takes its subject: look at the stream's subjects"))
        }
        PublishErrorKind::Other => {
            let source = std::error::Error::source(&error);
            match source.and_then(|source| source.downcast_ref::<Answer>()) {
                Some(answer) => {
                    let certain = answer.error_code().0 == TOO_LONG;
                    Ok(Verdict::refused(certain, format!("the server says {answer}")))
                }
                None => Err(error.into()),
            }
        }
        _ => Err(error.into()),
    }
}

impl Receiver for Nats {
    async fn connect(&mut self, reading: &Reading) -> Result<bool, PortError> {
        self.link = None;
        self.patience = reading.pace().patience;
        let link = timeout(2 * self.patience, self.reach()).await;
        self.link = Some(link.map_err(|_| "the server does not answer")??);
        Ok(true)
    }

    async fn send(&mut self, entries: &[Entry]) -> Sent {
        let Some(link) = &self.link else {
            return Sent { verdicts: Vec::new(), lost: Some(PortError::from("not connected").into()) };
        };
        let mut all = Sent::default();
        for some in entries.chunks(WINDOW) {
            match timeout(self.patience, self.publish(link, some)).await {
                Ok(Sent { verdicts, lost }) => {
                    all.verdicts.extend(verdicts);
                    all.lost = lost;
                }
                Err(_) => all.lost = Some(PortError::from("the server does not answer").into()),
            }
            if all.lost.is_some() {
                break;
            }
        }
        all
    }

    async fn leave(&mut self) -> Result<(), PortError> {
        if let Some(link) = self.link.take() {
            link.client.drain().await?;
        }
        Ok(())
    }
}
