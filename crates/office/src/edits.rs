//! Edits on their way to shops: signed, and kept by the hub until the shop asks for the last one.

use std::time::Duration;

use async_nats::jetstream::stream::{Config as StreamConfig, DiscardPolicy, StorageType};
use async_nats::jetstream::{self, Context};
use footfall_serve::told::{Edit, Sealed, Subjects, VERSION, settings_stream};
use nkeys::KeyPair;
use tokio_postgres::Client;

use crate::OfficeError;
use crate::hub::client;
use crate::keep::json;
use crate::shared::Shared;

/// Edits are looked for this often even if nobody has said that there is one.
const LOOK_EVERY: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(15);
const DOING: &str = "send an edit to a shop";

/// Sends until the office ends, or the hub or the database is lost.
pub(crate) async fn run(shared: &Shared) -> Result<(), OfficeError> {
    let hub = &shared.config.hub;
    let Some(key) = crate::signing::key(&hub.editing_key)? else {
        // Nobody can edit anything: there is nothing to do until the end.
        while !shared.rest(Duration::from_hours(1)).await {}
        return Ok(());
    };
    let mut context = jetstream::new(client(hub, "footfall office", PATIENCE).await?);
    context.set_timeout(PATIENCE);
    let wanted = StreamConfig {
        name: settings_stream(&hub.stream),
        subjects: vec![Subjects::of(&hub.prefix, "*").set("*")],
        // The newest for each machine is all that counts.
        max_messages_per_subject: 1,
        discard: DiscardPolicy::Old,
        storage: StorageType::File,
        allow_direct: true,
        ..StreamConfig::default()
    };
    context.get_or_create_stream(wanted).await.map_err(OfficeError::hub("make the stream of edits"))?;
    let database = shared.database.connect().await?;
    // The hub may have lost its disk: what was not answered is sent again, which changes nothing where it is known.
    let sql = "UPDATE office.edit SET sent = NULL WHERE answered IS NULL";
    database.execute(sql, &[]).await.map_err(OfficeError::database(DOING))?;
    shared.works("edits");
    loop {
        send(&database, &context, &key, &hub.prefix).await?;
        tokio::select! {
            is_over = shared.rest(LOOK_EVERY) => if is_over { return Ok(()) },
            () = shared.edited.notified() => {}
        }
    }
}

async fn send(database: &Client, context: &Context, key: &KeyPair, prefix: &str) -> Result<(), OfficeError> {
    let rows = database.query(include_str!("sql/unsent.sql"), &[]).await;
    for row in rows.map_err(OfficeError::database(DOING))? {
        let (id, number): (i32, i64) = (row.get(0), row.get(3));
        let (shop, ledger, settings): (String, String, String) = (row.get(1), row.get(2), row.get(5));
        let subject = Subjects::of(prefix, &shop).set(&ledger);
        let unreadable = |error: serde_json::Error| OfficeError::Hub { doing: DOING, source: error.into() };
        let settings = serde_json::from_str(&settings).map_err(unreadable)?;
        let number_told = number.cast_unsigned();
        let edit =
            Edit { version: VERSION, shop, ledger, number: number_told, based_on: row.get(4), settings };
        let sealed = Sealed::new(key, &edit);
        let sealed = sealed.map_err(|error| OfficeError::Hub { doing: DOING, source: error.into() })?;
        let sent = async { context.publish(subject, json(&sealed).into()).await?.await };
        sent.await.map_err(OfficeError::hub(DOING))?;
        let sql = "UPDATE office.edit SET sent = now() WHERE ledger = $1 AND number = $2";
        database.execute(sql, &[&id, &number]).await.map_err(OfficeError::database(DOING))?;
    }
    Ok(())
}
