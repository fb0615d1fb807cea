//! Readers beside a writer, and publishers that remember their place.

use footfall_count::Direction::In;
use footfall_ledger::Seq;
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
