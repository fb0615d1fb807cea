//! The page, the interface and the publishers beside a run.

mod audit;
mod book;
mod buckets;
mod enrolment;
mod manager;
mod pages;
mod picture;
mod readers;
mod save;
mod settings;
mod setup;
mod sink;
mod state;
mod sums;
mod thresholds;
mod told;
mod watch;

use std::path::Path;
use std::sync::Arc;

use footfall_config::{Config, NamedSource, shown_name, usage};
use footfall_ledger::SiteHours;
use footfall_ledger::jiff::tz::TimeZone;
use footfall_pipeline::{Kind, Lane, Sink, Stop};
use footfall_scratch::ScratchFolder;
use footfall_serve::{AlertRules, Book, Live, Parts, Publishers, ServeError, Server, Setup, Tokens};

use crate::in_force::InForce;
use crate::ledger;

pub use audit::Clips;
pub use book::LedgerBook;
pub use save::keep;
pub use setup::shapes;
use setup::{RunSetup, Site};
use sink::LiveSink;

/// What a run shows, before anybody can look.
#[derive(Clone)]
pub struct Page {
    live: Live,
    book: Arc<dyn Book>,
    passing: Option<Arc<ScratchFolder>>,
}

/// The server and the publishers beside a run.
pub struct Serving {
    server: Option<Server>,
    /// They work until this is dropped.
    _publishers: Option<Publishers>,
    /// What they read may be gone with this.
    _passing: Option<Arc<ScratchFolder>>,
    alerts: AlertRules,
    recorded: bool,
}

impl Page {
    /// A page of these sources and of what the ledger has of them.
    ///
    /// # Errors
    ///
    /// Where the ledger cannot be read.
    pub fn new(sources: &[NamedSource], ledger: &ledger::Book, hours: &SiteHours) -> anyhow::Result<Self> {
        let live = Live::new(sources.iter().map(|source| state::of(&source.name)));
        let book = Arc::new(LedgerBook::open(ledger.path(), TimeZone::system(), hours.clone())?);
        Ok(Self { live, book, passing: ledger.passing() })
    }

    /// What shows the scenes of the source at `index`.
    #[must_use]
    pub fn sink(&self, index: usize) -> Box<dyn Sink> {
        Box::new(LiveSink::new(self.live.clone(), index))
    }

    /// Publishes; and, if it is to listen, listens.
    ///
    /// # Errors
    ///
    /// Where something cannot be published, or nothing can listen at the address.
    pub fn serve(
        self,
        config: &Config,
        sources: &[NamedSource],
        path: Option<&Path>,
        lanes: &[Lane],
        in_force: &InForce,
    ) -> anyhow::Result<Serving> {
        let mut sites = Vec::new();
        for (index, (lane, source)) in lanes.iter().zip(sources).enumerate() {
            let feed = lane.feed().clone();
            let load = state::Load::default();
            self.live.probe(index, move |state| state::tell(&feed, &load, state));
            let id = self.live.id(index).unwrap_or_default().to_owned();
            let (live, shown) = (self.live.clone(), shown_name(&source.name));
            in_force.listen(index, move |layout| live.draw(&shown, setup::shapes(layout)));
            sites.push(Site::new(id, source, lane.feed().clone()));
        }
        self.live.rules().set(&config.publish.alerts);
        let alerts = self.live.rules().clone();
        let is_recorded = |lane: &Lane| lane.feed().status().info.is_some_and(|i| i.kind == Kind::Recorded);
        let recorded = lanes.iter().all(is_recorded);
        let rules = self.live.rules().clone();
        let setup: Arc<dyn Setup> = Arc::new(RunSetup::new(config, path, sites, in_force.clone(), rules));
        let publishers = Publishers::start_with(setup.clone(), &config.publish, &self.book, &self.live)
            .map_err(refused)?;
        let publishing = publishers.as_ref().map(Publishers::states).unwrap_or_default();
        let listen = || -> anyhow::Result<Server> {
            let audit = Clips::open(&config.evidence).map_err(usage)?;
            let parts = Parts { live: self.live, book: self.book, setup, publishers: publishing, audit };
            Server::start(&config.serve, parts).map_err(refused)
        };
        let server = config.serve.address.is_some().then(listen).transpose()?;
        Ok(Serving { server, alerts, recorded, _publishers: publishers, _passing: self.passing })
    }
}

/// The server's refusal, as the exit code tells it.
#[must_use]
pub fn refused(error: ServeError) -> anyhow::Error {
    if error.is_usage() { usage(error) } else { error.into() }
}

impl Serving {
    /// The alerts that are told, to be changed while it runs.
    pub fn alerts(&self) -> AlertRules {
        self.alerts.clone()
    }

    /// Its tokens, to be changed while it runs.
    pub fn tokens(&self) -> Option<Tokens> {
        self.server.as_ref().map(Server::tokens)
    }

    /// Where the page is.
    pub fn url(&self) -> Option<String> {
        self.server.as_ref().map(Server::url)
    }

    /// Whether it goes on answering when nothing is read any more: of recordings, until somebody asks to stop.
    pub fn stays(&self, stop: &Stop) -> bool {
        self.server.is_some() && self.recorded && !stop.is_requested()
    }
}

#[cfg(test)]
mod unusual_tests;
