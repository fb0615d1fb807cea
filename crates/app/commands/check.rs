//! `footfall check`: whether a configuration can be used, without opening a source.

use std::collections::BTreeSet;

use anyhow::Context as _;
use clap::Parser as _;
use console::{Alignment, measure_text_width, pad_str, truncate_str};
use footfall_config::{Config, NamedSource, models, shown_name, usage};
use footfall_count::{Layout, Line, Zone};
use footfall_pipeline::Windows;
use footfall_serve::names;

use crate::cli::{CheckArgs, Cli, Command, RunArgs};
use crate::guard;
use crate::overrides;
use crate::plan::check_settings;
use crate::run::fit::reference;
use crate::say::say;
use crate::sources::resolve;

/// Longer names are cut where they stand beside others, in columns.
const LONGEST_SHOWN: usize = 40;

/// Checks, and says what the configuration has.
pub(crate) fn run(args: &CheckArgs) -> anyhow::Result<()> {
    let run = as_run(&args.config)?;
    let config = overrides::for_run(&run)?;
    let sources =
        if config.source.list.is_empty() { Vec::new() } else { resolve(&run, &config).map_err(usage)? };
    if args.has_source {
        return if sources.is_empty() { Err(no_source(&args.config)) } else { Ok(()) };
    }
    check_settings(&sources, &config)?;
    let files = config.outputs.of(&sources).map_err(usage)?;
    guard::check_run(&config, &sources, &files, None).map_err(usage)?;
    for path in sources.iter().filter_map(|source| source.reference.as_deref()) {
        reference(path).map_err(usage)?;
    }
    let networks = &config.networks;
    let detector = networks.detector.as_deref();
    let detector = detector.map(|name| models::detector(Some(name), networks.device)).transpose()?;
    let embedder = networks.embedder.as_deref().filter(|embedder| !models::is_embedder_name(embedder));
    for path in [detector.as_deref(), embedder].into_iter().flatten() {
        path.metadata()
            .with_context(|| format!("cannot read the network {}", path.display()))
            .map_err(usage)?;
    }
    say(&format!("{} can be used\n", args.config.display()));
    if sources.is_empty() {
        let lines = config.lines.len();
        say(&format!("  no [[source]]: the command line names sources; {lines} lines for each\n"));
    }
    for source in &sources {
        say(&about(source, &config.detector.windows));
    }
    say(&called(&sources, &config));
    Ok(())
}

fn no_source(config: &std::path::Path) -> anyhow::Error {
    anyhow::anyhow!(
        "no camera is set up yet: {} names none. `sudo footfall init rtsp://USER:PASSWORD@CAMERA/STREAM` writes one \
         there, then: sudo systemctl start footfall",
        config.display()
    )
}

/// What topics and ids of other systems call sources, lines and zones: all of them where something is
/// published, else those that are not called by their names.
fn called(sources: &[NamedSource], config: &Config) -> String {
    let places = |Layout { lines, zones, .. }: &Layout| -> Vec<String> {
        lines.iter().map(Line::name).chain(zones.iter().map(Zone::name)).map(ToOwned::to_owned).collect()
    };
    let mut names = if sources.is_empty() { places(&config.layout()) } else { Vec::new() };
    for source in sources {
        names.push(shown_name(&source.name));
        names.extend(places(&source.layout));
    }
    let publishes = !config.publish.is_empty();
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()) && (publishes || names::id(name) != *name));
    if names.is_empty() {
        return String::new();
    }
    let shown: Vec<_> =
        names.iter().map(|name| truncate_str(name, LONGEST_SHOWN, "…").into_owned()).collect();
    let width = shown.iter().map(|name| measure_text_width(name)).max().unwrap_or_default();
    let mut text = "  called in topics, subjects and ids of other systems\n".to_owned();
    for (name, shown) in names.iter().zip(&shown) {
        let shown = pad_str(shown, width, Alignment::Left, None);
        text.extend(["    ", &*shown, "  ", &*names::id(name), "\n"]);
    }
    text
}

/// Lines of which no part lies in windows that are given in pixels. One that is relative to the picture may lie anywhere.
fn outside<'a>(source: &'a NamedSource, windows: &Windows) -> impl Iterator<Item = &'a str> {
    let areas = if let Windows::At(areas) = windows { areas.clone() } else { Vec::new() };
    let lines = source.layout.lines.iter().filter(|line| !line.is_relative());
    let is_outside = move |line: &&Line| {
        let [a, b] = [line.a(), line.b()];
        let (left, right) = (a.x.min(b.x), a.x.max(b.x));
        let (top, bottom) = (a.y.min(b.y), a.y.max(b.y));
        !areas.is_empty()
            && areas.iter().all(|&[x, y, width, height]| {
                let (x, y) = (x as f64, y as f64);
                right < x || bottom < y || left > x + width as f64 || top > y + height as f64
            })
    };
    lines.filter(is_outside).map(Line::name)
}

fn about(source: &NamedSource, usual: &Windows) -> String {
    let names = |what: &str, names: Vec<&str>| match names.len() {
        0 => String::new(),
        1 => format!("  {what} {}", names[0]),
        _ => format!("  {what}s {}", names.join(", ")),
    };
    let Layout { lines, zones, masks } = &source.layout;
    let lines = names("line", lines.iter().map(Line::name).collect());
    let zones = names("zone", zones.iter().map(Zone::name).collect());
    let masks = if masks.is_empty() { String::new() } else { format!("  masks {}", masks.len()) };
    let nothing =
        if lines.is_empty() && zones.is_empty() { "  no line and no zone: nobody is counted" } else { "" };
    let windows = source.windows.as_ref().unwrap_or(usual);
    let looked = match windows {
        Windows::Auto => String::new(),
        Windows::Whole => "  whole picture".to_owned(),
        Windows::Near => "  near its lines and zones only".to_owned(),
        Windows::At(areas) => format!("  windows {}", areas.len()),
    };
    let outside: Vec<String> = outside(source, windows)
        .map(|name| format!("    {name} lies outside of the windows: nobody is looked for there\n"))
        .collect();
    let outside = outside.concat();
    format!("  {}  {}{lines}{zones}{masks}{looked}{nothing}\n{outside}", source.name, source.address)
}

/// `footfall run` with this configuration alone.
fn as_run(config: &std::path::Path) -> anyhow::Result<RunArgs> {
    let words = ["footfall".as_ref(), "run".as_ref(), "--config".as_ref(), config.as_os_str()];
    match Cli::try_parse_from(words)?.command {
        Command::Run(args) => Ok(*args),
        _ => anyhow::bail!("no run"),
    }
}
