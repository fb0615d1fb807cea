//! What waits at one camera until the others have come as far.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use footfall_count::{Crossing, Direction, Group, Line, Seen, Ticket};

/// Tracks of which it is remembered that they are counted elsewhere: a group is decided seconds later.
const MOST: usize = 1000;

/// A crossing that was decided at this camera, with what was seen then but for the events.
pub(super) struct Held {
    pub(super) ticket: Ticket,
    pub(super) crossing: Crossing,
    pub(super) frame: Arc<Seen>,
}

impl Held {
    pub(super) fn line(&self) -> &Line {
        &self.frame.lines[self.crossing.line]
    }
}

/// Groups that wait for the crossings of their members.
#[derive(Default)]
pub(super) struct Groups {
    waiting: VecDeque<(Group, Arc<Seen>)>,
    /// Names of lines with tracks that came in there and are counted elsewhere.
    elsewhere: BTreeSet<(String, u64)>,
    order: VecDeque<(String, u64)>,
}

impl Groups {
    pub(super) fn add(&mut self, groups: Vec<Group>, frame: &Arc<Seen>) {
        self.waiting.extend(groups.into_iter().map(|group| (group, Arc::clone(frame))));
    }

    /// Takes down that somebody who came in is counted elsewhere.
    pub(super) fn leave_out(&mut self, line: &str, crossing: &Crossing) {
        if crossing.direction != Direction::In {
            return;
        }
        let key = (line.to_owned(), crossing.track.0);
        if self.elsewhere.insert(key.clone()) {
            self.order.push_back(key);
        }
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.elsewhere.remove(&oldest);
        }
    }

    /// Those whose members all have their answers, without members that are counted elsewhere.
    pub(super) fn ready(&mut self, held: &VecDeque<Held>) -> Vec<(Group, Arc<Seen>)> {
        let mut ready = Vec::new();
        while let Some((group, frame)) = self.waiting.pop_front() {
            let line = frame.lines[group.line].name();
            let waits =
                |held: &Held| group.tracks.contains(&held.crossing.track) && held.line().name() == line;
            if held.iter().any(waits) {
                self.waiting.push_front((group, frame));
                break;
            }
            let is_here = |track: &u64| !self.elsewhere.contains(&(line.to_owned(), *track));
            let tracks: Vec<_> = group.tracks.iter().copied().filter(|track| is_here(&track.0)).collect();
            if !tracks.is_empty() {
                ready.push((Group { tracks, ..group }, frame));
            }
        }
        ready
    }
}
