//! Publishers: each reads the ledger behind a cursor of its own, and goes on until everything was taken.
//!
//! A crossing is sent, the receiver says that it has it, and only then the cursor moves: a broker that is
//! down for an hour gets everything once it is back, in order. What was sent when the program was killed
//! is sent again, under the same identity. A cursor belongs to one program at a time; another one that
//! would publish under the same name waits. What a receiver never takes is set aside, see [`delivery`].

mod backoff;
mod config;
mod delivery;
mod destination;
mod message;
mod mqtt;
mod nats;
mod office;
mod pace;
mod prefix;
mod reading;
mod receiver;
mod session;
mod state;
mod tls;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

pub use backoff::Backoff;
pub(crate) use config::endpoint_of_mail;
pub use config::hub_address;
pub use config::{MailConfig, MqttConfig, NatsConfig, OfficeConfig, PublishConfig, WebhookConfig};
pub use destination::Destination;
pub use pace::Pace;
pub(crate) use receiver::Verdict;
pub(crate) use state::Reporter;
pub use state::{PublisherState, PublisherStates};
pub use tls::{client_trusting as tls_client, distrust};
pub(crate) use webhook::Webhook;

use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::alert::Alerts;
use crate::{Book, Live, ServeError, Setup};
use reading::Reading;
use session::run;

/// How long the publishers may take to send the rest and to say good-bye.
const GRACE: Duration = Duration::from_secs(2);

/// Running publishers. They end when this is dropped; what was not taken yet is sent next time.
pub struct Publishers {
    runtime: Option<Runtime>,
    end: watch::Sender<bool>,
    states: PublisherStates,
    _alerts: Option<Alerts>,
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
        Self::start_at(Pace::default(), config, book, live)
    }

    /// As [`start`](Self::start), where the head office may edit what `setup` has.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with(
        setup: Arc<dyn Setup>,
        config: &PublishConfig,
        book: &Arc<dyn Book>,
        live: &Live,
    ) -> Result<Option<Self>, ServeError> {
        Self::open(Pace::default(), config, book, live, Some(setup))
    }

    /// As [`start`](Self::start), at another pace.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_at(
        pace: Pace,
        config: &PublishConfig,
        book: &Arc<dyn Book>,
        live: &Live,
    ) -> Result<Option<Self>, ServeError> {
        Self::open(pace, config, book, live, None)
    }

    fn open(
        pace: Pace,
        config: &PublishConfig,
        book: &Arc<dyn Book>,
        live: &Live,
        setup: Option<Arc<dyn Setup>>,
    ) -> Result<Option<Self>, ServeError> {
        config.check()?;
        if config.is_empty() && !live.rules().is_ours() {
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
        let reading = |name: &str| {
            Reading::new(name, book.clone(), live.clone(), ended.clone(), states.add(name), pace)
        };
        let alerts = Alerts::start(config, book, live, &states)?;
        if let Some(mqtt) = &config.mqtt {
            runtime.spawn(run(reading("mqtt"), mqtt::Mqtt::new(mqtt)?));
        }
        for webhook in &config.webhooks {
            runtime.spawn(run(reading(&webhook.cursor()), webhook::Webhook::new(webhook)?));
        }
        if let Some(nats) = &config.nats {
            runtime.spawn(run(reading("nats"), nats::Nats::new(nats)?));
        }
        if let Some(office) = &config.office {
            runtime.spawn(office::run(reading("office"), office::Office::new(office, setup, live)?));
        }
        Ok(Some(Self { runtime: Some(runtime), end, states, _alerts: alerts }))
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
