//! The head office: everything that the ledger holds, and how the shop is doing.
//!
//! The ledger is the buffer: the cursor moves when the hub has confirmed that it keeps a batch, and not before.
//! Nothing is ever set aside. What the hub does not take for now is sent until it does.

mod answer;
mod link;
mod news;

use std::time::Duration;

use async_nats::Subscriber;
use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout};

use super::backoff::Backoff;
use super::config::OfficeConfig;
use super::reading::Reading;
use super::session::pause;
use crate::server::end_of;
use crate::{PortError, ServeError};
use link::Link;
use news::News;

/// Entries in one message: some tens of kilobytes.
const BATCH: usize = 200;
/// How often the office is told how the shop is doing.
const TELL_EVERY: Duration = Duration::from_secs(10);

/// A head office.
pub(super) struct Office {
    config: OfficeConfig,
    news: News,
}

impl Office {
    pub(super) fn new(config: &OfficeConfig) -> Result<Self, ServeError> {
        config.check()?;
        Ok(Self { config: config.clone(), news: News::default() })
    }
}

/// Publishes until the reading ends.
pub(super) async fn run(mut reading: Reading, mut office: Office) {
    let mut backoff = Backoff::new(reading.pace());
    loop {
        if !reading.claim().await {
            return;
        }
        let (began, from) = (Instant::now(), reading.position());
        let Err(error) = connection(&mut office, &mut reading).await else { return };
        if reading.position() > from || began.elapsed() > reading.pace().longest_pause {
            backoff.reset();
        }
        if pause(&reading, &mut backoff, &error).await {
            return;
        }
    }
}

/// Connects, and tells until the connection is lost or the reading ends.
async fn connection(office: &mut Office, reading: &mut Reading) -> Result<(), PortError> {
    let patience = reading.pace().patience;
    let link = timeout(2 * patience, Link::reach(&office.config, patience));
    let link = link.await.map_err(|_| "the office's hub does not answer")??;
    let mut asked = link.asked().await?;
    reading.reporter().up();
    let mut due = Instant::now();
    loop {
        let is_over = *reading.ended().borrow();
        send(&link, reading).await?;
        if due <= Instant::now() || is_over {
            office.news.tell(&link, reading).await?;
            link.state(&reading.state(env!("CARGO_PKG_VERSION"), office.news.told()).await?).await?;
            due = Instant::now() + TELL_EVERY;
        }
        reading.reporter().well();
        if is_over {
            return link.leave().await;
        }
        if wait(&link, reading, &mut asked).await? {
            office.news.forget();
            due = Instant::now();
        }
    }
}

/// Sends all that the hub does not have yet.
async fn send(link: &Link, reading: &mut Reading) -> Result<(), PortError> {
    let mut batch = BATCH;
    loop {
        let from = reading.position();
        let page = reading.page(from, batch).await?;
        if page.through == from {
            reading.reporter().behind(0);
            return Ok(());
        }
        let head = reading.head().await?;
        reading.reporter().behind(head.saturating_sub(from));
        match link.entries(&page, None).await {
            Ok(()) => reading.pass(page.through, Vec::new()).await?,
            // Long details: fewer of them fit into one message.
            Err(error) if error.is_too_long() && batch > 1 => batch = batch.div_ceil(4),
            Err(error) => return Err(error.into()),
        }
        if *reading.ended().borrow() {
            return Ok(());
        }
    }
}

/// Waits until there may be something to send, and answers the office meanwhile. Whether the office lacks something that
/// is no entry.
async fn wait(link: &Link, reading: &Reading, asked: &mut Subscriber) -> Result<bool, PortError> {
    let (mut decided, look_every) = (reading.decided(), reading.pace().look_every);
    tokio::select! {
        message = asked.next() => match message {
            Some(message) => answer::answer(link, reading, &message.payload).await,
            None => Err("the connection to the office's hub is lost".into()),
        },
        _ = timeout(look_every, decided.changed()) => link.check().map(|()| false),
        () = end_of(reading.ended()) => Ok(false),
    }
}
