//! What the questions cost that are asked again and again: what is read, and not what there is. Counted in steps of
//! the database's machine, which no clock disturbs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use footfall_count::{Condition, Direction, Uncounted};
use jiff::{SignedDuration, Timestamp};

use crate::{
    CrossingEntry, Cursor, Digest, Ending, Entry, Kind, Ledger, Origin, Place, PlaceKind, Query, Range,
    Reader, RunInfo, Seq,
};

/// Passages in an hour.
const HOURLY: u64 = 6;

/// A ledger of so many days that end at the same moment, a run for each ten days.
fn ledger(folder: &std::path::Path, days: u64) -> Reader {
    let path = folder.join(format!("{days}.db"));
    let ledger = Ledger::open(&path).unwrap();
    for began in (0..days).step_by(10) {
        let start = end() - SignedDuration::from_hours(24 * (days - began).cast_signed());
        let info = RunInfo {
            source: "door".into(),
            origin: Origin::Live,
            version: "1".into(),
            config: Digest::of([]),
            places: vec![Place::new(PlaceKind::Line, "door", Digest::of([]))],
            recount: false,
        };
        let run = ledger.begin(&info).unwrap();
        run.anchor(start);
        let crossing = |number: u64| {
            Entry::Crossing(CrossingEntry {
                line: "door".into(),
                direction: if number.is_multiple_of(2) { Direction::In } else { Direction::Out },
                track: number,
                frame: number,
                time: Duration::from_secs(number * 3600 / HOURLY),
                detail: serde_json::Map::new(),
            })
        };
        let dark = |day: u64| {
            let from = Duration::from_hours(24 * day);
            Entry::Uncounted(Uncounted { reason: Condition::Dark, from, to: from + Duration::from_mins(9) })
        };
        let length = (days - began).min(10);
        let entries: Vec<_> = (0..length * 24 * HOURLY).map(crossing).chain((0..length).map(dark)).collect();
        run.record(&entries).unwrap();
        run.end(Ending::Done).unwrap();
    }
    drop(ledger);
    Cursor::open(&path, "mqtt").unwrap().advance(Seq(3)).unwrap();
    Reader::open(&path).unwrap()
}

fn end() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

/// Steps that a question takes.
fn steps(reader: &mut Reader, question: impl Fn(&Reader)) -> u64 {
    let count = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&count);
    let step = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        false
    };
    reader.connection.progress_handler(1, Some(step)).unwrap();
    question(reader);
    count.load(Ordering::Relaxed)
}

type Question = (&'static str, fn(&Reader));

const QUESTIONS: [Question; 12] = [
    ("how far it goes", |reader| assert!(reader.last().unwrap() > Seq(0))),
    ("what is new", |reader| {
        let last = reader.last().unwrap();
        assert_eq!(reader.entries_after(Seq(last.0 - 20), &Kind::ALL, 50).unwrap().len(), 20);
    }),
    ("the next crossings", |reader| assert_eq!(reader.crossings_after(Seq(3), 50).unwrap().len(), 50)),
    ("the next of one kind", |reader| {
        assert_eq!(reader.entries_after(Seq(3), &[Kind::Crossing], 50).unwrap().len(), 50);
    }),
    ("the last crossings", |reader| assert_eq!(reader.last_crossings(20).unwrap().len(), 20)),
    ("those of an hour", |reader| {
        let range = range(1);
        let (first, last) = reader.places_between(range).unwrap().unwrap();
        assert_eq!(
            reader.crossings_between(range, Seq(first.0 - 1), last, 99).unwrap().len(),
            HOURLY as usize
        );
    }),
    ("today", |reader| {
        let counts = reader.counts(&Query { range: range(24), ..Query::default() }).unwrap();
        assert_eq!(counts.iter().map(|count| count.entered + count.left).sum::<u64>(), 24 * HOURLY);
    }),
    ("who is inside", |reader| {
        reader.inside(&Query::default(), end() - SignedDuration::from_hours(1)).unwrap();
    }),
    ("stays of today", |reader| {
        reader.zone_counts(&Query { range: range(24), ..Query::default() }).unwrap();
    }),
    ("totals", |reader| assert_eq!(reader.totals().unwrap().1.len(), 1)),
    ("what is wrong", |reader| drop(reader.health().unwrap())),
    ("its sources", |reader| assert_eq!(reader.sources().unwrap(), ["door"])),
];

/// The last hours.
fn range(hours: i64) -> Range {
    Range { from: Some(end() - SignedDuration::from_hours(hours)), to: Some(end()) }
}

#[test]
fn a_question_costs_what_it_is_about_however_long_the_ledger_is() {
    let folder = tempfile::tempdir().unwrap();
    let (mut short, mut long) = (ledger(folder.path(), 20), ledger(folder.path(), 160));
    for (what, question) in QUESTIONS {
        let (few, many) = (steps(&mut short, question), steps(&mut long, question));
        // A tree that is deeper costs a little, and so do the runs, of which there are eight times as many.
        assert!(many < few + few / 2 + 300, "{what}: {few} steps of 20 days, {many} of 160");
    }
}
