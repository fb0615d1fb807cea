//! `footfall replay`: association and counting once more, over a recorded run.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueHint};
use footfall_count::{Anchor, Counter, Follower, Layout, Line, Mask, Role, Zone};
use footfall_formats::recording::{RecordingHead, RecordingReader};
use footfall_ledger::jiff::Timestamp;
use footfall_ledger::{Digest, Ending, Error, Ledger, Origin, Place, PlaceKind, Run, RunInfo, Start};
use footfall_pipeline::SourceInfo;
use footfall_track::{Preset, Tracker};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::json;

use crate::config::Config;
use crate::exit::usage;
use crate::ledger::{drawn, staff_digest};
use crate::session::{Files, Session};
use crate::staff::{Gallery, StaffConfig};
use crate::{logging, progress, rate};

/// Track and count a recorded run again, with other lines or settings
///
/// Takes what `footfall run --record` has written. Without other lines and settings the tracks and
/// crossings are those of the run, byte for byte. Embeddings are those that the run asked for: another
/// tracker may miss some, and goes by motion there.
#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// The recording
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) recording: PathBuf,

    /// Count over this line rather than those of the run; may be repeated. See `footfall run --help`
    #[arg(short, long = "line", value_name = "NAME:x1,y1,x2,y2", allow_hyphen_values = true)]
    pub(crate) lines: Vec<Line>,

    /// Which point of a person passes lines: feet, centre or head [default: as in the run]
    #[arg(long, value_name = "NAME")]
    pub(crate) anchor: Option<Anchor>,

    /// Settings in TOML in place of the run's: the `tracker`, `counter` and `line` parts
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,

    /// How people are associated [default: as in the run]
    #[arg(long, value_name = "NAME")]
    pub(crate) preset: Option<Preset>,

    /// Tracks as MOT text, or as JSON lines in a file called .jsonl; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) tracks: Option<PathBuf>,

    /// Crossings as JSON lines; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) crossings: Option<PathBuf>,

    /// Keep every crossing in this database, as a count of its own beside the run's
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ledger: Option<PathBuf>,

    /// Replace what the ledger has of this recording, where that was counted with other settings
    #[arg(long, requires = "ledger")]
    pub(crate) recount: bool,
}

/// The settings of the stages after detection: what a recording keeps of its run's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) tracker: footfall_track::Config,
    pub(crate) counter: footfall_count::Config,
    pub(crate) lines: Vec<Line>,
    #[serde(default)]
    pub(crate) zones: Vec<Zone>,
    /// Those whom they hide are not in the recording.
    #[serde(default)]
    pub(crate) masks: Vec<Mask>,
    #[serde(default, skip_serializing_if = "StaffConfig::is_off", serialize_with = "with_gallery")]
    pub(crate) staff: StaffConfig,
}

/// Staff with the path of their gallery: a recording stays on this machine, and needs it.
fn with_gallery<S: Serializer>(staff: &StaffConfig, serializer: S) -> Result<S::Ok, S::Error> {
    let StaffConfig { gallery, max_cosine_distance } = staff;
    json!({ "gallery": gallery.as_deref(), "max_cosine_distance": max_cosine_distance }).serialize(serializer)
}

impl Settings {
    /// What a recording begins with.
    pub(crate) fn head(
        &self,
        source: &str,
        info: &SourceInfo,
        start: Timestamp,
        max_cosine_distance: Option<f64>,
    ) -> anyhow::Result<RecordingHead> {
        Ok(RecordingHead {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            source: source.to_owned(),
            live: info.kind == footfall_pipeline::Kind::Live,
            start: Some(start.to_string()),
            size: [info.width, info.height],
            frame_rate: info.frame_rate,
            max_cosine_distance,
            settings: serde_json::to_value(self)?,
        })
    }

    fn layout(&self) -> Layout {
        let Self { lines, zones, masks, .. } = self.clone();
        Layout { lines, zones, masks }
    }

    /// The run's, or those that the arguments name in their place.
    fn of(args: &ReplayArgs, head: &RecordingHead) -> anyhow::Result<Self> {
        let mut settings = match &args.config {
            Some(path) => {
                let mut config = Config::load(Some(path))?;
                config.take_distances();
                let tracker = config.tracker(head.frame_rate, head.max_cosine_distance);
                let Config { counter, lines, zones, masks, staff, .. } = config;
                Self { tracker, counter, lines, zones, masks, staff }
            }
            None => serde_json::from_value(head.settings.clone()).with_context(|| {
                format!(
                    "{} was recorded by Footfall {}, whose settings this one does not know: name yours with --config",
                    args.recording.display(),
                    head.version
                )
            })?,
        };
        settings.tracker.preset = args.preset.unwrap_or(settings.tracker.preset);
        settings.counter.anchor = args.anchor.unwrap_or(settings.counter.anchor);
        if !args.lines.is_empty() {
            settings.lines.clone_from(&args.lines);
        }
        Ok(settings)
    }
}

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
    let session = Session::new(head.source, follower, files, rate::check(&config))?;
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
