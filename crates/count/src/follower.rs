//! Tracking and counting as one: the engine of a run, of its replay, and of counting from files.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use footfall_track::offline::{OfflineConfig, Recording};
use footfall_track::{Detection, Embeddings, Observations, Step, TrackedBox, Tracker};

use crate::{
    Anchor, Counter, Crossing, Estimate, Group, Line, Tally, Visibility, Visible, Visit, Zone, ZoneTally,
};

/// What was seen in one frame, or is decided without one.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Number of the frame, from 1.
    pub frame: u64,
    /// That frame's time since the source's start.
    pub time: Duration,
    /// Which point of a person passed lines then.
    pub anchor: Anchor,
    /// Confirmed tracks matched in this frame.
    pub tracks: Vec<TrackedBox>,
    /// Crossings that were decided in this frame.
    pub crossings: Vec<Crossing>,
    /// The lines that `crossings` and `tallies` refer to, in the counter's order. They may change from one
    /// frame to the next.
    pub lines: Arc<[Line]>,
    /// Counts so far, a line each.
    pub tallies: Vec<Tally>,
    /// The zones that `visits` and `zone_tallies` refer to, in the counter's order. They may change from one
    /// frame to the next.
    pub zones: Arc<[Zone]>,
    /// What zones have seen so far, one each.
    pub zone_tallies: Vec<ZoneTally>,
    /// Visits to zones that were over in this frame.
    pub visits: Vec<Visit>,
    /// Groups of people who came in together, that were decided in this frame.
    pub groups: Vec<Group>,
    /// How many different people came in within the window, where that is told.
    pub estimate: Option<Estimate>,
    /// How well people were seen and followed until then; nothing of tracks that somebody else made.
    pub visible: Visible,
}

impl Seen {
    /// Each crossing with the line that it is of.
    pub fn passages(&self) -> impl Iterator<Item = (&Crossing, &Line)> {
        self.crossings.iter().map(|crossing| (crossing, &self.lines[crossing.line]))
    }

    /// Each visit with the zone that it was to.
    pub fn stays(&self) -> impl Iterator<Item = (&Visit, &Zone)> {
        self.visits.iter().map(|visit| (visit, &self.zones[visit.zone]))
    }

    /// Each group with the line that it came in over.
    pub fn companies(&self) -> impl Iterator<Item = (&Group, &Line)> {
        self.groups.iter().map(|group| (group, &self.lines[group.line]))
    }

    /// Whether anything was decided.
    #[must_use]
    pub fn is_eventful(&self) -> bool {
        !(self.crossings.is_empty() && self.visits.is_empty() && self.groups.is_empty())
    }

    /// Takes out what was decided, and leaves the rest.
    #[must_use]
    pub fn take_events(&mut self) -> Self {
        Self {
            frame: self.frame,
            time: self.time,
            anchor: self.anchor,
            crossings: std::mem::take(&mut self.crossings),
            lines: Arc::clone(&self.lines),
            zones: Arc::clone(&self.zones),
            visits: std::mem::take(&mut self.visits),
            groups: std::mem::take(&mut self.groups),
            ..Self::default()
        }
    }

    /// Adds what was decided after this frame, over the same lines and zones, as if it had been in it.
    pub fn absorb(&mut self, rest: Self) {
        self.crossings.extend(rest.crossings);
        self.visits.extend(rest.visits);
        self.groups.extend(rest.groups);
        (self.tallies, self.zone_tallies) = (rest.tallies, rest.zone_tallies);
        self.estimate = rest.estimate;
    }
}

/// A tracker and a counter: observations in, what was seen out.
///
/// Whoever gives it the same observations gets the same, so a replay has its run's bytes.
#[derive(Debug)]
pub struct Follower {
    tracker: Tracker,
    counter: Counter,
    /// The counter's lines and zones, as everything that was seen shares them.
    lines: Arc<[Line]>,
    zones: Arc<[Zone]>,
    /// What was tracked so far, where all of it is gone over again at the end.
    recording: Option<Recording>,
    /// Number and time of the latest frame.
    latest: (u64, Duration),
    visibility: Visibility,
}

impl Follower {
    /// One that has seen nothing. The counter [is fit](Counter::is_fit), or is made so by [`change`](Self::change).
    #[must_use]
    pub fn new(tracker: Tracker, counter: Counter) -> Self {
        let (lines, zones) = (counter.lines().into(), counter.zones().into());
        Self {
            tracker,
            counter,
            lines,
            zones,
            recording: None,
            latest: (0, Duration::ZERO),
            visibility: Visibility::default(),
        }
    }

