//! How shops are doing: what they say about every ten seconds, and nobody keeps.

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::Message;
use footfall_serve::told::State;
use futures_util::StreamExt as _;
use serde::Serialize;
use tokio::time::{Instant, timeout_at};

use crate::OfficeError;
use crate::hub::client;
use crate::keep::json;
use crate::places::{Owner, Places};
use crate::shared::Shared;

/// What has come is written this often: a thousand shops take one statement.
const WRITE_EVERY: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Serialize)]
struct OfShop {
    shop: i32,
    program: String,
    zone: Option<String>,
    sources: serde_json::Value,
}

#[derive(Serialize)]
struct OfLedger {
    shop: i32,
    ledger: String,
    head: u64,
    confirmed: u64,
}

/// Listens until the office ends, or the hub or the database is lost.
pub(crate) async fn run(shared: &Shared) -> Result<(), OfficeError> {
    let hub = client(&shared.config.hub, "footfall office", PATIENCE).await?;
    let subject = format!("{}.*.state", shared.config.hub.prefix);
    let mut told = hub.subscribe(subject).await.map_err(OfficeError::hub("listen to the shops"))?;
    let database = shared.database.connect().await?;
    let mut places = Places::default();
    shared.works("states");
    while !shared.is_over() {
        let until = Instant::now() + WRITE_EVERY;
        // Of each shop's ledgers the newest word counts.
        let mut newest: BTreeMap<(String, String), State> = BTreeMap::new();
        while let Ok(message) = timeout_at(until, told.next()).await {
            let lost =
                || OfficeError::Hub { doing: "listen to the shops", source: "the connection is lost".into() };
            let message = message.ok_or_else(lost)?;
            if let Some((shop, state)) = read(&message, &shared.config.hub.prefix) {
                newest.insert((shop, state.ledger.clone()), state);
            }
        }
        let (mut shops, mut ledgers) = (BTreeMap::new(), Vec::new());
        for ((name, _), state) in newest {
            let found = places.ledger(&database, &name, &state.ledger, state.base).await?;
            let Owner::This { shop, .. } = found else { continue };
            let State { ledger, head, confirmed, told, program, zone, sources, .. } = state;
            shared.told.hear(&name, &ledger, told);
            ledgers.push(OfLedger { shop, ledger, head, confirmed });
            let sources = serde_json::to_value(sources).unwrap_or_default();
            shops.insert(shop, OfShop { shop, program, zone, sources });
        }
        if shops.is_empty() {
            continue;
        }
        let doing = "write how shops are doing";
        for (sql, values) in [
            (include_str!("sql/states.sql"), json(&shops.into_values().collect::<Vec<_>>())),
            (include_str!("sql/ledgers.sql"), json(&ledgers)),
        ] {
            database.execute(sql, &[&values]).await.map_err(OfficeError::database(doing))?;
        }
    }
    Ok(())
}

fn read(message: &Message, prefix: &str) -> Option<(String, State)> {
    let rest = message.subject.strip_prefix(prefix)?.strip_prefix('.')?;
    let shop = rest.strip_suffix(".state")?;
    match serde_json::from_slice::<State>(&message.payload) {
        Ok(state)
            if state.ledger.len() == 32 && state.head < i64::MAX as u64 && state.confirmed <= state.head =>
        {
            Some((shop.to_owned(), state))
        }
        _ => {
            tracing::debug!("{shop} says of itself what means nothing here");
            None
        }
    }
}
