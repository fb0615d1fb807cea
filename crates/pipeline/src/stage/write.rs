//! Finished scenes into the sinks, one after the other, and the sinks' completion.

use std::ops::RangeBounds;

use crossbeam_channel::{Receiver, never, select};
use tracing::{info_span, warn};

use crate::error::RunError;
use crate::stage::Counted;
use crate::threads::LaneShared;
use crate::{Admission, BoxError, Inspector, Note, Scene, Sink};

/// Gives scenes and notes to the sinks of a lane.
pub(crate) struct WriteStage {
    pub(crate) sinks: Vec<Box<dyn Sink>>,
    pub(crate) inspectors: Vec<Box<dyn Inspector>>,
}

impl WriteStage {
    /// Writes until there are no more scenes or a sink fails, then completes all sinks that have not
    /// failed.
    ///
    /// After a failure outputs hold what was processed until then. If that is nothing, they are dropped,
    /// which leaves nothing behind.
    pub(crate) fn run(mut self, scenes: Receiver<Counted>, mut notes: Receiver<Note>, lane: &LaneShared) {
        loop {
            let well = select! {
                recv(scenes) -> scene => match scene {
                    Ok(Counted::Scene(scene)) => self.take(scene, lane),
                    Ok(Counted::Rest(mut rest)) => {
                        self.settle(lane) && self.those(.., lane, |sink| sink.sift(&mut rest))
                    }
                    Err(_) => false,
                },
                recv(notes) -> note => if let Ok(note) = note { self.tell(&note, lane) } else {
                    // A closed channel is always ready: it must not be asked again.
                    notes = never();
                    true
                },
            };
            if !well {
                break;
            }
        }
        // Nobody takes scenes any more: the stages before this one end while the outputs are completed.
        drop(scenes);
        if lane.feed.meter.write.frames() > 0 || !lane.has_failed() {
            let last = notes.try_iter().collect::<Vec<_>>();
            let left: Vec<_> = self.inspectors.iter_mut().flat_map(|inspector| inspector.finish()).collect();
            let _ = last.iter().all(|note| self.tell(note, lane)) && self.tell_found(&left, lane);
            let _ = self.settle(lane);
            self.complete(lane);
        }
    }

    /// Takes a scene, and what its picture's inspection brings; false when a sink has failed.
    fn take(&mut self, mut scene: Scene, lane: &LaneShared) -> bool {
        let well = lane.feed.meter.write.spend(|| {
            let _span = info_span!("write", source = lane.feed.name(), frame = scene.frame.number).entered();
            let inspectors = self.inspectors.iter_mut();
            let found: Vec<_> = inspectors.flat_map(|inspector| inspector.inspect(&scene)).collect();
            self.tell_found(&found, lane) && self.ask_each(lane, |sink| sink.admit(&mut scene))
        });
        lane.feed.meter.write.count();
        if well {
            lane.feed.show(scene);
        }
        well
    }

    /// Gives what sinks have kept back to those behind them; false when a sink has failed.
    fn settle(&mut self, lane: &LaneShared) -> bool {
        self.ask_each(lane, |sink| sink.settle())
    }

    /// Does `work` with each sink, and gives those behind it what it has to say.
    fn ask_each(
        &mut self,
        lane: &LaneShared,
        mut work: impl FnMut(&mut dyn Sink) -> Result<Admission, BoxError>,
    ) -> bool {
        let mut index = 0;
        while index < self.sinks.len() {
            let mut said = Admission::default();
            let asked = index..=index;
            if !self.those(asked, lane, |sink| work(sink).map(|admission| said = admission)) {
                return false;
            }
            index += 1;
            for note in &said.notes {
                lane.feed.note(note);
            }
            let Admission { late, notes } = &said;
            let well = self.those(index.., lane, |sink| {
                late.iter().try_for_each(|rest| sink.rest(rest))?;
                notes.iter().try_for_each(|note| sink.note(note))
            });
            if !well {
                return false;
            }
        }
        true
    }

    /// Takes what inspectors have found, and says it; false when a sink has failed.
    fn tell_found(&mut self, notes: &[Note], lane: &LaneShared) -> bool {
        notes.iter().all(|note| {
            if let Some(sentence) = note.sentence(lane.feed.name()) {
                warn!("{sentence}");
            }
            self.tell(note, lane)
        })
    }

    /// Takes a note; false when a sink has failed.
    fn tell(&mut self, note: &Note, lane: &LaneShared) -> bool {
        let well = self.each(lane, |sink| sink.note(note));
        if well {
            lane.feed.note(note);
        }
        well
    }

    /// Does `work` with each sink.
    fn each(&mut self, lane: &LaneShared, work: impl Fn(&mut dyn Sink) -> Result<(), BoxError>) -> bool {
        self.those(.., lane, work)
    }

    /// Does `work` with each of some sinks. One that fails is dropped, and ends the run.
    fn those(
        &mut self,
        which: impl RangeBounds<usize>,
        lane: &LaneShared,
        mut work: impl FnMut(&mut dyn Sink) -> Result<(), BoxError>,
    ) -> bool {
        for index in (0..self.sinks.len()).filter(|index| which.contains(index)) {
            if let Err(source) = work(&mut *self.sinks[index]) {
                lane.run.fail(RunError::Write { name: self.sinks[index].name(), source });
                drop(self.sinks.remove(index));
                return false;
            }
        }
        true
    }

    fn complete(self, lane: &LaneShared) {
        for sink in self.sinks {
            let name = sink.name();
            let _span = info_span!("finish", sink = name).entered();
            if let Err(source) = sink.finish() {
                // Only the first failure becomes the run's error; the others are told here.
                if lane.has_failed() {
                    warn!("writing {name}: {source}");
                }
                lane.run.fail(RunError::Write { name, source });
            }
        }
    }
}
