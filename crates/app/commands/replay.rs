//! `footfall replay`: association and counting once more, over a recorded run.

use anyhow::Context as _;
use footfall_config::{Config, usage};
use footfall_count::{Counter, Follower, Line, Role, Zone};
use footfall_formats::recording::{RecordingHead, RecordingReader};
use footfall_ledger::jiff::Timestamp;
use footfall_ledger::{Digest, Ending, Error, Ledger, Origin, Place, PlaceKind, Run, RunInfo, Start};
use footfall_site::{Gallery, drawn, staff_digest};
use footfall_track::Tracker;
use serde_json::json;

use crate::cli::ReplayArgs;
use crate::run::record::Settings;
use crate::run::session::{Files, Session};
use crate::{logging, progress, rate};

/// Tracks and counts, and says what came of it.
pub(crate) fn run(args: &ReplayArgs, verbose: u8) -> anyhow::Result<()> {
    logging::start(verbose, &progress::bar(), None)?;
    let mut reader = RecordingReader::open(&args.recording)?;
    let head = reader.head().clone();
    let settings = Settings::of(args, &head)?;
    let tracker = Tracker::new(settings.tracker.clone()).map_err(usage)?;
    let mut counter = Counter::over(settings.layout(), settings.counter).map_err(usage)?;
    counter.fit(head.size[0], head.size[1]);
    if let Some(path) = &settings.staff.gallery {
        let start = head.start.as_ref().and_then(|start| start.parse().ok()).unwrap_or_else(Timestamp::now);
        counter = counter.with_staff(Gallery::read(path)?.staff(start, settings.staff.max_cosine_distance));
    }
    let run =
        args.ledger.as_ref().map(|path| begin(args, &Ledger::open(path)?, &head, &settings)).transpose()?;
    if let Some(run) = &run {
        run.draw(&drawn(&settings.lines, false))?;
    }
    let (tracks, crossings) = (args.tracks.as_ref(), args.crossings.as_deref());
    let files = Files { tracks, crossings, groups: None, ledger: run.clone() };
    let config = Config::load(args.config.as_deref())?;
    rate::warn_of(&head.source, head.frame_rate, &config);
    let follower = Follower::new(tracker, counter);
    let checks = (rate::check(&config), rate::countable(&config, None));
    let session = Session::new(head.source, follower, files, checks)?;
    // A recording's last frame has what was still open, as in the run; a camera's does not.
    let mut session = session.holding_last(!head.live);
    for frame in reader.by_ref() {
        let frame = frame?;
        session.step(frame.number, frame.time.unwrap_or_default(), &frame.observations)?;
    }
    if reader.is_whole() != Some(true) {
        tracing::warn!(
            "{} was cut short; what is whole of it was taken, up to frame {}",
            args.recording.display(),
            session.last().map_or(0, |(number, _)| number)
        );
    }
    let finished = session.finish()?;
    finished.tell_tracked();
    finished.tell_counted();
    Ok(run.map_or(Ok(()), |run| run.end(Ending::Done))?)
}

/// Begins a count of the recording in the ledger. It is known by the recording's content.
fn begin(
    args: &ReplayArgs,
    ledger: &Ledger,
    head: &RecordingHead,
    settings: &Settings,
) -> anyhow::Result<Run> {
    let path = &args.recording;
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let start = head.start.as_ref().and_then(|start| start.parse().ok());
    let of = |value: serde_json::Value| Digest::of([value.to_string().as_bytes()]);
    let mut stages = vec![json!(settings.tracker), json!(settings.counter), json!(settings.masks)];
    stages.extend(staff_digest(&settings.staff)?);
    let bare = |line: &Line| line.clone().with_role(Role::default());
    let line = |line: &Line| Place::new(PlaceKind::Line, line.name(), of(json!([stages, bare(line)])));
    let zone = |zone: &Zone| Place::new(PlaceKind::Zone, zone.name(), of(json!([stages, zone])));
    let info = RunInfo {
        source: head.source.clone(),
        origin: Origin::Recorded {
            content: Digest::of([bytes.as_slice()]),
            start: Start::Assumed(start.unwrap_or_else(Timestamp::now)),
        },
        version: env!("CARGO_PKG_VERSION").to_owned(),
        config: of(json!(settings)),
        places: settings.lines.iter().map(line).chain(settings.zones.iter().map(zone)).collect(),
        recount: args.recount,
    };
    ledger.begin(&info).map_err(|error| match error {
        Error::CountedOtherwise(_) => usage(error),
        error => error.into(),
    })
}
