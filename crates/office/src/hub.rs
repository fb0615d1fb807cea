//! The way to the hub: a stream that keeps what was not read yet, and one reader of it.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::stream::{
    Config as StreamConfig, DiscardPolicy, RetentionPolicy, StorageType, Stream,
};
use async_nats::jetstream::{self, Message};
use async_nats::{Client, ConnectOptions};
use footfall_private::Secret;
use footfall_serve::told::inbox;
use futures_util::StreamExt as _;
use tokio_postgres::Client as Postgres;

use crate::{HubConfig, OfficeError, make_reader};

/// As the server knows us.
const OFFICE: &str = "footfall office";
/// The reader's name at the hub.
const READER: &str = "office";
/// What was not confirmed after this is given to us again, and so is what waits for a newer office.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// At most so many messages, and bytes, are read at once.
const MOST: u16 = 256;
const MOST_BYTES: usize = 8 << 20;
/// How long is waited for them.
const WAIT: Duration = Duration::from_millis(300);

/// A connection to the hub. It is never taken up again: whoever has lost it connects anew, so that no reader goes on
/// with a subscription that the server has forgotten.
pub(crate) struct Hub {
    client: Client,
    stream: Stream,
    reader: PullConsumer,
}

impl Hub {
    pub(crate) async fn connect(config: &HubConfig, database: &Postgres) -> Result<Self, OfficeError> {
        let client = client(config, OFFICE, PATIENCE).await?;
        let context = jetstream::new(client.clone());
        let stream = StreamConfig {
            name: config.stream.clone(),
            subjects: vec![format!("{}.*.entries", config.prefix), format!("{}.*.about", config.prefix)],
            retention: RetentionPolicy::WorkQueue,
            // A full hub refuses what comes, which the shops keep. It never drops what it has confirmed.
            discard: DiscardPolicy::New,
            storage: StorageType::File,
            ..StreamConfig::default()
        };
        let reader = pull::Config {
            durable_name: Some(READER.to_owned()),
            ack_policy: AckPolicy::Explicit,
            ack_wait: PATIENCE,
            // What waits for a newer office is never confirmed, and must not be in anybody's way.
            max_ack_pending: -1,
            ..pull::Config::default()
        };
        let (stream, reader) = make_reader(&context, database, stream, reader).await?;
        Ok(Self { client, stream, reader })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The stream's name.
    pub(crate) fn stream(&self) -> &str {
        &self.stream.cached_info().config.name
    }

    /// What there is, after a moment in which more may come. Nothing is taken before it is asked for.
    pub(crate) async fn next(&self) -> Result<Vec<Message>, OfficeError> {
        let doing = "read from it";
        let batch = self.reader.batch().max_messages(MOST.into()).max_bytes(MOST_BYTES).expires(WAIT);
        let mut batch = batch.messages().await.map_err(OfficeError::hub(doing))?;
        let mut messages = Vec::new();
        while let Some(message) = batch.next().await {
            match message {
                Ok(message) => messages.push(message),
                Err(source) if messages.is_empty() => return Err(OfficeError::Hub { doing, source }),
                // With the next one it would be too many bytes; or the hub ends, which it says again when it is asked
                // for more. What has come is ours to keep: nobody else is given it before our patience is over.
                Err(_) => break,
            }
        }
        Ok(messages)
    }

    /// How many messages wait to be read, or to be confirmed: the stream has these and no others.
    pub(crate) async fn waiting(&mut self) -> Result<u64, OfficeError> {
        let info = self.stream.info().await.map_err(OfficeError::hub("ask how much there is"))?;
        Ok(info.state.messages)
    }

    /// Throws the reader away: whoever connects next makes it anew, and what it has given out comes again.
    pub(crate) async fn forget_reader(&self) -> Result<(), OfficeError> {
        let doing = OfficeError::hub("make the office's reader anew");
        self.stream.delete_consumer(READER).await.map(drop).map_err(doing)
    }
}

/// A connection as `config` says, of a program that the server knows by the name `program`. It is not taken up again.
///
/// # Errors
/// When a setting cannot be obeyed, or the server cannot be reached within `patience`.
pub async fn client(config: &HubConfig, program: &str, patience: Duration) -> Result<Client, OfficeError> {
    let setting = "hub.url";
    let refuse = |problem: String| OfficeError::Setting { setting, problem };
    let (host, port, is_tls) = footfall_serve::hub_address(setting, &config.url)?;
    let mut options = ConnectOptions::new()
        .name(program)
        .custom_inbox_prefix(inbox("office"))
        .connection_timeout(patience)
        .ping_interval(Duration::from_secs(10))
        .max_reconnects(1);
    if let Some(key) = &config.key {
        options = options.nkey(key.reveal().map_err(refuse)?.trim().to_owned());
    } else if let Some(user) = &config.user {
        let password = config.password.as_ref().map(Secret::reveal).transpose().map_err(refuse)?;
        options = options.user_and_password(user.clone(), password.unwrap_or_default());
    }
    if is_tls {
        let tls = footfall_serve::tls_client(config.authority.as_deref());
        let tls = tls.map_err(|error| refuse(error.to_string()))?;
        options = options.require_tls(true).tls_client_config(tls.as_ref().clone());
    }
    options.connect(format!("{host}:{port}")).await.map_err(|error| match footfall_serve::distrust(&error) {
        Some(why) => OfficeError::Untrusted { whom: "the hub", why, setting: "hub.authority" },
        None => OfficeError::hub("connect")(error),
    })
}
