//! A stream and its reader, made by one program at a time.

use std::future::Future;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::stream::{Config as StreamConfig, Stream};
use tokio_postgres::Client;

use crate::OfficeError;

/// Whoever has it makes something at the hub: "Hub " in ASCII.
const LOCK: i64 = 0x4875_6220;

/// The stream `stream` and its durable reader `reader`, made where they are not there; a reader that is there is brought
/// to these settings. Where two programs make the same reader at once, NATS server 2.9 now and then leaves one whose
/// messages reach nobody: whoever has the same `database` waits for the other.
///
/// # Errors
/// When the hub or the database cannot be reached, or the hub refuses.
pub async fn make_reader(
    context: &Context,
    database: &Client,
    stream: StreamConfig,
    reader: pull::Config,
) -> Result<(Stream, PullConsumer), OfficeError> {
    let make = async {
        let stream = context.get_or_create_stream(stream).await.map_err(OfficeError::hub("make a stream"))?;
        let reader = stream.create_consumer(reader).await.map_err(OfficeError::hub("make a reader"))?;
        Ok((stream, reader))
    };
    alone(database, make).await?
}

/// Does `work` while no other program does anything here.
async fn alone<T>(database: &Client, work: impl Future<Output = T>) -> Result<T, OfficeError> {
    let doing = || OfficeError::database("wait for another program that makes a reader");
    // It goes with the connection, at the latest.
    database.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await.map_err(doing())?;
    let done = work.await;
    database.execute("SELECT pg_advisory_unlock($1)", &[&LOCK]).await.map_err(doing())?;
    Ok(done)
}
