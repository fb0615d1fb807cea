//! Visitors who outlast a restart: when they are read, and when they are written down.

use std::time::Duration;

use footfall_config::{Config, usage};
use footfall_ledger::jiff::Timestamp;
use footfall_pipeline::Stop;

use super::remembered::Remembered;
use super::{Cameras, State, since_epoch};
use crate::{NOTICE, embedder_digest};

/// How often visitors are written down, where they outlast a restart.
const EVERY: Duration = Duration::from_mins(1);

impl Cameras {
    /// Writes visitors down now and then until `done`, and once more then, where they are to outlast a restart.
    pub fn keep(&self, done: &Stop) {
        if self.shared.remembered.is_none() {
            return;
        }
        let mut told = false;
        loop {
            let is_done = done.wait(EVERY);
            if let Err(error) = self.remember()
                && !std::mem::replace(&mut told, true)
            {
                tracing::error!("visitors cannot be kept for the next start: {error:#}");
            }
            if is_done {
                return;
            }
        }
    }

    /// Writes down who is known. A recording is counted anew each time, and keeps nobody.
    fn remember(&self) -> anyhow::Result<()> {
        let Some(remembered) = &self.shared.remembered else { return Ok(()) };
        let state = self.lock();
        let memory = if state.recorded || !state.recalled { None } else { state.across.memory() };
        drop(state);
        memory.map_or(Ok(()), |memory| remembered.write(memory, since_epoch(Timestamp::now())))
    }

    /// Goes on with those who are known from before, once.
    pub(super) fn recall(&self, state: &mut State) {
        let Some(remembered) = &self.shared.remembered else { return };
        if std::mem::replace(&mut state.recalled, true) {
            return;
        }
        let now = since_epoch(Timestamp::now());
        let Some(memory) = remembered.read(now) else { return };
        if state.across.recall(self.shared.visitors, memory, now) {
            tracing::info!(target: NOTICE, "goes on with the visitors in {}", remembered.path());
        } else {
            tracing::warn!("{} has no visitors that can be used; they are counted anew", remembered.path());
        }
    }
}

/// Where visitors outlast a restart, if they do.
pub(super) fn remembered(config: &Config) -> anyhow::Result<Option<Remembered>> {
    let Some(sealed) = config.remember.sealed().map_err(usage)? else { return Ok(None) };
    let visitors = config.counter.visitors;
    let window = Duration::try_from_secs_f64(3600.0 * visitors.window).unwrap_or(Duration::MAX);
    let embedder = embedder_digest(config)?.unwrap_or_default();
    Ok(Some(Remembered::new(sealed, embedder, visitors.calibration, window)))
}
