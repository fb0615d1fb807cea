//! From named sources to lanes: each opened, with a tracker, a counter and sinks of its own.

use footfall_config::{Config, NamedSource, Outputs, shown_name, usage};
use footfall_count::Layout;
use footfall_formats::recording::RecordingHead;
use footfall_health::PictureCheck;
use footfall_pipeline::{
    BoxError, Feed, Inspector, Kind, Lane, Note, Opener, Parts, Sight, Sink, Source, SourceInfo, Stop,
};
use footfall_sight::Watch;
use footfall_site::{Book, Cameras, EvidenceSink, Gallery, NOTICE, Page};
use footfall_track::Tracker;
use footfall_video::{VideoError, VideoSink, await_source, may_come_later, open_lasting};
use footfall_vision::Inputs;
use indicatif::ProgressBar;

use crate::cli::RunArgs;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::rate;
use crate::run::fit::{optics, reference, warn_about_lines};
use crate::run::networks::OpenNetworks;
use crate::run::outputs::{DetectionSink, SharedCrossings, TrackSink};
use crate::run::record::{RecordSink, Settings};

/// A source that is open, or may come later.
enum Opened {
    Now(Box<dyn Source>),
    Later(VideoError),
}

/// What all lanes of a run have in common.
#[derive(Clone)]
struct Common {
    config: Config,
    max_cosine_distance: Option<f64>,
    inputs: Inputs,
    crossings: Option<SharedCrossings>,
    book: Option<Book>,
    staff: Option<Gallery>,
    cameras: Option<Cameras>,
    progress: Progress,
    page: Option<Page>,
    stop: Stop,
    #[cfg(feature = "preview")]
    preview: bool,
}

/// All sources, opened as far as they are there.
pub(crate) struct OpenSources {
    sources: Vec<NamedSource>,
    opened: Vec<Opened>,
    book: Option<Book>,
    page: Option<Page>,
    staff: Option<Gallery>,
    cameras: Option<Cameras>,
}

impl OpenSources {
    /// Opens the sources, to be written down in `book` and shown on `page`.
    ///
    /// A live one of several may be missing, and is waited for beside the others; if there is none at all,
    /// the first one's error is told.
    pub(crate) fn open(
        sources: Vec<NamedSource>,
        book: Option<Book>,
        page: Option<Page>,
        stop: &Stop,
    ) -> anyhow::Result<Self> {
        let mut opened = Vec::new();
        for source in &sources {
            match open_lasting(&source.address, &source.options, stop) {
                Ok(source) => opened.push(Opened::Now(source)),
                Err(error) if sources.len() > 1 && may_come_later(&source.address.get()) => {
                    opened.push(Opened::Later(error));
                }
                Err(error) => return Err(error.into()),
            }
        }
        if opened.iter().all(|opened| matches!(opened, Opened::Later(_)))
            && let Some(Opened::Later(error)) = opened.pop()
        {
            return Err(error.into());
        }
        Ok(Self { sources, opened, book, page, staff: None, cameras: None })
    }

    /// The same, with those who are not to be counted there.
    pub(crate) fn without(self, staff: Option<Gallery>) -> Self {
        Self { staff, ..self }
    }

    /// The same, with what they see in common counted once.
    pub(crate) fn together(self, cameras: Option<Cameras>) -> Self {
        Self { cameras, ..self }
    }

    /// What is known of each.
    pub(crate) fn infos(&self) -> Vec<Option<SourceInfo>> {
        let info = |opened: &Opened| match opened {
            Opened::Now(source) => Some(source.info().clone()),
            Opened::Later(_) => None,
        };
        self.opened.iter().map(info).collect()
    }

    /// A lane for each, with its own files.
    pub(crate) fn lanes(
        self,
        args: &RunArgs,
        plan: &Plan,
        networks: &OpenNetworks,
        stop: &Stop,
        bar: &ProgressBar,
    ) -> anyhow::Result<(Vec<Lane>, Option<SharedCrossings>)> {
        let Plan { config, files, .. } = plan;
        let crossings = config.outputs.crossings.as_deref().map(SharedCrossings::create).transpose()?;
        let common = Common {
            config: config.clone(),
            max_cosine_distance: networks.max_cosine_distance,
            inputs: networks.inputs,
            crossings: crossings.clone(),
            book: self.book.clone(),
            staff: self.staff.clone(),
            cameras: self.cameras.clone(),
            progress: Progress::start(bar, &self.infos(), args.max_frames),
            page: self.page.clone(),
            stop: stop.clone(),
            #[cfg(feature = "preview")]
            preview: args.preview,
        };
        let each = self.sources.into_iter().zip(self.opened).zip(files.clone()).enumerate();
        let lanes = each.map(|(index, ((source, opened), files))| {
            let setup = Setup { common: common.clone(), index, source, files };
            setup.lane(opened)
        });
        Ok((lanes.collect::<anyhow::Result<_>>()?, crossings))
    }
}

/// What one lane is made from.
struct Setup {
    common: Common,
    index: usize,
    source: NamedSource,
    files: Outputs,
}

impl Setup {
    /// The lane: what is wrong with a source that is there is told at once, and one that is not is waited for.
    fn lane(self, opened: Opened) -> anyhow::Result<Lane> {
        let name = self.source.name.clone();
        match opened {
            Opened::Now(source) => Ok(Lane::new(name, self.parts(source)?)),
            Opened::Later(error) => {
                tracing::warn!("{name}: {error}. The others begin without it, and it is tried again");
                Ok(Lane::later(name, self.opener()))
            }
        }
    }

