//! `footfall run`: a source through every stage.

use std::path::Path;

use footfall_count::{Counter, Line};
use footfall_pipeline::{Ended, Lane, Options, Parts, Pipeline, Sink, SourceInfo, Stop};
use footfall_track::Tracker;
use footfall_video::{VideoSink, display_name, open_source};
use indicatif::ProgressBar;

use crate::cli::RunArgs;
use crate::config::Config;
use crate::exit::usage;
use crate::networks::Networks;
use crate::outputs::{CrossingSink, DetectionSink, TrackSink};
use crate::progress::{self, Progress};
use crate::report::{self, Report};
use crate::say::say;
use crate::{interrupt, logging};

/// Runs, and says how it went.
pub(crate) fn run(args: &RunArgs, verbose: u8) -> anyhow::Result<()> {
    let bar = progress::bar();
    let trace_path = args.outputs.trace.as_deref();
    let trace = logging::start(verbose, &bar, trace_path)?;
    footfall_video::quiet();
    let config = Config::for_run(args)?;
    config.outputs.check(Path::new(&args.source), trace_path)?;
    let stop = Stop::new();
    interrupt::stop_on_signal(&stop)?;

    let (pipeline, networks, info) = assemble(args, &config, &stop, &bar)?;
    let options = Options { queue: config.pipeline.queue.get(), max_frames: args.max_frames };
    let mut outcome = pipeline.run(&options, &stop);
    let lane = outcome.lanes.remove(0);
    bar.finish_and_clear();

    let report = Report::new(&info, &config, networks, &lane.summary);
    say(&report.for_people());
    if let Some(path) = &config.outputs.summary {
        report.write(path)?;
    }
    if let Some(trace) = trace {
        trace.finish()?;
    }
    match (outcome.error.or(lane.error), lane.summary.ended) {
        (Some(error), _) => Err(error.into()),
        (None, Ended::Stopped) if info.kind == footfall_pipeline::Kind::Recorded => {
            anyhow::bail!("ended early on request; the outputs hold the frames until then")
        }
        _ => Ok(()),
    }
}

/// Opens everything that a run needs, cheapest and likeliest to fail first.
fn assemble(
    args: &RunArgs,
    config: &Config,
    stop: &Stop,
    bar: &ProgressBar,
) -> anyhow::Result<(Pipeline, report::Networks, SourceInfo)> {
    let counter = Counter::new(config.lines.clone(), config.counter).map_err(usage)?;
    let source = open_source(&args.source, &config.source)?;
    let info = source.info().clone();
    let networks = Networks::open(config)?;
    let tracker =
        Tracker::new(config.tracker(info.frame_rate, networks.max_cosine_distance)).map_err(usage)?;
    let sinks = open_sinks(args, config, &info, stop, bar)?;
    warn_about_lines(&config.lines, &info);
    let Networks { detectors, embedders, told, .. } = networks;
    let parts = Parts { source, tracker, counter, sinks, inspector: None };
    let lanes = vec![Lane::new(display_name(&args.source), parts)];
    Ok((Pipeline { lanes, detectors, embedders }, told, info))
}

/// The outputs that were asked for, progress last.
fn open_sinks(
    args: &RunArgs,
    config: &Config,
    info: &SourceInfo,
    stop: &Stop,
    bar: &ProgressBar,
) -> anyhow::Result<Vec<Box<dyn Sink>>> {
    let outputs = &config.outputs;
    let mut sinks = Vec::new();
    if let Some(path) = &outputs.tracks {
        sinks.push(TrackSink::create(path)?);
    }
    if let Some(path) = &outputs.crossings {
        sinks.push(CrossingSink::create(path, &display_name(&args.source))?);
    }
    if let Some(path) = &outputs.detections {
        sinks.push(DetectionSink::create(path)?);
    }
    if let Some(path) = &outputs.video {
        sinks.push(Box::new(VideoSink::create(path, info, config.overlay)?));
    }
    #[cfg(feature = "preview")]
    if args.preview {
        let stop = stop.clone();
        let preview = footfall_video::PreviewSink::open(info, &config.overlay, move || stop.request());
        sinks.push(Box::new(preview?));
    }
    #[cfg(not(feature = "preview"))]
    let _ = stop;
    sinks.push(Progress::start(bar, info, args.max_frames));
    Ok(sinks)
}

/// A line that no one in the picture can pass is most likely meant for another picture.
fn warn_about_lines(lines: &[Line], info: &SourceInfo) {
    let (width, height) = (info.width as f64, info.height as f64);
    for line in lines {
        let (a, b) = (line.a(), line.b());
        let outside =
            a.x.max(b.x) < 0.0 || a.x.min(b.x) > width || a.y.max(b.y) < 0.0 || a.y.min(b.y) > height;
        if outside {
            tracing::warn!(
                "line \"{}\" lies outside of the {width}x{height} picture: nobody can pass it",
                line.name()
            );
        }
    }
    if lines.is_empty() {
        tracing::warn!("no line was given: people are tracked but not counted (see --line)");
    }
}
