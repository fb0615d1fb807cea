//! A condition with hysteresis.

use std::collections::BTreeMap;
use std::time::Duration;

use footfall_count::{Condition, HealthChange, Uncounted};
use footfall_pipeline::Note;

/// What one look at the picture says about a condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sign {
    /// It is there, and by what that shows.
    Bad(BTreeMap<String, f64>),
    /// Neither: as before.
    Unclear,
    /// It is not there, and by what that shows.
    Good(BTreeMap<String, f64>),
}

/// Raises a condition once all signs of a while say so, and takes it back in the same way.
#[derive(Clone, Debug)]
pub(crate) struct Latch {
    condition: Condition,
    is_on: bool,
    /// When the condition showed first, while it is on.
    since: Duration,
    /// Since when signs are against the present state.
    against: Option<Duration>,
    /// Up to when an open stretch has been told as uncounted.
    told: Duration,
}

/// Of a long stretch each part of this length is told when it is over: a crash loses no more.
const PART: Duration = Duration::from_mins(1);

impl Latch {
    pub(crate) fn new(condition: Condition) -> Self {
        let zero = Duration::ZERO;
        Self { condition, is_on: false, since: zero, against: None, told: zero }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.is_on
    }

    /// Takes the sign of the frame `number` at `time`, which began to show at `since`; `hold` is how long
    /// signs must last.
    pub(crate) fn take(
        &mut self,
        sign: Sign,
        number: u64,
        (since, time): (Duration, Duration),
        hold: Duration,
        notes: &mut Vec<Note>,
    ) {
        let (turns, evidence) = match sign {
            Sign::Bad(evidence) => (!self.is_on, evidence),
            Sign::Good(evidence) => (self.is_on, evidence),
            Sign::Unclear => (false, BTreeMap::new()),
        };
        if turns {
            let first = *self.against.get_or_insert(since);
            if time.saturating_sub(first) >= hold {
                self.turn(first, number, evidence, notes);
            }
        } else {
            self.against = None;
        }
        if self.is_on && time.saturating_sub(self.told) >= PART {
            self.tell(time, notes);
        }
    }

    fn turn(&mut self, time: Duration, frame: u64, evidence: BTreeMap<String, f64>, notes: &mut Vec<Note>) {
        if self.is_on {
            self.tell(time, notes);
        } else {
            // It may have begun before it was last over: no second is told twice.
            self.told = self.told.max(time);
        }
        self.is_on = !self.is_on;
        self.against = None;
        self.since = time;
        let (condition, raised) = (self.condition, self.is_on);
        notes.push(Note::Health(HealthChange { condition, raised, time, frame: Some(frame), evidence }));
    }

    /// Tells of the stretch from where it was told of last to `to`.
    pub(crate) fn tell(&mut self, to: Duration, notes: &mut Vec<Note>) {
        if self.is_on && to > self.told {
            notes.push(Note::Uncounted(Uncounted { reason: self.condition, from: self.told, to }));
            self.told = to;
        }
    }
}
