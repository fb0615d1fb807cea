//! Ledgers in a folder of their own, and a clock that goes as it is told.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use footfall_count::Direction;
use footfall_ledger::jiff::{SignedDuration, Timestamp};
use footfall_ledger::{
    Clock, CrossingEntry, Digest, Entry, Event, GroupEntry, Kind, Ledger, Options, Origin, Place, PlaceKind,
    Reader, Row, RunInfo, Seq, Start,
};
use serde_json::Map;

/// A folder with a ledger in it.
pub(crate) struct Shelf {
    folder: tempfile::TempDir,
    pub(crate) clock: HandClock,
}

impl Shelf {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), clock: HandClock::new() }
    }

    /// A file beside the ledger.
    pub(crate) fn beside(&self, ending: &str) -> PathBuf {
        self.folder.path().join(format!("shop.db{ending}"))
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("shop.db")
    }

    pub(crate) fn open(&self) -> Ledger {
        self.open_for(None)
    }

    pub(crate) fn open_for(&self, retention_days: Option<u32>) -> Ledger {
        let clock = Box::new(self.clock.clone());
        let options = Options { retention_days, clock, patience: Duration::ZERO, ..Options::default() };
        Ledger::open_with(self.path(), options).unwrap()
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::open(self.path()).unwrap()
    }

    pub(crate) fn all(&self) -> Vec<Row> {
        self.reader().entries_after(Seq(0), &Kind::ALL, usize::MAX).unwrap()
    }
}

/// Both clocks of a machine, moved by hand.
#[derive(Clone)]
pub(crate) struct HandClock(Arc<Mutex<(Timestamp, Duration)>>);

impl HandClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new((at("2026-11-24T09:00:00Z"), Duration::from_secs(1000)))))
    }

    /// Time passes.
    pub(crate) fn pass(&self, seconds: u64) {
        let mut clock = self.0.lock().unwrap();
        clock.0 += SignedDuration::from_secs(seconds.cast_signed());
        clock.1 += Duration::from_secs(seconds);
    }

    /// The time of day.
    pub(crate) fn time(&self) -> Timestamp {
        self.0.lock().unwrap().0
    }

    /// Somebody sets the time of day.
    pub(crate) fn set(&self, to: Timestamp) {
        self.0.lock().unwrap().0 = to;
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        self.0.lock().unwrap().0
    }

    fn monotonic(&self) -> Duration {
        self.0.lock().unwrap().1
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn digest(text: &str) -> Digest {
    Digest::of([text.as_bytes()])
}

/// A camera called `door camera` with one line.
pub(crate) fn camera() -> RunInfo {
    RunInfo {
        source: "door camera".into(),
        origin: Origin::Live,
        version: "0.1.0".into(),
        config: digest("config"),
        places: vec![Place::new(PlaceKind::Line, "door", digest("door"))],
        recount: false,
    }
}

/// A recording that began at ten, with one line.
pub(crate) fn recording() -> RunInfo {
    let start = Start::Given(at("2026-03-01T10:00:00Z"));
    RunInfo {
        source: "monday.mp4".into(),
        origin: Origin::Recorded { content: digest("pixels"), start },
        ..camera()
    }
}

/// Somebody passes `door` in a frame; ten frames a second.
pub(crate) fn crossing(frame: u64, track: u64, direction: Direction) -> Entry {
    Entry::Crossing(CrossingEntry {
        line: "door".into(),
        direction,
        track,
        frame,
        time: seconds(frame),
        detail: Map::new(),
    })
}

/// Those of these tracks come in together over `door`, the first of them in a frame and the last a second later.
pub(crate) fn group(frame: u64, tracks: &[u64]) -> Entry {
    let (time, until) = (seconds(frame), seconds(frame + 10));
    Entry::Group(GroupEntry { line: "door".into(), frame, time, until, tracks: tracks.to_vec() })
}

/// When a frame is taken, since the start.
pub(crate) fn seconds(frame: u64) -> Duration {
    Duration::from_millis(100 * frame)
}

/// Frames of the crossings among `rows`.
pub(crate) fn frames(rows: &[Row]) -> Vec<u64> {
    let frame = |row: &Row| match row.event {
        Event::Crossing { frame, .. } => Some(frame),
        _ => None,
    };
    rows.iter().filter_map(frame).collect()
}
