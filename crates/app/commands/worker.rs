//! `footfall worker`: counts recordings of an archive.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use footfall_archive::{Counted, Counting, Settings, Task, Worker};
use footfall_config::Config;
use footfall_ledger::{Event, Kind, Reader, Row, Seq};
use footfall_pipeline::Stop;
use serde_json::{Value, json};

use super::archive::{load, told};
use crate::cli::WorkerArgs;
use crate::run::networks::OpenNetworks;
use crate::run::outputs::save;
use crate::say::say;
use crate::telemetry::Telemetry;
use crate::{interrupt, logging, progress};

/// Works until it is asked to end.
pub(crate) fn run(args: &WorkerArgs, verbose: u8) -> anyhow::Result<()> {
    let mut config = load(&args.which)?;
    let telemetry = Telemetry::start(&config.telemetry, "footfall worker")?;
    logging::start_and_tell(verbose, &progress::bar(), None, telemetry.as_ref())?;
    config.serve.address = args.address.or(config.serve.address);
    if let Some(scratch) = &args.scratch {
        config.worker.scratch = Some(scratch.clone().into());
    }
    let stop = Stop::new();
    interrupt::stop_on_signal(&stop)?;
    let counting = ByRuns { threads: args.threads };
    let is_over =
        |time| if time == std::time::Duration::ZERO { stop.is_requested() } else { stop.wait(time) };
    let hear = |words: &str| say(&format!("{words}\n"));
    let mut worker = Worker::new(config, &counting, &is_over, &hear).map_err(told)?;
    if let Some(url) = worker.url() {
        say(&format!("its metrics are at {url}metrics\n"));
    }
    say(&format!("{} waits for recordings\n", worker.name()));
    let worked = worker.work(args.until_empty).map_err(told)?;
    say(&format!(
        "{} recordings and {} frames: {:.1} s of counting, {:.1} s to bring them here, {:.1} s for the queue and the \
         database; {} tries failed, {} jobs were given back, {} were lost to others\n",
        worked.done,
        worked.frames,
        worked.counting_seconds,
        worked.fetching_seconds,
        worked.queue_seconds,
        worked.failed,
        worked.given_back,
        worked.lost
    ));
    match &args.summary {
        Some(path) => save(path, &(serde_json::to_string_pretty(&worked)? + "\n")),
        None => Ok(()),
    }
}

/// Counts each recording by a `footfall run` of its own: one that brings the decoder down brings nothing else down.
struct ByRuns {
    threads: Option<u16>,
}

const SETTINGS: &str = "settings.toml";
const CROSSINGS: &str = "crossings.jsonl";
const LEDGER: &str = "ledger.db";
const SUMMARY: &str = "summary.json";

impl Counting for ByRuns {
    fn networks(&self, settings: &Settings) -> Result<Value, String> {
        let opened = || -> anyhow::Result<Value> {
            let mut config = Config::parse(&configuration(settings, "recording", Path::new("/"))?)?;
            config.pipeline.threads = Some(std::num::NonZeroUsize::MIN);
            config.take_distances();
            // Whether they run here shows before the first recording.
            let networks = OpenNetworks::open(&config)?;
            config.networks.device = networks.device.into();
            footfall_site::network_digests(&config)
        };
        opened().map_err(|error| format!("{error:#}"))
    }

    fn command(&self, task: &Task<'_>) -> io::Result<Command> {
        let at = |name: &str| task.folder.join(name);
        let text = configuration(task.settings, task.name, task.recording).map_err(io::Error::other)?;
        fs::write(at(SETTINGS), text)?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["run", "--no-serve"]);
        for (option, name) in
            [("--config", SETTINGS), ("--crossings", CROSSINGS), ("--ledger", LEDGER), ("--summary", SUMMARY)]
        {
            command.arg(option).arg(at(name));
        }
        command.args(self.threads.map(|threads| format!("--threads={threads}")));
        command.args(&task.settings.options);
        Ok(command)
    }

    fn counted(&self, task: &Task<'_>) -> Result<Counted, String> {
        read(task).map_err(|error| format!("what was counted cannot be read: {error:#}"))
    }
}

/// The configuration of a run over one recording.
fn configuration(settings: &Settings, name: &str, recording: &Path) -> anyhow::Result<String> {
    let mut table: toml::Table = settings.configuration.parse()?;
    let source = table.get_mut("source").and_then(|list| list.get_mut(0)).and_then(toml::Value::as_table_mut);
    let source = source.context("the archive's settings have no source")?;
    let url = recording.to_str().context("its path is no plain text")?;
    source.insert("name".to_owned(), name.into());
    source.insert("url".to_owned(), url.into());
    Ok(toml::to_string(&table)?)
}

fn read(task: &Task<'_>) -> anyhow::Result<Counted> {
    let at = |name: &str| task.folder.join(name);
    let crossings = fs::read_to_string(at(CROSSINGS))?;
    let summary: Value = serde_json::from_str(&fs::read_to_string(at(SUMMARY))?)?;
    let reader = Reader::open(at(LEDGER))?;
    let run = reader.runs()?.pop().context("its ledger has no run")?;
    let rows = reader.entries_after(Seq(0), &Kind::ALL, usize::MAX)?;
    let frames = summary["frames"]["processed"].as_u64().context("its summary has no frames")?;
    let seconds = summary["source"]["seconds"].as_f64().unwrap_or_default();
    Ok(Counted {
        crossings,
        entries: rows.into_iter().map(entry).collect(),
        summary: telling(summary),
        start: run.start,
        frames,
        seconds,
        counting: run.config,
        program: run.version,
    })
}

/// The summary without what is only this machine's: paths.
fn telling(mut summary: Value) -> Value {
    if let Some(summary) = summary.as_object_mut() {
        summary.remove("outputs");
        let sources = summary.get_mut("sources").and_then(Value::as_array_mut);
        for source in sources.into_iter().flatten().filter_map(Value::as_object_mut) {
            source.remove("place");
        }
        if let Some(source) = summary.get_mut("source").and_then(Value::as_object_mut) {
            source.remove("name");
        }
    }
    summary
}

/// An entry of the ledger, in times since the recording's start.
fn entry(row: Row) -> Value {
    let after = |until: footfall_ledger::jiff::Timestamp| {
        let micros = until.as_microsecond() - row.at.as_microsecond() + (row.time * 1e6).round() as i64;
        micros as f64 / 1e6
    };
    let (kind, place, direction, until, track, frame) = match row.event {
        Event::Crossing { line, direction, track, frame } => {
            ("crossing", line, Some(json!(direction)), None, Some(track), Some(frame))
        }
        Event::Visit { zone, track, frame, until } => {
            ("visit", zone, None, Some(after(until)), Some(track), Some(frame))
        }
        Event::Group { line, track, frame, until } => {
            ("group", line, None, Some(after(until)), Some(track), Some(frame))
        }
        Event::Health { condition, raised, frame } => {
            ("health", condition, Some(json!(if raised { "raised" } else { "over" })), None, None, frame)
        }
        Event::Uncounted { reason, until } => ("uncounted", reason, None, Some(after(until)), None, None),
    };
    json!({
        "kind": kind, "place": place, "direction": direction, "seconds": row.time, "until": until, "track": track,
        "frame": frame, "detail": row.detail,
    })
}
