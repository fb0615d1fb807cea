//! Which lines are in the totals.

use footfall_count::Direction::{self, In, Out};
use footfall_count::Role::{Entrance, Inner};
use footfall_count::{Role, Tally};
use footfall_ledger::{CrossingEntry, Drawn, Entry, Period, Query, Range, Run, RunInfo, Standing};

use crate::common::{Shelf, at, camera, seconds};

fn passes(line: &str, frame: u64, direction: Direction) -> Entry {
    Entry::Crossing(CrossingEntry {
        line: line.into(),
        direction,
        track: frame,
        frame,
        time: seconds(frame),
        detail: serde_json::Map::new(),
    })
}

fn drawn<const N: usize>(lines: [(&str, Role); N]) -> Drawn {
    let lines = lines.into_iter().map(|(name, role)| (name.to_owned(), role)).collect();
    Drawn { lines, drop_removed: false }
}

/// In, out and occupancy over everything.
fn totals(shelf: &Shelf, lines: &[&str]) -> (u64, u64, u64) {
    let query = Query { lines: lines.iter().map(|&line| line.to_owned()).collect(), ..Query::default() };
    let counts = shelf.reader().counts(&query).unwrap();
    let sum = |of: fn(&footfall_ledger::Count) -> u64| counts.iter().map(of).sum();
    let inside = shelf.reader().inside(&query, at("2026-11-24T23:00:00Z")).unwrap();
    assert_eq!(counts.last().map(|count| count.occupancy), Some(inside), "two ways to the same number");
    (sum(|count| count.entered), sum(|count| count.left), inside)
}

/// Three come in at the door and one leaves; two pass the till, and all who are counted there come back.
fn shop(shelf: &Shelf) -> Run {
    let run = shelf.open().begin(&camera()).unwrap();
    let door = [1, 2, 3].map(|frame| passes("door", frame, In));
    let till = [4, 5].map(|frame| passes("till", frame, In));
    run.scene(seconds(9), &[&door[..], &till, &[passes("door", 8, Out)]].concat()).unwrap();
    run
}

#[test]
fn a_line_within_the_place_is_counted_for_itself_alone() {
    let shelf = Shelf::new();
    let run = shop(&shelf);
    assert_eq!(totals(&shelf, &[]), (5, 1, 4), "nobody has said what the lines are for: entrances");
    run.draw(&drawn([("door", Entrance), ("till", Inner)])).unwrap();
    assert_eq!(totals(&shelf, &[]), (3, 1, 2));
    assert_eq!(totals(&shelf, &["till"]), (2, 0, 2), "who asks for it gets it");
    assert_eq!(totals(&shelf, &["door", "till"]), (5, 1, 4));
    let each = Query { per_line: true, by: Period::Day, ..Query::default() };
    let rows = shelf.reader().counts(&each).unwrap();
    let rows: Vec<_> =
        rows.iter().map(|row| (row.line.as_deref().unwrap_or_default(), row.entered)).collect();
    assert_eq!(rows, [("door", 3), ("till", 2)]);
    let mut told = Vec::new();
    let query = Query { range: Range::default(), ..Query::default() };
    let tell = |tally: footfall_ledger::PeriodTally| {
        told.push((tally.line, tally.tally, tally.standing));
        Ok::<_, footfall_ledger::Error>(())
    };
    shelf.reader().each_tally(&query, tell).unwrap();
    let standing = |role, in_total| Standing { role, in_total };
    let expected = [
        ("door".to_owned(), Tally { entered: 3, left: 1 }, standing(Entrance, true)),
        ("till".to_owned(), Tally { entered: 2, left: 0 }, standing(Inner, false)),
    ];
    assert_eq!(told, expected);
    run.draw(&drawn([("door", Entrance), ("till", Entrance)])).unwrap();
    assert_eq!(totals(&shelf, &[]), (5, 1, 4), "an owner may think again");
}

#[test]
fn a_line_that_is_removed_stays_in_the_totals_or_leaves_them() {
    let shelf = Shelf::new();
    let run = shop(&shelf);
    run.draw(&drawn([("door", Entrance), ("till", Inner)])).unwrap();
    run.draw(&drawn([("gate", Entrance)])).unwrap();
    assert_eq!(totals(&shelf, &[]), (3, 1, 2), "people did come in at the door; the till never counted");
    run.draw(&Drawn { drop_removed: true, ..drawn([("gate", Entrance)]) }).unwrap();
    assert_eq!(totals(&shelf, &[]), (0, 0, 0));
    assert_eq!(totals(&shelf, &["door"]), (3, 1, 2), "nothing is lost");
    run.draw(&drawn([("gate", Entrance)])).unwrap();
    assert_eq!(totals(&shelf, &[]), (3, 1, 2), "another setting brings them back");
}

#[test]
fn lines_of_one_name_at_two_sources_each_have_a_role() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let other = RunInfo { source: "back".into(), ..camera() };
    for (info, role) in [(camera(), Entrance), (other, Inner)] {
        let run = ledger.begin(&info).unwrap();
        run.scene(seconds(2), &[passes("door", 1, In)]).unwrap();
        run.draw(&drawn([("door", role)])).unwrap();
    }
    assert_eq!(totals(&shelf, &[]), (1, 0, 1));
    let mut roles = Vec::new();
    let tell = |tally: footfall_ledger::PeriodTally| {
        roles.push((tally.source, tally.standing.role));
        Ok::<_, footfall_ledger::Error>(())
    };
    shelf.reader().each_tally(&Query::default(), tell).unwrap();
    roles.sort();
    assert_eq!(roles, [("back".to_owned(), Inner), ("door camera".to_owned(), Entrance)]);
}
