//! `footfall run`: sources through every stage.

use std::thread;

use footfall_count::Counter;
use footfall_ledger::jiff::Timestamp;
use footfall_pipeline::{Ended, Kind, Options, Outcome, Pipeline, Stop};
use footfall_track::Tracker;

use crate::cli::RunArgs;
use crate::config::Config;
use crate::exit::usage;
use crate::in_force::InForce;
use crate::lanes::OpenSources;
use crate::ledger::{self, Book};
use crate::networks::Networks;
use crate::outputs::SharedCrossings;
use crate::reload::Reload;
use crate::report::Report;
use crate::say::say;
use crate::serve::Page;
use crate::sources::{NamedSource, resolve, transport};
use crate::staff::Gallery;
use crate::{guard, interrupt, logging, progress, quiet, service};

/// Runs, and says how it went.
pub(crate) fn run(args: &RunArgs, verbose: u8) -> anyhow::Result<()> {
    let mut config = Config::for_run(args)?;
    let sources = resolve(args, &config).map_err(usage)?;
    if let Some(variable) = transport(&sources)?.variable() {
        quiet::restart_with(variable);
    }
    let bar = progress::bar();
    let trace_path = args.outputs.trace.as_deref();
    let files = config.outputs.of(&sources).map_err(usage)?;
    guard::check_run(&config, &sources, &files, trace_path).map_err(usage)?;
    config.outputs.make_folders(&sources).map_err(usage)?;
    let trace = logging::start(verbose, &bar, trace_path)?;
    footfall_video::quiet();
    let stop = Stop::new();
    interrupt::stop_on_signal(&stop)?;

    // What is cheapest and likeliest to fail comes first.
    check_settings(&sources, &config)?;
    let listens = config.serve.address.is_some();
    let publishes = !config.publish.is_empty();
    let book = Book::open(&mut config.ledger, listens, publishes, &stop)?;
    let shown = book.as_ref().filter(|_| listens || publishes);
    let page = shown.map(|book| Page::new(&sources, book, &config.hours)).transpose()?;
    let opened =
        OpenSources::open(sources.clone(), book.clone(), page.clone(), &stop)?.without(staff(&config)?);
    let networks = Networks::open(&config)?;
    // What was counted on one device is not taken for what another would count.
    config.networks.device = networks.device.into();
    let distance = networks.max_cosine_distance;
    let (lanes, crossings) = opened.lanes(args, &config, files.clone(), distance, &stop, &bar)?;
    let in_force = InForce::new(&sources);
    let serve =
        |page: Page| page.serve(listens, &config, args.config.as_deref(), &sources, &lanes, &in_force);
    let serving = page.map(serve).transpose()?;
    let options = config.options(networks.device, args.max_frames);
    let Networks { detectors, embedders, told, .. } = networks;
    let pipeline = Pipeline { lanes, detectors, embedders };
    let page = serving.as_ref();
    let mut reload = Reload::new(args, &config, sources, pipeline.hub(), in_force, page, distance);
    let outcome = attended(reload.as_mut(), book.as_ref(), pipeline, &options, &stop);
    bar.finish_and_clear();

    let completed = complete(crossings.as_ref(), &outcome);
    let report = Report::new(&config, &files, told, &outcome);
    say(&report.for_people());
    let closed = book.map_or(Ok(()), |book| book.close(&outcome));
    if let Some(path) = &config.outputs.summary {
        report.write(path)?;
    }
    if let Some(trace) = trace {
        trace.finish()?;
    }
    if let Some(serving) = serving {
        serving.stay(&stop, reload.as_mut());
    }
    ended(outcome).and(completed).and(closed)
}

/// Runs, and meanwhile reads the configuration again when it changes, tells the service manager how it goes,
/// and looks after the ledger.
fn attended(
    reload: Option<&mut Reload<'_>>,
    book: Option<&Book>,
    pipeline: Pipeline,
    options: &Options,
    stop: &Stop,
) -> Outcome {
    let (hub, done) = (pipeline.hub(), Stop::new());
    thread::scope(|scope| {
        scope.spawn(|| reload.map(|reload| reload.watch(&done)));
        scope.spawn(|| service::attend(&hub, stop, &done));
        scope.spawn(|| book.map(|book| book.keep(&hub, &done)));
        let outcome = pipeline.run(options, stop);
        done.request();
        outcome
    })
}

/// Settings that no lane could be made with, before anything is opened.
pub(crate) fn check_settings(sources: &[NamedSource], config: &Config) -> anyhow::Result<()> {
    Tracker::new(config.tracker(None, None)).map_err(usage)?;
    Counter::new(config.lines.clone(), config.counter).map_err(usage)?;
    config.publish.check().map_err(usage)?;
    let by_looks = !config.counter.visitors.is_off() || !config.staff.is_off();
    if by_looks && config.networks.no_embedder {
        return Err(usage(anyhow::anyhow!(
            "visitors and staff are told by how they look, and no embedder is to run: take out no_embedder, or \
             counter.visitors and staff"
        )));
    }
    for source in sources {
        source.counter(config.counter).map_err(usage)?;
    }
    Ok(())
}

/// Those who are enrolled, where anybody is to be left out.
fn staff(config: &Config) -> anyhow::Result<Option<Gallery>> {
    let Some(path) = &config.staff.gallery else { return Ok(None) };
    let gallery = Gallery::read(path)?;
    gallery.check(path, &ledger::embedder_digest(config)?.unwrap_or_default())?;
    gallery.warn_of_expired(Timestamp::now());
    Ok(Some(gallery))
}

/// Completes the file that all sources share, unless the run has failed before there was anything for it.
fn complete(crossings: Option<&SharedCrossings>, outcome: &Outcome) -> anyhow::Result<()> {
    let has_failed = outcome.error.is_some() || outcome.lanes.iter().any(|lane| lane.error.is_some());
    let has_begun = outcome.lanes.iter().any(|lane| lane.summary.processed > 0);
    match crossings {
        Some(crossings) if has_begun || !has_failed => crossings.finish(),
        _ => Ok(()),
    }
}

/// How the run ends, by its outcome.
fn ended(outcome: Outcome) -> anyhow::Result<()> {
    let was_cut = |lane: &footfall_pipeline::LaneOutcome| {
        let recorded = lane.info.as_ref().is_some_and(|info| info.kind == Kind::Recorded);
        recorded && lane.summary.ended == Ended::Stopped
    };
    let cut = outcome.lanes.iter().any(was_cut);
    let mut errors = outcome.error.into_iter().chain(outcome.lanes.into_iter().filter_map(|lane| lane.error));
    if let Some(error) = errors.next() {
        errors.for_each(|other| tracing::error!("{other}"));
        return Err(error.into());
    }
    if cut {
        anyhow::bail!("ended early on request; the outputs hold the frames until then");
    }
    Ok(())
}
