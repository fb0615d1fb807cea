//! The page and the interface beside a run.

mod book;
mod over_ledger;
mod picture;
mod save;
mod setup;
mod sink;
mod state;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use footfall_ledger::jiff::tz::TimeZone;
use footfall_pipeline::{Kind, Lane, Sink, Stop};
use footfall_serve::{Book, Live, MemoryBook, Parts, Publishers, ServeError, Server};

use crate::config::Config;
use crate::exit::usage;
use crate::ledger;
use crate::say::say;
use crate::sources::NamedSource;
use book::LedgerBook;
pub(crate) use over_ledger::run;
use setup::{RunSetup, Site};
use sink::{BookSink, LiveSink};

/// What a run shows, before anybody can look.
#[derive(Clone)]
pub(crate) struct Page {
    live: Live,
    book: Arc<dyn Book>,
    /// Where crossings are kept while the run lasts, when there is no ledger.
    memory: Option<Arc<MemoryBook>>,
}

/// The server beside a run.
pub(crate) struct Serving {
    server: Server,
    /// They work until this is dropped.
    _publishers: Option<Publishers>,
    recorded: bool,
}

impl Page {
    /// A page of these sources, and of the ledger where there is one.
    pub(crate) fn new(sources: &[NamedSource], ledger: Option<&ledger::Book>) -> anyhow::Result<Self> {
        let live = Live::new(sources.iter().map(|source| state::of(&source.name)));
        if let Some(ledger) = ledger {
            let book = Arc::new(LedgerBook::open(ledger.path(), TimeZone::system())?);
            return Ok(Self { live, book, memory: None });
        }
        let memory = Arc::new(MemoryBook::new(TimeZone::system()));
        Ok(Self { live, book: memory.clone(), memory: Some(memory) })
    }

    /// What shows the scenes of the source at `index`: crossings are kept before anybody hears of them.
    pub(crate) fn sinks(&self, index: usize, name: &str) -> Vec<Box<dyn Sink>> {
        let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
        if let Some(memory) = &self.memory {
            sinks.push(Box::new(BookSink::new(memory.clone(), state::shown_name(name))));
        }
        sinks.push(Box::new(LiveSink::new(self.live.clone(), index)));
        sinks
    }

    /// Listens, and says where.
    pub(crate) fn serve(
        self,
        config: &Config,
        path: Option<&Path>,
        sources: &[NamedSource],
        lanes: &[Lane],
    ) -> anyhow::Result<Serving> {
        let mut sites = Vec::new();
        for (index, (lane, source)) in lanes.iter().zip(sources).enumerate() {
            let feed = lane.feed().clone();
            self.live.probe(index, move |state| state::tell(&feed, state));
            let id = self.live.id(index).unwrap_or_default().to_owned();
            sites.push(Site::new(id, source, lane.feed().clone()));
        }
        let is_recorded = |lane: &Lane| lane.feed().status().info.is_some_and(|i| i.kind == Kind::Recorded);
        let recorded = lanes.iter().all(is_recorded);
        let setup = Arc::new(RunSetup::new(config, path, sites));
        let publishers = Publishers::start(&config.publish, &self.book, &self.live).map_err(refused)?;
        let publishing = publishers.as_ref().map(Publishers::states).unwrap_or_default();
        let parts = Parts { live: self.live, book: self.book, setup, publishers: publishing };
        let server = Server::start(&config.serve, parts).map_err(refused)?;
        say(&format!("the page is at {}\n", server.url()));
        Ok(Serving { server, recorded, _publishers: publishers })
    }
}

/// The server's refusal, as the exit code tells it.
fn refused(error: ServeError) -> anyhow::Error {
    if error.is_usage() { usage(error) } else { error.into() }
}

impl Serving {
    /// Goes on answering when recordings are over, until somebody asks to stop.
    pub(crate) fn stay(self, stop: &Stop) {
        if self.recorded && !stop.is_requested() {
            say(&format!("the page stays at {} until Ctrl-C\n", self.server.url()));
            while !stop.wait(Duration::from_hours(1)) {}
        }
    }
}