    /// Makes the lane's parts once its source is there.
    fn opener(self) -> Opener {
        let open = move |feed: &Feed| -> Result<Option<Parts>, BoxError> {
            let NamedSource { address, options, .. } = &self.source;
            let failed = |change: &_| {
                feed.beat();
                feed.note(&Note::Health(Clone::clone(change)));
            };
            let Some(source) = await_source(address, options, &self.common.stop, failed)? else {
                return Ok(None);
            };
            tracing::info!(target: NOTICE, "{} is there now", self.source.name);
            Ok(Some(self.parts(source)?))
        };
        Box::new(open)
    }

    fn parts(self, source: Box<dyn Source>) -> anyhow::Result<Parts> {
        let config = &self.common.config;
        let info = source.info().clone();
        let mut counter = self.source.counter(config.counter).map_err(usage)?;
        if let Some(staff) = &self.common.staff {
            let start = footfall_site::start_of(config, &self.source, &info)?;
            counter = counter.with_staff(staff.staff(start, config.staff.max_cosine_distance));
        }
        let settings = config.tracker(info.frame_rate, self.common.max_cosine_distance);
        let mut sinks = self.sinks(&info, &settings)?;
        if let Some(path) = &self.files.record {
            sinks.push(RecordSink::create(path, &self.head(&info, &settings)?)?);
        }
        if let Some(book) = &self.common.book {
            // Before all others: what it has not written down they do not see.
            sinks.insert(
                0,
                book.begin(self.index, config, &self.source, &info, &settings, &self.common.stop)?,
            );
        }
        if let Some(cameras) = &self.common.cameras {
            // Before the ledger: what is counted elsewhere is written down as such.
            let start = footfall_site::start_of(config, &self.source, &info)?;
            sinks.insert(0, cameras.sink(self.index, info.kind, start));
        }
        if config.evidence.folder.is_some() {
            let start = footfall_site::start_of(config, &self.source, &info)?;
            sinks.extend(EvidenceSink::open(&config.evidence, &shown_name(&self.source.name), &info, start)?);
        }
        let tracker = Tracker::new(settings).map_err(usage)?;
        warn_about_lines(&self.source, &info);
        rate::warn_of(&self.source.name, info.frame_rate, config);
        let inspectors = self.inspectors(&info)?;
        let sight = Some(self.sight(&info));
        Ok(Parts { source, tracker, counter, sinks, inspectors, sight })
    }

    /// Who decides where people are looked for.
    fn sight(&self, info: &SourceInfo) -> Box<dyn Sight> {
        let Common { config, inputs, .. } = &self.common;
        let layout = self.source.layout.in_pixels(info.width, info.height);
        let windows = self.source.windows.clone().unwrap_or_else(|| config.detector.windows.clone());
        let optics = optics(*inputs, info.width, info.height);
        Box::new(Watch::new(optics, layout, windows, config.detector.rest))
    }

    /// Who looks whether frames come often enough and people can be counted in them, and whether a live picture is fit
    /// for counting.
    fn inspectors(&self, info: &SourceInfo) -> anyhow::Result<Vec<Box<dyn Inspector>>> {
        let Common { config, inputs, .. } = &self.common;
        let scale = optics(*inputs, info.width, info.height).scale();
        let mut inspectors = rate::inspectors(config, Some(scale));
        if info.kind == Kind::Live && config.health.enabled {
            let reference = self.source.reference.as_deref().map(reference).transpose()?;
            inspectors.push(Box::new(PictureCheck::new(config.health.clone(), reference.as_ref())));
        }
        Ok(inspectors)
    }

    /// What a recording says of the run.
    fn head(&self, info: &SourceInfo, tracker: &footfall_track::Config) -> anyhow::Result<RecordingHead> {
        let Common { config, max_cosine_distance, .. } = &self.common;
        let Layout { lines, zones, masks } = self.source.layout.clone();
        let (tracker, staff) = (tracker.clone(), config.staff.clone());
        let counter = self.source.counting(config.counter);
        let settings = Settings { tracker, counter, lines, zones, masks, staff };
        let start = footfall_site::start_of(config, &self.source, info)?;
        settings.head(&self.source.name, info, start, *max_cosine_distance)
    }

    /// The outputs that were asked for, progress last.
    fn sinks(
        &self,
        info: &SourceInfo,
        tracker: &footfall_track::Config,
    ) -> anyhow::Result<Vec<Box<dyn Sink>>> {
        let Common { config, crossings, progress, page, .. } = &self.common;
        let mut sinks = Vec::new();
        if let Some(path) = &self.files.tracks {
            sinks.push(TrackSink::create(path, self.source.counting(config.counter).anchor)?);
        }
        if let Some(crossings) = crossings {
            sinks.push(crossings.sink(&self.source.name));
        }
        if let Some(path) = &self.files.detections {
            sinks.push(DetectionSink::create(path, tracker)?);
        }
        if let Some(path) = &self.files.video {
            sinks.push(Box::new(VideoSink::create(path, info, config.overlay)?));
        }
        #[cfg(feature = "preview")]
        if self.common.preview {
            let stop = self.common.stop.clone();
            let preview = footfall_video::PreviewSink::open(info, &config.overlay, move || stop.request());
            sinks.push(Box::new(preview?));
        }
        if let Some(page) = page {
            sinks.push(page.sink(self.index));
        }
        sinks.push(progress.sink(self.index));
        Ok(sinks)
    }
}
