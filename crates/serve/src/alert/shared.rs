//! What watching and telling share: the record, and whether it is over.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::config::AlertConfig;
use super::memory::AlertMemory;
use super::record::{AlertState, Change, Record};
use super::rules::AlertRules;
use crate::PortError;

/// Who is shown how every alert is.
type Shown = Box<dyn Fn(Vec<AlertState>) + Send + Sync>;

pub(super) struct Shared {
    memory: Arc<dyn AlertMemory>,
    rules: AlertRules,
    shown: Shown,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    record: Record,
    /// Whether it is read: before, nothing is told.
    is_read: bool,
    is_over: bool,
}

impl Shared {
    pub(super) fn new(
        memory: Arc<dyn AlertMemory>,
        rules: AlertRules,
        shown: impl Fn(Vec<AlertState>) + Send + Sync + 'static,
    ) -> Self {
        let state = Mutex::new(State { record: Record::default(), is_read: false, is_over: false });
        Self { memory, rules, shown: Box::new(shown), state, changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is nothing to tell, nor anything that was told of and is not any more.
    pub(super) fn is_idle(&self) -> bool {
        self.rules.get().is_empty() && self.lock().record.states().is_empty()
    }

    pub(super) fn end(&self) {
        self.lock().is_over = true;
        self.changed.notify_all();
    }

    /// Waits; true where the end has come.
    pub(super) fn pause(&self, length: Duration) -> bool {
        let until = Instant::now() + length;
        let mut state = self.lock();
        while !state.is_over {
            let Some(rest) = until.checked_duration_since(Instant::now()).filter(|rest| !rest.is_zero())
            else {
                return false;
            };
            state = self.changed.wait_timeout(state, rest).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Takes the record for this program, and reads what was told before: that is shown from the start.
    pub(super) fn claim(&self, receivers: &[String]) -> Result<(), PortError> {
        self.memory.claim()?;
        let mut record: Record = match self.memory.read()? {
            // What cannot be read was written by another version: it begins anew.
            Some(text) => serde_json::from_str(&text).unwrap_or_default(),
            None => Record::default(),
        };
        record.begin(&self.rules.get(), receivers);
        let mut state = self.lock();
        (state.record, state.is_read) = (record, true);
        self.show(state.record.states());
        Ok(())
    }

    /// Takes in what is seen, by `judge`, and writes down what has changed before anybody is told.
    pub(super) fn judge(
        &self,
        judge: impl FnOnce(&mut Record, &[AlertConfig]) -> bool,
    ) -> Result<(), PortError> {
        let mut state = self.lock();
        let mut record = state.record.clone();
        let rules = self.rules.get();
        let has_gone = record.keep(&rules);
        if judge(&mut record, &rules) || has_gone {
            self.write(&record)?;
            state.record = record;
            self.show(state.record.states());
            self.changed.notify_all();
        }
        Ok(())
    }

    fn show(&self, states: &[AlertState]) {
        (self.shown)(states.to_vec());
    }

    /// How every alert is.
    pub(super) fn states(&self) -> Vec<AlertState> {
        self.lock().record.states().to_vec()
    }

    /// Whether it is known what was told before.
    pub(super) fn is_read(&self) -> bool {
        self.lock().is_read
    }

    fn write(&self, record: &Record) -> Result<(), PortError> {
        self.memory.write(&serde_json::to_string(record)?)
    }

    /// What `receiver` is to be told next, once there is something; `None` at the end.
    pub(super) fn next_for(&self, receiver: &str) -> Option<Change> {
        let mut state = self.lock();
        loop {
            if state.is_over {
                return None;
            }
            if state.is_read
                && let Some(change) = state.record.untold(receiver, &self.rules.get()).into_iter().next()
            {
                return Some(change);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// `receiver` has it. Where that cannot be written down it is told once more after a restart.
    pub(super) fn told(&self, receiver: &str, number: u64) {
        let mut state = self.lock();
        state.record.told(receiver, number);
        if let Err(error) = self.write(&state.record) {
            tracing::debug!("{error}");
        }
    }
}
