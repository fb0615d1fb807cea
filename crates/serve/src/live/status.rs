//! A source and how it is doing.

use std::time::Instant;

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
    /// What is wrong, in words for people.
    pub detail: Option<String>,
    /// Since when `health` is what it is.
    pub since: Timestamp,
    /// When the newest frame was finished.
    pub seen: Option<Timestamp>,
    /// Frames that were finished.
    pub frames: u64,
    /// Frames that were dropped before any work was done on them, of a live source.
    pub dropped: u64,
    /// How often the source was lost and found again.
    pub reconnects: u64,
    /// Finished frames a second, of late.
    pub rate: f64,
    /// Time of the newest frame since the source's start, in seconds.
    pub time: f64,
    /// People in the newest frame.
    pub people: usize,
    /// Its zones, as of the newest frame.
    pub zones: Vec<ZoneState>,
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
            detail: None,
            since: Timestamp::now(),
            seen: None,
            frames: 0,
            dropped: 0,
            reconnects: 0,
            rate: 0.0,
            time: 0.0,
            people: 0,
            zones: Vec::new(),
            stages: Vec::new(),
        };
        Self { name: name.into(), kind, width, height, frame_rate: None, status }
    }
}

impl Status {
    /// Changes the health, and since when it is so.
    pub fn turn(&mut self, health: Health, detail: Option<String>) {
        if self.health != health {
            self.since = Timestamp::now();
        }
        self.health = health;
        self.detail = detail;
    }

    pub(super) fn see(&mut self, at: Timestamp, view: &View, rate: f64) {
        let View { frame, time, ref people, ref zones, .. } = *view;
        self.frames += 1;
        // Frames that are missing in the numbering were dropped at the door.
        self.dropped = self.dropped.max(frame.saturating_sub(self.frames));
        (self.seen, self.time, self.people, self.rate) = (Some(at), time, people.len(), rate);
        self.zones.clone_from(zones);
        if matches!(self.health, Health::Starting | Health::Lost) {
            self.turn(Health::Good, None);
        }
    }
}

/// The rate of something that happens again and again, averaged over the last seconds.
#[derive(Debug, Default)]
pub(super) struct Pace {
    last: Option<Instant>,
    interval: f64,
}

impl Pace {
    /// Seconds over which the average forgets.
    const MEMORY: f64 = 3.0;

    pub(super) fn tick(&mut self, now: Instant) -> f64 {
        if let Some(last) = self.last.replace(now) {
            let gap = now.duration_since(last).as_secs_f64();
            let share = if self.interval == 0.0 { 1.0 } else { 1.0 - (-gap / Self::MEMORY).exp() };
            self.interval += share * (gap - self.interval);
        }
        if self.interval > 0.0 { 1.0 / self.interval } else { 0.0 }
    }
}
