//! What each number of cameras came to.

use std::fmt::Write as _;
use std::time::Duration;

use footfall_pipeline::{Outcome, StageSummary};
use footfall_track::Preset;
use footfall_vision::Runtime;
use serde::Serialize;

use super::args::{CamerasArgs, FrameSize, Sharing};
use super::camera::{Arrival, Schedule};
use super::networks::Told;
use crate::measure::Percentiles;
use crate::report::card;

/// Below this share of the cameras' own rate they are not carried, whatever was dropped.
const HELD: f64 = 0.95;

/// How many cameras a device carries.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CamerasReport {
    device: String,
    card: Option<String>,
    library: String,
    #[serde(flatten)]
    networks: Told,
    fps: f64,
    people: u16,
    size: FrameSize,
    seconds: f64,
    preset: Preset,
    #[serde(flatten)]
    sharing: Sharing,
    max_dropped: f64,
    /// That the boxes are not the detector's.
    boxes: &'static str,
    /// In the order in which they were tried.
    pub(crate) rows: Vec<Row>,
    /// The most cameras that were carried; with one number measured that number or 0.
    pub(crate) carried: usize,
    /// Whether no more were tried than those.
    pub(crate) may_carry_more: bool,
}

const BOXES: &str = "the detector runs on every frame; its boxes are replaced by the known ones of the scene";

/// One number of cameras. What is counted is what came after a second for warming up, but in `whole`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) cameras: usize,
    pub(crate) is_carried: bool,
    /// `read = processed + dropped`.
    #[serde(flatten)]
    pub(crate) frames: Frames,
    dropped_share: f64,
    /// Processed.
    pub(crate) frames_per_second: f64,
    /// From when a frame is ready at its camera until its scene is handed to the sink.
    #[serde(flatten)]
    latency: Percentiles,
    embedded_per_frame: f64,
    tracked_per_frame: f64,
    stages: Vec<Stage>,
    /// By the pipeline's own books, with the frames for warming up.
    pub(crate) whole: Frames,
}

/// What became of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Frames {
    pub(crate) read: u64,
    pub(crate) processed: u64,
    pub(crate) dropped: u64,
}

/// A stage's work, of all cameras together.
#[derive(Clone, Debug, Serialize)]
struct Stage {
    name: &'static str,
    workers: usize,
    /// Of one worker, for a frame.
    ms_per_frame: f64,
    /// Share of the time that its workers worked.
    busy: f64,
}

impl Row {
    pub(crate) fn new(
        schedule: &Schedule,
        offered_rate: f64,
        max_dropped: f64,
        arrivals: &[Arrival],
        outcome: &Outcome,
    ) -> Self {
        let counted: Vec<_> = arrivals.iter().filter(|arrival| arrival.number > schedule.warm_up).collect();
        let (read, processed) = (schedule.counted * schedule.cameras as u64, counted.len() as u64);
        let frames = Frames { read, processed, dropped: read.saturating_sub(processed) };
        let (began, lasts) = schedule.span();
        let last = counted.iter().map(|arrival| arrival.at).max().unwrap_or_default();
        let seconds = last.saturating_sub(began).max(lasts).as_secs_f64();
        let frames_per_second = processed as f64 / seconds;
        let dropped_share = frames.dropped as f64 / read as f64;
        let mean = |of: fn(&Arrival) -> usize| {
            counted.iter().map(|arrival| of(arrival)).sum::<usize>() as f64 / counted.len().max(1) as f64
        };
        let books = |of: fn(&footfall_pipeline::Summary) -> u64| {
            outcome.lanes.iter().map(|lane| of(&lane.summary)).sum()
        };
        Self {
            cameras: schedule.cameras,
            is_carried: dropped_share <= max_dropped && frames_per_second >= HELD * offered_rate,
            frames,
            dropped_share,
            frames_per_second,
            latency: Percentiles::of(counted.iter().map(|arrival| arrival.latency).collect()),
            embedded_per_frame: mean(|arrival| arrival.embedded),
            tracked_per_frame: mean(|arrival| arrival.tracked),
            // A camera's reader waits for its frames: that is no work.
            stages: (outcome.stages.iter().filter(|stage| stage.name != "read"))
                .map(|stage| Stage::of(stage, outcome.elapsed))
                .collect(),
            whole: Frames {
                read: books(|summary| summary.read),
                processed: books(|summary| summary.processed),
                dropped: books(|summary| summary.dropped),
            },
        }
    }

