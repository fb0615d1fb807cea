//! The head office: everything that the ledger holds, and how the shop is doing.
//!
//! The ledger is the buffer: the cursor moves when the hub has confirmed that it keeps a batch, and not before.
//! Nothing is ever set aside. What the hub does not take for now is sent until it does.

mod answer;
mod edits;
mod link;
mod news;
mod place;

use std::sync::Arc;
use std::time::Duration;

use async_nats::Subscriber;
use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout};

use super::backoff::Backoff;
use super::config::OfficeConfig;
use super::reading::Reading;
use super::session::pause;
use crate::server::end_of;
use crate::{Live, PortError, ServeError, Setup};
use edits::Edits;
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
    /// Where the office may edit lines and thresholds.
    edits: Option<Edits>,
}

impl Office {
    /// `setup`: what the office may edit, where it may.
    pub(super) fn new(
        config: &OfficeConfig,
        setup: Option<Arc<dyn Setup>>,
        live: &Live,
    ) -> Result<Self, ServeError> {
        config.check()?;
        let edits = config.edited_by.as_ref().zip(setup).map(|(key, setup)| {
            Edits::new(&config.shop, key, setup, live.clone()).map_err(|error| ServeError::Setting {
                setting: "publish.office.edited_by",
                problem: error.to_string(),
            })
        });
        Ok(Self { config: config.clone(), news: News::default(), edits: edits.transpose()? })
    }
}

/// What comes from the office, by a connection.
struct Heard {
    asked: Subscriber,
    /// Edits, where there may be any.
    set: Option<Subscriber>,
    /// The ledger that is written.
    ledger: String,
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
    let mut heard = listen(office, &link, reading).await?;
    reading.reporter().up();
    let mut due = Instant::now();
    loop {
        let is_over = *reading.ended().borrow();
        send(&link, reading).await?;
        if due <= Instant::now() || is_over {
            office.news.tell(&link, reading, office.edits.as_ref()).await?;
            link.state(&reading.state(env!("CARGO_PKG_VERSION"), office.news.told()).await?).await?;
            due = Instant::now() + TELL_EVERY;
        }
        reading.reporter().well();
        if is_over {
            return link.leave().await;
        }
        let said = wait(office, &link, reading, &mut heard).await?;
        if said == Said::TellAll {
            office.news.forget();
        }
        if said != Said::Nothing {
            due = Instant::now();
        }
    }
}

/// Listens to the office. What it wanted last is here at once, also if nobody was here when it said so.
async fn listen(office: &Office, link: &Link, reading: &Reading) -> Result<Heard, PortError> {
    let ledger = reading.identity().await?;
    let asked = link.asked().await?;
    let mut set = None;
    if let Some(edits) = &office.edits {
        set = Some(link.set(&ledger).await?);
        if let Some(last) = link.last_set(&ledger).await? {
            edits.take(&ledger, &last, reading).await?;
        }
    }
    Ok(Heard { asked, set, ledger })
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

/// What follows from what the office has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Nothing,
    /// It is to be told what came of that.
    Tell,
    /// It lacks something that is no entry.
    TellAll,
}

/// Waits until there may be something to send, and does what the office says meanwhile.
async fn wait(office: &Office, link: &Link, reading: &Reading, heard: &mut Heard) -> Result<Said, PortError> {
    let (mut decided, look_every) = (reading.decided(), reading.pace().look_every);
    let lost = || PortError::from("the connection to the office's hub is lost");
    tokio::select! {
        message = heard.asked.next() => {
            let lacks = answer::answer(link, reading, &message.ok_or_else(lost)?.payload).await?;
            Ok(if lacks { Said::TellAll } else { Said::Nothing })
        }
        message = next(heard.set.as_mut()) => match &office.edits {
            Some(edits) => {
                let is_answered = edits.take(&heard.ledger, &message.ok_or_else(lost)?.payload, reading).await?;
                Ok(if is_answered { Said::Tell } else { Said::Nothing })
            }
            None => Ok(Said::Nothing),
        },
        _ = timeout(look_every, decided.changed()) => link.check().map(|()| Said::Nothing),
        () = end_of(reading.ended()) => Ok(Said::Nothing),
    }
}

/// The next message, if there may be one.
async fn next(subscriber: Option<&mut Subscriber>) -> Option<async_nats::Message> {
    match subscriber {
        Some(subscriber) => subscriber.next().await,
        None => std::future::pending().await,
    }
}
