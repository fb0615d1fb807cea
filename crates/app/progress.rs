//! How far a run is: a bar on a terminal, a line now and then elsewhere.

use std::io::IsTerminal as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use footfall_count::{Counter, Tally};
use footfall_pipeline::{BoxError, Scene, Sink, SourceInfo};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::say::say;

/// How often a line is written where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

const KNOWN_LENGTH: &str =
    "{spinner:.cyan} {bar:32.cyan/blue} {human_pos}/{human_len} frames  {rate}  {eta} left  {msg:.bold}";
const UNKNOWN_LENGTH: &str = "{spinner:.cyan} {human_pos} frames  {rate}  {elapsed}  {msg:.bold}";

/// The bar; it shows nothing until a run starts, and never where stderr is no terminal.
pub(crate) fn bar() -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr_with_hz(10)
    } else {
        ProgressDrawTarget::hidden()
    };
    ProgressBar::with_draw_target(None, target)
}

/// How far the sources of a run are, together.
#[derive(Clone)]
pub(crate) struct Progress(Arc<Mutex<State>>);

struct State {
    bar: ProgressBar,
    /// How many frames there will be; `None` where a source does not say.
    frames: Option<u64>,
    began: Instant,
    last_line: Instant,
    done: u64,
    /// The latest counts of each source.
    tallies: Vec<Vec<Tally>>,
    open: usize,
}

/// One source's share in the progress.
struct Share {
    progress: Progress,
    index: usize,
}

impl Progress {
    /// Progress of a run over `sources` (those that are open), of each of which at most `max_frames` are
    /// read.
    pub(crate) fn start(bar: &ProgressBar, sources: &[Option<SourceInfo>], max_frames: Option<u64>) -> Self {
        let known = |source: &Option<SourceInfo>| match (source.as_ref().and_then(|s| s.frames), max_frames) {
            (Some(frames), Some(most)) => Some(frames.min(most)),
            (frames, most) => frames.or(most),
        };
        let frames = sources.iter().map(known).sum::<Option<u64>>();
        let template = if frames.is_some() { KNOWN_LENGTH } else { UNKNOWN_LENGTH };
        if let Ok(style) = ProgressStyle::with_template(template) {
            let rate = |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
                // A line that cannot be drawn is no reason to end a run.
                let _ = write!(out, "{:.1} frames/s", state.per_sec());
            };
            bar.set_style(style.with_key("rate", rate));
        }
        if let Some(frames) = frames {
            bar.set_length(frames);
        }
        let now = Instant::now();
        let tallies = vec![Vec::new(); sources.len()];
        let open = sources.len();
        let state = State { bar: bar.clone(), frames, began: now, last_line: now, done: 0, tallies, open };
        Self(Arc::new(Mutex::new(state)))
    }

    /// The sink of one of the sources.
    pub(crate) fn sink(&self, index: usize) -> Box<dyn Sink> {
        Box::new(Share { progress: self.clone(), index })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn line(&self) -> String {
        let rate = self.done as f64 / self.began.elapsed().as_secs_f64().max(1e-9);
        let mut line = format!("{} frames", self.done);
        if let Some(frames) = self.frames {
            let left = frames.saturating_sub(self.done) as f64 / rate;
            line = format!("{} of {frames} frames, {left:.0} s left", self.done);
        }
        let counts = self.counts();
        let counts = if counts.is_empty() { counts } else { format!(", {counts}") };
        format!("{line}, {rate:.1} frames/s{counts}")
    }

    fn counts(&self) -> String {
        counts(&self.tallies.concat())
    }
}

impl Sink for Share {
    fn name(&self) -> String {
        "progress".into()
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        let mut state = self.progress.lock();
        state.done += 1;
        state.bar.inc(1);
        if !scene.seen.crossings.is_empty() || state.tallies[self.index].len() != scene.seen.tallies.len() {
            state.tallies[self.index].clone_from(&scene.seen.tallies);
            state.bar.set_message(state.counts());
        }
        if state.bar.is_hidden() && state.last_line.elapsed() >= LINE_EVERY {
            state.last_line = Instant::now();
            say(&format!("{}\n", state.line()));
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        let mut state = self.progress.lock();
        state.open -= 1;
        if state.open == 0 {
            state.bar.finish_and_clear();
        }
        Ok(())
    }
}

/// Each line's counts: `door: in 3, out 5`.
pub(crate) fn counted(counter: &Counter) -> String {
    let lines = counter.lines().iter().zip(counter.tallies());
    let told =
        lines.map(|(line, tally)| format!("{}: in {}, out {}\n", line.name(), tally.entered, tally.left));
    told.collect::<Vec<_>>().concat()
}

/// Everyone who passed any line: `in 3, out 5`.
fn counts(tallies: &[Tally]) -> String {
    if tallies.is_empty() {
        return String::new();
    }
    let (entered, left) = tallies.iter().fold((0, 0), |(i, o), t| (i + t.entered, o + t.left));
    format!("in {entered}, out {left}")
}
