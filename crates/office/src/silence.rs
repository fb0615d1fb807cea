//! A hub that has messages and gives none.

use std::time::{Duration, Instant};

use crate::hub::PATIENCE;

/// How often it is looked while nothing comes.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// What was given out comes again before this: a reader that gives nothing for so long, while the hub has messages, was
/// changed by somebody or is one of the hub's errors.
const LONGEST: Duration = PATIENCE.saturating_add(Duration::from_secs(15));

/// How long nothing has come of what the hub has.
pub(crate) struct Silence {
    looked: Instant,
    /// Since when the hub has had messages each time that it was looked, and nothing has come.
    since: Option<Instant>,
}

impl Silence {
    pub(crate) fn new(now: Instant) -> Self {
        Self { looked: now, since: None }
    }

    /// Something has come.
    pub(crate) fn ends(&mut self) {
        self.since = None;
    }

    /// Whether it is time to ask the hub what it has.
    pub(crate) fn is_to_look(&self, now: Instant) -> bool {
        now.duration_since(self.looked) >= LOOK_EVERY
    }

    /// The hub has this many messages; whether it should have given some by now.
    pub(crate) fn is_too_long(&mut self, now: Instant, messages: u64) -> bool {
        self.looked = now;
        if messages == 0 {
            self.since = None;
        }
        messages > 0 && now.duration_since(*self.since.get_or_insert(now)) >= LONGEST
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Silence;

    #[test]
    fn only_a_hub_that_has_something_all_the_time_is_silent_for_too_long() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut silence = Silence::new(start);
        assert!(!silence.is_to_look(at(4)) && silence.is_to_look(at(5)));
        // A quiet night, and what has just come to the hub.
        assert!(!silence.is_too_long(at(5000), 0) && !silence.is_too_long(at(5005), 3));
        assert!(!silence.is_to_look(at(5009)));
        assert!(!silence.is_too_long(at(5049), 3) && silence.is_too_long(at(5050), 1));
        silence.ends();
        assert!(!silence.is_too_long(at(5055), 3) && !silence.is_too_long(at(5099), 0));
        assert!(!silence.is_too_long(at(5101), 3) && silence.is_too_long(at(5146), 3));
    }
}
