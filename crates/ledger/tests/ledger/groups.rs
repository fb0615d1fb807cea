//! Who came in together, in the ledger.

use footfall_count::Direction::In;
use footfall_ledger::{Ending, Entry, Event, Kind, Period, PlaceKind, Query, RunInfo, Seq};
use proptest::prelude::*;

use crate::common::{Shelf, at, camera, crossing, group, recording, seconds};

fn sums(shelf: &Shelf, query: &Query) -> Vec<(Option<u64>, Option<f64>)> {
    let counts = shelf.reader().counts(query).unwrap();
    counts.iter().map(|count| (count.groups, count.group_size)).collect()
}

#[test]
fn a_group_is_read_as_it_was_written_and_belongs_to_its_line_under_any_name() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let run = ledger.begin(&camera()).unwrap();
    run.record(&[crossing(5, 4, In), crossing(9, 7, In), group(5, &[4, 7])]).unwrap();
    assert!(ledger.rename("door camera", PlaceKind::Line, "door", "front").unwrap());
    let rows = shelf.reader().entries_after(Seq(0), &[Kind::Group], 9).unwrap();
    let Event::Group { line, track, frame, until } = &rows[0].event else { panic!("{rows:?}") };
    assert_eq!((line.as_str(), *track, *frame), ("front", 4, 5));
    assert_eq!(until.duration_since(rows[0].at).as_secs_f64(), 1.0);
    assert_eq!(rows[0].detail["size"], 2);
    let per_line = Query { per_line: true, ..Query::default() };
    let counts = shelf.reader().counts(&per_line).unwrap();
    assert_eq!((counts[0].line.as_deref(), counts[0].groups), (Some("front"), Some(1)));
    let connection = rusqlite::Connection::open(shelf.path()).unwrap();
    let view = connection.query_row("SELECT line, size FROM company", [], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
    });
    assert_eq!(view.unwrap(), ("front".to_owned(), 2));
}

#[test]
fn a_recording_that_is_counted_again_adds_no_group_and_a_recount_replaces_them() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let entries = [crossing(5, 4, In), crossing(9, 7, In), group(5, &[4, 7])];
    for _ in 0..2 {
        let run = ledger.begin(&recording()).unwrap();
        run.record(&entries).unwrap();
        run.end(Ending::Done).unwrap();
    }
    let all = Query::default();
    assert_eq!(sums(&shelf, &all), [(Some(1), Some(2.0))]);
    let mut again = RunInfo { recount: true, ..recording() };
    again.places[0].config = crate::common::digest("other settings");
    let run = ledger.begin(&again).unwrap();
    run.record(&[crossing(5, 4, In), crossing(9, 7, In), group(5, &[4]), group(9, &[7])]).unwrap();
    run.end(Ending::Done).unwrap();
    assert_eq!(sums(&shelf, &all), [(Some(2), Some(1.0))]);
    shelf.reader().check().unwrap();
}

#[test]
fn a_period_before_anybody_told_groups_says_nothing_of_them() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let run = ledger.begin(&recording()).unwrap();
    let hour = |hour: u64| 36_000 * hour;
    run.record(&[crossing(1, 1, In), crossing(hour(2), 2, In), group(hour(2), &[2])]).unwrap();
    let by_hour = Query { by: Period::Hour, ..Query::default() };
    assert_eq!(sums(&shelf, &by_hour), [(Some(0), None), (Some(0), None), (Some(1), Some(1.0))]);
    let mut early = by_hour;
    early.range.to = Some(at("2026-03-01T12:00:00Z"));
    assert_eq!(sums(&shelf, &early), [(None, None), (None, None)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is summed up already, and in whatever order it came: each period has the groups that began in it.
    #[test]
    fn sums_are_those_of_a_recount(
        groups in prop::collection::vec((0_u64..200_000, 1_usize..5), 1..30), split in 0_usize..30, sealed: bool
    ) {
        let shelf = Shelf::new();
        let ledger = shelf.open();
        let entry = |(id, &(frame, size)): (u64, &(u64, usize))| group(frame, &vec![id; size]);
        let entries: Vec<Entry> = (1..).zip(&groups).map(entry).collect();
        let (first, rest) = entries.split_at(split.min(entries.len()));
        let run = ledger.begin(&recording()).unwrap();
        run.scene(seconds(200_000), first).unwrap();
        if sealed {
            run.end(Ending::Done).unwrap();
        }
        run.record(rest).unwrap();
        let counts = shelf.reader().counts(&Query { by: Period::Hour, ..Query::default() }).unwrap();
        for count in counts {
            let start = count.from.timestamp();
            let is_in = |&&(frame, _): &&(u64, usize)| {
                let time = at("2026-03-01T10:00:00Z").saturating_add(footfall_ledger::jiff::SignedDuration::from_millis(
                    100 * frame.cast_signed())).unwrap();
                time >= start && time < count.to.timestamp()
            };
            let within: Vec<_> = groups.iter().filter(is_in).collect();
            let people: usize = within.iter().map(|(_, size)| size).sum();
            prop_assert_eq!(count.groups, Some(within.len() as u64));
            let mean = (!within.is_empty()).then(|| people as f64 / within.len() as f64);
            prop_assert_eq!(count.group_size, mean);
        }
        shelf.reader().check().unwrap();
    }
}
