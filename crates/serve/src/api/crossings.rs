//! Crossings: in order from a cursor, the last ones, or those of a range.
#![allow(clippy::struct_field_names, reason = "the names are those of the JSON's members")]

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use footfall_count::Direction;
use futures_util::stream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::{Path, Query};
use super::problem::ProblemBody;
use super::{Problem, Shared, csv};
use crate::passings::Passings;
use crate::{Book, Entry, PortError, Waiting};

/// Rows of a CSV file that are read from the ledger at once.
const CSV_BATCH: usize = 1000;

/// Somebody passed a line.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Crossing {
    /// Its place in the ledger: a cursor.
    pub(super) sequence: u64,
    /// The same whenever this crossing is told, here or by a publisher.
    identity: String,
    #[schema(value_type = String, format = DateTime)]
    at: String,
    source: String,
    line: String,
    direction: Way,
    /// The track's number in its run.
    track: u64,
    /// The frame's number in its run, from 1.
    frame: u64,
    /// Seconds since the source's start.
    time: f64,
    /// How likely it is that somebody truly passed, 0 to 1, where that is known.
    confidence: Option<f64>,
    /// What the confidence rests on: `followed`, `joined`, `emerged`, `found`, `unseen`, `crowded`, `line_end`,
    /// `brief`.
    reasons: Vec<String>,
    /// Whether there is a picture of it; there is one of the last few, until the program ends.
    picture: bool,
    /// Whether it is known how they look, so that they can be enrolled as staff.
    look: bool,
}

/// `in`: to the right hand of someone who walks from the line's first end to its second.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Way {
    In,
    Out,
}

/// Crossings in order.
#[derive(Serialize, ToSchema)]
pub(super) struct Crossings {
    crossings: Vec<Crossing>,
    /// What to go on after.
    next: u64,
    /// Whether there are more already.
    more: bool,
}

/// Which crossings are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Those with a greater sequence.
    after: Option<u64>,
    /// The last so many instead.
    #[param(minimum = 1, maximum = 1000)]
    last: Option<u16>,
    /// At most so many; 100 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u16>,
}

/// Crossings of a range.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Between {
    /// From here; by default all.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// And before this; by default all.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
}

impl Crossing {
    pub(crate) fn new(entry: Entry, passings: &Passings) -> Self {
        let (picture, look) = passings.has(&entry);
        Self {
            sequence: entry.sequence,
            identity: entry.identity,
            at: entry.at.to_string(),
            source: entry.source,
            line: entry.line,
            direction: match entry.direction {
                Direction::In => Way::In,
                Direction::Out => Way::Out,
            },
            track: entry.track,
            frame: entry.frame,
            time: entry.time,
            confidence: entry.confidence.map(|confidence| (confidence * 1000.0).round() / 1000.0),
            reasons: entry.reasons,
            picture,
            look,
        }
    }
}

/// Crossings in order, after a cursor; or the last ones
#[utoipa::path(get, path = "/api/v1/crossings", tag = "crossings", params(Which), responses(
    (status = 200, body = Crossings),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn crossings(
    State(shared): State<Arc<Shared>>,
    Query(which): Query<Which>,
) -> Result<Json<Crossings>, Problem> {
    let limit = usize::from(which.last.or(which.limit).unwrap_or(100));
    if !(1..=1000).contains(&limit) {
        return Err(Problem::bad_request("`limit` and `last` are 1 to 1000"));
    }
    if which.after.is_some_and(|after| i64::try_from(after).is_err()) {
        return Err(Problem::bad_request("`after` is the sequence of a crossing: less than 2^63"));
    }
    if which.last.is_some() && which.after.is_some() {
        return Err(Problem::bad_request("either `after` or `last`: one goes forward, the other back"));
    }
    let passings = shared.passings.clone();
    let answer = shared.ask(move |book, _| {
        let (entries, start) = match which.last {
            Some(_) => (book.last(limit)?, 0),
            None => (book.after(which.after.unwrap_or(0), limit)?, which.after.unwrap_or(0)),
        };
        let next = entries.last().map_or(start, |last| last.sequence);
        Ok(Crossings {
            crossings: entries.into_iter().map(|entry| Crossing::new(entry, &passings)).collect(),
            next,
            more: !book.after(next, 1)?.is_empty(),
        })
    });
    answer.await.map(Json)
}

