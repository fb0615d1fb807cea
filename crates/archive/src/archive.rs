//! An archive: its queue and its database, for whoever submits, looks, or takes results out.

use std::time::Duration;

use footfall_office::Database;
use tokio::runtime::Runtime;
use tokio_postgres::Client;

use crate::place::{Found, list};
use crate::queue::{Queue, Ticket, Waiting};
use crate::status::Status;
use crate::{ArchiveConfig, ArchiveError, Settings, export, status};

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// As the servers know us.
const WHO: &str = "footfall archive";
/// So many jobs go into the database, and into the queue, at once.
const BATCH: u16 = 500;
/// The table that says which scripts have run, beside the office's own.
const HISTORY: &str = "archive_schema_history";

/// An archive that can be reached.
pub struct Archive {
    runtime: Runtime,
    config: ArchiveConfig,
    client: Client,
}

/// What submitting came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Submitted {
    /// Recordings that are to be counted now.
    pub added: u64,
    /// Those that were known.
    pub known: u64,
    /// Those that were known, and had been replaced since.
    pub back: u64,
    /// Earlier ones of the same name that count no more: they have changed, or are to be counted otherwise.
    pub replaced: u64,
    /// Files that are no recordings.
    pub others: usize,
}

impl Archive {
    /// Connects to the database, and brings its tables to this version.
    ///
    /// # Errors
    /// When a setting cannot be obeyed, or the database cannot be reached.
    pub fn open(config: ArchiveConfig) -> Result<Self, ArchiveError> {
        let runtime = runtime()?;
        let client = runtime.block_on(async {
            let database = Database::new(&config.database, WHO)?;
            migrate(&database).await?;
            Ok::<_, ArchiveError>(database.connect().await?)
        })?;
        Ok(Self { runtime, config, client })
    }

    /// Makes a job of every recording below `place` that is new, and puts these into the queue. `told` hears how far
    /// it is.
    ///
    /// # Errors
    /// When the place, the database or the hub cannot be reached. Submitting again goes on where it ended.
    pub fn submit(
        &mut self,
        place: &str,
        name: Option<&str>,
        settings: &Settings,
        told: &mut dyn FnMut(&str),
    ) -> Result<Submitted, ArchiveError> {
        let Self { runtime, config, client } = self;
        runtime.block_on(async {
            let listing = list(place, name, &config.store).await?;
            if listing.found.is_empty() {
                return Err(ArchiveError::Refused(format!(
                    "no recording is below {place}, and {} other files are",
                    listing.others
                )));
            }
            told(&format!("{} recordings below {place}", listing.found.len()));
            let mut sum = Submitted { others: listing.others, ..Submitted::default() };
            let settings = known(client, settings).await?;
            for found in listing.found.chunks(BATCH.into()) {
                add(client, found, settings, &mut sum).await?;
            }
            publish(client, config, told).await?;
            Ok(sum)
        })
    }

    /// Puts recordings back that were given up: those that are named, or all. Gives how many.
    ///
    /// # Errors
    /// When the database or the hub cannot be reached, or a name is none of these.
    pub fn retry(&mut self, names: &[String], told: &mut dyn FnMut(&str)) -> Result<u64, ArchiveError> {
        let Self { runtime, config, client } = self;
        let doing = || ArchiveError::database("put recordings back");
        let sql = "UPDATE archive.job SET state = 'queued', tries = 0, sent = sent + 1
                   WHERE current AND state = 'dead' AND (cardinality($1::text[]) = 0 OR name = ANY ($1)) RETURNING name";
        runtime.block_on(async {
            let back = client.query(sql, &[&names]).await.map_err(doing())?;
            publish(client, config, told).await?;
            let back: Vec<String> = back.iter().map(|row| row.get(0)).collect();
            if let Some(name) = names.iter().find(|name| !back.contains(name)) {
                return Err(ArchiveError::Refused(format!("{name} is not in the list of the dead letters")));
            }
            Ok(back.len() as u64)
        })
    }

    /// Fills the queue anew with all that is not counted: for a hub that has lost its disk. Gives how many jobs that is.
    ///
    /// # Errors
    /// When the database or the hub cannot be reached.
    pub fn requeue(&mut self, told: &mut dyn FnMut(&str)) -> Result<u64, ArchiveError> {
        let Self { runtime, config, client } = self;
        let sql = "UPDATE archive.job SET sent = sent + 1 WHERE current AND state IN ('queued', 'counting')";
        runtime.block_on(async {
            Queue::connect(&config.hub, &config.queue, WHO, client).await?.clear().await?;
            let doing = ArchiveError::database("fill the queue anew");
            let count = client.execute(sql, &[]).await.map_err(doing)?;
            publish(client, config, told).await?;
            Ok(count)
        })
    }

