//! `footfall harvest`: footage into a training set.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use clap::{Args, ValueHint};
use footfall_count::Counter;
use footfall_harvest::{Config as HarvestConfig, CropSize, Error, Harvest, Manifest};
use footfall_pipeline::{Ended, Kind, Lane, Options, Parts, Pipeline, Sink, Stop};
use footfall_private::shown;
use footfall_track::Tracker;
use footfall_video::{encode_jpeg, open_source};
use indicatif::ProgressBar;

use crate::cli::NetworkArgs;
use crate::config::Config;
use crate::exit::usage;
use crate::networks::Networks;
use crate::progress::{self, Progress};
use crate::say::say;
use crate::table::Table;
use crate::{interrupt, logging};

/// The quality of written crops: beyond it files grow and nobody sees a difference.
const JPEG_QUALITY: u8 = 95;

/// Turn footage into a training set: a folder of crops for each track
///
/// Few, sharp and different crops of each confirmed track, under names like Market-1501's
/// (`0002/0002_c1s1_000451_00.jpg`), with `manifest.json` and `crops.csv`, which say of every sighting
/// what became of it and why. The folder appears when it is complete.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub(crate) struct HarvestArgs {
    /// A video file, a folder of pictures, a camera's number, or an rtsp:// or http:// address
    #[arg(value_hint = ValueHint::AnyPath)]
    source: OsString,

    /// The folder to make; nothing is overwritten
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    output: PathBuf,

    #[command(flatten)]
    crops: CropArgs,

    /// Settings in TOML, as for `footfall run`; options on the command line override them
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    config: Option<PathBuf>,

    /// End after this many frames were read
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_frames: Option<u64>,

    #[command(flatten)]
    networks: NetworkArgs,
}

/// What is wanted of crops.
#[derive(Debug, Args)]
#[command(next_help_heading = "Crops")]
struct CropArgs {
    /// The camera's number in file names: give each camera its own
    #[arg(long, value_name = "N", default_value_t = HarvestConfig::default().camera)]
    camera: u32,

    /// `HEIGHTxWIDTH`, or native
    #[arg(long, value_name = "SIZE", default_value_t = HarvestConfig::default().size)]
    size: CropSize,

    /// Seconds between two crops of a track, at least; the sharpest within is taken
    #[arg(long, value_name = "SECONDS", default_value_t = HarvestConfig::default().every.as_secs_f64(), value_parser = seconds)]
    every: f64,

    /// At most so many crops of a track, spread over all of it
    #[arg(long, value_name = "N", default_value_t = HarvestConfig::default().max_per_track)]
    max_per_track: usize,

    /// Leave out tracks with fewer crops
    #[arg(long, value_name = "N", default_value_t = HarvestConfig::default().min_per_track)]
    min_per_track: usize,

    /// The detector's score, 0 to 1, at least
    #[arg(long, value_name = "SCORE", default_value_t = HarvestConfig::default().min_confidence)]
    min_confidence: f32,

    /// The person's height in pixels, at least
    #[arg(long, value_name = "PIXELS", default_value_t = HarvestConfig::default().min_height)]
    min_height: f64,

    /// The share of the box under another person's, 0 to 1, at most
    #[arg(long, value_name = "SHARE", default_value_t = HarvestConfig::default().max_overlap)]
    max_overlap: f64,

    /// Pixels between the box and the picture's border, at least
    #[arg(long, value_name = "PIXELS", default_value_t = HarvestConfig::default().border)]
    border: f64,

    /// Variance of the Laplacian at 128x64, at least: less is blur
    #[arg(long, value_name = "VARIANCE", default_value_t = HarvestConfig::default().min_sharpness)]
    min_sharpness: f64,

    /// How much a crop differs from each other one of its track, at least: 1 minus their correlation
    #[arg(long, value_name = "DIFFERENCE", default_value_t = HarvestConfig::default().min_difference)]
    min_difference: f64,
}

impl CropArgs {
    fn config(&self, tracker: &footfall_track::Config) -> HarvestConfig {
        let longest = tracker.deepsort.max_age.max(tracker.best.max_age);
        HarvestConfig {
            camera: self.camera,
            size: self.size,
            min_confidence: self.min_confidence,
            min_height: self.min_height,
            max_overlap: self.max_overlap,
            border: self.border,
            min_sharpness: self.min_sharpness,
            every: Duration::from_secs_f64(self.every),
            min_difference: self.min_difference,
            max_per_track: self.max_per_track,
            min_per_track: self.min_per_track,
            // No track comes back after the tracker's own patience.
            max_gap: longest + Duration::from_secs(1),
        }
    }
}

