//! Who came in together: groups of those who passed one line side by side or close behind each other.

use std::collections::BTreeMap;
use std::time::Duration;

use footfall_track::{Point, TrackId};
use serde::{Deserialize, Serialize};

use crate::sighting::RESOLUTION;
use crate::{Crossing, Direction};

mod company;
mod config;
mod trail;

pub use config::GroupConfig;
pub(crate) use config::GroupLimits;

use company::together;
use trail::Trail;

/// Paths are compared from so long before the first of two comes in.
const BEFORE: Duration = Duration::from_secs(4);
/// And until so long after the second has.
const AFTER: Duration = Duration::from_secs(3);
/// A crossing is told so long after it happened at most: places are averaged, newcomers watched, and who lingers on
/// the line is counted once they are off it. One that is told later may be parted from its group.
const LATE: Duration = Duration::from_secs(5);
/// A stream of people in which nobody is apart from the next is parted where it is thinnest, once it has gone on
/// for so long: what is kept in memory has to end.
const LONGEST: Duration = Duration::from_secs(30);

/// People who came in over one line together; somebody who came alone is a group of one.
///
/// Every crossing with direction `in` of somebody who does not work there is in exactly one group, so that the sizes
/// of a line's groups add up to its `in`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Which line, by its place in the counter's list.
    pub line: usize,
    /// Number of the frame in which the first of them reached the line, from 1.
    pub frame: u64,
    /// That frame's time since the source's start.
    pub time: Duration,
    /// When the last of them reached it.
    pub until: Duration,
    /// The tracks of their crossings, in the order in which they came in.
    pub tracks: Vec<TrackId>,
}

impl Group {
    /// How many came in together.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.tracks.len() as u64
    }
}

/// Groups over a line so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupTally {
    /// How many groups came in, those of one person too.
    pub groups: u64,
    /// How many people these were.
    pub people: u64,
}

impl GroupTally {
    /// People in a group, on average; none before the first group.
    #[must_use]
    pub fn mean_size(&self) -> Option<f64> {
        (self.groups > 0).then(|| self.people as f64 / self.groups as f64)
    }

    pub(crate) fn add(&mut self, group: &Group) {
        self.groups += 1;
        self.people += group.size();
    }
}

/// A crossing whose group is not decided yet.
#[derive(Clone, Debug)]
struct Passage {
    who: u64,
    line: usize,
    track: TrackId,
    frame: u64,
    time: Duration,
}

impl Passage {
    /// By time; the rest parts those of one moment, always in the same way.
    fn order(&self) -> (Duration, TrackId, u64) {
        (self.time, self.track, self.frame)
    }
}

/// Decides who came in together, once nobody can come any more who belongs to them.
#[derive(Clone, Debug)]
pub(crate) struct Groups {
    limits: GroupLimits,
    /// Where everybody was lately, by the counter's name for them.
    trails: BTreeMap<u64, Trail>,
    open: Vec<Passage>,
}

impl Groups {
    pub(crate) fn new(limits: GroupLimits) -> Self {
        Self { limits, trails: BTreeMap::new(), open: Vec::new() }
    }

    /// The same people, by other settings from now on.
    pub(crate) fn with(self, limits: GroupLimits) -> Self {
        Self { limits, ..self }
    }

    /// Goes on with other lines: `next` tells where each of those before is now. Who passed one that is gone is in no group.
    pub(crate) fn change_lines(&mut self, next: impl Fn(usize) -> Option<usize>) {
        self.open.retain_mut(|passage| match next(passage.line) {
            Some(line) => {
                passage.line = line;
                true
            }
            None => false,
        });
    }

    /// Somebody was at `place`, in pixels, where a person is `stature` pixels tall. Of each person by time.
    pub(crate) fn see(&mut self, who: u64, time: Duration, place: Point, stature: f64) {
        self.trails.entry(who).or_default().push(time, place, stature);
    }

    /// Somebody has passed a line. Crossings come in any order, each at most [`LATE`] after its time.
    pub(crate) fn pass(&mut self, who: u64, crossing: &Crossing) {
        if crossing.direction == Direction::In && crossing.staff.is_none() {
            let &Crossing { line, track, frame, time, .. } = crossing;
            self.open.push(Passage { who, line, track, frame, time });
        }
    }

    /// The groups to which nobody can come any more at `now`, by the time of their first; all that are left, where
    /// that is none.
    pub(crate) fn settle(&mut self, now: Option<Duration>) -> Vec<Group> {
        let mut groups = Vec::new();
        for passages in self.take_complete(now) {
            let of = |who| self.trails.get(&who);
            let members =
                together(&passages, &self.limits, |a, b| of(a.who)?.beside(of(b.who)?, a.time, b.time));
            groups.extend(members.into_iter().map(|members| group(&passages, &members)));
        }
        groups.sort_by_key(|group| (group.time, group.line, group.tracks[0], group.frame));
        if let Some(now) = now {
            self.forget(now);
        }
        groups
    }

    /// Takes out the passages that are decided together: of one line, none too long after the one before.
    fn take_complete(&mut self, now: Option<Duration>) -> Vec<Vec<Passage>> {
        let mut open = std::mem::take(&mut self.open);
        open.sort_by_key(|passage| (passage.line, passage.order()));
        let apart = self.limits.apart + RESOLUTION;
        let is_one = |a: &Passage, b: &Passage| a.line == b.line && b.time.abs_diff(a.time) <= apart;
        let mut complete = Vec::new();
        for run in open.chunk_by(is_one) {
            // Whoever came before this is known.
            let known = now.map(|now| now.saturating_sub(apart + LATE));
            let taken = match known {
                Some(known) if run[run.len() - 1].time >= known => thinnest(run, known),
                _ => run.len(),
            };
            if taken > 0 {
                complete.push(run[..taken].to_vec());
            }
            self.open.extend_from_slice(&run[taken..]);
        }
        complete
    }

    /// Lets go of where people were that matters to nobody any more.
    fn forget(&mut self, now: Duration) {
        let reach = BEFORE + self.limits.apart;
        let waiting = self.open.iter().map(|passage| passage.time.saturating_sub(reach));
        let since = waiting.chain([now.saturating_sub(reach + LATE)]).min().unwrap_or_default();
        self.trails.retain(|_, trail| {
            trail.forget(since);
            !trail.is_empty()
        });
    }
}

/// How many of the first passages of a stream are taken although others may still belong to it: none, unless it has
/// gone on for too long; then those before its widest gap.
fn thinnest(run: &[Passage], known: Duration) -> usize {
    if known.saturating_sub(run[0].time) < LONGEST {
        return 0;
    }
    let before = run.iter().take_while(|passage| passage.time < known).count();
    let gap = |&index: &usize| run[index].time.abs_diff(run[index - 1].time);
    // The last of the widest: of an even stream as much as there is.
    (1..before).max_by_key(gap).unwrap_or(before)
}

fn group(passages: &[Passage], members: &[usize]) -> Group {
    let first = &passages[members[0]];
    let last = &passages[members[members.len() - 1]];
    let tracks = members.iter().map(|&member| passages[member].track).collect();
    Group { line: first.line, frame: first.frame, time: first.time, until: last.time, tracks }
}

#[cfg(test)]
mod tests;
