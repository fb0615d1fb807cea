//! The sink before all others of a lane: crossings wait in it until it is known who else has seen them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use footfall_count::{Answer, Crossing, Line, Passing, Seen, Tally};
use footfall_pipeline::{Admission, BoxError, Kind, Scene, Sink};

use super::held::{Groups, Held};
use super::{Cameras, without};

/// Takes crossings out of a lane's scenes, and gives them, in their order, with a later one: then it says of each whether
/// another camera counts it. Everything else passes.
pub(super) struct SiteSink {
    cameras: Cameras,
    index: usize,
    kind: Kind,
    /// When a recording's time is zero, since 1970.
    start: Option<Duration>,
    held: VecDeque<Held>,
    groups: Groups,
    /// Crossings that are counted elsewhere, by the name of their line.
    twice: BTreeMap<String, Tally>,
    lines: Option<Arc<[Line]>>,
}

impl SiteSink {
    pub(super) fn new(cameras: Cameras, index: usize, kind: Kind, start: Option<Duration>) -> Self {
        let (held, groups, twice) = (VecDeque::new(), Groups::default(), BTreeMap::new());
        Self { cameras, index, kind, start, held, groups, twice, lines: None }
    }

    /// When the source's time is zero, by a frame that is there at this time. Of a camera that is now: its own clock may go
    /// slower than another's.
    fn start(&self, time: Duration) -> Duration {
        self.start.unwrap_or_else(|| self.cameras.now().saturating_sub(time))
    }

    /// Takes what was decided out of `seen`, and gives it as others are told of it.
    fn take(&mut self, seen: &mut Seen, start: Duration) -> (Vec<Passing>, Vec<Crossing>, Arc<Seen>) {
        let decided = start + seen.time;
        let crossings = std::mem::take(&mut seen.crossings);
        let groups = std::mem::take(&mut seen.groups);
        let frame = Arc::new(Seen {
            frame: seen.frame,
            time: seen.time,
            anchor: seen.anchor,
            lines: Arc::clone(&seen.lines),
            zones: Arc::clone(&seen.zones),
            ..Seen::default()
        });
        self.groups.add(groups, &frame);
        let passing = |crossing: &Crossing| Passing {
            line: seen.lines[crossing.line].name().into(),
            direction: crossing.direction,
            track: crossing.track.0,
            frame: crossing.frame,
            time: start + crossing.time,
            decided,
            look: crossing.look.clone(),
            is_staff: crossing.staff.is_some(),
            beside: seen.tracks.iter().map(|track| track.id.0).collect(),
        };
        (crossings.iter().map(passing).collect(), crossings, frame)
    }

    /// Gives what is decided, as it was seen then; `last` waits for it.
    fn give(&mut self, last: bool) -> Vec<Seen> {
        let mut given: Vec<Seen> = Vec::new();
        while let Some(first) = self.held.front() {
            let answer = if last {
                self.cameras.await_answer(self.index, first.ticket)
            } else {
                self.cameras.answer(self.index, first.ticket)
            };
            if answer.is_none() && !last {
                break;
            }
            let Some(held) = self.held.pop_front() else { break };
            let crossing = self.marked(held.line().name(), held.crossing.clone(), answer);
            let_pass(&mut given, &held.frame).crossings.push(crossing);
        }
        for (group, frame) in self.groups.ready(&self.held) {
            self.cameras.note_group(self.index, frame.lines[group.line].name(), group.tracks.len() as u64);
            let_pass(&mut given, &frame).groups.push(group);
        }
        given
    }