/// The picture of one of the last crossings: whoever passed, and a little around them
///
/// Pictures are in memory alone: of the last 64 crossings of the program that counts, until it ends.
#[utoipa::path(get, path = "/api/v1/crossings/{sequence}/picture.jpg", tag = "crossings", params(
    ("sequence" = u64, Path, description = "A crossing's place in the ledger"),
), responses(
    (status = 200, content_type = "image/jpeg", body = Vec<u8>),
    (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is none, or none any more"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn picture(
    State(shared): State<Arc<Shared>>,
    Path(sequence): Path<u64>,
) -> Result<Response, Problem> {
    let entry = entry_at(&shared, sequence).await?;
    let picture = match entry {
        Some(entry) => shared.passings.picture(&entry).await,
        None => None,
    };
    let none =
        || Problem::new(StatusCode::NOT_FOUND, "there is no picture of this crossing, or none any more");
    let kind = [(header::CONTENT_TYPE, "image/jpeg")];
    Ok((kind, picture.ok_or_else(none)?).into_response())
}

/// The crossing of this sequence.
pub(super) async fn entry_at(shared: &Shared, sequence: u64) -> Result<Option<Entry>, Problem> {
    let Some(before) = sequence.checked_sub(1).filter(|before| i64::try_from(*before).is_ok()) else {
        return Ok(None);
    };
    let entries = shared.ask(move |book, _| book.after(before, 1)).await?;
    Ok(entries.into_iter().next().filter(|entry| entry.sequence == sequence))
}

/// Crossings of a range as CSV
#[utoipa::path(get, path = "/api/v1/crossings.csv", tag = "crossings", params(Between), responses(
    (status = 200, content_type = "text/csv", body = String),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn crossings_csv(
    State(shared): State<Arc<Shared>>,
    Query(between): Query<Between>,
) -> Result<Response, Problem> {
    let from = between.from.unwrap_or(Timestamp::MIN);
    let to = between.to.unwrap_or(Timestamp::MAX);
    if from >= to {
        return Err(Problem::bad_request("`from` must be before `to`"));
    }
    let head =
        csv::row(["sequence", "identity", "at", "source", "line", "direction", "track", "frame", "time"]);
    let places = shared.ask(move |book, waiting| book.places(from, to, waiting)).await?;
    // With none, the head alone is sent.
    let (first, last) = places.unwrap_or((1, 0));
    // A month of crossings is read and sent piece by piece, as fast as it is taken.
    let rows = stream::unfold(Some((head, first.saturating_sub(1))), move |step| {
        let shared = shared.clone();
        async move {
            let (mut text, cursor) = step?;
            let between = move |book: &dyn Book, waiting: &Waiting| {
                book.between((from, to), cursor, last, CSV_BATCH, waiting)
            };
            let Ok(entries) = shared.ask(between).await else {
                return Some((Err::<String, PortError>("the ledger cannot be read".into()), None));
            };
            let next = entries.last().map(|entry| entry.sequence);
            text.extend(entries.into_iter().map(csv_row));
            Some((Ok(text), next.map(|cursor| (String::new(), cursor))))
        }
    });
    Ok((csv::headers("footfall-crossings.csv"), Body::from_stream(rows)).into_response())
}

fn csv_row(entry: Entry) -> String {
    let Entry { sequence, identity, at, source, line, direction, track, frame, time, .. } = entry;
    let numbers =
        [sequence.to_string(), at.to_string(), track.to_string(), frame.to_string(), time.to_string()];
    let [sequence, at, track, frame, time] = numbers.each_ref().map(String::as_str);
    csv::row([sequence, &identity, at, &source, &line, direction.as_str(), track, frame, time])
}
