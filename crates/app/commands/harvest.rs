//! `footfall harvest`: footage into a training set.

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use footfall_config::{Config, usage};
use footfall_count::Counter;
use footfall_formats::Table;
use footfall_harvest::{Config as HarvestConfig, Error, Harvest, Manifest};
use footfall_pipeline::{Ended, Kind, Lane, Options, Parts, Pipeline, Sink, Stop};
use footfall_private::shown;
use footfall_track::Tracker;
use footfall_video::{encode_jpeg, open_source};
use indicatif::ProgressBar;

use crate::cli::HarvestArgs;
use crate::cli::harvest::CropArgs;
use crate::overrides;
use crate::progress::{self, Progress};
use crate::run::networks::OpenNetworks;
use crate::say::say;
use crate::{interrupt, logging};

/// The quality of written crops: beyond it files grow and nobody sees a difference.
const JPEG_QUALITY: u8 = 95;

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
    let config = overrides::for_harvest(args.config.as_deref(), &args.networks)?;
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
    let networks = OpenNetworks::open(config)?;
    let tracker =
        Tracker::new(config.tracker(info.frame_rate, networks.max_cosine_distance)).map_err(usage)?;
    let counter = Counter::new(Vec::new(), config.counter).map_err(usage)?;
    let progress = Progress::start(bar, &[Some(info.clone())], args.max_frames).sink(0);
    let sinks = vec![harvest, progress];
    let options = config.options(networks.device, args.max_frames);
    let OpenNetworks { detectors, embedders, .. } = networks;
    let parts = Parts { source, tracker, counter, sinks, inspectors: Vec::new(), sight: None };
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