/// Runs, and says what was kept.
pub(crate) fn run(args: &HarvestArgs, verbose: u8) -> anyhow::Result<()> {
    let bar = progress::bar();
    logging::start(verbose, &bar, None)?;
    footfall_video::quiet();
    let config = Config::for_harvest(args.config.as_deref(), &args.networks)?;
    let stop = Stop::new();
    interrupt::stop_on_signal(&stop)?;
    let (done, manifest) = channel();
    let (pipeline, kind, options) = assemble(args, &config, done, &bar)?;
    let mut outcome = pipeline.run(&options, &stop);
    let lane = outcome.lanes.remove(0);
    bar.finish_and_clear();
    if let Ok(manifest) = manifest.try_recv() {
        say(&for_people(&manifest, args));
    }
    match (outcome.error.or(lane.error), lane.summary.ended) {
        (Some(error), _) => Err(error.into()),
        (None, Ended::Stopped) if kind == Kind::Recorded => {
            anyhow::bail!("ended early on request; the folder holds crops of the frames until then")
        }
        _ => Ok(()),
    }
}

/// Opens everything that a run needs, cheapest and likeliest to fail first.
fn assemble(
    args: &HarvestArgs,
    config: &Config,
    done: Sender<Manifest>,
    bar: &ProgressBar,
) -> anyhow::Result<(Pipeline, Kind, Options)> {
    let name = shown(&args.source);
    let encode = |image: &_, name: &_| Ok(encode_jpeg(image, JPEG_QUALITY, name)?);
    let wanted = args.crops.config(&config.tracker);
    let harvest = Harvest::create(&args.output, name.clone(), wanted, Box::new(encode), done);
    let harvest: Box<dyn Sink> = Box::new(harvest.map_err(|error| match error {
        Error::Exists { .. } | Error::Setting { .. } => usage(error),
        other => other.into(),
    })?);
    let source = open_source(&args.source, &config.source.options)?;
    let info = source.info().clone();
    let networks = Networks::open(config)?;
    let tracker =
        Tracker::new(config.tracker(info.frame_rate, networks.max_cosine_distance)).map_err(usage)?;
    let counter = Counter::new(Vec::new(), config.counter).map_err(usage)?;
    let progress = Progress::start(bar, &[Some(info.clone())], args.max_frames).sink(0);
    let sinks = vec![harvest, progress];
    let options = config.options(networks.device, args.max_frames);
    let Networks { detectors, embedders, .. } = networks;
    let parts = Parts { source, tracker, counter, sinks, inspectors: Vec::new() };
    Ok((Pipeline { lanes: vec![Lane::new(name, parts)], detectors, embedders }, info.kind, options))
}

fn for_people(manifest: &Manifest, args: &HarvestArgs) -> String {
    let counts = &manifest.counts;
    let mut table = Table::default();
    table.row(["sightings of tracks".to_owned(), counts.sightings.to_string()]);
    table.row(["kept".to_owned(), counts.kept.to_string()]);
    for (reason, count) in &counts.left_out {
        table.row([format!("left out: {}", reason.words()), count.to_string()]);
    }
    let (identities, tracks, path) = (manifest.identities, manifest.tracks.len(), args.output.display());
    let hint = match identities {
        0 => "nothing was good enough: crops.csv says why; see the options under Crops in --help",
        _ => "one person may have several tracks: join such folders by hand before training",
    };
    format!("{}{path}: {identities} of {tracks} tracks, {} frames; {hint}\n", table.render(), manifest.frames)
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number > 0.0 && number <= 86_400.0 => Ok(number),
        _ => Err("expected seconds, above 0".into()),
    }
}

const HELP: &str = "\
A sighting is left out where its score is low, the person is small, cut by the border, under another's
box, or blurred; where a sharper one is from about the same time; or where it looks like one that was
kept. The rest is spread over the whole track.

Examples:
  footfall harvest shop.mp4 --output crops --camera 2
  footfall reid eval crops                     # how well the network tells these people apart

Training on it: scripts/train/README.md.

Exit status: 0 done, 1 failed (what was processed is in the folder), 2 wrong usage or configuration.";
