//! Readers beside a writer, and publishers that remember their place.

use footfall_count::Direction::In;
use footfall_ledger::{Entry, Error, Period, Query, Range, Seq};
use proptest::prelude::*;

use crate::common::{Shelf, camera, crossing, frames, recording};

#[test]
fn a_reader_sees_each_commit_and_nothing_twice() {
    let shelf = Shelf::new();
    let run = shelf.open().begin(&recording()).unwrap();
    let reader = shelf.reader();
    let (mut place, mut seen) = (Seq::default(), Vec::new());
    for frame in 1..=20 {
        run.record(&[crossing(frame, 1, In), crossing(frame, 2, In)]).unwrap();
        let rows = reader.crossings_after(place, 100).unwrap();
        assert_eq!(frames(&rows), [frame, frame]);
        place = rows.last().unwrap().seq;
        seen.extend(rows);
    }
    assert!(seen.is_sorted_by(|a, b| a.seq < b.seq));
    assert_eq!(reader.last().unwrap(), place);
    assert_eq!(frames(&reader.crossings_after(Seq(0), 3).unwrap()), [1, 1, 2], "at most the limit");
}

#[test]
fn a_program_with_two_cameras_writes_them_side_by_side() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let runs: Vec<_> = ["left", "right"]
        .map(|name| ledger.begin(&footfall_ledger::RunInfo { source: name.into(), ..camera() }).unwrap())
        .into();
    std::thread::scope(|scope| {
        for run in &runs {
            scope.spawn(move || {
                for frame in 1..=50 {
                    run.record(&[crossing(frame, 1, In)]).unwrap();
                }
            });
        }
    });
    let rows = shelf.all();
    for run in &runs {
        let own: Vec<_> = rows.iter().filter(|row| row.run == run.id()).cloned().collect();
        assert_eq!(frames(&own), (1..=50).collect::<Vec<_>>());
    }
}

#[test]
fn crossings_of_staff_and_those_that_another_camera_counts_are_told_to_nobody_and_hide_no_others() {
    let shelf = Shelf::new();
    let twice = serde_json::json!({"source": "left", "line": "door", "track": 1, "frame": 2});
    let run = shelf.open().begin(&recording()).unwrap();
    let staff = |frame| {
        let Entry::Crossing(mut entry) = crossing(frame, 1, In) else { unreachable!() };
        let (key, value) = if frame % 2 == 0 { ("staff", "Anna".into()) } else { ("same_as", twice.clone()) };
        entry.detail.insert(key.into(), value);
        Entry::Crossing(entry)
    };
    let mut entries = vec![crossing(1, 1, In)];
    entries.extend((2..=40).map(staff));
    entries.push(crossing(41, 1, In));
    entries.extend((42..=60).map(staff));
    run.record(&entries).unwrap();
    let reader = shelf.reader();
    assert_eq!(frames(&reader.last_crossings(10).unwrap()), [1, 41]);
    assert_eq!(frames(&reader.crossings_after(Seq(0), 1).unwrap()), [1]);
    assert_eq!(frames(&reader.crossings_after(Seq(1), 1).unwrap()), [41]);
    let (first, last) = reader.places_between(Range::default()).unwrap().unwrap();
    let between = |after| reader.crossings_between(Range::default(), after, last, 1).unwrap();
    assert_eq!(frames(&between(Seq(first.0 - 1))), [1]);
    assert_eq!(frames(&between(Seq(1))), [41]);
    assert!(between(Seq(41)).is_empty());
}

#[test]
fn a_question_that_nobody_waits_for_is_given_up() {
    let shelf = Shelf::new();
    let run = shelf.open().begin(&recording()).unwrap();
    run.record(&[crossing(1, 1, In), crossing(3_600_000, 1, In)]).unwrap();
    let reader = shelf.reader();
    let query = Query { by: Period::Minute, ..Query::default() };
    reader.read_while(|| false);
    assert!(matches!(reader.counts(&query), Err(Error::GivenUp { .. })));
    reader.read_to_the_end();
    assert_eq!(reader.counts(&query).unwrap().len(), 6001);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// However entries are cut into batches and repeated, each is there once, in the order of its first time.
    #[test]
    fn batches_and_repetitions_do_not_matter(cuts in prop::collection::vec((0usize..12, 1usize..6), 1..12)) {
        let shelf = Shelf::new();
        let run = shelf.open().begin(&recording()).unwrap();
        let entries: Vec<_> = (1..=16).map(|frame| crossing(frame, frame % 3, In)).collect();
        let mut expected = Vec::new();
        for (from, count) in cuts {
            run.record(&entries[from..(from + count).min(16)]).unwrap();
            for frame in from + 1..=(from + count).min(16) {
                if !expected.contains(&(frame as u64)) {
                    expected.push(frame as u64);
                }
            }
        }
        prop_assert_eq!(frames(&shelf.all()), expected);
    }
}
