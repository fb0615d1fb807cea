//! The first sink of a run: what is not on the disk goes nowhere else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use footfall_count::{Line, Seen, Tally, Zone, ZoneTally};
use footfall_ledger::{CrossingEntry, Drawn, Entry, Error, GroupEntry, Obstacle, VisitEntry};
use footfall_pipeline::{Admission, BoxError, Kind, Note, Scene, Sink, Stop};

use super::kept::{Kept, RETRY, WORTH_TELLING};
use super::pen::Pen;
use super::settings::{place_of_line, place_of_zone};

/// How long the end of a run waits for what is kept to be written.
const LAST_PATIENCE: Duration = Duration::from_secs(20);

/// Writes each scene's crossings, and what is told of the source, before the sinks behind it see them.
///
/// Where the ledger cannot be written a recording waits, or its run ends: it can be counted again. A camera's
/// scenes go on, without what was decided in them: that is kept in memory, and passes once it is written.
pub(super) struct LedgerSink {
    pen: Pen,
    kind: Kind,
    stop: Stop,
    kept: Option<Kept>,
    /// What the sinks behind this one have seen of the counts.
    shown: (Vec<Tally>, Vec<ZoneTally>),
    /// What there is to say with the next scene.
    said: Admission,
    /// The lines as they are written down, and whether those that are removed leave the totals.
    drawn: Option<Drawn>,
    drop_removed: bool,
    /// What was drawn in the last scene.
    looked_at: Option<Shapes>,
}

/// Lines and zones of a scene.
type Shapes = (Arc<[Line]>, Arc<[Zone]>);

impl LedgerSink {
    pub(super) fn new(pen: Pen, kind: Kind, stop: Stop, drop_removed: bool) -> Self {
        Self {
            pen,
            kind,
            stop,
            kept: None,
            shown: Default::default(),
            said: Admission::default(),
            drawn: None,
            drop_removed,
            looked_at: None,
        }
    }

    /// Tells the ledger of lines and zones that are others than before: some may have other names alone.
    fn look(&mut self, lines: &Arc<[Line]>, zones: &Arc<[Zone]>) {
        let is_same = |(before, areas): &Shapes| Arc::ptr_eq(before, lines) && Arc::ptr_eq(areas, zones);
        if self.kind == Kind::Recorded || self.looked_at.as_ref().is_some_and(is_same) {
            return;
        }
        self.pen.draw(lines.iter().map(place_of_line).chain(zones.iter().map(place_of_zone)).collect());
        self.looked_at = Some((Arc::clone(lines), Arc::clone(zones)));
    }

    /// Writes down which lines there are, where that has changed. While nothing can be written it waits.
    fn draw(&mut self, lines: &[Line]) -> Result<(), Error> {
        let is_known = self.drawn.as_ref().is_some_and(|drawn| is_of(drawn, lines));
        if is_known || self.kept.is_some() {
            return Ok(());
        }
        let drawn = drawn(lines, self.drop_removed);
        match self.pen.stand(&drawn) {
            Err(error) if error.obstacle().is_some() => return Ok(()),
            outcome => outcome?,
        }
        self.drawn = Some(drawn);
        Ok(())
    }

    /// Writes `entries`, or keeps them; of a scene, at `time`, also that it was counted.
    fn put(&mut self, time: Option<Duration>, entries: Vec<Entry>) -> Result<(), Error> {
        if self.kind == Kind::Recorded {
            return self.wait_for(time, &entries);
        }
        if let Some(kept) = &mut self.kept {
            kept.add(time, entries);
            return if kept.is_due() { self.attempt() } else { Ok(()) };
        }
        match self.pen.write(time, &entries) {
            Err(error) if error.obstacle().is_some() => {
                let mut kept = Kept::new(error);
                kept.add(time, entries);
                self.kept = Some(kept);
                Ok(())
            }
            outcome => outcome,
        }
    }

