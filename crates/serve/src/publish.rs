//! Publishers: each reads the ledger behind a cursor of its own, and goes on until everything was taken.
//!
//! A crossing is sent, the receiver says that it has it, and only then the cursor moves: a broker that is
//! down for an hour gets everything once it is back, in order. What was sent when the program was killed
//! is sent again, under the same identity.

mod backoff;
mod config;
mod message;
mod mqtt;
mod nats;
mod state;
mod tls;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

pub use config::{MqttConfig, NatsConfig, PublishConfig, WebhookConfig};
pub use state::{PublisherState, PublisherStates};

use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::{Book, Entry, Live, PortError, ServeError, Waiting};
use backoff::Backoff;
use state::Reporter;

/// Crossings that are sent before the cursor moves.
const BATCH: usize = 50;
/// Another process may write the ledger: it is looked at so often even if nothing was decided here.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long the publishers may take to say good-bye.
const GRACE: Duration = Duration::from_secs(2);

/// Running publishers. They end when this is dropped; what was not taken yet is sent next time.
pub struct Publishers {
    runtime: Option<Runtime>,
    end: watch::Sender<bool>,
    states: PublisherStates,
}

impl Publishers {
    /// Starts those that are configured, if any.
    ///
    /// # Errors
    /// When a setting cannot be used, or the system gives no thread.
    pub fn start(
        config: &PublishConfig,
        book: &Arc<dyn Book>,
        live: &Live,
    ) -> Result<Option<Self>, ServeError> {
        config.check()?;
        if config.is_empty() {
            return Ok(None);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("publish")
            .enable_io()
            .enable_time()
            .build()
            .map_err(|source| ServeError::Threads { source })?;
        let (end, ended) = watch::channel(false);
        let states = PublisherStates::default();
        let reading = |name: &str| Reading {
            name: name.to_owned(),
            book: book.clone(),
            decided: live.decided(),
            ended: ended.clone(),
            reporter: states.add(name),
            waited: false,
        };
        if let Some(mqtt) = &config.mqtt {
            runtime.spawn(run(reading("mqtt"), mqtt::Mqtt::new(mqtt)?));
        }
        for webhook in &config.webhooks {
            runtime.spawn(run(reading(&webhook.cursor()), webhook::Webhook::new(webhook)?));
        }
        if let Some(nats) = &config.nats {
            runtime.spawn(run(reading("nats"), nats::Nats::new(nats)?));
        }
        Ok(Some(Self { runtime: Some(runtime), end, states }))
    }

    /// How they are doing.
    #[must_use]
    pub fn states(&self) -> PublisherStates {
        self.states.clone()
    }
}

impl Drop for Publishers {
    fn drop(&mut self) {
        self.end.send_replace(true);
        if let Some(runtime) = self.runtime.take() {
            runtime.block_on(async { timeout(GRACE, self.end.closed()).await.ok() });
            runtime.shutdown_background();
        }
    }
}

/// Whoever takes crossings.
trait Receiver: Send + 'static {
    /// Sends crossings until the connection is lost or the reading ends.
    fn session(&mut self, reading: &mut Reading) -> impl Future<Output = Result<(), PortError>> + Send;
}

/// One session after the other, with longer and longer pauses while they fail.
async fn run(mut reading: Reading, mut receiver: impl Receiver) {
    let mut backoff = Backoff::default();
    loop {
        let ended = reading.ended.clone();
        match receiver.session(&mut reading).await {
            Ok(()) => return,
            Err(error) => {
                if reading.reporter.failed() {
                    backoff = Backoff::default();
                }
                let pause = backoff.next_pause();
                tracing::warn!("{}: {error}; trying again in {:.0} s", reading.name, pause.as_secs_f64());
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = crate::server::end_of(ended) => return,
                }
            }
        }
    }
}

/// A publisher's place in the ledger.
struct Reading {
    name: String,
    book: Arc<dyn Book>,
    decided: watch::Receiver<u64>,
    ended: watch::Receiver<bool>,
    reporter: Reporter,
    /// Whether the last look found nothing: the next one comes after a wait.
    waited: bool,
}

impl Reading {
    /// The crossings that have not been taken yet, as soon as there are any; `None` at the end. Dropping the
    /// future loses nothing.
    async fn next(&mut self) -> Result<Option<Vec<Entry>>, PortError> {
        loop {
            if *self.ended.borrow() {
                return Ok(None);
            }
            if self.waited {
                let ended = crate::server::end_of(self.ended.clone());
                tokio::select! {
                    _ = timeout(LOOK_EVERY, self.decided.changed()) => {}
                    () = ended => return Ok(None),
                }
            }
            let (book, name) = (self.book.clone(), self.name.clone());
            let read = move || {
                let cursor = book.cursor(&name)?;
                let entries = book.after(cursor, BATCH)?;
                Ok::<_, PortError>((entries, book.head()?))
            };
            let (entries, head) = spawn_blocking(read).await??;
            self.waited = entries.is_empty();
            self.reporter.behind(entries.first().map_or(0, |first| head + 1 - first.sequence));
            if !entries.is_empty() {
                return Ok(Some(entries));
            }
        }
    }

    /// The receiver has everything up to `entry`.
    async fn taken(&mut self, entry: &Entry) -> Result<(), PortError> {
        let (book, name, sequence) = (self.book.clone(), self.name.clone(), entry.sequence);
        spawn_blocking(move || book.advance(&name, sequence)).await??;
        self.reporter.up();
        Ok(())
    }

    /// The counts of today.
    async fn today(&self) -> Result<crate::api::Today, PortError> {
        let book = self.book.clone();
        spawn_blocking(move || crate::api::Today::read(book.as_ref(), &Waiting::default())).await?
    }
}