    /// How far it is.
    ///
    /// # Errors
    /// When the database cannot be reached. Without the hub, what it has is not known.
    pub fn status(&mut self) -> Result<Status, ArchiveError> {
        let Self { runtime, config, client } = self;
        runtime.block_on(async {
            let waiting: Result<Waiting, ArchiveError> =
                async { Queue::connect(&config.hub, &config.queue, WHO, client).await?.waiting().await }
                    .await;
            status::read(client, waiting).await
        })
    }

    /// Writes what was counted, in order of the recordings' names, by `write`.
    ///
    /// # Errors
    /// When the database cannot be reached, `write` fails, or not everything is counted and `is_partial` is not said.
    pub fn export(
        &mut self,
        form: export::Form,
        is_partial: bool,
        write: &mut dyn FnMut(&str) -> std::io::Result<()>,
    ) -> Result<export::Exported, ArchiveError> {
        let Self { runtime, client, .. } = self;
        runtime.block_on(export::export(client, form, is_partial, write))
    }
}

/// Brings the archive's tables to this version.
pub(crate) async fn migrate(database: &Database) -> Result<(), ArchiveError> {
    let mut runner = embedded::migrations::runner();
    runner.set_migration_table_name(HISTORY);
    let steps = database.bring_forward(&runner).await?;
    if steps > 0 {
        tracing::info!("the archive's tables were brought to this version in {steps} steps");
    }
    Ok(())
}

pub(crate) fn runtime() -> Result<Runtime, ArchiveError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("archive")
        .enable_io()
        .enable_time()
        .build()
        .map_err(|source| footfall_office::OfficeError::Threads { source }.into())
}

/// The number of these settings.
async fn known(client: &Client, settings: &Settings) -> Result<i32, ArchiveError> {
    let options = serde_json::Value::from(settings.options.clone()).to_string();
    let sql = "INSERT INTO archive.settings (digest, configuration, options) VALUES ($1, $2, $3::text::jsonb)
               ON CONFLICT (digest) DO UPDATE SET digest = excluded.digest RETURNING id";
    let row = client.query_one(sql, &[&settings.digest, &settings.configuration, &options]).await;
    Ok(row.map_err(ArchiveError::database("write down the settings"))?.get(0))
}

async fn add(
    client: &mut Client,
    found: &[Found],
    settings: i32,
    sum: &mut Submitted,
) -> Result<(), ArchiveError> {
    let doing = || ArchiveError::database("write down jobs");
    let came = serde_json::to_string(found).unwrap_or_default();
    let transaction = client.transaction().await.map_err(doing())?;
    let row =
        transaction.query_one(include_str!("sql/submit.sql"), &[&came, &settings]).await.map_err(doing())?;
    transaction.execute(include_str!("sql/current.sql"), &[&came, &settings]).await.map_err(doing())?;
    transaction.commit().await.map_err(doing())?;
    let count = |index: usize| row.get::<_, i64>(index).cast_unsigned();
    sum.added += count(0);
    sum.known += count(1);
    sum.back += count(2);
    sum.replaced += count(3);
    Ok(())
}

/// Puts into the queue what the hub has not confirmed yet.
async fn publish(
    client: &Client,
    config: &ArchiveConfig,
    told: &mut dyn FnMut(&str),
) -> Result<(), ArchiveError> {
    let doing = || ArchiveError::database("read jobs");
    let mut queue = None;
    let mut count = 0;
    let began = std::time::Instant::now();
    let mut last = began;
    loop {
        let sql = "SELECT id, sent FROM archive.job WHERE published < sent ORDER BY id LIMIT $1";
        let rows = client.query(sql, &[&i64::from(BATCH)]).await.map_err(doing())?;
        if rows.is_empty() {
            return Ok(());
        }
        let tickets: Vec<_> = rows.iter().map(|row| Ticket { job: row.get(0), sent: row.get(1) }).collect();
        let queue = match &mut queue {
            Some(queue) => queue,
            empty => empty.insert(Queue::connect(&config.hub, &config.queue, WHO, client).await?),
        };
        queue.put(&tickets).await?;
        let (jobs, sent): (Vec<i64>, Vec<i32>) =
            tickets.iter().map(|ticket| (ticket.job, ticket.sent)).unzip();
        let sql = "UPDATE archive.job SET published = came.sent
                   FROM unnest($1::bigint[], $2::integer[]) AS came (id, sent) WHERE job.id = came.id";
        client.execute(sql, &[&jobs, &sent]).await.map_err(doing())?;
        count += tickets.len();
        if last.elapsed() > Duration::from_secs(5) {
            last = std::time::Instant::now();
            told(&format!("{count} jobs are in the queue"));
        }
    }
}
