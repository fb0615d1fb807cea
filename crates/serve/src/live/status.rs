//! A source and how it is doing.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use footfall_count::Condition;
use jiff::Timestamp;

use super::View;

/// Whether frames wait to be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A file or a folder.
    Recorded,
    /// A camera or a stream.
    Live,
}

/// How a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// No frame yet.
    Starting,
    /// Frames come and are counted.
    Good,
    /// Frames come, but counts may suffer: the detail says why.
    Poor,
    /// No frames come: people pass uncounted.
    Lost,
    /// A recording that is over.
    Ended,
}

impl Health {
    /// Whether what is told of the newest frame is so now.
    pub(crate) fn is_current(self) -> bool {
        matches!(self, Self::Good | Self::Poor)
    }
}

/// What is told of a source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceState {
    /// How people call it; never with a password or a folder of this machine.
    pub name: String,
    /// Recorded or live.
    pub kind: SourceKind,
    /// Width of its frames in pixels.
    pub width: u32,
    /// Height of its frames in pixels.
    pub height: u32,
    /// Frames a second, where the source says so.
    pub frame_rate: Option<f64>,
    /// How it is doing.
    pub status: Status,
}

/// How a source is doing.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// In one word.
    pub health: Health,
    /// What is wrong, each in words for people.
    pub problems: Vec<String>,
    /// Why no count of it can be answered for now, where none can.
    pub uncountable: Option<Condition>,
    /// Since when `health` is what it is.
    pub since: Timestamp,
    /// When the newest frame was finished.
    pub seen: Option<Timestamp>,
    /// Frames that were finished.
    pub frames: u64,
    /// Frames that were dropped before any work was done on them, of a live source.
    pub dropped: u64,
    /// Frames of those finished at which the networks rested: nothing moved, and nobody was followed.
    pub rested: u64,
    /// How often the source was lost and found again.
    pub reconnects: u64,
    /// For how long no frame was finished; zero before the first.
    pub silence: Duration,
    /// Finished frames a second, of late.
    pub rate: f64,
    /// Time of the newest frame since the source's start, in seconds.
    pub time: f64,
    /// People in the newest frame.
    pub people: usize,
    /// Its zones, as of the newest frame.
    pub zones: Vec<ZoneState>,
    /// How many different people came in within the window, as of the newest frame, where that is told.
    pub visitors: Option<footfall_count::Estimate>,
    /// The work of each stage, in a frame's order.
    pub stages: Vec<StageTime>,
}

/// What a zone has seen since the run's start.
#[derive(Clone, Debug, PartialEq)]
pub struct ZoneState {
    /// Its name.
    pub name: String,
    /// How many people are in it now.
    pub people: u64,
    /// How many were in it at the same time at most.
    pub most: u64,
    /// Visits that are over.
    pub visits: u64,
    /// Mean length of these in seconds.
    pub mean_dwell: f64,
}

/// A stage's work on the frames of a source.
#[derive(Clone, Debug, PartialEq)]
pub struct StageTime {
    /// The stage's name.
    pub name: &'static str,
    /// Frames that it finished.
    pub frames: u64,
    /// Seconds of work on them.
    pub seconds: f64,
    /// How many of them took how long: an upper bound in seconds, and those between it and the bound
    /// before.
    pub buckets: Vec<(f64, u64)>,
}

impl SourceState {
    /// A source that has shown nothing yet.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: SourceKind, width: u32, height: u32) -> Self {
        let status = Status {
            health: Health::Starting,
            problems: Vec::new(),
            uncountable: None,
            since: Timestamp::now(),
            seen: None,
            frames: 0,
            dropped: 0,
            rested: 0,
            reconnects: 0,
            silence: Duration::ZERO,
            rate: 0.0,
            time: 0.0,
            people: 0,
            zones: Vec::new(),
            visitors: None,
            stages: Vec::new(),
        };
        Self { name: name.into(), kind, width, height, frame_rate: None, status }
    }
}

impl Status {
    /// Changes the health, and since when it is so.
    pub fn turn(&mut self, health: Health, problems: Vec<String>) {
        if self.health != health {
            self.since = Timestamp::now();
        }
        self.health = health;
        self.problems = problems;
    }

    /// What is wrong, in words for people; `None` while nothing is.
    pub(crate) fn detail(&self) -> Option<String> {
        (!self.problems.is_empty()).then(|| self.problems.join(", "))
    }

    pub(super) fn see(&mut self, at: Timestamp, view: &View) {
        let View { frame, time, ref people, ref zones, visitors, .. } = *view;
        self.frames += 1;
        // Frames that are missing in the numbering were dropped at the door.
        self.dropped = self.dropped.max(frame.saturating_sub(self.frames));
        (self.seen, self.time, self.people) = (Some(at), time, people.len());
        self.silence = Duration::ZERO;
        self.zones.clone_from(zones);
        self.visitors = visitors;
        if matches!(self.health, Health::Starting | Health::Lost) {
            self.turn(Health::Good, Vec::new());
        }
    }
}

/// The rate of something that happens again and again, over the last seconds.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When it has happened, the newest last: the last seconds, and two times at least.
    times: VecDeque<Instant>,
}

impl Pace {
    /// Over which the rate is taken.
    const WINDOW: Duration = Duration::from_secs(5);
    /// So many times are enough, however fast it happens.
    const MOST: usize = 1000;

    pub(super) fn tick(&mut self, now: Instant) {
        self.times.push_back(now);
        let is_old = |time: &Instant| now.saturating_duration_since(*time) > Self::WINDOW;
        while self.times.len() > Self::MOST || self.times.len() > 2 && self.times.front().is_some_and(is_old)
        {
            self.times.pop_front();
        }
    }

    /// How often a second; it falls when nothing happens any more.
    pub(super) fn rate(&self, now: Instant) -> f64 {
        let (Some(first), Some(last)) = (self.times.front(), self.times.back()) else { return 0.0 };
        let gaps = self.times.len() - 1;
        let usual = last.duration_since(*first).as_secs_f64() / gaps.max(1) as f64;
        // The gap that is going on counts once it is longer than usual.
        let since = now.saturating_duration_since(*last).as_secs_f64();
        let lasted = last.duration_since(*first).as_secs_f64() + (since - usual).max(0.0);
        if gaps == 0 || lasted <= 0.0 { 0.0 } else { gaps as f64 / lasted }
    }

    /// For how long nothing has happened.
    pub(super) fn silence(&self, now: Instant) -> Duration {
        self.times.back().map_or(Duration::ZERO, |last| now.saturating_duration_since(*last))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Pace;

    #[test]
    fn the_rate_is_the_number_in_the_time_however_unevenly_they_come() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut pace = Pace::default();
        // Ten a second, in bursts of five.
        for burst in 0..40 {
            (0..5).for_each(|n| pace.tick(at(500 * burst + 5 * n)));
        }
        let now = at(500 * 39 + 20);
        assert!((pace.rate(now) - 10.0).abs() < 1.0, "{}", pace.rate(now));
        assert!(pace.rate(now + Duration::from_secs(5)) < 6.0, "it falls when nothing comes");
        assert!(pace.rate(now + Duration::from_mins(10)) < 0.1);
        assert_eq!(pace.silence(now + Duration::from_secs(5)), Duration::from_secs(5));
        let mut slow = Pace::default();
        (0..5).for_each(|n| slow.tick(at(20_000 * n)));
        assert!((slow.rate(at(80_000)) - 0.05).abs() < 1e-9, "one every 20 s");
        assert_eq!(Pace::default().rate(start), 0.0);
    }
}
