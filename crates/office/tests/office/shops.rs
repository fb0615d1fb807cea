//! Shops that say what a test has them say, and the office that hears it.

use std::sync::Arc;
use std::time::Duration;

use async_nats::header::{HeaderMap, NATS_MESSAGE_ID};
use async_nats::jetstream;
use footfall_office::{DatabaseConfig, HubConfig, Office, OfficeConfig, ReportQuery, ReportRow, Sheets};
use footfall_serve::told::{About, Batch, State, Subjects, VERSION};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::servers::{Hub, Postgres, until};

/// A hub, a database and an office between them.
pub(crate) struct Town {
    pub(crate) hub: Hub,
    pub(crate) postgres: Postgres,
    pub(crate) office: Option<Office>,
}

impl Town {
    pub(crate) fn start() -> Self {
        let mut town = Self { hub: Hub::start(), postgres: Postgres::start(), office: None };
        town.open();
        town
    }

    pub(crate) fn config(&self) -> OfficeConfig {
        let hub = HubConfig { url: self.hub.url().into(), ..HubConfig::default() };
        let database = DatabaseConfig { url: self.postgres.url().into(), ..DatabaseConfig::default() };
        let address = Some("127.0.0.1:0".parse().unwrap());
        let serve = footfall_serve::Config { address, ..footfall_serve::Config::default() };
        OfficeConfig { hub, database, serve, ..OfficeConfig::default() }
    }

    /// Opens the office, and waits until it has made its stream.
    pub(crate) fn open(&mut self) {
        self.office = Some(Office::start(self.config(), plain()).unwrap());
        let shop = Shop::at(&self.hub.url(), "nobody");
        until("the stream", || shop.runtime.block_on(shop.context.get_stream("OFFICE")).ok().map(drop));
    }

    /// Waits until the office has this many entries.
    pub(crate) fn has(&self, entries: usize) {
        let count = "SELECT count(*) FROM office.entry";
        until(&format!("{entries} entries"), || {
            (self.postgres.try_sql(count)? == [entries.to_string()]).then_some(())
        });
    }
}

/// A shop.
pub(crate) struct Shop {
    pub(crate) runtime: Runtime,
    pub(crate) client: async_nats::Client,
    pub(crate) context: jetstream::Context,
    pub(crate) subjects: Subjects,
}

/// Reports whose files are JSON: what they are in truth is the program's.
struct Plain;

impl Sheets for Plain {
    fn write(&self, _: &ReportQuery, rows: &[ReportRow], _: &str) -> Result<Vec<u8>, String> {
        serde_json::to_vec(rows).map_err(|error| error.to_string())
    }
}

pub(crate) fn plain() -> Arc<dyn Sheets> {
    Arc::new(Plain)
}

/// The identity of the ledger number `n`.
pub(crate) fn ledger(n: u64) -> String {
    format!("{n:032x}")
}

/// Entry `seq` of a ledger: crossings for the most part, and one of each other kind now and then.
pub(crate) fn entry(ledger: u64, seq: u64) -> Value {
    let minute = seq % 60;
    let common = json!({"seq": seq, "id": format!("{ledger:016x}{seq:016x}"), "run": 1, "source": "Door", "time": 1.5,
        "at": format!("2026-11-24T09:{minute:02}:00.5Z"), "detail": {"confidence": 0.9}});
    let until = format!("2026-11-24T09:{minute:02}:30Z");
    let own = match seq % 10 {
        7 => json!({"kind": "visit", "zone": "till", "track": seq, "frame": 9, "until": until}),
        8 => json!({"kind": "health", "condition": "dark", "raised": true, "frame": null}),
        9 => json!({"kind": "uncounted", "reason": "dark", "until": until}),
        n => {
            json!({"kind": "crossing", "line": "door", "direction": if n < 4 { "in" } else { "out" }, "track": seq,
            "frame": 12})
        }
    };
    let mut entry = common;
    entry.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
    entry
}

/// A batch with these entries of a ledger.
pub(crate) fn batch(number: u64, after: u64, through: u64, seqs: impl IntoIterator<Item = u64>) -> Batch {
    let entries = seqs.into_iter().map(|seq| entry(number, seq)).collect();
    Batch { version: VERSION, ledger: ledger(number), base: 0, after, through, entries, lost: None }
}

/// What belongs to a ledger and is no entry: message `told`, which continues `after`.
pub(crate) fn about(number: u64, told: u64, after: u64) -> About {
    let (runs, clock, lines) = (Vec::new(), Vec::new(), Vec::new());
    About { version: VERSION, ledger: ledger(number), told, after, runs, clock, lines, settings: None }
}

impl Shop {
    pub(crate) fn at(url: &str, name: &str) -> Self {
        Self::with(url, name, async_nats::ConnectOptions::new())
    }

    pub(crate) fn with(url: &str, name: &str, options: async_nats::ConnectOptions) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let options = options.custom_inbox_prefix(footfall_serve::told::inbox(name));
        // Beside other tests a server may take its time.
        let options = options.connection_timeout(Duration::from_mins(1));
        let (client, mut context) = runtime.block_on(async {
            let client = options.connect(url).await.unwrap();
            (client.clone(), jetstream::new(client))
        });
        context.set_timeout(Duration::from_secs(2));
        Self { runtime, client, context, subjects: Subjects::of("office", name) }
    }

    /// Publishes to the stream; whether that has it.
    pub(crate) fn publish(&self, subject: String, name: &str, payload: Vec<u8>) -> Result<(), String> {
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, name);
        let sent = async { self.context.publish_with_headers(subject, headers, payload.into()).await?.await };
        self.runtime.block_on(sent).map(drop).map_err(|error| error.to_string())
    }

    /// Tells of a batch, under a name that no message had before.
    pub(crate) fn tell(&self, batch: &Batch) {
        let payload = serde_json::to_vec(batch).unwrap();
        let mut name = [0; 8];
        std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom").unwrap(), &mut name).unwrap();
        self.publish(self.subjects.entries(), &format!("{name:?}"), payload).unwrap();
    }

    /// Says how it is doing.
    pub(crate) fn state(&self, number: u64, confirmed: u64, head: u64) {
        self.state_after(number, confirmed, head, 0);
    }

    /// The same of one whose message `told` of what is no entry was confirmed last.
    pub(crate) fn state_after(&self, number: u64, confirmed: u64, head: u64, told: u64) {
        let state = State {
            version: VERSION,
            ledger: ledger(number),
            base: 0,
            confirmed,
            head,
            told,
            zone: Some("Europe/Berlin".into()),
            program: "0.1.0".into(),
            sources: Vec::new(),
        };
        let payload = serde_json::to_vec(&state).unwrap();
        self.runtime.block_on(async {
            self.client.publish(self.subjects.state(), payload.into()).await.unwrap();
            self.client.flush().await.unwrap();
        });
    }
}
