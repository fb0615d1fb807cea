//! Runs, the machine's clock and what lines are for: told when they are others than before.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Reading;
use super::edits::{Edits, Taken};
use super::link::Link;
use crate::PortError;
use crate::told::{About, Run, Stretch};

/// So many runs, and stretches of the clock, are in one message.
const MOST: usize = 200;

/// What the hub has of it.
#[derive(Default)]
pub(super) struct News {
    ledger: String,
    /// The number of the last message.
    told: u64,
    /// By number, without what changes all the time.
    runs: BTreeMap<u64, Run>,
    clock: BTreeMap<i64, Stretch>,
    lines: Option<String>,
    /// What the office may edit, as text.
    settings: Option<String>,
}

/// What is remembered over a restart, on the disk before it is used.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Memory {
    /// The last number that was told.
    told: u64,
    #[serde(default)]
    pub(super) edits: Taken,
}

/// What is remembered.
pub(super) async fn memory(reading: &Reading) -> Result<Memory, PortError> {
    let text = reading.memory().await?.unwrap_or_default();
    // Earlier versions have kept the number alone.
    let told = text.parse().ok().map(|told| Memory { told, ..Memory::default() });
    Ok(told.or_else(|| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Remembers what has come of edits.
pub(super) async fn keep_edits(reading: &Reading, edits: Taken) -> Result<(), PortError> {
    let memory = Memory { edits, ..memory(reading).await? };
    reading.remember(text(&memory)).await
}

impl News {
    /// Tells what the hub does not have yet.
    pub(super) async fn tell(
        &mut self,
        link: &Link,
        reading: &Reading,
        edits: Option<&Edits>,
    ) -> Result<(), PortError> {
        let mut about = reading.about().await?;
        if let Some(edits) = edits {
            about.settings = Some(edits.told(&memory(reading).await?.edits).await?);
        }
        if about.ledger != self.ledger {
            *self = Self { ledger: about.ledger.clone(), ..Self::default() };
        }
        let (lines, settings) = (text(&about.lines), text(&about.settings));
        let mut runs: Vec<Run> = about.runs.iter().filter(|run| self.is_new(run)).cloned().collect();
        let is_new = |stretch: &&Stretch| self.clock.get(&stretch.id) != Some(&lasting_stretch(stretch));
        let mut clock: Vec<Stretch> = about.clock.iter().filter(is_new).cloned().collect();
        let mut is_due = self.lines.as_ref() != Some(&lines) || self.settings.as_ref() != Some(&settings);
        while is_due || !runs.is_empty() || !clock.is_empty() {
            let some_runs: Vec<_> = runs.drain(..runs.len().min(MOST)).collect();
            let some_clock: Vec<_> = clock.drain(..clock.len().min(MOST)).collect();
            let told = next(reading).await?;
            let (runs, clock) = (some_runs.clone(), some_clock.clone());
            link.about(&About { told, after: self.told, runs, clock, ..about.clone() }).await?;
            self.told = told;
            self.runs.extend(some_runs.iter().map(|run| (run.id, lasting(run))));
            self.clock.extend(some_clock.iter().map(|stretch| (stretch.id, lasting_stretch(stretch))));
            (self.lines, self.settings) = (Some(lines.clone()), Some(settings.clone()));
            is_due = false;
        }
        Ok(())
    }

    /// The number of the last message that the hub has confirmed; 0 where there is none.
    pub(super) fn told(&self) -> u64 {
        self.told
    }

    /// The office lacks some of what the hub had: everything is told anew.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    fn is_new(&self, run: &Run) -> bool {
        self.runs.get(&run.id) != Some(&lasting(run))
    }
}

/// Without until when it was counted, which is told beside the rest and is no news by itself.
fn lasting(run: &Run) -> Run {
    Run { seen: None, ..run.clone() }
}

fn lasting_stretch(stretch: &Stretch) -> Stretch {
    Stretch { until: String::new(), ..stretch.clone() }
}

/// The next number: it is on the disk before it is used, so that none is used twice.
async fn next(reading: &Reading) -> Result<u64, PortError> {
    let before = memory(reading).await?;
    let told = before.told + 1;
    reading.remember(text(&Memory { told, ..before })).await?;
    Ok(told)
}

fn text(value: &impl Serialize) -> String {
    // Plain members of our own: this cannot fail.
    serde_json::to_string(value).unwrap_or_default()
}
