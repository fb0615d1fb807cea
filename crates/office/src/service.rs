//! The office as it runs: what reads the hub, what looks for gaps, the page; each begins anew when it fails.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use footfall_serve::{Backoff, Pace};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::database::Database;
use crate::page::Page;
use crate::report::Sheets;
use crate::shared::Shared;
use crate::{OfficeConfig, OfficeError, alerts, edits, gaps, ingest, states};

/// The longest pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// How long may be taken at the end to commit what was read.
const GRACE: Duration = Duration::from_secs(10);

/// A running office. It ends when it is dropped: what was read is committed, and the rest stays at the hub.
pub struct Office {
    runtime: Option<Runtime>,
    end: watch::Sender<bool>,
    page: Page,
}

type Work<'a> = Pin<Box<dyn Future<Output = Result<(), OfficeError>> + Send + 'a>>;

impl Office {
    /// Brings the database's tables to this version, and starts. `sheets` writes reports as files.
    ///
    /// # Errors
    /// When a setting cannot be obeyed, the database cannot be reached, or the page's address cannot be had. Where the
    /// hub cannot be reached it is tried again and again.
    pub fn start(config: OfficeConfig, sheets: Arc<dyn Sheets>) -> Result<Self, OfficeError> {
        footfall_serve::hub_address("hub.url", &config.hub.url)?;
        let database = Database::new(&config.database, "footfall office")?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("office")
            .enable_io()
            .enable_time()
            .build()
            .map_err(|source| OfficeError::Threads { source })?;
        let steps = runtime.block_on(database.migrate())?;
        if steps > 0 {
            tracing::info!("the database's tables were brought to this version in {steps} steps");
        }
        let (end, ended) = watch::channel(false);
        let desk = alerts::desk(&config, &database, runtime.handle())?;
        let shared = Arc::new(Shared::new(config, database, desk, sheets, ended));
        let page = Page::start(&shared)?;
        runtime.spawn(forever(shared.clone(), "ingest", |shared| Box::pin(ingest::run(shared))));
        runtime.spawn(forever(shared.clone(), "gaps", |shared| Box::pin(gaps::run(shared))));
        runtime.spawn(forever(shared.clone(), "states", |shared| Box::pin(states::run(shared))));
        runtime.spawn(forever(shared.clone(), "edits", |shared| Box::pin(edits::run(shared))));
        runtime.spawn(forever(shared, "alerts", |shared| Box::pin(alerts::run(shared))));
        Ok(Self { runtime: Some(runtime), end, page })
    }

    /// The same, once the database is there: until then it is tried again and again, with `rest` between, which says
    /// whether to end. Nothing where it has ended so.
    ///
    /// # Errors
    /// When a setting cannot be obeyed, the database refuses, or the page's address cannot be had.
    pub fn start_patiently(
        config: &OfficeConfig,
        sheets: &Arc<dyn Sheets>,
        rest: impl Fn(Duration) -> bool,
    ) -> Result<Option<Self>, OfficeError> {
        let mut backoff = backoff();
        loop {
            let error = match Self::start(config.clone(), sheets.clone()) {
                Err(error) if error.is_lost() => error,
                other => return other.map(Some),
            };
            let pause = backoff.next_pause();
            tracing::warn!("{error}; trying again in {:.1} s", pause.as_secs_f64());
            if rest(pause) {
                return Ok(None);
            }
        }
    }

    /// Where a browser finds its page.
    #[must_use]
    pub fn url(&self) -> String {
        self.page.url()
    }
}

fn backoff() -> Backoff {
    Backoff::new(Pace { longest_pause: LONGEST_PAUSE, ..Pace::default() })
}

/// Does a part's work until the office ends, and begins anew where it fails.
async fn forever(shared: Arc<Shared>, part: &'static str, work: impl for<'a> Fn(&'a Shared) -> Work<'a>) {
    let mut backoff = backoff();
    while !shared.is_over() {
        let began = tokio::time::Instant::now();
        let Err(error) = work(&shared).await else { return };
        if began.elapsed() > LONGEST_PAUSE {
            backoff.reset();
        }
        let pause = backoff.next_pause();
        let seconds = pause.as_secs_f64();
        if shared.figures.failed(part, &error.to_string()) {
            tracing::warn!("{part}: {error}; trying again in {seconds:.1} s, and less and less often");
        } else {
            tracing::debug!("{part}: {error}; trying again in {seconds:.1} s");
        }
        if shared.rest(pause).await {
            return;
        }
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.end.send_replace(true);
        if let Some(runtime) = self.runtime.take() {
            runtime.block_on(async { timeout(GRACE, self.end.closed()).await.ok() });
            runtime.shutdown_background();
        }
    }
}
