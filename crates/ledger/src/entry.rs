//! What is written down, as those who know of it say it: in the source's own time.

use std::time::Duration;

use footfall_count::{Crossing, Direction, Group, HealthChange, Uncounted, Visit};
use serde_json::{Map, Value, json};

use crate::digest::{Digest, EventId};

/// One thing that has happened at a source.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// Somebody passed a line.
    Crossing(CrossingEntry),
    /// Somebody was in a zone and has left it.
    Visit(VisitEntry),
    /// A condition began or is over.
    Health(HealthChange),
    /// A stretch of time in which nobody counted. Long ones are best recorded in pieces, as they pass:
    /// a piece that is not recorded is lost with the process. Pieces that touch are one span to readers.
    Uncounted(Uncounted),
    /// People came in together.
    Group(GroupEntry),
}

/// A crossing, with its line by name.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossingEntry {
    /// The line's name.
    pub line: String,
    /// Which way.
    pub direction: Direction,
    /// The track's number.
    pub track: u64,
    /// The number of the frame in which the line was reached, from 1.
    pub frame: u64,
    /// That frame's time since the source's start.
    pub time: Duration,
    /// Whatever else is known; kept as it is, and no part of the event's identity.
    pub detail: Map<String, Value>,
}

/// A stay in a zone.
#[derive(Clone, Debug, PartialEq)]
pub struct VisitEntry {
    /// The zone's name.
    pub zone: String,
    /// The track's number.
    pub track: u64,
    /// The number of the frame in which the zone was entered, from 1.
    pub frame: u64,
    /// When it was entered, since the source's start.
    pub entered: Duration,
    /// When it was left.
    pub left: Duration,
    /// Whatever else is known; kept as it is, and no part of the event's identity.
    pub detail: Map<String, Value>,
}

/// People who came in together, with their line by name.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupEntry {
    /// The line's name.
    pub line: String,
    /// The number of the frame in which the first of them reached the line, from 1.
    pub frame: u64,
    /// That frame's time since the source's start.
    pub time: Duration,
    /// When the last of them reached it.
    pub until: Duration,
    /// The numbers of their tracks, in the order of their coming.
    pub tracks: Vec<u64>,
}

impl GroupEntry {
    /// The entry of `group` over the line called `line`.
    #[must_use]
    pub fn new(group: &Group, line: &str) -> Self {
        let &Group { frame, time, until, .. } = group;
        let tracks = group.tracks.iter().map(|track| track.0).collect();
        Self { line: line.to_owned(), frame, time, until, tracks }
    }
}

impl CrossingEntry {
    /// The entry of `crossing` over the line called `line`.
    #[must_use]
    pub fn new(crossing: &Crossing, line: &str) -> Self {
        let mut detail = Map::new();
        detail.insert("decided".to_owned(), json!(crossing.decided));
        detail.insert("point".to_owned(), json!([crossing.point.x, crossing.point.y]));
        detail.insert("confidence".to_owned(), json!(crossing.confidence));
        if let Some(hidden) = crossing.hidden {
            detail.insert("hidden".to_owned(), json!((hidden * 1e4).round() / 1e4));
        }
        detail.insert("reasons".to_owned(), json!(crossing.reasons));
        if let Some(visitor) = &crossing.visitor {
            if crossing.direction == Direction::In {
                detail.insert("coming".to_owned(), json!(visitor.coming()));
            }
            if let Some(number) = visitor.number() {
                detail.insert("visitor".to_owned(), json!(number));
            }
        }
        if let Some(again) = crossing.again {
            detail.insert("again".to_owned(), json!((again * 1e4).round() / 1e4));
        }
        if let Some(name) = &crossing.staff {
            detail.insert("staff".to_owned(), json!(**name));
        }
        if let Some(elsewhere) = &crossing.elsewhere {
            if let Some(same_as) = &elsewhere.same_as {
                detail.insert("same_as".to_owned(), json!(same_as));
            }
            detail.insert("site".to_owned(), json!(**elsewhere));
        }
        Self {
            line: line.to_owned(),
            direction: crossing.direction,
            track: crossing.track.0,
            frame: crossing.frame,
            time: crossing.time,
            detail,
        }
    }
}

