//! `footfall run`: sources through every stage.

use std::thread;
use std::time::Duration;

use footfall_config::{Config, transport, usage};
use footfall_ledger::jiff::Timestamp;
use footfall_pipeline::{Ended, Kind, Options, Outcome, Pipeline, Stop};
use footfall_site::{Book, Cameras, Gallery, InForce, Page, Serving, Written};

use crate::cli::RunArgs;
use crate::plan::Plan;
use crate::run::lanes::OpenSources;
use crate::run::networks::OpenNetworks;
use crate::run::outputs::SharedCrossings;
use crate::run::reload::Reload;
use crate::run::summary::{NetworkReport, RunReport};
use crate::say::say;
use crate::{environment, guard, interrupt, logging, progress, service};

/// Runs, and says how it went.
pub(crate) fn run(args: &RunArgs, verbose: u8) -> anyhow::Result<()> {
    let plan = Plan::of(args)?;
    if let Some(variable) = transport(&plan.sources)?.variable() {
        environment::restart_with(&[variable]);
    }
    let bar = progress::bar();
    let trace_path = args.outputs.trace.as_deref();
    guard::check_run(&plan.config, &plan.sources, &plan.files, trace_path).map_err(usage)?;
    plan.config.outputs.make_folders(&plan.sources).map_err(usage)?;
    let trace = logging::start(verbose, &bar, trace_path)?;
    footfall_video::quiet();
    let stop = Stop::new();
    interrupt::stop_on_signal(&stop)?;

    // What is cheapest and likeliest to fail comes first.
    let book = Book::open(&plan.config.ledger, plan.listens(), plan.publishes(), &stop)?;
    let shown = book.as_ref().filter(|_| plan.listens() || plan.publishes());
    let page = shown.map(|book| Page::new(&plan.sources, book, &plan.config.hours)).transpose()?;
    let opened = OpenSources::open(plan.sources.clone(), book.clone(), page.clone(), &stop)?;
    let cameras = Cameras::new(&plan.config, &plan.sources)?;
    let opened = opened.without(staff(&plan.config)?).together(cameras.clone());
    let networks = OpenNetworks::open(&plan.config)?;
    let plan = plan.on(networks.device);
    let distance = networks.max_cosine_distance;
    let scales = networks.scales(&opened.infos());
    let (lanes, crossings) = opened.lanes(args, &plan, &networks, &stop, &bar)?;
    let in_force = InForce::new(&plan.sources);
    let path = args.config.as_deref();
    let serve = |page: Page| page.serve(&plan.config, &plan.sources, path, &lanes, &in_force);
    let serving = page.map(serve).transpose()?;
    if let Some(url) = serving.as_ref().and_then(Serving::url) {
        say(&format!("the page is at {url}\n"));
    }
    let options = plan.config.options(networks.device, args.max_frames);
    let OpenNetworks { detectors, embedders, told, .. } = networks;
    let told = NetworkReport { scales, ..told };
    let pipeline = Pipeline { lanes, detectors, embedders };
    let mut reload = Reload::new(args, &plan, pipeline.hub(), in_force, serving.as_ref(), distance);
    let mut outcome = attended(reload.as_mut(), book.as_ref(), cameras.as_ref(), pipeline, &options, &stop);
    bar.finish_and_clear();

    let joint = cameras.map(|cameras| {
        cameras.correct(&mut outcome);
        cameras.sums()
    });
    let completed = complete(crossings.as_ref(), &outcome);
    let report = RunReport::new(&plan.config, &plan.files, told, &outcome).with_site(joint);
    say(&report.for_people());
    let closed = book.map_or(Ok(()), |book| close(&book, &outcome));
    if let Some(path) = &plan.config.outputs.summary {
        report.write(path)?;
    }
    if let Some(trace) = trace {
        trace.finish()?;
    }
    if let Some(serving) = serving {
        stay(&serving, reload.as_mut(), &stop);
    }
    ended(outcome).and(completed).and(closed)
}

/// Runs, and meanwhile reads the configuration again when it changes, tells the service manager how it goes,
/// looks after the ledger, and keeps visitors for the next start.
fn attended(
    reload: Option<&mut Reload<'_>>,
    book: Option<&Book>,
    cameras: Option<&Cameras>,
    pipeline: Pipeline,
    options: &Options,
    stop: &Stop,
) -> Outcome {
    let (hub, done) = (pipeline.hub(), Stop::new());
    thread::scope(|scope| {
        scope.spawn(|| reload.map(|reload| reload.watch(&done)));
        scope.spawn(|| service::attend(&hub, stop, &done));
        scope.spawn(|| book.map(|book| book.keep(&hub, &done)));
        scope.spawn(|| cameras.map(|cameras| cameras.keep(&done)));
        let outcome = pipeline.run(options, stop);
        done.request();
        outcome
    })
}

/// Ends the runs in the ledger, and says what it has of them.
fn close(book: &Book, outcome: &Outcome) -> anyhow::Result<()> {
    let Some(Written { path, added, known }) = book.close(outcome)? else { return Ok(()) };
    let known = if known > 0 { format!(", {known} were there already") } else { String::new() };
    say(&format!("  {:10} {}: {added} new entries{known}\n", "ledger", path.display()));
    Ok(())
}

/// Goes on answering when recordings are over, until somebody asks to stop. Meanwhile whom the page is shown to may
/// change all the same.
fn stay(serving: &Serving, reload: Option<&mut Reload<'_>>, stop: &Stop) {
    let Some(url) = serving.url().filter(|_| serving.stays(stop)) else { return };
    say(&format!("the page stays at {url} until Ctrl-C\n"));
    match reload {
        Some(reload) => reload.watch(stop),
        None => while !stop.wait(Duration::from_hours(1)) {},
    }
}

/// Those who are enrolled, where anybody is to be left out.
fn staff(config: &Config) -> anyhow::Result<Option<Gallery>> {
    let Some(path) = &config.staff.gallery else { return Ok(None) };
    let gallery = Gallery::read(path)?;
    gallery.check(path, &footfall_site::embedder_digest(config)?.unwrap_or_default())?;
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
