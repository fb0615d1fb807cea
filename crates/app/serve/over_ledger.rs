//! `footfall serve`: the page over a ledger that another program writes, or wrote.

use std::sync::Arc;
use std::time::Duration;

use footfall_ledger::jiff::tz::TimeZone;
use footfall_pipeline::Stop;
use footfall_serve::{Book, Drawing, Live, Parts, Publishers, Saved, Server, Setup, SetupError};
use serde_json::Value;

use super::book::LedgerBook;
use super::refused;
use crate::cli::{AreaArgs, ServeArgs};
use crate::config::Config;
use crate::say::say;
use crate::{interrupt, logging, progress};

/// Serves until somebody asks to stop.
pub(crate) fn run(args: &ServeArgs, verbose: u8) -> anyhow::Result<()> {
    logging::start(verbose, &progress::bar(), None)?;
    let mut config = Config::load(args.config.as_deref(), &[], &AreaArgs::default())?;
    config.serve.address = args.address.unwrap_or(config.serve.address);
    let stop = Stop::new();
    interrupt::stop_on_signal(&stop)?;
    let book: Arc<dyn Book> = Arc::new(LedgerBook::open(&args.ledger, TimeZone::system())?);
    let live = Live::new([]);
    let publishers = Publishers::start(&config.publish, &book, &live).map_err(refused)?;
    let publishing = publishers.as_ref().map(Publishers::states).unwrap_or_default();
    let setup = Arc::new(Unchanging { configuration: config.shown() });
    let parts = Parts { live, book, setup, publishers: publishing };
    let server = Server::start(&config.serve, parts).map_err(refused)?;
    say(&format!("the page is at {}\n", server.url()));
    while !stop.wait(Duration::from_hours(1)) {}
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
