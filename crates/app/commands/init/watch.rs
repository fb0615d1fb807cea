//! Where people walk in a source's pictures.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use footfall_config::{Config, NamedSource};
use footfall_count::Counter;
use footfall_pipeline::{BoxError, Lane, Options, Parts, Pipeline, Scene, Sight, Sink, Stop};
use footfall_sight::{Optics, Watch};
use footfall_track::{Bbox, TrackId, Tracker};
use footfall_video::open_source;
use indicatif::ProgressBar;

use crate::interrupt;
use crate::progress::Progress;
use crate::rate;
use crate::run::fit::optics;
use crate::run::networks::OpenNetworks;

/// What was seen.
pub(super) struct Seen {
    /// The first frame, with whom it shows.
    pub(super) scene: Scene,
    /// The boxes of each person, in time.
    pub(super) people: Vec<Vec<Bbox>>,
    /// What the detector sees of such pictures.
    pub(super) optics: Optics,
}

#[derive(Default)]
struct Notes {
    first: Option<Scene>,
    people: BTreeMap<TrackId, Vec<Bbox>>,
}

/// Notes where people are, until enough was seen.
struct Observer {
    notes: Arc<Mutex<Notes>>,
    until: Duration,
    stop: Stop,
}

impl Sink for Observer {
    fn name(&self) -> String {
        "people's ways".to_owned()
    }

    fn write(&mut self, scene: &Scene) -> Result<(), BoxError> {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        for track in &scene.seen.tracks {
            notes.people.entry(track.id).or_default().push(track.bbox);
        }
        notes.first.get_or_insert_with(|| scene.clone());
        if scene.frame.time >= self.until {
            self.stop.request();
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), BoxError> {
        Ok(())
    }
}

/// Watches the source for so many seconds of its own time, or to its end.
pub(super) fn watch(
    source: &NamedSource,
    config: &Config,
    seconds: u32,
    bar: &ProgressBar,
) -> anyhow::Result<Seen> {
    let opened = open_source(source.address.get(), &source.options)?;
    let info = opened.info().clone();
    let networks = OpenNetworks::open(config)?;
    let (stop, notes) = (Stop::new(), Arc::new(Mutex::new(Notes::default())));
    interrupt::stop_on_signal(&stop)?;
    let frames = info.frame_rate.map(|rate| (rate * f64::from(seconds)).ceil() as u64);
    let observer = Observer {
        notes: Arc::clone(&notes),
        until: Duration::from_secs(seconds.into()),
        stop: stop.clone(),
    };
    let progress = Progress::start(bar, &[Some(info.clone())], frames);
    let tracker = Tracker::new(config.tracker(info.frame_rate, None))?;
    let counter = Counter::new(Vec::new(), config.counter)?;
    let sinks: Vec<Box<dyn Sink>> = vec![Box::new(observer), progress.sink(0)];
    let optics = optics(networks.inputs, info.width, info.height);
    let inspectors = rate::inspectors(config, Some(optics.scale()));
    let sight: Box<dyn Sight> = Box::new(Watch::everywhere(optics));
    let parts = Parts { source: opened, tracker, counter, sinks, inspectors, sight: Some(sight) };
    let lanes = vec![Lane::new(source.name.clone(), parts)];
    let pipeline = Pipeline { lanes, detectors: networks.detectors, embedders: networks.embedders };
    let outcome = pipeline.run(&Options::default(), &stop);
    bar.finish_and_clear();
    let mut errors = outcome.error.into_iter().chain(outcome.lanes.into_iter().filter_map(|lane| lane.error));
    let Notes { first, people } = std::mem::take(&mut *notes.lock().unwrap_or_else(PoisonError::into_inner));
    match (first, errors.next()) {
        (Some(scene), _) => Ok(Seen { scene, people: people.into_values().collect(), optics }),
        (None, Some(error)) => Err(error.into()),
        (None, None) => anyhow::bail!("{} gave no frame", source.address),
    }
}