impl VisitEntry {
    /// The entry of `visit` to the zone called `zone`.
    #[must_use]
    pub fn new(visit: &Visit, zone: &str) -> Self {
        let Visit { track, frame, entered, left, .. } = *visit;
        let (zone, track) = (zone.to_owned(), track.0);
        Self { zone, track, frame, entered, left, detail: Map::new() }
    }
}

/// The kinds of entries, as they are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// [`Entry::Crossing`].
    Crossing,
    /// [`Entry::Visit`].
    Visit,
    /// [`Entry::Health`].
    Health,
    /// [`Entry::Uncounted`].
    Uncounted,
    /// [`Entry::Group`].
    Group,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Crossing, Self::Visit, Self::Health, Self::Uncounted, Self::Group];

    /// The name under which it is kept.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Crossing => "crossing",
            Self::Visit => "visit",
            Self::Health => "health",
            Self::Uncounted => "uncounted",
            Self::Group => "group",
        }
    }
}

/// An entry as the table holds it, but for the times of day.
#[derive(Clone)]
pub(crate) struct Columns {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) direction: Option<&'static str>,
    pub(crate) track: Option<u64>,
    pub(crate) frame: Option<u64>,
    pub(crate) time: Duration,
    pub(crate) until: Option<Duration>,
    pub(crate) detail: Map<String, Value>,
}

impl Columns {
    pub(crate) fn of(entry: &Entry) -> Self {
        match entry {
            Entry::Crossing(crossing) => Self {
                kind: Kind::Crossing,
                name: crossing.line.clone(),
                direction: Some(crossing.direction.as_str()),
                track: Some(crossing.track),
                frame: Some(crossing.frame),
                time: crossing.time,
                until: None,
                detail: crossing.detail.clone(),
            },
            Entry::Visit(visit) => Self {
                kind: Kind::Visit,
                name: visit.zone.clone(),
                direction: None,
                track: Some(visit.track),
                frame: Some(visit.frame),
                time: visit.entered,
                until: Some(visit.left.max(visit.entered)),
                detail: visit.detail.clone(),
            },
            Entry::Health(change) => Self {
                kind: Kind::Health,
                name: change.condition.as_str().to_owned(),
                direction: Some(if change.raised { "raised" } else { "over" }),
                track: None,
                frame: change.frame,
                time: change.time,
                until: None,
                detail: change.evidence.iter().map(|(name, value)| (name.clone(), json!(value))).collect(),
            },
            Entry::Uncounted(span) => Self {
                kind: Kind::Uncounted,
                name: span.reason.as_str().to_owned(),
                direction: None,
                track: None,
                frame: None,
                time: span.from,
                until: Some(span.to.max(span.from)),
                detail: Map::new(),
            },
            Entry::Group(group) => {
                let mut detail = Map::new();
                detail.insert("size".to_owned(), json!(group.tracks.len()));
                detail.insert("tracks".to_owned(), json!(group.tracks));
                Self {
                    kind: Kind::Group,
                    name: group.line.clone(),
                    direction: Some(Direction::In.as_str()),
                    track: group.tracks.first().copied(),
                    frame: Some(group.frame),
                    time: group.time,
                    until: Some(group.until.max(group.time)),
                    detail,
                }
            }
        }
    }

    /// The event's own name: of where it happened (`scope`), how it was looked for there (`config`), what
    /// it is, who it was and when. What is only known about it (a span's end, its details) is no part, nor is what
    /// its place is called today: `name` is what it was called first.
    pub(crate) fn identity(&self, scope: &[u8], name: &str, config: &[u8]) -> EventId {
        let number = |value: Option<u64>| value.map_or_else(Vec::new, |v| v.to_le_bytes().to_vec());
        let (track, frame) = (number(self.track), number(self.frame));
        let time = self.time.as_nanos().to_le_bytes();
        let direction = self.direction.unwrap_or_default().as_bytes();
        let kind = self.kind.as_str().as_bytes();
        let parts = [scope, config, kind, name.as_bytes(), direction, &track, &frame, &time];
        EventId::of(&Digest::of(parts))
    }
}
