//! Association and counting over frames from a file, for `track` and `replay`.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use footfall_count::{Counter, Crossing, Visit};
use footfall_formats::TracksWriter;
use footfall_formats::jsonl::{CrossingRow, CrossingWriter, TrackScene};
use footfall_health::RateCheck;
use footfall_ledger::{CrossingEntry, Entry, Run, VisitEntry};
use footfall_pipeline::Note;
use footfall_track::offline::{OfflineConfig, Recording};
use footfall_track::{Embeddings, Observations, Step, Tracker};

use crate::report::clock;
use crate::{progress, rate};

/// A tracker and a counter, and the files that they fill.
pub(crate) struct Session {
    tracker: Tracker,
    /// What was tracked so far, where all of it is gone over again at the end.
    recording: Option<Recording>,
    counter: Counter,
    ledger: Option<Run>,
    tracks: Option<TracksWriter>,
    crossings: Option<CrossingWriter>,
    source: String,
    /// Number and time of the latest frame.
    last: Option<(u64, Duration)>,
    frames: u64,
    people: u64,
    /// Who looks whether frames come often enough, and for how long they have not.
    rate: Option<RateCheck>,
    low: Duration,
}

/// Where a session writes to.
pub(crate) struct Files<'a> {
    pub(crate) tracks: Option<&'a PathBuf>,
    pub(crate) crossings: Option<&'a Path>,
    /// Before all else.
    pub(crate) ledger: Option<Run>,
}

impl Session {
    /// A session that has seen nothing, over what is called `source`; `offline` goes over all of it again
    /// at the end.
    pub(crate) fn new(
        source: String,
        tracker: Tracker,
        counter: Counter,
        files: Files<'_>,
        offline: bool,
        rate: Option<RateCheck>,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            tracker,
            recording: offline.then(Recording::default),
            counter,
            ledger: files.ledger,
            tracks: files.tracks.map(TracksWriter::create).transpose()?,
            crossings: files.crossings.map(CrossingWriter::create).transpose()?,
            source,
            last: None,
            frames: 0,
            people: 0,
            rate,
            low: Duration::ZERO,
        })
    }

    /// Number and time of the latest frame.
    pub(crate) fn last(&self) -> Option<(u64, Duration)> {
        self.last
    }

    /// Takes the next frame.
    pub(crate) fn step(
        &mut self,
        number: u64,
        time: Duration,
        observations: &Observations,
    ) -> anyhow::Result<()> {
        self.last = Some((number, time));
        self.frames += 1;
        let notes = self.rate.as_mut().map(|rate| rate.take(number, time)).unwrap_or_default();
        self.tell(notes)?;
        let seen = unmasked(observations, &self.counter);
        let observations = seen.as_ref();
        let step = self.tracker.step(time, observations);
        if let Some(recording) = &mut self.recording {
            recording.push(number, time, observations, step);
            return Ok(());
        }
        let step = step.clone();
        self.write(number, time, &step, &observations.embeddings)
    }

    /// Says what there is to tell, and writes it down.
    fn tell(&mut self, notes: Vec<Note>) -> anyhow::Result<()> {
        for note in notes {
            if let Some(sentence) = note.sentence(&self.source) {
                tracing::warn!("{sentence}");
            }
            let entry = match note {
                Note::Remark(remark) => {
                    tracing::warn!("{}: {remark}", self.source);
                    continue;
                }
                Note::Health(change) => Entry::Health(change),
                Note::Uncounted(span) => {
                    self.low += span.to.saturating_sub(span.from);
                    Entry::Uncounted(span)
                }
            };
            if let Some(run) = &self.ledger {
                run.record(&[entry])?;
            }
        }
        Ok(())
    }

    fn write(
        &mut self,
        number: u64,
        time: Duration,
        step: &Step,
        embeddings: &Embeddings,
    ) -> anyhow::Result<()> {
        self.people = step.tracks.iter().map(|t| t.id.0).fold(self.people, u64::max);
        let crossings = self.counter.step(number, time, step, embeddings);
        self.write_crossings(time, &crossings)?;
        if let Some(tracks) = &mut self.tracks {
            let (lines, zones) = (self.counter.lines(), self.counter.zones());
            let (tracked, crossings) = (&step.tracks, &crossings);
            let anchor = self.counter.anchor();
            tracks.write(&TrackScene {
                frame: number,
                time,
                tracks: tracked,
                crossings,
                lines,
                zones,
                anchor,
            })?;
        }
        Ok(())
    }

    fn write_crossings(&mut self, time: Duration, crossings: &[Crossing]) -> anyhow::Result<()> {
        if let Some(run) = &self.ledger {
            let visits = self.counter.take_visits();
            let zones = self.counter.zones();
            let visit = |visit: &Visit| Entry::Visit(VisitEntry::new(visit, zones[visit.zone].name()));
            let line = |crossing: &Crossing| self.counter.lines()[crossing.line].name();
            let entry = |crossing| Entry::Crossing(CrossingEntry::new(crossing, line(crossing)));
            let entries: Vec<_> = crossings.iter().map(entry).chain(visits.iter().map(visit)).collect();
            run.scene(time, &entries)?;
        }
        let Some(writer) = &mut self.crossings else { return Ok(()) };
        for crossing in crossings {
            let line = self.counter.lines()[crossing.line].name();
            writer.write(&CrossingRow::new(crossing, line, &self.source))?;
        }
        Ok(())
    }

    /// Decides what is still open, completes the files, and says what came of it.
    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        if let Some(recording) = self.recording.take() {
            for frame in recording.refine(&OfflineConfig::of(self.tracker.config())) {
                self.write(frame.number, frame.time, &frame.step, &Embeddings::default())?;
            }
        }
        let rest = self.rate.as_mut().map(RateCheck::rest).unwrap_or_default();
        self.tell(rest)?;
        let time = self.last.unwrap_or_default().1;
        let crossings = self.counter.finish();
        self.write_crossings(time, &crossings)?;
        self.tracks.map(TracksWriter::finish).transpose()?;
        self.crossings.map(CrossingWriter::finish).transpose()?;
        eprintln!("{} people tracked in {} frames", self.people, self.frames);
        eprint!("{}", progress::counted(&self.counter));
        if let Some(rate) = self.rate.filter(|_| !self.low.is_zero()) {
            eprintln!("{}", rate::beside_counts(&clock(self.low.as_secs_f64()), rate.least()));
        }
        Ok(())
    }
}

/// Everyone but those who stand in a mask.
fn unmasked<'a>(seen: &'a Observations, counter: &Counter) -> Cow<'a, Observations> {
    let Observations { detections, embeddings } = seen;
    let is_seen = |&index: &usize| !counter.hides(&detections[index].bbox);
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
