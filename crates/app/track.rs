//! `footfall track`: association and counting over detections from a file.

use std::time::Duration;

use footfall_count::{Counter, Crossing};
use footfall_formats::jsonl::{CrossingRow, CrossingWriter};
use footfall_formats::mot::TrackWriter;
use footfall_formats::{DetectionFrame, DetectionReader};
use footfall_track::offline::{OfflineConfig, Recording};
use footfall_track::{Embeddings, Observations, Step, Tracker};

use crate::cli::TrackArgs;
use crate::config::Config;
use crate::exit::usage;
use crate::{logging, progress};

/// The trackers, counters and files of one such run.
struct Session {
    tracker: Tracker,
    /// What was tracked so far, where all of it is gone over again at the end.
    recording: Option<Recording>,
    counter: Counter,
    tracks: TrackWriter,
    crossings: Option<CrossingWriter>,
    source: String,
    frame_rate: f64,
    /// Number and time of the frame before.
    last: Option<(u64, Duration)>,
    people: u64,
}

/// Tracks, and says what came of it.
pub(crate) fn run(args: &TrackArgs, verbose: u8) -> anyhow::Result<()> {
    logging::start(verbose, &progress::bar(), None)?;
    let mut config = Config::load(args.config.as_deref(), &args.lines)?;
    config.tracker.preset = args.preset.unwrap_or(config.tracker.preset);
    let settings = config.tracker(args.fps, None);
    let mut session = Session {
        frame_rate: settings.frame_rate,
        last: None,
        people: 0,
        tracker: Tracker::new(settings).map_err(usage)?,
        recording: args.offline.then(Recording::default),
        counter: Counter::new(config.lines, config.counter).map_err(usage)?,
        tracks: TrackWriter::create(&args.tracks)?,
        crossings: args.crossings.as_ref().map(CrossingWriter::create).transpose()?,
        source: args.detections.to_string_lossy().into_owned(),
    };
    for frame in DetectionReader::open(&args.detections)? {
        session.take(&frame?)?;
    }
    session.finish()
}

/// After so many frames in a row without anybody nothing changes any more.
const LONGEST_GAP: u64 = 1000;

impl Session {
    /// Takes the next frame of the file, and before it those in which nobody was seen: they may be
    /// missing from the file, but time went on in them.
    fn take(&mut self, frame: &DetectionFrame) -> anyhow::Result<()> {
        let number = frame.number;
        let time =
            frame.time.unwrap_or_else(|| Duration::from_secs_f64((number - 1) as f64 / self.frame_rate));
        if let Some((last, before)) = self.last {
            let interval = time.saturating_sub(before).div_f64((number - last) as f64);
            let nothing = Observations::default();
            for missing in (last + 1..number).take(LONGEST_GAP as usize) {
                self.step(missing, before + interval.mul_f64((missing - last) as f64), &nothing)?;
            }
        }
        self.step(number, time, &frame.observations)?;
        self.last = Some((number, time));
        Ok(())
    }

    fn step(&mut self, number: u64, time: Duration, observations: &Observations) -> anyhow::Result<()> {
        let step = self.tracker.step(time, observations);
        if let Some(recording) = &mut self.recording {
            recording.push(number, time, observations, step);
            return Ok(());
        }
        let step = step.clone();
        self.write(number, time, &step, &observations.embeddings)
    }

    fn write(
        &mut self,
        number: u64,
        time: Duration,
        step: &Step,
        embeddings: &Embeddings,
    ) -> anyhow::Result<()> {
        self.people = step.tracks.iter().map(|t| t.id.0).fold(self.people, u64::max);
        self.tracks.write(number, &step.tracks)?;
        let crossings = self.counter.step(number, time, step, embeddings);
        self.write_crossings(&crossings)
    }

    fn write_crossings(&mut self, crossings: &[Crossing]) -> anyhow::Result<()> {
        let Some(writer) = &mut self.crossings else { return Ok(()) };
        for crossing in crossings {
            let line = self.counter.lines()[crossing.line].name();
            writer.write(&CrossingRow::new(crossing, line, &self.source))?;
        }
        Ok(())
    }

    fn finish(mut self) -> anyhow::Result<()> {
        if let Some(recording) = self.recording.take() {
            for frame in recording.refine(&OfflineConfig::of(self.tracker.config())) {
                self.write(frame.number, frame.time, &frame.step, &Embeddings::default())?;
            }
        }
        let crossings = self.counter.finish();
        self.write_crossings(&crossings)?;
        self.tracks.finish()?;
        self.crossings.map(CrossingWriter::finish).transpose()?;
        let frames = self.last.map_or(0, |(number, _)| number);
        eprintln!("{} people tracked in {frames} frames", self.people);
        eprint!("{}", progress::counted(&self.counter));
        Ok(())
    }
}