    /// A line for people, while others are tried.
    pub(crate) fn words(&self) -> String {
        let unit = if self.cameras == 1 { "camera" } else { "cameras" };
        format!(
            "{} {unit}: {:.1} frames/s, {:.1}% dropped, p99 {:.0} ms: {}",
            self.cameras,
            self.frames_per_second,
            100.0 * self.dropped_share,
            self.latency.p99,
            if self.is_carried { "carried" } else { "too many" }
        )
    }
}

impl Stage {
    fn of(stage: &StageSummary, elapsed: Duration) -> Self {
        let busy = stage.busy.as_secs_f64();
        Self {
            name: stage.name,
            workers: stage.workers,
            ms_per_frame: 1e3 * busy / stage.frames.max(1) as f64,
            busy: busy / (elapsed.as_secs_f64() * stage.workers as f64).max(1e-9),
        }
    }
}

impl CamerasReport {
    pub(crate) fn new(args: &CamerasArgs, runtime: &Runtime, sharing: Sharing, networks: Told) -> Self {
        Self {
            device: runtime.device().to_string(),
            card: card(runtime),
            library: runtime.library().display().to_string(),
            networks,
            fps: args.fps,
            people: args.people,
            size: args.size,
            seconds: args.seconds,
            preset: args.preset(),
            sharing,
            max_dropped: args.max_dropped,
            boxes: BOXES,
            rows: Vec::new(),
            carried: 0,
            may_carry_more: false,
        }
    }

    pub(crate) fn table(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let card = self.card.as_ref().map_or_else(String::new, |card| format!(", {card}"));
        let Told { detector, detector_ran_on, embedder, embedder_ran_on } = &self.networks;
        let Sharing { copies, max_batch, batch_wait_ms } = self.sharing;
        let (fps, size, people, seconds) = (self.fps, self.size, self.people, self.seconds);
        writeln!(
            out,
            "cameras of {fps} frames/s, {size}, {people} people in a frame, on {}{card}",
            self.device
        )?;
        writeln!(out, "detector: {detector} ({detector_ran_on})")?;
        writeln!(out, "embedder: {embedder} ({embedder_ran_on})")?;
        writeln!(out, "{BOXES}")?;
        let how = match self.preset {
            Preset::DeepSort => "deepsort: everyone is embedded in every frame",
            Preset::Best => "best: those are embedded of whom something is to be learnt",
        };
        writeln!(out, "tracker {how}")?;
        writeln!(
            out,
            "copies of each network: {copies}; crops in a run: {max_batch} at most, waiting {batch_wait_ms} ms \
             for each other"
        )?;
        self.write_rows(out)?;
        let limit = format!("{:.1}% dropped at most, {seconds} s each", 100.0 * self.max_dropped);
        match (self.carried, self.may_carry_more) {
            (0, _) => writeln!(out, "\nnot carried ({limit})"),
            (1, false) => writeln!(out, "\n1 camera is carried ({limit})"),
            (number, false) => writeln!(out, "\n{number} cameras are carried ({limit})"),
            (number, true) => writeln!(out, "\n{number} or more are carried ({limit})"),
        }
    }

    fn write_rows(&self, out: &mut String) -> std::fmt::Result {
        let heads = ["cameras", "frames/s", "dropped", "p50 ms", "p90 ms", "p99 ms", "max ms", "embedded"];
        writeln!(out)?;
        for head in heads {
            write!(out, "{head:>9}")?;
        }
        let stages = self.rows.first().map_or(&[][..], |row| &row.stages);
        for stage in stages {
            write!(out, "{:>15}", format!("{} ms", stage.name))?;
        }
        writeln!(out)?;
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by_key(|row| row.cameras);
        for row in rows {
            let Percentiles { p50, p90, p99, max } = row.latency;
            let dropped = format!("{:.1}%", 100.0 * row.dropped_share);
            write!(out, "{:>9}{:>9.1}{dropped:>9}", row.cameras, row.frames_per_second)?;
            write!(out, "{p50:>9.1}{p90:>9.1}{p99:>9.1}{max:>9.1}{:>9.1}", row.embedded_per_frame)?;
            for stage in &row.stages {
                let busy = format!("({:.0}%)", 100.0 * stage.busy);
                write!(out, "{:>9.2}{busy:>6}", stage.ms_per_frame)?;
            }
            writeln!(out)?;
        }
        writeln!(out, "latency: from a frame's being ready at its camera to its scene's being handed on")?;
        writeln!(
            out,
            "a stage's ms: of its workers, for a frame; in brackets the share of time that they work"
        )
    }
}
