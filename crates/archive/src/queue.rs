//! The queue: a stream of NATS JetStream from which each job goes to one worker at a time.

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::stream::{
    Config as StreamConfig, DiscardPolicy, RetentionPolicy, StorageType, Stream,
};
use async_nats::jetstream::{self, AckKind, Context, Message};
use footfall_office::{HubConfig, connect_hub, make_reader};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio_postgres::Client;

use crate::{ArchiveError, QueueConfig};

/// The workers' name at the hub: one consumer that they share.
const WORKERS: &str = "workers";
/// How long the hub may take to let us in.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many jobs may be given out at once.
const MOST: i64 = 20_000;

/// What goes through the queue. All else is in the database.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ticket {
    pub(crate) job: i64,
    /// The how manieth time it was sent; earlier ones are void.
    pub(crate) sent: i32,
}

/// A connection to the hub. It is never taken up again: whoever has lost it connects anew.
pub(crate) struct Queue {
    context: Context,
    stream: Stream,
    workers: PullConsumer,
    subject: String,
}

/// How many jobs the hub has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Waiting {
    /// Jobs that nobody has.
    pub waiting: u64,
    /// Jobs that are given out.
    pub given: u64,
}

impl Queue {
    pub(crate) async fn connect(
        hub: &HubConfig,
        queue: &QueueConfig,
        who: &str,
        database: &Client,
    ) -> Result<Self, ArchiveError> {
        let client = connect_hub(hub, who, PATIENCE).await?;
        let context = jetstream::new(client);
        let stream = StreamConfig {
            name: queue.stream.clone(),
            subjects: vec![queue.subject.clone()],
            retention: RetentionPolicy::WorkQueue,
            discard: DiscardPolicy::New,
            storage: StorageType::File,
            ..StreamConfig::default()
        };
        let workers = pull::Config {
            durable_name: Some(WORKERS.to_owned()),
            ack_policy: AckPolicy::Explicit,
            ack_wait: queue.lease(),
            max_ack_pending: MOST,
            ..pull::Config::default()
        };
        let (stream, workers) = make_reader(&context, database, stream, workers).await?;
        Ok(Self { context, stream, workers, subject: queue.subject.clone() })
    }

    /// Puts jobs in; returns once the hub has all of them on its disk.
    pub(crate) async fn put(&self, tickets: &[Ticket]) -> Result<(), ArchiveError> {
        const DOING: &str = "put jobs into the queue";
        let mut sent = Vec::with_capacity(tickets.len());
        for ticket in tickets {
            let mut headers = HeaderMap::new();
            headers.insert("Nats-Msg-Id", format!("{}-{}", ticket.job, ticket.sent));
            let payload = serde_json::to_vec(ticket).map_err(ArchiveError::hub(DOING))?;
            let answer =
                self.context.publish_with_headers(self.subject.clone(), headers, payload.into()).await;
            sent.push(answer.map_err(ArchiveError::hub(DOING))?);
        }
        for answer in sent {
            answer.await.map_err(ArchiveError::hub(DOING))?;
        }
        Ok(())
    }

    /// The next job, if one comes within `wait`. Only one is asked for, and only now.
    pub(crate) async fn next(&self, wait: Duration) -> Result<Option<Message>, ArchiveError> {
        let doing = "take a job";
        let batch = self.workers.batch().max_messages(1).expires(wait);
        let mut batch = batch.messages().await.map_err(ArchiveError::hub(doing))?;
        let message = batch.next().await.transpose();
        message.map_err(|source| footfall_office::OfficeError::Hub { doing, source }.into())
    }

    /// How many jobs there are.
    pub(crate) async fn waiting(&mut self) -> Result<Waiting, ArchiveError> {
        let info = self.workers.info().await.map_err(ArchiveError::hub("ask how much there is"))?;
        Ok(Waiting { waiting: info.num_pending, given: info.num_ack_pending as u64 })
    }

    /// Throws away what is in it.
    pub(crate) async fn clear(&self) -> Result<(), ArchiveError> {
        self.stream.purge().await.map(drop).map_err(ArchiveError::hub("empty the queue"))
    }
}

/// Tells the hub what is to become of a message.
pub(crate) async fn answer(message: &Message, kind: AckKind) -> Result<(), ArchiveError> {
    message.ack_with(kind).await.map_err(ArchiveError::hub("answer for a job"))
}
