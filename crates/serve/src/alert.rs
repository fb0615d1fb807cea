//! Alerts: somebody is told once when something begins, and once when it is over.
//!
//! One thread looks at the place about once a second and judges it by the configured rules. What has changed is
//! written beside the ledger before anybody is told, so that a restart tells nothing twice and forgets nothing.
//! Webhooks and the mail server each have a thread that goes on until they have taken everything; MQTT keeps the
//! state of each alert as a retained message.

mod config;
mod desk;
mod look;
mod mail;
mod memory;
mod record;
mod rule;
mod rules;
mod shared;
mod tell;
mod webhook;

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

pub(crate) use config::check;
pub use config::{AlertConfig, When};
pub use desk::{AlertDesk, Judged};
pub use look::unusual_hour;
pub use memory::AlertMemory;
pub use record::AlertState;
pub use rules::AlertRules;

use crate::publish::{PublishConfig, PublisherStates};
use crate::{Book, Live, PortError, ServeError};
use look::Looker;
use memory::{BesideLedger, NAME};
use shared::Shared;
use tell::{Teller, keep_telling};

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The place in the ledger holds up nothing that retention would remove.
const PASS_EVERY: Duration = Duration::from_mins(5);

/// Running alerts. They end when this is dropped; what was not taken yet is told next time.
pub(crate) struct Alerts {
    shared: Arc<Shared>,
    watch: Option<JoinHandle<()>>,
}

/// A receiver by its name in the configuration, and what tells it.
type Receiver = (String, Box<dyn Teller>);

impl Alerts {
    /// Starts those that are configured; also without any, where they may come later ([`AlertRules`]).
    ///
    /// # Errors
    /// When a setting cannot be used, or the system gives no thread.
    pub(crate) fn start(
        publish: &PublishConfig,
        book: &Arc<dyn Book>,
        live: &Live,
        states: &PublisherStates,
    ) -> Result<Option<Self>, ServeError> {
        if !publish.alerts.is_empty() {
            live.rules().set(&publish.alerts);
        }
        if !live.rules().is_ours() {
            return Ok(None);
        }
        let receivers = receivers(publish)?;
        let names = names(&receivers);
        let (memory, shown) = (Arc::new(BesideLedger(book.clone())), live.clone());
        let shared = Shared::new(memory, live.rules().clone(), move |states| shown.alert(states));
        let shared = Arc::new(shared);
        begin_telling(receivers, &shared, states)?;
        // Before anybody else tells how things are. What is in the way is told by the thread.
        let is_ours = !shared.is_idle() && shared.claim(&names).is_ok();
        let (looker, watched) = (Looker::new(book.clone(), live.clone()), shared.clone());
        let book = book.clone();
        let watch = spawn(move || watch(looker, book.as_ref(), &watched, &names, is_ours))?;
        Ok(Some(Self { shared, watch: Some(watch) }))
    }
}

impl Drop for Alerts {
    fn drop(&mut self) {
        self.shared.end();
        if let Some(watch) = self.watch.take() {
            let _ = watch.join();
        }
    }
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, ServeError> {
    let thread = thread::Builder::new().name("alerts".into()).spawn(work);
    thread.map_err(|source| ServeError::Threads { source })
}

/// Has each receiver told what there is, on a thread of its own.
fn begin_telling(
    receivers: Vec<Receiver>,
    shared: &Arc<Shared>,
    states: &PublisherStates,
) -> Result<(), ServeError> {
    for (name, teller) in receivers {
        let (shared, reporter) = (shared.clone(), states.add(&format!("alerts by {name}")));
        // It may be in the middle of telling when the end comes: it is not waited for.
        spawn(move || keep_telling(&name, teller.as_ref(), &shared, &reporter))?;
    }
    Ok(())
}

fn names(receivers: &[Receiver]) -> Vec<String> {
    receivers.iter().map(|(name, _)| name.clone()).collect()
}

fn receivers(publish: &PublishConfig) -> Result<Vec<Receiver>, ServeError> {
    let mut receivers: Vec<Receiver> = Vec::new();
    for config in &publish.webhooks {
        receivers.push((config.name.clone(), Box::new(webhook::AlertHook::new(config)?)));
    }
    if let Some(config) = &publish.mail {
        receivers.push(("mail".to_owned(), Box::new(mail::Mail::new(config)?)));
    }
    Ok(receivers)
}

fn watch(mut looker: Looker, book: &dyn Book, shared: &Shared, receivers: &[String], mut is_ours: bool) {
    let (mut passed, mut told) = (None, String::new());
    loop {
        let mut look = || -> Result<(), PortError> {
            // Another program may tell this ledger's alerts, as long as there are none here.
            if shared.is_idle() {
                return Ok(());
            }
            if !is_ours {
                shared.claim(receivers)?;
                is_ours = true;
            }
            if passed.is_none_or(|at: Instant| at.elapsed() >= PASS_EVERY) {
                book.pass(NAME, book.head()?, &[])?;
                passed = Some(Instant::now());
            }
            let sight = looker.look()?;
            shared.judge(|record, rules| record.judge(rules, &sight))
        };
        match look() {
            Ok(()) => told.clear(),
            Err(error) if error.to_string() != told => {
                told = error.to_string();
                tracing::warn!("alerts: {told}");
            }
            Err(_) => {}
        }
        if shared.pause(LOOK_EVERY) {
            return;
        }
    }
}
