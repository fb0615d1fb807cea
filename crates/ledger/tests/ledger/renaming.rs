//! Lines that get other names: their history goes on.

use std::collections::BTreeMap;

use footfall_count::Direction::{self, In, Out};
use footfall_count::Role;
use footfall_ledger::{
    CrossingEntry, Drawn, Ending, Entry, Error, Event, Ledger, Place, PlaceKind, Query, Reader, RunInfo,
};
use rusqlite::Connection;
use serde_json::Map;

use crate::common::{Shelf, camera, digest, recording, seconds};

const LEFT: [[f64; 2]; 2] = [[100.0, 500.0], [100.0, 0.0]];
const RIGHT: [[f64; 2]; 2] = [[600.0, 500.0], [600.0, 0.0]];

/// A line through these points, counted in a way that does not depend on its name.
fn line(name: &str, points: [[f64; 2]; 2]) -> Place {
    let config = digest(&format!("{name} {points:?}"));
    let unnamed = Some(digest(&format!("{points:?}")));
    Place { unnamed, points: points.to_vec(), ..Place::new(PlaceKind::Line, name, config) }
}

fn with(info: RunInfo, places: &[Place]) -> RunInfo {
    RunInfo { places: places.to_vec(), ..info }
}

fn pass(line: &str, frame: u64, direction: Direction) -> Entry {
    Entry::Crossing(CrossingEntry {
        line: line.into(),
        direction,
        track: frame,
        frame,
        time: seconds(frame),
        detail: Map::new(),
    })
}

/// People in and out over each line, by each question that tells of lines; all of them agree.
fn counted(reader: &Reader) -> BTreeMap<String, (u64, u64)> {
    let mut by_report = BTreeMap::<String, (u64, u64)>::new();
    for count in reader.counts(&Query { per_line: true, ..Query::default() }).unwrap() {
        let sums = by_report.entry(count.line.unwrap()).or_default();
        *sums = (sums.0 + count.entered, sums.1 + count.left);
    }
    let totals = reader.totals().unwrap().1;
    let by_total: BTreeMap<_, _> =
        totals.into_iter().map(|total| (total.line, (total.tally.entered, total.tally.left))).collect();
    let mut by_tally = BTreeMap::<String, (u64, u64)>::new();
    let mut by_row = by_tally.clone();
    let add = |tally: footfall_ledger::PeriodTally| {
        let sums = by_tally.entry(tally.line).or_default();
        *sums = (sums.0 + tally.tally.entered, sums.1 + tally.tally.left);
        Ok::<_, Error>(())
    };
    reader.each_tally(&Query::default(), add).unwrap();
    for row in reader.last_crossings(1000).unwrap() {
        let Event::Crossing { line, direction, .. } = row.event else { unreachable!("{row:?}") };
        let sums = by_row.entry(line).or_default();
        *sums = (sums.0 + u64::from(direction == In), sums.1 + u64::from(direction == Out));
    }
    assert_eq!((&by_report, &by_report, &by_report), (&by_total, &by_tally, &by_row));
    reader.check().unwrap();
    by_report
}

fn expect(shelf: &Shelf, ledger: &Ledger, lines: &[(&str, u64, u64)]) {
    let expected = lines.iter().map(|&(name, entered, left)| (name.to_owned(), (entered, left))).collect();
    assert_eq!(counted(&shelf.reader()), expected);
    ledger.rebuild().unwrap();
    assert_eq!(counted(&shelf.reader()), expected, "made anew from the entries");
}

#[test]
fn a_line_that_is_renamed_while_it_is_counted_is_one_under_its_newest_name() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let run = ledger.begin(&with(camera(), &[line("door", LEFT), line("back", RIGHT)])).unwrap();
    run.record(&[pass("door", 1, In), pass("back", 2, In), pass("door", 3, Out)]).unwrap();
    let renamed = run.redraw(&[line("front", LEFT), line("back", RIGHT)]).unwrap();
    assert_eq!(renamed.len(), 1);
    // What was decided late comes under the former name.
    run.record(&[pass("door", 4, In), pass("front", 5, In)]).unwrap();
    expect(&shelf, &ledger, &[("back", 1, 0), ("front", 3, 1)]);
    let reader = shelf.reader();
    assert_eq!(reader.places(PlaceKind::Line).unwrap(), ["back", "front"]);
    assert_eq!(reader.names_today(PlaceKind::Line, &["door".into()]).unwrap(), ["front"]);
    assert_eq!(reader.drawn().unwrap()["door camera"].len(), 2);

    // Another one is called so now, and two change names.
    run.redraw(&[line("front", LEFT), line("back", RIGHT), line("door", [[1.0, 1.0], [9.0, 9.0]])]).unwrap();
    run.record(&[pass("door", 6, Out)]).unwrap();
    expect(&shelf, &ledger, &[("back", 1, 0), ("door", 0, 1), ("front", 3, 1)]);
    run.redraw(&[line("back", LEFT), line("front", RIGHT), line("door", [[1.0, 1.0], [9.0, 9.0]])]).unwrap();
    run.record(&[pass("front", 7, Out), pass("back", 8, In)]).unwrap();
    expect(&shelf, &ledger, &[("back", 4, 1), ("door", 0, 1), ("front", 1, 1)]);
    run.redraw(&[line("front", LEFT), line("back", RIGHT)]).unwrap();
    expect(&shelf, &ledger, &[("back", 1, 1), ("door", 0, 1), ("front", 4, 1)]);
}

