//! What was counted and cannot be written down yet: kept in memory, within bounds, until it can be.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use footfall_count::{Condition, HealthChange, Seen, Tally, Uncounted, ZoneTally};
use footfall_ledger::{Entry, Error, Obstacle};
use footfall_pipeline::{Note, Scene};

use crate::NOTICE;

/// How often writing is tried again.
pub(super) const RETRY: Duration = Duration::from_secs(1);
/// What passes sooner is not worth a word: another program's transaction, a checkpoint.
pub(super) const WORTH_TELLING: Duration = Duration::from_secs(3);
/// How often it is told again.
const TELL_EVERY: Duration = Duration::from_mins(1);
/// The most entries that are kept: some hours of the busiest doors, in some tens of megabytes.
const MOST: usize = 50_000;

/// Entries in their order, and what of the scenes that they came with nobody else may see before.
pub(super) struct Kept {
    since: Instant,
    tried: Instant,
    told: Option<Instant>,
    /// What was told to be wrong, and is so still.
    raised: Option<Condition>,
    error: Error,
    /// Until when was counted.
    time: Option<Duration>,
    entries: Vec<Entry>,
    rests: Vec<Seen>,
    /// From when on entries were too many.
    lost: Option<(Duration, usize)>,
}

impl Kept {
    /// Nothing yet, since `error`.
    pub(super) fn new(error: Error) -> Self {
        Self {
            since: Instant::now(),
            tried: Instant::now(),
            told: None,
            raised: None,
            error,
            time: None,
            entries: Vec::new(),
            rests: Vec::new(),
            lost: None,
        }
    }

    /// Adds what was decided; of a scene, at `time`, also that it was counted.
    pub(super) fn add(&mut self, time: Option<Duration>, entries: Vec<Entry>) {
        self.time = time.or(self.time);
        let room = MOST - self.entries.len().min(MOST);
        if entries.len() > room {
            let surplus = entries.len() - room;
            let (_, lost) = self.lost.get_or_insert((self.time.unwrap_or_default(), 0));
            *lost += surplus;
        }
        self.entries.extend(entries.into_iter().take(room));
    }

    /// Takes out of a scene what is kept here.
    pub(super) fn hold_back(&mut self, scene: &mut Scene, shown: &(Vec<Tally>, Vec<ZoneTally>)) {
        let seen = &mut scene.seen;
        let decided = seen.take_events();
        if self.lost.is_none() && decided.is_eventful() {
            self.rests.push(decided);
        }
        if (shown.0.len(), shown.1.len()) == (seen.tallies.len(), seen.zone_tallies.len()) {
            (seen.tallies, seen.zone_tallies) = shown.clone();
        }
    }

    /// Whether it is time to try again.
    pub(super) fn is_due(&self) -> bool {
        self.tried.elapsed() >= RETRY
    }

    /// Tries to write all of it.
    pub(super) fn attempt(
        &mut self,
        write: impl FnOnce(Option<Duration>, &[Entry]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let before = self.entries.len();
        let time = self.time.unwrap_or_default();
        let reason = condition(&self.error);
        let lost = self.lost.map(|(from, _)| Entry::Uncounted(Uncounted { reason, from, to: time }));
        let over = self.raised.map(|condition| Entry::Health(change(condition, false, time)));
        self.entries.extend(lost.into_iter().chain(over));
        let written = write(self.time, &self.entries);
        self.tried = Instant::now();
        if written.is_err() {
            self.entries.truncate(before);
        }
        written
    }

    /// Writing has failed again.
    pub(super) fn failed(&mut self, error: Error) {
        self.error = error;
    }

    /// Says what is wrong, now and then; gives what there is to tell about the source.
    pub(super) fn tell(&mut self) -> Vec<Note> {
        if self.since.elapsed() < WORTH_TELLING {
            return Vec::new();
        }
        let condition = condition(&self.error);
        let is_new = self.raised != Some(condition);
        if is_new || self.told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
            self.told = Some(Instant::now());
            let (error, entries) = (&self.error, self.entries.len());
            tracing::error!("{error}. Counting goes on; {entries} entries wait in memory to be written");
            if let Some((_, lost)) = self.lost {
                tracing::error!("{lost} entries more were too many, and are lost");
            }
        }
        if !is_new {
            return Vec::new();
        }
        let time = self.time.unwrap_or_default();
        let over = self.raised.replace(condition).map(|condition| change(condition, false, time));
        let changes: Vec<_> = over.into_iter().chain([change(condition, true, time)]).collect();
        self.entries.extend(changes.iter().cloned().map(Entry::Health));
        changes.into_iter().map(Note::Health).collect()
    }

    /// It was written: gives what was held back, and what there is to tell about the source.
    pub(super) fn release(self, path: &std::path::Path) -> (Vec<Seen>, Vec<Note>) {
        let time = self.time.unwrap_or_default();
        if self.raised.is_some() {
            let (entries, seconds) = (self.entries.len(), self.since.elapsed().as_secs());
            let path = path.display();
            tracing::info!(target: NOTICE, "the ledger {path} can be written again after {seconds} s: {entries} entries that \
                waited are in it");
        }
        let over = self.raised.map(|condition| Note::Health(change(condition, false, time)));
        (self.rests, over.into_iter().collect())
    }

    /// Why what is kept is lost, at the end of a run.
    pub(super) fn lost(self) -> String {
        let crossings = self.entries.len();
        format!("{}. {crossings} entries that waited to be written are lost", self.error)
    }
}

fn change(condition: Condition, raised: bool, time: Duration) -> HealthChange {
    HealthChange { condition, raised, time, frame: None, evidence: BTreeMap::new() }
}

/// What is wrong with a ledger, as it is told of a source.
fn condition(error: &Error) -> Condition {
    match error.obstacle() {
        Some(Obstacle::Full) => Condition::DiskFull,
        Some(Obstacle::Locked) => Condition::LedgerLocked,
        Some(Obstacle::Gone) => Condition::LedgerGone,
        Some(Obstacle::Damaged) => Condition::LedgerDamaged,
        Some(Obstacle::Refused) | None => Condition::LedgerRefused,
    }
}
