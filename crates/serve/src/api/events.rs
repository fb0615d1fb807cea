//! Server-sent events: every crossing, and the newest state of everything else.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use tokio::sync::watch;
use utoipa::IntoParams;

use super::body::Query;
use super::crossings::Crossing;
use super::problem::ProblemBody;
use super::{Problem, Shared};
use crate::server::end_of;

/// How often a line is sent when nothing happens, so that both sides know the other is there.
const ALIVE: Duration = Duration::from_secs(15);

/// Where to begin.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Start {
    /// Crossings after this sequence; by default those from now on.
    after: Option<u64>,
}

/// Everything that happens, as server-sent events
///
/// `crossing` (a Crossing; its id is its sequence): every one, in order; who was away sends
/// `Last-Event-ID` and misses none. `today` (a Today), `sources` (Sources): the newest, whenever they
/// change. `lines` (the number of changes so far): the lines of a source are others now.
#[utoipa::path(get, path = "/api/v1/events", tag = "crossings", params(Start), responses(
    (status = 200, content_type = "text/event-stream", body = String),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn events(
    State(shared): State<Arc<Shared>>,
    Query(start): Query<Start>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let cursor = match last.or(start.after) {
        Some(cursor) => cursor,
        None => shared.ask(|book, _| book.head()).await?,
    };
    let listener = Listener::new(shared, cursor);
    let events = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)))
}

/// What one client has heard. It is asked for the next event only when the connection has taken the
/// one before, so what waits for a slow client is one batch of crossings.
struct Listener {
    shared: Arc<Shared>,
    cursor: u64,
    crossings: VecDeque<Crossing>,
    head: watch::Receiver<u64>,
    today: watch::Receiver<Bytes>,
    states: watch::Receiver<Bytes>,
    redrawn: watch::Receiver<u64>,
    ended: watch::Receiver<bool>,
}

impl Listener {
    fn new(shared: Arc<Shared>, cursor: u64) -> Self {
        let (mut head, mut today) = (shared.tail.head(), shared.tail.today());
        let (mut states, redrawn) = (shared.states.subscribe(), shared.redrawn.subscribe());
        head.mark_changed();
        today.mark_changed();
        states.mark_changed();
        let ended = shared.ended.clone();
        Self { shared, cursor, crossings: VecDeque::new(), head, today, states, redrawn, ended }
    }

    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(crossing) = self.crossings.pop_front() {
                let id = crossing.sequence.to_string();
                return Event::default().event("crossing").id(id).json_data(crossing).ok();
            }
            tokio::select! {
                biased;
                () = end_of(self.ended.clone()) => return None,
                changed = self.head.changed() => {
                    changed.ok()?;
                    self.read().await;
                }
                changed = self.today.changed() => {
                    changed.ok()?;
                    let told = text("today", &self.today.borrow_and_update());
                    if let Some(event) = told { return Some(event) }
                }
                changed = self.redrawn.changed() => {
                    changed.ok()?;
                    let changes = self.redrawn.borrow_and_update().to_string();
                    return Some(Event::default().event("lines").data(changes));
                }
                changed = self.states.changed() => {
                    changed.ok()?;
                    let told = text("sources", &self.states.borrow_and_update());
                    if let Some(event) = told { return Some(event) }
                }
            }
        }
    }

    /// The next crossings from the ledger; where there may be more, it is looked at again.
    async fn read(&mut self) {
        match self.shared.tail.after(self.cursor).await {
            Ok(entries) => {
                if let Some(last) = entries.last() {
                    self.cursor = last.sequence;
                    self.head.mark_changed();
                }
                self.crossings =
                    entries.into_iter().map(|entry| Crossing::new(entry, &self.shared.passings)).collect();
            }
            Err(error) => tracing::warn!("the ledger cannot be read: {error}"),
        }
    }
}

fn text(name: &str, json: &Bytes) -> Option<Event> {
    let json = std::str::from_utf8(json).ok().filter(|text| !text.is_empty())?;
    Some(Event::default().event(name).data(json))
}