    /// Tries to write what is kept.
    fn attempt(&mut self) -> Result<(), Error> {
        let Some(mut kept) = self.kept.take() else { return Ok(()) };
        match kept.attempt(|time, entries| self.pen.write(time, entries)) {
            Ok(()) => {
                let (late, notes) = kept.release(self.pen.path());
                self.said.late.extend(late);
                self.said.notes.extend(notes);
                Ok(())
            }
            Err(error) if error.obstacle().is_some() => {
                kept.failed(error);
                self.said.notes.extend(kept.tell());
                self.kept = Some(kept);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Writes for a recording, whose frames wait meanwhile. Without room it ends.
    fn wait_for(&mut self, time: Option<Duration>, entries: &[Entry]) -> Result<(), Error> {
        let (began, mut is_told) = (Instant::now(), false);
        loop {
            let error = match self.pen.write(time, entries) {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            let passes =
                matches!(error.obstacle(), Some(Obstacle::Locked | Obstacle::Gone | Obstacle::Damaged));
            if !passes || self.stop.is_requested() {
                return Err(error);
            }
            if began.elapsed() >= WORTH_TELLING && !is_told {
                tracing::warn!("{error}. Counting waits");
                is_told = true;
            }
            std::thread::sleep(RETRY);
        }
    }

    /// Tries until all that is kept is written, for a while.
    fn write_kept(&mut self) -> Result<(), BoxError> {
        let began = Instant::now();
        loop {
            self.attempt()?;
            let Some(kept) = self.kept.take_if(|_| began.elapsed() >= LAST_PATIENCE) else {
                if self.kept.is_none() {
                    return Ok(());
                }
                std::thread::sleep(RETRY);
                continue;
            };
            return Err(kept.lost().into());
        }
    }
}

impl Sink for LedgerSink {
    fn name(&self) -> String {
        format!("ledger {}", self.pen.path().display())
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        self.look(&scene.seen.lines, &scene.seen.zones);
        self.draw(&scene.seen.lines)?;
        let entries = entries(&scene.seen);
        Ok(self.put(Some(scene.frame.time), entries)?)
    }

    fn admit(&mut self, scene: &mut Scene) -> Result<Admission, BoxError> {
        self.write(scene)?;
        if let Some(kept) = &mut self.kept {
            kept.hold_back(scene, &self.shown);
        } else {
            scene.seen.tallies.clone_into(&mut self.shown.0);
            scene.seen.zone_tallies.clone_into(&mut self.shown.1);
        }
        Ok(std::mem::take(&mut self.said))
    }

    fn settle(&mut self) -> Result<Admission, BoxError> {
        self.write_kept()?;
        Ok(std::mem::take(&mut self.said))
    }

    fn rest(&mut self, rest: &Seen) -> Result<(), BoxError> {
        self.put(Some(rest.time), entries(rest))?;
        self.write_kept()
    }

    fn note(&mut self, note: &Note) -> Result<(), BoxError> {
        let entry = match note {
            Note::Health(change) => Entry::Health(change.clone()),
            Note::Uncounted(span) => Entry::Uncounted(*span),
            Note::Remark(_) => return Ok(()),
        };
        Ok(self.put(None, vec![entry])?)
    }

    fn finish(mut self: Box<Self>) -> Result<(), BoxError> {
        self.write_kept()
    }
}

/// What the ledger is to know of these lines.
#[must_use]
pub fn drawn(lines: &[Line], drop_removed: bool) -> Drawn {
    Drawn { lines: lines.iter().map(|line| (line.name().to_owned(), line.role())).collect(), drop_removed }
}

/// Whether these lines are all that is known. It is asked with every scene.
fn is_of(drawn: &Drawn, lines: &[Line]) -> bool {
    drawn.lines.len() == lines.len()
        && lines.iter().all(|line| drawn.lines.get(line.name()) == Some(&line.role()))
}

/// What was decided, as the ledger keeps it: under the names of lines and zones.
pub fn entries(seen: &Seen) -> Vec<Entry> {
    let passages = seen.passages().map(|(crossing, line)| CrossingEntry::new(crossing, line.name()));
    let stays = seen.stays().map(|(visit, zone)| VisitEntry::new(visit, zone.name()));
    let companies = seen.companies().map(|(group, line)| GroupEntry::new(group, line.name()));
    let all = passages.map(Entry::Crossing).chain(stays.map(Entry::Visit));
    all.chain(companies.map(Entry::Group)).collect()
}
