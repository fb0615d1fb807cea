//! A connection to the office's hub.

use std::time::Duration;

use async_nats::client::RequestErrorKind;
use async_nats::connection::State as Connected;
use async_nats::header::{HeaderMap, NATS_EXPECTED_STREAM, NATS_MESSAGE_ID, NATS_STREAM};
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::jetstream::{self, Context};
use async_nats::{Client, ConnectOptions, Subscriber};
use footfall_private::Secret;
use serde::Serialize;
use tokio::time::timeout;

use super::OfficeConfig;
use crate::PortError;
use crate::publish::config::hub_address;
use crate::publish::tls;
use crate::told::{About, Batch, State, Subjects, inbox};

/// A connection. It is never taken up again.
pub(super) struct Link {
    client: Client,
    context: Context,
    subjects: Subjects,
    stream: String,
    patience: Duration,
}

/// Why the hub has not taken something.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotTaken {
    #[error("the message is longer than the hub takes")]
    TooLong,
    #[error(
        "the hub has no stream for this shop: is footfall office running, and is the shop enrolled there?"
    )]
    NoStream,
    #[error("the hub does not answer: is the shop enrolled, and still allowed?")]
    Silent,
    #[error("the hub does not take entries for now: {0}")]
    Refused(PublishError),
}

impl NotTaken {
    pub(super) fn is_too_long(&self) -> bool {
        matches!(self, Self::TooLong)
    }

    fn of(error: PublishError) -> Self {
        match error.kind() {
            PublishErrorKind::MaxPayloadExceeded => Self::TooLong,
            PublishErrorKind::StreamNotFound => Self::NoStream,
            PublishErrorKind::TimedOut => Self::Silent,
            _ => Self::Refused(error),
        }
    }
}

impl Link {
    pub(super) async fn reach(config: &OfficeConfig, patience: Duration) -> Result<Self, PortError> {
        let (host, port, is_tls) = hub_address("publish.office.url", &config.url)?;
        // It is us who connect again, with our pauses.
        let mut options = ConnectOptions::new()
            .name(format!("footfall {}", config.shop))
            .custom_inbox_prefix(inbox(&config.shop))
            .connection_timeout(patience)
            .ping_interval(Duration::from_secs(20))
            .max_reconnects(1);
        if let Some(seed) = &config.key {
            options = options.nkey(seed.reveal()?.trim().to_owned());
        } else if let Some(user) = &config.user {
            let password = config.password.as_ref().map(Secret::reveal).transpose()?;
            options = options.user_and_password(user.clone(), password.unwrap_or_default());
        }
        if is_tls {
            let client = tls::client_trusting(config.authority.as_deref())?;
            options = options.require_tls(true).tls_client_config(client.as_ref().clone());
        }
        let client = options.connect(format!("{host}:{port}")).await.map_err(|error| {
            tls::distrust(&error).map_or_else(
                || PortError::from(error),
                |why| {
                    format!("the office's hub: {why}: publish.office.authority names a file with the authority's certificate")
                        .into()
                },
            )
        })?;
        let mut context = jetstream::new(client.clone());
        context.set_timeout(patience);
        let subjects = Subjects::of(&config.prefix, &config.shop);
        Ok(Self { client, context, subjects, stream: config.stream.clone(), patience })
    }

    /// What the office asks for.
    pub(super) async fn asked(&self) -> Result<Subscriber, PortError> {
        let asked = self.client.subscribe(self.subjects.ask()).await?;
        self.client.flush().await?;
        Ok(asked)
    }

    /// What the office wants set otherwise at the machine of this ledger.
    pub(super) async fn set(&self, ledger: &str) -> Result<Subscriber, PortError> {
        let set = self.client.subscribe(self.subjects.set(ledger)).await?;
        self.client.flush().await?;
        Ok(set)
    }

    /// The last of it that the hub keeps, if any.
    pub(super) async fn last_set(&self, ledger: &str) -> Result<Option<Vec<u8>>, PortError> {
        let subject = self.subjects.last_set(&self.stream, ledger);
        let asked = timeout(self.patience, self.client.request(subject, "".into())).await;
        let answer = match asked {
            Ok(Ok(answer)) => answer,
            // An office that edits nothing has no such stream, and a shop that was enrolled before may not ask.
            Ok(Err(error)) if error.kind() == RequestErrorKind::NoResponders => return Ok(None),
            Ok(Err(error)) if error.kind() != RequestErrorKind::TimedOut => return Err(error.into()),
            _ => {
                tracing::warn!(
                    "the hub does not say what the office has edited: a shop that was enrolled by an earlier version needs a \
                     new key, by footfall office enrol --renew"
                );
                return Ok(None);
            }
        };
        // Without a message the hub answers with a status of its own.
        let is_message = answer.headers.as_ref().is_some_and(|headers| headers.get(NATS_STREAM).is_some());
        Ok(is_message.then(|| answer.payload.to_vec()))
    }

    /// Sends a batch, and waits until the hub keeps it. `again`: even if it has had it before.
    pub(super) async fn entries(&self, batch: &Batch, again: Option<u64>) -> Result<(), NotTaken> {
        let Batch { ledger, after, through, .. } = batch;
        let again = again.map_or_else(String::new, |again| format!(" {again:x}"));
        self.keep(self.subjects.entries(), format!("{ledger} {after}-{through}{again}"), batch).await
    }

    /// Tells what is no entry, and waits until the hub keeps it.
    pub(super) async fn about(&self, about: &About) -> Result<(), PortError> {
        let name = format!("{} about {}", about.ledger, about.told);
        Ok(self.keep(self.subjects.about(), name, about).await?)
    }

    /// Tells how the shop is doing; nobody keeps it.
    pub(super) async fn state(&self, state: &State) -> Result<(), PortError> {
        self.client.publish(self.subjects.state(), json(state).into()).await?;
        Ok(timeout(self.patience, self.client.flush()).await.map_err(|_| NotTaken::Silent)??)
    }

    async fn keep(&self, subject: String, name: String, what: &impl Serialize) -> Result<(), NotTaken> {
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, name.as_str());
        // Another stream that happens to take these subjects would confirm what the office never gets.
        headers.insert(NATS_EXPECTED_STREAM, self.stream.as_str());
        let sent = async {
            self.context.publish_with_headers(subject, headers, json(what).into()).await?.await.map(drop)
        };
        let sent = timeout(self.patience, sent).await.map_err(|_| NotTaken::Silent)?;
        sent.map_err(NotTaken::of)
    }

    /// Whether the connection stands, as far as is known.
    pub(super) fn check(&self) -> Result<(), PortError> {
        match self.client.connection_state() {
            Connected::Disconnected => Err("the connection to the office's hub is lost".into()),
            _ => Ok(()),
        }
    }

    /// Says good-bye.
    pub(super) async fn leave(self) -> Result<(), PortError> {
        Ok(self.client.drain().await?)
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    // Plain members of our own: this cannot fail.
    serde_json::to_vec(value).unwrap_or_default()
}
