//! The summary on a terminal.

use std::fmt::{self, Write as _};

use console::style;
use footfall_config::Outputs;
use footfall_count::{CountInterval, Estimate, SiteSums, Uncountable};
use footfall_private::LocalPath;

use super::lines::why_uncountable;
use super::{RunReport, SourceReport, Stage};
use crate::rate;
use crate::times::clock;

impl RunReport {
    /// The summary on a terminal.
    pub(crate) fn for_people(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.head(&mut text).and_then(|()| self.counts(&mut text));
        let _ = self.troubles(&mut text).and_then(|()| self.work(&mut text));
        let _ = self.each_source(&mut text).and_then(|()| self.written(&mut text));
        text
    }

    fn head(&self, out: &mut String) -> fmt::Result {
        let bold = |text: String| style(text).for_stderr().bold();
        let (title, size, footage) = match &self.source {
            Some(source) => {
                (source.name.clone(), format!(" of {}x{}", source.width, source.height), source.seconds)
            }
            None => (
                format!("{} sources", self.sources.len()),
                String::new(),
                self.sources.iter().map(|s| s.seconds).sum(),
            ),
        };
        writeln!(out, "\n  {}", bold(title))?;
        let speed = footage / self.seconds.max(1e-9);
        let pace = if speed > 0.0 { format!(", {speed:.1} times real time") } else { String::new() };
        writeln!(
            out,
            "  {} frames{size}, {} of footage, in {}: {}{pace}",
            self.frames.processed,
            clock(footage),
            clock(self.seconds),
            bold(format!("{:.1} frames/s", self.frames_per_second)),
        )?;
        if self.frames.dropped > 0 {
            let share = 100.0 * self.frames.dropped as f64 / self.frames.read.max(1) as f64;
            writeln!(out, "  {} of {} frames dropped ({share:.1}%)", self.frames.dropped, self.frames.read)?;
        }
        if self.frames.rested > 0 {
            let share = 100.0 * self.frames.rested as f64 / self.frames.processed.max(1) as f64;
            writeln!(
                out,
                "  at {} of them nothing moved, and the networks rested ({share:.1}%)",
                self.frames.rested
            )?;
        }
        Ok(())
    }

    fn counts(&self, out: &mut String) -> fmt::Result {
        writeln!(out)?;
        self.lines(out)?;
        self.zones(out)?;
        self.visitors(out)?;
        self.site(out)?;
        let average = self.tracked as f64 / self.frames.processed.max(1) as f64;
        writeln!(out, "  {} people tracked, {average:.1} in a frame", style(self.people).for_stderr().bold())
    }

