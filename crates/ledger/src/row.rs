//! What readers are given.

use footfall_count::Direction;
use jiff::Timestamp;
use rusqlite::types::Type;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::digest::EventId;
use crate::entry::Kind;
use crate::naming::NEWEST;

/// A place in the sequence of all that the ledger holds; the default is before everything.
///
/// Sequence numbers rise with every entry, in the order in which entries were committed, and are never
/// used twice. A reader that has seen a number has seen all below it: none is filled in later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

/// An entry of the ledger.
///
/// As JSON: `{"seq":7,"id":"...","run":1,"source":"door camera","at":"2026-11-24T09:30:00.5Z",
/// "kind":"crossing","line":"door","direction":"in","track":7,"frame":12,"time":1.1,"detail":{...}}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Where it stands in the sequence.
    pub seq: Seq,
    /// Its own name: the same however often it was recorded or sent.
    pub id: EventId,
    /// The run that recorded it.
    pub run: u64,
    /// The source's name.
    pub source: String,
    /// When it happened, or began.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
    /// Time since the source's start, in seconds.
    pub time: f64,
    /// Whatever else is known.
    pub detail: Map<String, Value>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// Somebody passed a line.
    Crossing {
        /// What the line is called now.
        line: String,
        /// Which way.
        direction: Direction,
        /// The track's number, within its run.
        track: u64,
        /// The number of the frame in which the line was reached.
        frame: u64,
    },
    /// Somebody was in a zone from [`Row::at`] on.
    Visit {
        /// What the zone is called now.
        zone: String,
        /// The track's number, within its run.
        track: u64,
        /// The number of the frame in which the zone was entered.
        frame: u64,
        /// When it was left.
        until: Timestamp,
    },
    /// A condition began or is over.
    Health {
        /// What: `covered`, `disconnected`, ...
        condition: String,
        /// Whether it began.
        raised: bool,
        /// The number of the frame that showed it.
        frame: Option<u64>,
    },
    /// Nobody counted from [`Row::at`] on.
    Uncounted {
        /// Why: the name of a condition.
        reason: String,
        /// Until when.
        until: Timestamp,
    },
    /// People came in together from [`Row::at`] on; somebody who came alone is a group of one.
    Group {
        /// What the line is called now.
        line: String,
        /// The track's number of the first of them, within its run; `detail` has those of all.
        track: u64,
        /// The number of the frame in which the first reached the line.
        frame: u64,
        /// When the last did.
        until: Timestamp,
    },
}

/// The columns that [`Row::read`] needs, in its order.
pub(crate) fn columns() -> String {
    format!(
        "event.seq, event.identity, event.run, source.name, event.utc, event.until, event.kind, {NEWEST}, \
         event.direction, event.track, event.frame, event.time, event.detail"
    )
}

/// The tables that they come from.
pub(crate) const TABLES: &str = "event JOIN run ON run.id = event.run JOIN source ON source.id = run.source";

impl Row {
    pub(crate) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        let number = |index| row.get::<_, Option<i64>>(index).map(|n| n.map(|n| n as u64));
        let id: Vec<u8> = row.get(1)?;
        let detail: String = row.get(12)?;
        Ok(Self {
            seq: Seq(row.get::<_, i64>(0)? as u64),
            id: EventId::from_bytes(&id).ok_or_else(|| unreadable(1, "an identity of 16 bytes"))?,
            run: row.get::<_, i64>(2)? as u64,
            source: row.get(3)?,
            at: timestamp(row, 4)?,
            event: event(row, number(9)?, number(10)?)?,
            time: row.get::<_, i64>(11)? as f64 / 1e6,
            detail: serde_json::from_str(&detail).map_err(|_| unreadable(12, "a JSON object"))?,
        })
    }
}

fn event(row: &rusqlite::Row<'_>, track: Option<u64>, frame: Option<u64>) -> rusqlite::Result<Event> {
    let kind: String = row.get(6)?;
    let name: String = row.get(7)?;
    let direction: Option<String> = row.get(8)?;
    let kind = Kind::ALL.into_iter().find(|k| k.as_str() == kind);
    let (Some(kind), direction) = (kind, direction.unwrap_or_default()) else {
        return Err(unreadable(6, "a kind of entry that this program knows"));
    };
    Ok(match kind {
        Kind::Crossing => Event::Crossing {
            line: name,
            direction: if direction == "in" { Direction::In } else { Direction::Out },
            track: track.unwrap_or_default(),
            frame: frame.unwrap_or_default(),
        },
        Kind::Visit => Event::Visit {
            zone: name,
            track: track.unwrap_or_default(),
            frame: frame.unwrap_or_default(),
            until: timestamp(row, 5)?,
        },
        Kind::Health => Event::Health { condition: name, raised: direction == "raised", frame },
        Kind::Uncounted => Event::Uncounted { reason: name, until: timestamp(row, 5)? },
        Kind::Group => Event::Group {
            line: name,
            track: track.unwrap_or_default(),
            frame: frame.unwrap_or_default(),
            until: timestamp(row, 5)?,
        },
    })
}

pub(crate) fn timestamp(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_microsecond(row.get(index)?).map_err(|_| unreadable(index, "microseconds since 1970"))
}

pub(crate) fn optional(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<Option<Timestamp>> {
    match row.get::<_, Option<i64>>(index)? {
        None => Ok(None),
        Some(_) => timestamp(row, index).map(Some),
    }
}

fn unreadable(index: usize, expected: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(index, Type::Text, format!("expected {expected}").into())
}
