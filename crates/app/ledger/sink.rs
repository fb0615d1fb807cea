//! The first sink of a run: what is not on the disk goes nowhere else.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use footfall_count::{Condition, Crossing, Line, Uncounted, Visit, Zone};
use footfall_ledger::{CrossingEntry, Entry, Error, Run, VisitEntry};
use footfall_pipeline::{BoxError, Kind, Note, Rest, Scene, Sink, Stop};

/// How often a full disk is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// Writes each scene's crossings, and what is told of the source, before the sinks behind it see them.
///
/// A full disk ends a recording's run: it can be counted again. A camera's run waits until there is room:
/// what was decided is kept, and the camera's frames are dropped, and counted, at the door.
pub(crate) struct LedgerSink {
    path: PathBuf,
    run: Run,
    kind: Kind,
    stop: Stop,
}

impl LedgerSink {
    pub(crate) fn new(path: &Path, run: Run, kind: Kind, stop: Stop) -> Self {
        Self { path: path.to_owned(), run, kind, stop }
    }

    /// Writes `entries`; of a scene, at `time`, also that it was counted.
    fn record(&self, time: Option<Duration>, entries: &[Entry]) -> Result<(), Error> {
        match self.attempt(time, entries) {
            Err(error) if error.is_full() && self.kind == Kind::Live => self.wait(time, entries, error),
            outcome => outcome,
        }
    }

    fn attempt(&self, time: Option<Duration>, entries: &[Entry]) -> Result<(), Error> {
        let recorded = time.map_or_else(|| self.run.record(entries), |time| self.run.scene(time, entries));
        recorded.map(drop)
    }

    /// Tries until it succeeds, or the run is asked to end.
    fn wait(&self, time: Option<Duration>, entries: &[Entry], mut error: Error) -> Result<(), Error> {
        tracing::error!("{error}. Counting waits until there is room");
        let (began, from) = (Instant::now(), time.unwrap_or_default());
        while error.is_full() && !self.stop.is_requested() {
            std::thread::sleep(RETRY);
            let mut entries = entries.to_vec();
            if time.is_some() {
                let to = from + began.elapsed();
                entries.push(Entry::Uncounted(Uncounted { reason: Condition::DiskFull, from, to }));
            }
            match self.attempt(time, &entries) {
                Ok(()) => {
                    tracing::info!("the ledger {} can be written again", self.path.display());
                    return Ok(());
                }
                Err(again) => error = again,
            }
        }
        Err(error)
    }
}

impl Sink for LedgerSink {
    fn name(&self) -> String {
        format!("ledger {}", self.path.display())
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        let entries = entries(&scene.crossings, &scene.lines, &scene.visits, &scene.zones);
        Ok(self.record(Some(scene.frame.time), &entries)?)
    }

    fn rest(&mut self, rest: &Rest) -> Result<(), BoxError> {
        let entries = entries(&rest.crossings, &rest.lines, &rest.visits, &rest.zones);
        Ok(self.record(Some(rest.time), &entries)?)
    }

    fn note(&mut self, note: &Note) -> Result<(), BoxError> {
        let entry = match note {
            Note::Health(change) => Entry::Health(change.clone()),
            Note::Uncounted(span) => Entry::Uncounted(*span),
            Note::Remark(_) => return Ok(()),
        };
        Ok(self.record(None, &[entry])?)
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok(())
    }
}

/// Crossings and visits, with the names of their places.
fn entries(crossings: &[Crossing], lines: &[Line], visits: &[Visit], zones: &[Zone]) -> Vec<Entry> {
    let crossing =
        |crossing: &Crossing| Entry::Crossing(CrossingEntry::new(crossing, lines[crossing.line].name()));
    let visit = |visit: &Visit| Entry::Visit(VisitEntry::new(visit, zones[visit.zone].name()));
    crossings.iter().map(crossing).chain(visits.iter().map(visit)).collect()
}