#[test]
fn a_line_that_was_renamed_in_the_file_meanwhile_is_known_again_by_where_it_lies() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let run = ledger.begin(&with(camera(), &[line("door", LEFT)])).unwrap();
    run.record(&[pass("door", 1, In)]).unwrap();
    run.end(Ending::Stopped).unwrap();
    shelf.clock.pass(60);
    // Renamed, and an end of it moved a little.
    let touched = [[100.0, 490.0], [104.0, 3.0]];
    let run = ledger.begin(&with(camera(), &[line("gate", touched)])).unwrap();
    run.record(&[pass("gate", 1, In)]).unwrap();
    expect(&shelf, &ledger, &[("gate", 2, 0)]);
    run.redraw(&[line("gate", RIGHT)]).unwrap();
    run.record(&[pass("gate", 2, Out)]).unwrap();
    expect(&shelf, &ledger, &[("gate", 2, 1)]);
    run.redraw(&[line("new", LEFT)]).unwrap();
    run.record(&[pass("new", 3, In)]).unwrap();
    expect(&shelf, &ledger, &[("gate", 2, 1), ("new", 1, 0)]);
}

#[test]
fn a_history_that_was_split_before_is_put_together_by_hand() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let run = ledger.begin(&with(camera(), &[])).unwrap();
    run.record(&[pass("door", 1, In), pass("front", 2, In), pass("door", 3, Out)]).unwrap();
    assert!(!ledger.rename("door camera", PlaceKind::Line, "dor", "front").unwrap());
    assert!(!ledger.rename("other", PlaceKind::Line, "door", "front").unwrap());
    assert!(ledger.rename("door camera", PlaceKind::Line, "door", "front").unwrap());
    run.record(&[pass("front", 4, In)]).unwrap();
    expect(&shelf, &ledger, &[("front", 3, 1)]);
    assert!(ledger.rename("door camera", PlaceKind::Line, "front", "main").unwrap());
    expect(&shelf, &ledger, &[("main", 3, 1)]);
}

#[test]
fn a_recording_counted_again_over_a_line_of_another_name_adds_nothing() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let count = |lines: &[Place], name: &str| {
        let run = ledger.begin(&with(recording(), lines)).unwrap();
        run.record(&[pass(name, 1, In), pass(name, 2, Out)]).unwrap()
    };
    assert_eq!(count(&[line("door", LEFT)], "door").added, 2);
    for name in ["front", "gate", "gate", "door"] {
        let recorded = count(&[line(name, LEFT)], name);
        assert_eq!((recorded.added, recorded.known), (0, 2), "{name}");
        expect(&shelf, &ledger, &[(name, 1, 1)]);
    }
    // Counted in another way, it is refused under another name too, and replaced when asked to.
    let other = Place { unnamed: Some(digest("other")), ..line("front", LEFT) };
    let info = with(recording(), &[other]);
    assert!(matches!(ledger.begin(&info), Err(Error::CountedOtherwise(_))));
    let run = ledger.begin(&RunInfo { recount: true, ..info }).unwrap();
    assert_eq!(run.record(&[pass("front", 7, In)]).unwrap().added, 1);
    expect(&shelf, &ledger, &[("front", 1, 0)]);
}

#[test]
fn what_a_line_is_for_goes_with_its_new_name() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let run = ledger.begin(&with(camera(), &[line("door", LEFT), line("till", RIGHT)])).unwrap();
    let lines = [("door".to_owned(), Role::Entrance), ("till".to_owned(), Role::Inner)].into();
    run.draw(&Drawn { lines, drop_removed: false }).unwrap();
    run.record(&[pass("door", 1, In), pass("till", 2, In)]).unwrap();
    let in_all = |shelf: &Shelf| shelf.reader().counts(&Query::default()).unwrap()[0].entered;
    assert_eq!(in_all(&shelf), 1, "an inner line is in no total");
    run.redraw(&[line("door", LEFT), line("counter", RIGHT)]).unwrap();
    assert_eq!(in_all(&shelf), 1);
    assert!(ledger.rename("door camera", PlaceKind::Line, "counter", "desk").unwrap());
    assert_eq!(in_all(&shelf), 1);
    let of_source = Query { per_source: true, ..Query::default() };
    assert_eq!(shelf.reader().counts(&of_source).unwrap()[0].entered, 1);
    expect(&shelf, &ledger, &[("desk", 1, 0), ("door", 1, 0)]);
}

#[test]
fn people_with_the_sqlite_shell_see_the_newest_name() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let run = ledger.begin(&with(camera(), &[line("door", LEFT)])).unwrap();
    run.record(&[pass("door", 1, In)]).unwrap();
    run.redraw(&[line("front", LEFT)]).unwrap();
    let connection = Connection::open(shelf.path()).unwrap();
    let name: String = connection.query_row("SELECT line FROM crossing", [], |row| row.get(0)).unwrap();
    assert_eq!(name, "front");
}
