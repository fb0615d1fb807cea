//! The ledger of a run: which one, what it is told of each source, and the sinks that fill it.

mod keeper;
mod kept;
mod pen;
mod recording;
mod settings;
mod sink;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use footfall_config::{Config, LedgerConfig, NamedSource, RemovedLines, usage};
use footfall_ledger::jiff::Timestamp;
use footfall_ledger::{Ending, Error, Ledger, Options, Origin, Run, RunInfo, Start};
use footfall_pipeline::{Ended, Hub, Kind, Outcome, Sink, SourceInfo, Stop};
use footfall_scratch::ScratchFolder;

pub use settings::{embedder_digest, network_digests, staff_digest};
pub use sink::{drawn, entries};

use anyhow::{Context as _, anyhow};

use pen::Pen;
use sink::LedgerSink;

/// How long a write waits for another program's transaction before it is kept in memory: frames wait for it.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long the end of a run waits.
const PATIENCE_AT_END: Duration = Duration::from_secs(5);

/// The ledger, with the runs of this process by the index of their lane.
#[derive(Clone)]
pub struct Book {
    ledger: Ledger,
    runs: Arc<Mutex<BTreeMap<usize, Run>>>,
    /// Where the ledger is when it lasts as long as the run alone.
    passing: Option<Arc<ScratchFolder>>,
}

/// What a ledger has of runs that are over.
#[derive(Clone, Debug)]
pub struct Written {
    /// Where it is.
    pub path: PathBuf,
    /// Entries that are new.
    pub added: usize,
    /// Entries that were there already: a recording was counted a second time.
    pub known: usize,
}

impl Book {
    /// Opens the ledger that the configuration names. Without one, what is shown is kept for as long as the
    /// run lasts, a recording as if it happened now; and publishing is refused.
    ///
    /// # Errors
    ///
    /// Where publishing is asked for without a ledger, or the ledger cannot be opened.
    pub fn open(
        config: &LedgerConfig,
        shown: bool,
        published: bool,
        stop: &Stop,
    ) -> anyhow::Result<Option<Self>> {
        let (retention_days, keep_unsent) = (config.retention, !config.remove_unsent);
        let options = || Options { retention_days, keep_unsent, patience: PATIENCE, ..Options::default() };
        if let Some(path) = &config.file {
            let ledger = keeper::open(path, stop, options)?;
            return Ok(Some(Self { ledger, runs: Arc::default(), passing: None }));
        }
        if published {
            return Err(usage(anyhow!(
                "[publish] without a ledger: what a receiver has not got yet is kept there. Add --ledger FILE"
            )));
        }
        if !shown {
            return Ok(None);
        }
        let folder = ScratchFolder::passing("ledger");
        let folder = folder.context("no place for what the page shows; --ledger FILE gives it one")?;
        let ledger = Ledger::open_with(folder.path().join("run.db"), options())?;
        Ok(Some(Self { ledger, runs: Arc::default(), passing: Some(Arc::new(folder)) }))
    }

    /// Where the ledger is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.ledger.path()
    }

    /// What keeps a ledger that lasts as long as the run alone, for those who read it to the end.
    #[must_use]
    pub fn passing(&self) -> Option<Arc<ScratchFolder>> {
        self.passing.clone()
    }

    /// Begins the run of an opened source; gives the sink that writes for it.
    ///
    /// # Errors
    ///
    /// Where it was counted with other settings, or something that decides the count cannot be read.
    pub fn begin(
        &self,
        index: usize,
        config: &Config,
        source: &NamedSource,
        info: &SourceInfo,
        tracker: &footfall_track::Config,
        stop: &Stop,
    ) -> anyhow::Result<Box<dyn Sink>> {
        let settings = settings::digests(config, source, tracker, (info.width, info.height))?;
        let run = RunInfo {
            source: source.name.clone(),
            origin: origin(config, source, info)?,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            config: settings.all,
            places: settings.places,
            recount: config.ledger.recount,
        };
        let pen = Pen::new(self.clone(), index, run, info.kind).map_err(|error| match error {
            Error::CountedOtherwise(_) => usage(error),
            error => error.into(),
        })?;
        let drop_removed = config.ledger.removed_lines == RemovedLines::Drop;
        Ok(Box::new(LedgerSink::new(pen, info.kind, stop.clone(), drop_removed)))
    }

    /// Looks after the ledger of a run over these sources until `done`.
    pub fn keep(&self, hub: &Hub, done: &Stop) {
        keeper::keep(&self.ledger, hub, done);
    }

    /// Writes down how each run went; gives what the ledger has of them, where it stays.
    ///
    /// # Errors
    ///
    /// Where it cannot be written within some seconds.
    pub fn close(&self, outcome: &Outcome) -> anyhow::Result<Option<Written>> {
        let mut written = Written { path: self.path().to_owned(), added: 0, known: 0 };
        for (&index, run) in self.lock().iter() {
            let ended = outcome.lanes.get(index).map_or(Ended::Failed, |lane| lane.summary.ended);
            let ending = match ended {
                _ if outcome.error.is_some() => Ending::Failed,
                Ended::Source | Ended::Limit => Ending::Done,
                Ended::Stopped => Ending::Stopped,
                Ended::Failed => Ending::Failed,
            };
            self.end(run, ending)?;
            written.added += run.recorded().added;
            written.known += run.recorded().known;
        }
        Ok(self.passing.is_none().then_some(written))
    }

    /// Writes down how a run went, where that is possible within a moment.
    fn end(&self, run: &Run, ending: Ending) -> Result<(), Error> {
        let began = Instant::now();
        loop {
            match run.end(ending) {
                Err(error) if error.obstacle().is_some() && began.elapsed() < PATIENCE_AT_END => {
                    std::thread::sleep(PATIENCE);
                    keeper::put_right(&self.ledger)?;
                }
                ended => return ended,
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<usize, Run>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When a source's time is zero: of a live one, about now.
///
/// # Errors
///
/// Where the recording cannot be read.
pub fn start_of(config: &Config, source: &NamedSource, info: &SourceInfo) -> anyhow::Result<Timestamp> {
    Ok(match origin(config, source, info)? {
        Origin::Live => Timestamp::now(),
        Origin::Recorded { start: Start::Given(start) | Start::Assumed(start), .. } => start,
    })
}

fn origin(config: &Config, source: &NamedSource, info: &SourceInfo) -> anyhow::Result<Origin> {
    if info.kind == Kind::Live {
        return Ok(Origin::Live);
    }
    let place = source.address.get();
    // A name that somebody gave tells one count of a recording from another; a path does not.
    let name = (source.name != source.address.to_string()).then_some(source.name.as_str());
    let found = recording::examine(Path::new(&place), info, name)?;
    let start = config.ledger.start_time.map_or(Start::Assumed(found.start), Start::Given);
    Ok(Origin::Recorded { content: found.content, start })
}