    /// The same, going over all tracks once more when all is seen: nothing is seen before the end.
    #[must_use]
    pub fn offline(self) -> Self {
        Self { recording: Some(Recording::default()), ..self }
    }

    /// The tracker.
    #[must_use]
    pub fn tracker(&self) -> &Tracker {
        &self.tracker
    }

    /// The counter.
    #[must_use]
    pub fn counter(&self) -> &Counter {
        &self.counter
    }

    /// What was seen without being counted; nothing of tracks that somebody else made.
    #[must_use]
    pub fn visibility(&self) -> &Visibility {
        &self.visibility
    }

    /// Changes settings, lines or zones between two frames.
    pub fn change(&mut self, change: impl FnOnce(&mut Tracker, &mut Counter)) {
        change(&mut self.tracker, &mut self.counter);
        self.lines = self.counter.lines().into();
        self.zones = self.counter.zones().into();
    }

    /// Leaves out those who stand in a mask, in the order of the others.
    pub fn mask(&self, detections: &mut Vec<Detection>) {
        detections.retain(|seen| !self.counter.hides(&seen.bbox));
    }

    /// [`mask`](Self::mask) with the embeddings.
    #[must_use]
    pub fn unmasked<'a>(&self, seen: &'a Observations) -> Cow<'a, Observations> {
        let Observations { detections, embeddings } = seen;
        let is_seen = |&index: &usize| !self.counter.hides(&detections[index].bbox);
        let kept: Vec<usize> = (0..detections.len()).filter(is_seen).collect();
        if kept.len() == detections.len() {
            return Cow::Borrowed(seen);
        }
        let mut unmasked = Observations::default();
        for index in kept {
            unmasked.detections.push(detections[index]);
            unmasked.embeddings.push_scaled(embeddings.get(index));
        }
        Cow::Owned(unmasked)
    }

    /// Whose embedding would help, of detections that are not masked: [`Tracker::plan`].
    pub fn plan(&mut self, time: Duration, detections: &[Detection]) -> &[usize] {
        self.tracker.plan(time, detections)
    }

    /// Takes the next frame, of people who are not masked.
    ///
    /// Frames come in rising order of number and time.
    pub fn step(&mut self, frame: u64, time: Duration, observations: &Observations) -> Seen {
        let step = self.tracker.step(time, observations);
        self.visibility.see(time, &observations.detections, step);
        if let Some(recording) = &mut self.recording {
            recording.push(frame, time, observations, step);
            self.latest = (frame, time);
            return self.seen(Vec::new(), Vec::new());
        }
        self.counter.expect_hidden(self.visibility.hidden());
        let crossings = self.counter.step(frame, time, step, &observations.embeddings);
        let tracks = step.tracks.clone();
        self.latest = (frame, time);
        self.seen(tracks, crossings)
    }

    /// Takes the next frame of tracks that are ready, whoever made them; the tracker has no part in it.
    pub fn take(&mut self, frame: u64, time: Duration, step: &Step) -> Seen {
        self.counter.expect_hidden(self.visibility.hidden());
        let crossings = self.counter.step(frame, time, step, &Embeddings::default());
        self.latest = (frame, time);
        self.seen(step.tracks.clone(), crossings)
    }

    /// Decides at the end of the source what is still open: each frame once more where it is gone over
    /// [offline](Self::offline), and at last what is decided after them.
    pub fn finish(&mut self) -> impl Iterator<Item = Seen> {
        let config = OfflineConfig::of(self.tracker.config());
        let refined = self.recording.take().map(|recording| recording.refine(&config));
        let mut frames = refined.unwrap_or_default().into_iter();
        let mut is_done = false;
        std::iter::from_fn(move || {
            if let Some(frame) = frames.next() {
                return Some(self.take(frame.number, frame.time, &frame.step));
            }
            (!std::mem::replace(&mut is_done, true)).then(|| self.rest())
        })
    }

    /// What is decided when no frame follows.
    pub fn rest(&mut self) -> Seen {
        let crossings = self.counter.finish();
        self.seen(Vec::new(), crossings)
    }

    fn seen(&mut self, tracks: Vec<TrackedBox>, crossings: Vec<Crossing>) -> Seen {
        let (frame, time) = self.latest;
        Seen {
            frame,
            time,
            anchor: self.counter.anchor(),
            tracks,
            crossings,
            lines: Arc::clone(&self.lines),
            tallies: self.counter.tallies().to_vec(),
            zones: Arc::clone(&self.zones),
            zone_tallies: self.counter.zone_tallies().to_vec(),
            visits: self.counter.take_visits(),
            groups: self.counter.take_groups(),
            estimate: self.counter.estimate(),
            visible: self.visibility.sums(),
        }
    }
}

#[cfg(test)]
mod tests;