    fn lines(&self, out: &mut String) -> fmt::Result {
        if self.lines.is_empty() {
            return Ok(());
        }
        let names: Vec<String> =
            self.lines.iter().map(|line| place(line.source.as_deref(), &line.name)).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max(6);
        let heads = format!("{:width$} {:>20} {:>20}", "line", "in", "out");
        writeln!(out, "  {}", style(heads).for_stderr().dim())?;
        for (name, line) in names.iter().zip(&self.lines) {
            let entered =
                style(range(line.r#in, line.in_interval, line.rate_too_low)).for_stderr().green().bold();
            let left =
                style(range(line.out, line.out_interval, line.rate_too_low)).for_stderr().yellow().bold();
            writeln!(out, "  {name:width$} {entered} {left}")?;
        }
        writeln!(out)
    }

    fn zones(&self, out: &mut String) -> fmt::Result {
        if self.zones.is_empty() {
            return Ok(());
        }
        let names: Vec<String> =
            self.zones.iter().map(|zone| place(zone.source.as_deref(), &zone.name)).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max(6);
        let heads =
            format!("{:width$} {:>8} {:>6} {:>8} {:>12}", "zone", "inside", "most", "visits", "mean dwell");
        writeln!(out, "  {}", style(heads).for_stderr().dim())?;
        for (name, zone) in names.iter().zip(&self.zones) {
            let super::ZoneReport { occupancy, most, visits, dwell_seconds, .. } = zone;
            let dwell = clock(*dwell_seconds);
            writeln!(out, "  {name:width$} {occupancy:8} {most:6} {visits:8} {dwell:>12}")?;
        }
        writeln!(out)
    }

    /// What several cameras have seen in common.
    fn site(&self, out: &mut String) -> fmt::Result {
        let Some(SiteSums { passages, twice, unsure, stays, median_stay, visitors, .. }) = &self.site else {
            return Ok(());
        };
        if self.sources.len() > 1 {
            let number = style(passages - twice).for_stderr().bold();
            write!(
                out,
                "  all cameras: {number} passages, {twice} more were seen by two and are counted once"
            )?;
            if *unsure > 0 {
                write!(out, "; of {unsure} it is not sure")?;
            }
            writeln!(out)?;
        }
        if let Some(median) = median_stay {
            writeln!(out, "  {stays} stays from door to door, half of them longer than {}", clock(*median))?;
        }
        if let Some(Estimate { decided, different, .. }) = visitors {
            let (expected, low, high) = (different.expected, different.low, different.high);
            writeln!(
                out,
                "  {expected:.0} different visitors at all cameras ({low:.0} to {high:.0}) by estimate, {decided} by \
                 recognition"
            )?;
        }
        Ok(())
    }

    /// How many different people came in, where anybody was to be known again.
    fn visitors(&self, out: &mut String) -> fmt::Result {
        for source in &self.sources {
            let Some(Estimate { comings, decided, different, returning, .. }) = source.visitors else {
                continue;
            };
            let name = if self.sources.len() > 1 { format!("{}: ", source.name) } else { String::new() };
            let number = style(format!("{:.0}", different.expected)).for_stderr().bold();
            writeln!(
                out,
                "  {name}{number} different visitors ({:.0} to {:.0}) by estimate, {decided} by recognition, of {comings} \
                 who came in; {:.0}% ({:.0} to {:.0}%) came again",
                different.low,
                different.high,
                100.0 * returning.expected,
                100.0 * returning.low,
                100.0 * returning.high
            )?;
        }
        Ok(())
    }

    /// What was wrong with sources, if anything was.
    fn troubles(&self, out: &mut String) -> fmt::Result {
        for source in &self.sources {
            if let Some(error) = &source.error
                && self.sources.len() > 1
            {
                writeln!(out, "  {}", style(format!("{}: {error}", source.name)).for_stderr().red())?;
            }
            if let Some(low) = &source.low_rate {
                let told = rate::beside_counts(&clock(low.seconds), low.least_frames_per_second);
                writeln!(out, "  {}", style(format!("{}: {told}", source.name)).for_stderr().red())?;
            }
            // Of too few frames it was just told.
            let uncountable = source.lines.iter().find_map(|line| line.uncountable);
            if let Some(uncountable) = uncountable.filter(|why| !matches!(why, Uncountable::LowRate { .. })) {
                let told = why_uncountable(uncountable);
                writeln!(out, "  {}", style(format!("{}: {told}", source.name)).for_stderr().red())?;
            }
            for trouble in &source.troubles {
                let times = match trouble.times {
                    0 => String::new(),
                    1 => " once".to_owned(),
                    times => format!(" {times} times"),
                };
                let lost = clock(trouble.uncounted_seconds);
                let what = trouble.condition.replace('_', " ");
                let line = format!("{}: {what}{times}, {lost} uncounted", source.name);
                writeln!(out, "  {}", style(line).for_stderr().yellow())?;
            }
            for remark in &source.remarks {
                let line = format!("{}: {remark}", source.name);
                writeln!(out, "  {}", style(line).for_stderr().yellow())?;
            }
        }
        Ok(())
    }

    fn work(&self, out: &mut String) -> fmt::Result {
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

    /// What each of several sources has cost.
    fn each_source(&self, out: &mut String) -> fmt::Result {
        if self.sources.len() < 2 {
            return Ok(());
        }
        let width = self.sources.iter().map(|s| s.name.chars().count()).max().unwrap_or(0).max(6);
        let title = format!(
            "{:width$} {:>8} {:>8} {:>9} {:>11} {:>6}",
            "source", "frames", "dropped", "frames/s", "ms a frame", "share"
        );
        writeln!(out, "\n  {}", style(title).for_stderr().dim())?;
        for source in &self.sources {
            let SourceReport { name, frames, frames_per_second, milliseconds_per_frame, .. } = source;
            let (done, dropped, share) = (frames.processed, frames.dropped, 100.0 * source.share);
            writeln!(
                out,
                "  {name:width$} {done:8} {dropped:8} {frames_per_second:9.1} {milliseconds_per_frame:11.2} {share:5.0}%"
            )?;
        }
        Ok(())
    }

    fn written(&self, out: &mut String) -> fmt::Result {
        let mut named: Vec<(&str, &Option<LocalPath>)> = Vec::new();
        for Outputs { video, tracks, detections, record, .. } in &self.files {
            named.extend([
                ("video", video),
                ("tracks", tracks),
                ("detections", detections),
                ("recording", record),
            ]);
        }
        named.sort_by_key(|(what, _)| {
            ["video", "tracks", "detections", "recording"].iter().position(|w| w == what)
        });
        let shared = [("crossings", &self.outputs.crossings), ("summary", &self.outputs.summary)];
        writeln!(out)?;
        for (what, path) in named.into_iter().chain(shared) {
            if let Some(path) = path.as_ref().filter(|p| p.exists()) {
                writeln!(out, "  {what:10} {}", path.display())?;
            }
        }
        Ok(())
    }
}

/// A line's or zone's name, after that of its source where there are several.
fn place(source: Option<&str>, name: &str) -> String {
    source.map_or_else(|| name.to_owned(), |source| format!("{source}/{name}"))
}

/// `412 (405 to 418)`, as wide as a column; without a range that holds, that it does not.
fn range(count: u64, interval: Option<CountInterval>, rate_too_low: bool) -> String {
    let none = if rate_too_low { "too few frames" } else { "uncountable" };
    let range =
        interval.map_or_else(|| none.to_owned(), |interval| format!("{} to {}", interval.low, interval.high));
    format!("{:>20}", format!("{count} ({range})"))
}
