//! `footfall serve`: the page over a ledger that another program writes, or wrote.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use footfall_config::{Config, shown_name, usage};
use footfall_count::Layout;
use footfall_ledger::jiff::tz::TimeZone;
use footfall_ledger::{Error, PlaceKind, Reader};
use footfall_pipeline::Stop;
use footfall_serve::{
    Book, Drawing, Live, Parts, PublishConfig, Publishers, Saved, Server, Setup, SetupError, Shapes,
};
use footfall_site::{Clips, LedgerBook, NOTICE, refused, shapes};
use serde_json::Value;

use crate::cli::ServeArgs;
use crate::run::reload::{EVERY, NOTHING, WatchedFile};
use crate::say::say;
use crate::{interrupt, logging, progress};

/// Serves until somebody asks to stop.
pub(crate) fn run(args: &ServeArgs, verbose: u8) -> anyhow::Result<()> {
    logging::start(verbose, &progress::bar(), None)?;
    let mut config = Config::load(args.config.as_deref())?;
    config.serve.address = args.address.or(config.serve.address);
    let stop = Stop::new();
    interrupt::stop_on_signal(&stop)?;
    let ledger = config.ledger.read_by(args.ledger.as_deref());
    if !ledger.exists() {
        return Err(usage(Error::Missing { path: ledger }));
    }
    let book: Arc<dyn Book> = Arc::new(LedgerBook::open(&ledger, TimeZone::system(), config.hours.clone())?);
    let live = Live::new([]);
    draw(&live, &config, &ledger)?;
    // Whoever counts tells the alerts: cameras are not seen from here.
    let publish = PublishConfig { alerts: Vec::new(), ..config.publish.clone() };
    let publishers = Publishers::start(&publish, &book, &live).map_err(refused)?;
    let publishing = publishers.as_ref().map(Publishers::states).unwrap_or_default();
    let setup = Arc::new(Unchanging { configuration: config.shown() });
    let audit = Clips::open(&config.evidence).map_err(usage)?;
    let parts = Parts { live: live.clone(), book, setup, publishers: publishing, audit };
    let server = Server::start(&config.serve, parts).map_err(refused)?;
    say(&format!("the page is at {}\n", server.url()));
    match &args.config {
        Some(path) => follow(path, config, &server, &stop, |config| draw(&live, config, &ledger)),
        None => while !stop.wait(Duration::from_hours(1)) {},
    }
    Ok(())
}

/// Reads the configuration again when it changes, until somebody asks to stop: tokens come and go while the page is
/// served, and publishers are told what is drawn.
fn follow(
    path: &Path,
    mut config: Config,
    server: &Server,
    stop: &Stop,
    draw: impl Fn(&Config) -> anyhow::Result<()>,
) {
    let mut watched = WatchedFile::new(path);
    while !stop.wait(EVERY) {
        if !watched.has_changed() {
            continue;
        }
        let read = Config::load(Some(path)).and_then(|mut next| {
            next.serve.address = config.serve.address;
            server.tokens().replace(&next.serve)?;
            draw(&next)?;
            Ok(next)
        });
        match read {
            Ok(next) => {
                let what = if next.serve.tokens == config.serve.tokens { NOTHING } else { "tokens" };
                tracing::info!(target: NOTICE, "{} was read again: {what}", path.display());
                config = next;
            }
            Err(error) => watched.refused(&error),
        }
    }
}

/// Tells whoever publishes what is counted: by the configuration, where it names sources; else over every
/// source that the ledger knows, with all its lines and zones where the configuration has none.
fn draw(live: &Live, config: &Config, ledger: &Path) -> anyhow::Result<()> {
    let (layout, list) = (config.layout(), &config.source.list);
    let unwatched = |layout: &Layout| Shapes { is_watched: false, ..shapes(layout) };
    for source in list {
        live.draw(&shown_name(&source.name), unwatched(&source.layout.over(&layout)));
    }
    let of_all = shapes(&layout);
    if list.is_empty() {
        let reader = Reader::open(ledger)?;
        for (source, places) in reader.drawn()? {
            let of = |kind, of_all: &Vec<String>| -> Vec<String> {
                let own = places.iter().filter(|(own, _)| *own == kind).map(|(_, name)| name.clone());
                if of_all.is_empty() { own.collect() } else { of_all.clone() }
            };
            let (lines, zones) = (of(PlaceKind::Line, &of_all.lines), of(PlaceKind::Zone, &of_all.zones));
            live.draw(&shown_name(&source), Shapes { lines, zones, is_watched: false });
        }
    }
    Ok(())
}

/// Nothing runs here that could be changed.
struct Unchanging {
    configuration: Value,
}

impl Setup for Unchanging {
    fn drawing(&self, source: &str) -> Result<Drawing, SetupError> {
        Err(SetupError::NoSource { id: source.to_owned() })
    }

    fn redraw(&self, _: &str, _: Drawing) -> Result<(Drawing, Saved), SetupError> {
        Err(SetupError::ReadOnly)
    }

    fn configuration(&self) -> Value {
        self.configuration.clone()
    }
}
