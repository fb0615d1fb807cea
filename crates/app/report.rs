//! What a run came to, for people and for programs.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use console::style;
use footfall_formats::PartialFile;
use footfall_pipeline::{Ended, SourceInfo, Summary};
use serde::Serialize;

use crate::config::{Config, Outputs};

/// The summary as it is written to a file. Fields are added over time and keep their meaning.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    version: &'static str,
    source: Source,
    ended: &'static str,
    frames: Frames,
    /// How long the run took.
    seconds: f64,
    frames_per_second: f64,
    detections: u64,
    /// Those of them that the embedder ran on.
    embedded: u64,
    /// Confirmed tracks.
    people: u64,
    /// Boxes of confirmed tracks, over all frames.
    tracked: u64,
    lines: Vec<LineReport>,
    stages: Vec<Stage>,
    networks: Networks,
    outputs: Outputs,
}

#[derive(Debug, Serialize)]
struct Source {
    name: String,
    width: usize,
    height: usize,
    frame_rate: Option<f64>,
    /// Time of the last processed frame.
    seconds: f64,
}

#[derive(Debug, Serialize)]
struct Frames {
    read: u64,
    processed: u64,
    dropped: u64,
}

#[derive(Debug, Serialize)]
struct LineReport {
    name: String,
    r#in: u64,
    out: u64,
}

#[derive(Debug, Serialize)]
struct Stage {
    name: &'static str,
    threads: usize,
    frames: u64,
    /// Work of its threads together.
    busy_seconds: f64,
    milliseconds_per_frame: f64,
}

/// The networks that ran, each with what it ran on.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Networks {
    pub(crate) detector: String,
    pub(crate) embedder: Option<String>,
    pub(crate) threads: usize,
}

impl Report {
    pub(crate) fn new(info: &SourceInfo, config: &Config, networks: Networks, summary: &Summary) -> Self {
        let stage = |s: &footfall_pipeline::StageSummary| Stage {
            name: s.name,
            threads: s.workers,
            frames: s.frames,
            busy_seconds: s.busy.as_secs_f64(),
            milliseconds_per_frame: 1e3 * s.busy.as_secs_f64() / s.frames.max(1) as f64,
        };
        let lines = summary.lines.iter().zip(&summary.tallies);
        Self {
            version: env!("CARGO_PKG_VERSION"),
            source: Source {
                name: info.name.clone(),
                width: info.width,
                height: info.height,
                frame_rate: info.frame_rate,
                seconds: summary.footage.as_secs_f64(),
            },
            ended: match summary.ended {
                Ended::Source => "source",
                Ended::Limit => "limit",
                Ended::Stopped => "stopped",
                Ended::Failed => "failed",
            },
            frames: Frames { read: summary.read, processed: summary.processed, dropped: summary.dropped },
            seconds: summary.elapsed.as_secs_f64(),
            frames_per_second: summary.rate(),
            detections: summary.detections,
            embedded: summary.embedded,
            people: summary.people,
            tracked: summary.tracked,
            lines: lines
                .map(|(name, t)| LineReport { name: name.clone(), r#in: t.entered, out: t.left })
                .collect(),
            stages: summary.stages.iter().map(stage).collect(),
            networks,
            outputs: config.outputs.clone(),
        }
    }

    /// Writes JSON to `path`.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let mut file = PartialFile::create(path)?;
        file.put(serde_json::to_string_pretty(self)?.as_bytes())?;
        file.put(b"\n")?;
        Ok(file.finish()?)
    }

    /// The summary on a terminal.
    pub(crate) fn for_people(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.head(&mut text).and_then(|()| self.counts(&mut text));
        let _ = self.work(&mut text).and_then(|()| self.files(&mut text));
        text
    }

    fn head(&self, out: &mut String) -> std::fmt::Result {
        let bold = |text: String| style(text).for_stderr().bold();
        writeln!(out, "\n  {}", bold(self.source.name.clone()))?;
        let footage = clock(self.source.seconds);
        let speed = self.source.seconds / self.seconds.max(1e-9);
        let pace = if speed > 0.0 { format!(", {speed:.1} times real time") } else { String::new() };
        writeln!(
            out,
            "  {} frames of {}x{}, {footage} of footage, in {}: {}{pace}",
            self.frames.processed,
            self.source.width,
            self.source.height,
            clock(self.seconds),
            bold(format!("{:.1} frames/s", self.frames_per_second)),
        )?;
        if self.frames.dropped > 0 {
            let share = 100.0 * self.frames.dropped as f64 / self.frames.read.max(1) as f64;
            writeln!(out, "  {} of {} frames dropped ({share:.1}%)", self.frames.dropped, self.frames.read)?;
        }
        Ok(())
    }

    fn counts(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out)?;
        if !self.lines.is_empty() {
            let width = self.lines.iter().map(|l| l.name.chars().count()).max().unwrap_or(0).max(6);
            writeln!(out, "  {}", style(format!("{:width$}      in     out", "line")).for_stderr().dim())?;
            for line in &self.lines {
                let entered = style(format!("{:7}", line.r#in)).for_stderr().green().bold();
                let left = style(format!("{:7}", line.out)).for_stderr().yellow().bold();
                writeln!(out, "  {:width$} {entered} {left}", line.name)?;
            }
            writeln!(out)?;
        }
        let average = self.tracked as f64 / self.frames.processed.max(1) as f64;
        writeln!(out, "  {} people tracked, {average:.1} in a frame", style(self.people).for_stderr().bold())
    }

    fn work(&self, out: &mut String) -> std::fmt::Result {
        let title = format!("{:8} {:>7} {:>12} {:>6}", "stage", "threads", "ms a frame", "busy");
        writeln!(out, "\n  {}", style(title).for_stderr().dim())?;
        for stage in &self.stages {
            let busy = 100.0 * stage.busy_seconds / (self.seconds * stage.threads as f64).max(1e-9);
            let Stage { name, threads, milliseconds_per_frame, .. } = stage;
            writeln!(out, "  {name:8} {threads:7} {milliseconds_per_frame:12.2} {busy:5.0}%")?;
        }
        writeln!(out, "\n  detector  {}", self.networks.detector)?;
        match &self.networks.embedder {
            Some(embedder) => {
                let share = 100.0 * self.embedded as f64 / self.detections.max(1) as f64;
                writeln!(out, "  embedder  {embedder}, ran on {share:.0}% of detections")
            }
            None => writeln!(out, "  embedder  none: tracked by motion alone"),
        }
    }

    fn files(&self, out: &mut String) -> std::fmt::Result {
        let Outputs { video, tracks, crossings, detections, summary } = &self.outputs;
        let named: [(&str, &Option<PathBuf>); 5] = [
            ("video", video),
            ("tracks", tracks),
            ("crossings", crossings),
            ("detections", detections),
            ("summary", summary),
        ];
        writeln!(out)?;
        for (what, path) in named {
            if let Some(path) = path.as_ref().filter(|p| p.exists()) {
                writeln!(out, "  {what:10} {}", path.display())?;
            }
        }
        Ok(())
    }
}

/// `9.5 s`, `1:19`, `2:03:40`.
fn clock(seconds: f64) -> String {
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let whole = Duration::from_secs_f64(seconds).as_secs();
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn times_read_well() {
        assert_eq!(clock(9.54), "9.5 s");
        assert_eq!(clock(79.5), "1:19");
        assert_eq!(clock(7420.0), "2:03:40");
    }
}
