//! Alerts that somebody else judges: told once when they begin and once when they are over, as a shop's own are.

use std::sync::Arc;

use jiff::Timestamp;

use super::memory::AlertMemory;
use super::record::AlertState;
use super::rule::Judgement;
use super::shared::Shared;
use super::{AlertRules, begin_telling, names, receivers};
use crate::publish::{PublishConfig, PublisherStates};
use crate::{PortError, PublisherState, ServeError};

/// Whether an alert is on, of something that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The alert's name in the configuration.
    pub alert: String,
    /// What it is about.
    pub source: Option<String>,
    /// Whether it is on.
    pub active: bool,
    /// Why, for people.
    pub text: String,
}

/// Tells alerts that are judged elsewhere. It ends when it is dropped; what was not taken yet is told next time.
pub struct AlertDesk {
    shared: Arc<Shared>,
    receivers: Vec<String>,
    states: PublisherStates,
}

impl AlertDesk {
    /// Tells the webhooks and the mail server of `publish` about its alerts. What was told is kept in `memory`.
    ///
    /// # Errors
    /// When a setting cannot be used, or the system gives no thread.
    pub fn start(publish: &PublishConfig, memory: Arc<dyn AlertMemory>) -> Result<Self, ServeError> {
        publish.check()?;
        let rules = AlertRules::default();
        rules.set(&publish.alerts);
        let (shared, states) = (Arc::new(Shared::new(memory, rules, drop)), PublisherStates::default());
        let receivers = receivers(publish)?;
        let names = names(&receivers);
        begin_telling(receivers, &shared, &states)?;
        Ok(Self { shared, receivers: names, states })
    }

    /// Takes in how everything is now. What is not among it any more is over.
    ///
    /// # Errors
    /// When what has changed cannot be written down: then nobody is told of it yet.
    pub fn judge(&self, mut judged: Vec<Judged>, now: Timestamp) -> Result<(), PortError> {
        if !self.shared.is_read() {
            self.shared.claim(&self.receivers)?;
        }
        self.shared.judge(|record, rules| {
            let is_known = |state: &AlertState| {
                judged.iter().any(|one| one.alert == state.alert && one.source == state.source)
            };
            let gone = record.states().iter().filter(|state| state.active && !is_known(state));
            let gone: Vec<_> = gone
                .map(|state| Judged {
                    alert: state.alert.clone(),
                    source: state.source.clone(),
                    active: false,
                    text: "there is nothing to tell of it any more".to_owned(),
                })
                .collect();
            judged.extend(gone);
            judged.retain(|one| rules.iter().any(|rule| rule.name == one.alert));
            let mut has_changed = false;
            for Judged { alert, source, active, text } in judged {
                has_changed |= record.take(&alert, Judgement { source, is_on: active, text }, now);
            }
            has_changed
        })
    }

    /// How every alert is.
    #[must_use]
    pub fn states(&self) -> Vec<AlertState> {
        self.shared.states()
    }

    /// How those who are told are doing.
    #[must_use]
    pub fn receivers(&self) -> Vec<PublisherState> {
        self.states.all()
    }
}

impl Drop for AlertDesk {
    fn drop(&mut self) {
        self.shared.end();
    }
}