    /// The crossing with what is known elsewhere.
    fn marked(&mut self, line: &str, mut crossing: Crossing, answer: Option<Answer>) -> Crossing {
        let Some(Answer { visitor, again, elsewhere }) = answer else { return crossing };
        if visitor.is_some() || crossing.visitor.is_some() {
            (crossing.visitor, crossing.again) = (visitor, again);
        }
        let is_twice = elsewhere.is_twice();
        crossing.elsewhere = self.cameras.shared.joins.then(|| Arc::new(elsewhere));
        if is_twice && crossing.staff.is_none() {
            self.twice.entry(line.to_owned()).or_default().add(crossing.direction);
            self.cameras.leave_out(self.index, line, &crossing);
            self.groups.leave_out(line, &crossing);
        }
        crossing
    }

    /// Takes out of the counts what waits, and what is counted elsewhere.
    fn correct(&mut self, seen: &mut Seen) {
        if let Some(before) = &self.lines
            && !Arc::ptr_eq(before, &seen.lines)
        {
            // A line that is drawn anew begins at nothing.
            let stays = |name: &String| {
                let of = |lines: &[Line]| lines.iter().find(|line| line.name() == name).cloned();
                of(before) == of(&seen.lines)
            };
            self.twice.retain(|name, _| stays(name));
        }
        self.lines = Some(Arc::clone(&seen.lines));
        for (line, tally) in seen.lines.iter().zip(&mut seen.tallies) {
            let mut less = self.twice.get(line.name()).copied().unwrap_or_default();
            let waiting = self.held.iter().filter(|held| held.line().name() == line.name());
            waiting
                .filter(|held| held.crossing.staff.is_none())
                .for_each(|held| less.add(held.crossing.direction));
            *tally = without(*tally, less);
        }
        if seen.estimate.is_some() {
            seen.estimate = self.cameras.estimate();
        }
    }
}

/// Where an event of this frame goes: what was seen in one frame stays together.
fn let_pass<'a>(given: &'a mut Vec<Seen>, frame: &Arc<Seen>) -> &'a mut Seen {
    let is_same = given.last().is_some_and(|last| last.frame == frame.frame);
    if !is_same {
        given.push(Seen::clone(frame));
    }
    let last = given.len() - 1;
    &mut given[last]
}

impl Sink for SiteSink {
    fn name(&self) -> String {
        "the cameras of the site".to_owned()
    }

    fn write(&mut self, _: &Scene) -> Result<(), BoxError> {
        Ok(())
    }

    fn admit(&mut self, scene: &mut Scene) -> Result<Admission, BoxError> {
        let seen = &mut scene.seen;
        let start = self.start(seen.time);
        let (passings, crossings, frame) = self.take(seen, start);
        let tickets = self.cameras.tell(self.index, self.kind, start + seen.time, passings);
        let held = tickets.into_iter().zip(crossings);
        let held = held.map(|(ticket, crossing)| Held { ticket, crossing, frame: Arc::clone(&frame) });
        self.held.extend(held);
        let mut said = Admission::default();
        for decided in self.give(false) {
            // As if it had been decided now, so that it goes the way of all that is; unless lines are others since.
            if Arc::ptr_eq(&decided.lines, &seen.lines) {
                seen.crossings.extend(decided.crossings);
                seen.groups.extend(decided.groups);
            } else {
                said.late.push(decided);
            }
        }
        self.correct(seen);
        Ok(said)
    }

    fn sift(&mut self, rest: &mut Seen) -> Result<(), BoxError> {
        let start = self.start(rest.time);
        let (passings, crossings, frame) = self.take(rest, start);
        let tickets = self.cameras.tell_rest(self.index, passings);
        let held = tickets.into_iter().zip(crossings);
        self.held.extend(held.map(|(ticket, crossing)| Held { ticket, crossing, frame: Arc::clone(&frame) }));
        Ok(())
    }

    fn settle(&mut self) -> Result<Admission, BoxError> {
        self.cameras.part(self.index);
        Ok(Admission { late: self.give(true), notes: Vec::new() })
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok(())
    }
}

impl Drop for SiteSink {
    /// Whatever ends it, nobody waits for it any more.
    fn drop(&mut self) {
        self.cameras.part(self.index);
    }
}
