//! Ledgers of earlier programs.

use footfall_ledger::{
    CrossingEntry, Cursor, Drawn, Ending, Entry, Error, Event, Kind, Ledger, Period, Place, PlaceKind, Query,
    Range, Reader, Row, RunInfo, Seq,
};
use rusqlite::{Connection, params};

use crate::common::{Shelf, at, camera, crossing, digest, group, recording};
use footfall_count::{Direction::In, Role};

const V1: &str = include_str!("../../src/schema/v1.sql");
/// "Foot" in ASCII.
const APPLICATION_ID: i64 = 0x466f_6f74;

/// A ledger as the first version made it: a recording with a line and a zone of one name, a camera's run
/// that was killed, entries of every kind, a publisher half way through, and something expired.
fn old(shelf: &Shelf) -> Connection {
    let connection = Connection::open(shelf.path()).unwrap();
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL").unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.execute_batch(V1).unwrap();
    connection.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    let (start, content) = (1_772_359_200_000_000_i64, digest("pixels"));
    let rows = [
        format!("INSERT INTO source VALUES (1, 'sha256:{content}', 'monday.mp4', 1, {start})"),
        "INSERT INTO source VALUES (2, 'live:door camera', 'door camera', 0, NULL)".to_owned(),
        format!("INSERT INTO run VALUES (1, x'01', 1, 5, {start}, {start}, 9, 'done', '0.1.0', 'c')"),
        "INSERT INTO run VALUES (2, x'02', 2, 7, 7, 8, NULL, NULL, '0.1.0', 'c')".to_owned(),
        format!("INSERT INTO place VALUES (1, 'door', '{}', '0.1.0')", digest("door")),
        format!("INSERT INTO place VALUES (1, 'zone:door', '{}', '0.1.0')", digest("zone")),
        "INSERT INTO expired VALUES (1, 3)".to_owned(),
        "INSERT INTO cursor VALUES ('mqtt', 2, 6)".to_owned(),
    ];
    for row in rows {
        connection.execute(&row, []).unwrap();
    }
    let entries = [
        (1, "crossing", None, "door", Some("in")),
        (1, "visit", Some(start + 9), "door", None),
        (2, "health", None, "covered", Some("raised")),
        (2, "uncounted", Some(start + 5), "stopped", None),
    ];
    for (number, (run, kind, until, name, direction)) in (1_i64..).zip(entries) {
        let id = identity(name, kind);
        let sql =
            "INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 4, 12, 1100000, '{\"point\":[1,2]}')";
        let values = params![10 * number, id, run, kind, start, until, name, direction];
        connection.execute(sql, values).unwrap();
    }
    connection
}

/// Sixteen bytes for an entry of this name and kind.
fn identity(name: &str, kind: &str) -> Vec<u8> {
    digest(&format!("{kind} {name}")).as_bytes()[..16].to_vec()
}

fn kind(row: &Row) -> Kind {
    match row.event {
        Event::Crossing { .. } => Kind::Crossing,
        Event::Visit { .. } => Kind::Visit,
        Event::Health { .. } => Kind::Health,
        Event::Uncounted { .. } => Kind::Uncounted,
        Event::Group { .. } => Kind::Group,
    }
}

fn version(shelf: &Shelf) -> i64 {
    let connection = Connection::open(shelf.path()).unwrap();
    connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_ledger_of_the_first_version_is_brought_forward_with_all_that_is_in_it() {
    let shelf = Shelf::new();
    drop(old(&shelf));
    let rows = shelf.all();
    let seqs: Vec<_> = rows.iter().map(|row| row.seq).collect();
    assert_eq!(seqs, [10, 20, 30, 40].map(Seq));
    let kinds: Vec<_> = rows.iter().map(kind).collect();
    assert_eq!(kinds, Kind::ALL[..4], "groups came later");
    assert!(matches!(&rows[0].event, Event::Crossing { line, direction: In, .. } if line == "door"));
    assert_eq!(rows[0].id.as_bytes().as_slice(), identity("door", "crossing"));
    assert!(rows.iter().all(|row| row.detail["point"] == serde_json::json!([1, 2]) && row.time == 1.1));
    let reader = shelf.reader();
    reader.check().unwrap();
    assert_eq!(reader.runs().unwrap().len(), 2);
    for kind in [PlaceKind::Line, PlaceKind::Zone] {
        assert_eq!(reader.places(kind).unwrap(), ["door"]);
    }
    assert_eq!(Cursor::open(shelf.path(), "mqtt").unwrap().position(), Seq(2));
    assert!(version(&shelf) > 1);
    let connection = Connection::open(shelf.path()).unwrap();
    let expired: i64 = connection.query_row("SELECT before FROM expired", [], |row| row.get(0)).unwrap();
    assert_eq!(expired, 3);
    let views = "SELECT (SELECT count(*) FROM crossing), (SELECT count(*) FROM visit)";
    let views = connection.query_row(views, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(views, (1, 1));
}

#[test]
fn a_recording_that_was_counted_before_the_migration_is_known_after_it() {
    let shelf = Shelf::new();
    drop(old(&shelf));
    let zone = |text| Place::new(PlaceKind::Zone, "door", digest(text));
    let with = |zone: Place| {
        let mut info = recording();
        info.places.push(zone);
        info
    };
    let ledger = shelf.open();
    ledger.begin(&with(zone("zone"))).unwrap().end(Ending::Done).unwrap();
    assert!(matches!(ledger.begin(&with(zone("another"))), Err(Error::CountedOtherwise(_))));
    let run = ledger.begin(&camera()).unwrap();
    run.record(&[crossing(1, 1, In)]).unwrap();
    assert_eq!(shelf.all().last().unwrap().seq, Seq(42), "the sequence goes on, with the gap since then");
    let recount = RunInfo { recount: true, ..with(zone("another")) };
    ledger.begin(&recount).unwrap();
    assert_eq!(shelf.all().iter().filter(|row| kind(row) == Kind::Visit).count(), 0);
}

#[test]
fn a_migration_that_fails_leaves_the_old_ledger_as_it_was() {
    let shelf = Shelf::new();
    let connection = old(&shelf);
    // In the way of what the migration makes last.
    connection.execute_batch("CREATE TABLE visit (id INTEGER)").unwrap();
    for error in [Ledger::open(shelf.path()).err(), Reader::open(shelf.path()).err()] {
        let error = error.unwrap().to_string();
        assert!(error.contains("shop.db") && error.contains("to this program's version"), "{error}");
    }
    assert_eq!(version(&shelf), 1);
    let places = "SELECT group_concat(name) FROM (SELECT name FROM place ORDER BY name)";
    let places: String = connection.query_row(places, [], |row| row.get(0)).unwrap();
    assert_eq!(places, "door,zone:door");
    connection.execute_batch("DROP TABLE visit").unwrap();
    assert_eq!(shelf.all().len(), 4);
}

/// As version 5 had it.
const SPOT_OF_V5: &str = "
    DROP VIEW company; DROP VIEW crossing; DROP VIEW visit;
    CREATE TABLE old_spot (
        id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 1048575),
        source INTEGER NOT NULL REFERENCES source (id),
        kind TEXT NOT NULL CHECK (kind IN ('line', 'zone', 'gap')),
        name TEXT NOT NULL,
        entries INTEGER NOT NULL,
        entered INTEGER NOT NULL,
        \"left\" INTEGER NOT NULL,
        UNIQUE (source, kind, name)
    ) STRICT;
    INSERT INTO old_spot SELECT id, source, kind, name, entries, entered, \"left\" FROM spot;
    DROP TABLE spot;
    ALTER TABLE old_spot RENAME TO spot;
    DROP TABLE drawn; DROP TABLE renamed; DROP TABLE called; DROP TABLE mark; DROP TABLE sale;
    CREATE VIEW crossing AS SELECT 1; CREATE VIEW visit AS SELECT 1;
    ALTER TABLE place DROP COLUMN outline; ALTER TABLE place DROP COLUMN unnamed;
    ALTER TABLE place DROP COLUMN first; ALTER TABLE place DROP COLUMN present;
    DROP INDEX quarter_with_companies; ALTER TABLE quarter DROP COLUMN companies;
    DROP TABLE lineage; DROP INDEX crossing_twice; DROP INDEX crossing_in_order;
    ALTER TABLE event DROP COLUMN twice;
    CREATE INDEX crossing_in_order ON event (seq, utc) WHERE kind = 'crossing' AND NOT staff; PRAGMA user_version = 5";

#[test]
fn sums_that_were_kept_before_lines_had_names_apart_stay_what_they_are() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let run = ledger.begin(&camera()).unwrap();
    let entries: Vec<_> = (1..2000).map(|frame| crossing(frame, frame, In)).collect();
    run.record(&entries).unwrap();
    run.end(Ending::Done).unwrap();
    let (counts, rows) = (shelf.reader().counts(&Query::default()).unwrap(), shelf.all());
    drop((run, ledger));
    Connection::open(shelf.path()).unwrap().execute_batch(SPOT_OF_V5).unwrap();
    let reader = shelf.reader();
    assert_eq!((reader.counts(&Query::default()).unwrap(), shelf.all()), (counts, rows));
    reader.check().unwrap();
    // And the line that they are of may have another name from now on.
    assert!(shelf.open().rename("door camera", PlaceKind::Line, "door", "front").unwrap());
    assert_eq!(reader.totals().unwrap().1[0].line, "front");
    reader.check().unwrap();
}

/// As versions 6 to 8 were where a ledger was made with version 6 as it first was.
const DRAWN_WITH_PRESENT: &str = "
    DROP TABLE drawn;
    CREATE TABLE drawn (
        source INTEGER NOT NULL REFERENCES source (id),
        line TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('entrance', 'inner')),
        present INTEGER NOT NULL CHECK (present IN (0, 1)),
        total INTEGER NOT NULL CHECK (total IN (0, 1)),
        PRIMARY KEY (source, line)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO drawn SELECT id, 'shelf', 'inner', 1, 0 FROM source;
    DROP TABLE lineage; DROP INDEX crossing_twice; DROP INDEX crossing_in_order;
    ALTER TABLE event DROP COLUMN twice;
    CREATE INDEX crossing_in_order ON event (seq, utc) WHERE kind = 'crossing' AND NOT staff; PRAGMA user_version = 8";

#[test]
fn lines_are_drawn_in_a_ledger_that_has_kept_whether_they_are_present() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    ledger.begin(&camera()).unwrap().end(Ending::Done).unwrap();
    drop(ledger);
    Connection::open(shelf.path()).unwrap().execute_batch(DRAWN_WITH_PRESENT).unwrap();
    let ledger = shelf.open();
    let run = ledger.begin(&camera()).unwrap();
    run.draw(&Drawn { lines: [("door".to_owned(), Role::Entrance)].into(), drop_removed: false }).unwrap();
    run.record(&[crossing(1, 1, In)]).unwrap();
    run.end(Ending::Done).unwrap();
    let rows =
        "SELECT group_concat(line || ' ' || role || ' ' || total) FROM (SELECT * FROM drawn ORDER BY line)";
    let connection = Connection::open(shelf.path()).unwrap();
    let rows: String = connection.query_row(rows, [], |row| row.get(0)).unwrap();
    assert_eq!(rows, "door entrance 1,shelf inner 0");
    shelf.reader().check().unwrap();
}

#[test]
fn sums_that_were_kept_before_groups_were_told_stay_and_groups_come_beside_them() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let run = ledger.begin(&camera()).unwrap();
    let entries: Vec<_> = (1..2000).map(|frame| crossing(frame, frame, In)).collect();
    run.record(&entries).unwrap();
    run.end(Ending::Done).unwrap();
    drop((run, ledger));
    let connection = Connection::open(shelf.path()).unwrap();
    connection.execute_batch(V7_OF_V8).unwrap();
    drop(connection);
    let counts = shelf.reader().counts(&Query::default()).unwrap();
    assert_eq!(counts.iter().map(|count| count.entered).sum::<u64>(), 1999);
    assert!(counts.iter().all(|count| (count.groups, count.group_size) == (None, None)));
    assert_eq!(version(&shelf), i64::from(footfall_ledger::TABLES));
    let run = shelf.open().begin(&camera()).unwrap();
    run.record(&[crossing(1, 1, In), crossing(2, 2, In), group(1, &[1, 2]), group(9, &[3])]).unwrap();
    let day = Query { by: Period::Day, ..Query::default() };
    let last = shelf.reader().counts(&day).unwrap().pop().unwrap();
    assert_eq!((last.groups, last.group_size), (Some(2), Some(1.5)));
    shelf.reader().check().unwrap();
}

/// Takes away what version 8 has added.
const V7_OF_V8: &str = "
    DROP VIEW company; DROP INDEX quarter_with_companies; ALTER TABLE quarter DROP COLUMN companies;
    DROP TABLE lineage; DROP INDEX crossing_twice; DROP INDEX crossing_in_order;
    ALTER TABLE event DROP COLUMN twice;
    CREATE INDEX crossing_in_order ON event (seq, utc) WHERE kind = 'crossing' AND NOT staff; PRAGMA user_version = 7";

#[test]
fn a_ledger_that_another_program_writes_is_not_brought_forward_under_it() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let connection = Connection::open(shelf.path()).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    assert!(matches!(Reader::open(shelf.path()), Err(Error::Locked { .. })));
    drop(ledger);
}

#[test]
fn details_that_say_nothing_stop_no_migration_and_no_count() {
    let shelf = Shelf::new();
    let connection = old(&shelf);
    let sql = "INSERT INTO event (identity, run, kind, utc, name, direction, track, frame, time, detail)
               VALUES (?1, 1, 'crossing', 1772359200000000, 'door', ?2, 1, 1, 0, ?3)";
    let details = ["no JSON", "{\"confidence\":\"high\",\"coming\":{}}", "{\"confidence\":1}", "[]"];
    for (detail, direction) in details.into_iter().zip([Some("in"), Some("in"), None, Some("in")]) {
        connection.execute(sql, params![identity(detail, "odd"), direction, detail]).unwrap();
    }
    drop(connection);
    let range = Range { from: Some(at("2026-03-01T10:00:00Z")), to: None };
    let counts = shelf.reader().counts(&Query { range, ..Query::default() }).unwrap();
    assert_eq!((counts[0].entered, counts[0].left, counts[0].entered_doubt), (4, 1, 0.0));
    shelf.reader().check().unwrap();
}

#[test]
fn the_ledger_as_it_was_lies_beside_it_until_this_version_has_counted() {
    let shelf = Shelf::new();
    drop(old(&shelf));
    let copy = shelf.beside(".version-1");
    // What a program has left that was killed while it copied.
    std::fs::write(shelf.beside(".version-1.partial"), "half").unwrap();
    let ledger = shelf.open();
    assert!(!shelf.beside(".version-1.partial").exists());
    let was = Connection::open(&copy).unwrap();
    let number = |sql: &str| was.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(number("PRAGMA user_version"), 1);
    assert_eq!(number("PRAGMA application_id"), APPLICATION_ID);
    assert_eq!(number("SELECT count(*) FROM event"), 4);
    drop(was);
    // Whoever only looks at it, or begins and sees no frame, does not take it away.
    drop(ledger.begin(&camera()).unwrap());
    drop(ledger);
    drop(shelf.open());
    assert!(copy.exists());
    let ledger = shelf.open();
    ledger.begin(&camera()).unwrap().scene(crate::common::seconds(1), &[crossing(1, 1, In)]).unwrap();
    drop(ledger);
    assert!(copy.exists(), "it goes at the next start");
    drop(shelf.open());
    assert!(!copy.exists());
    assert_eq!(shelf.all().iter().filter(|row| kind(row) == Kind::Crossing).count(), 2);
}

#[test]
fn a_ledger_that_cannot_be_copied_is_not_brought_forward() {
    let shelf = Shelf::new();
    drop(old(&shelf));
    std::fs::create_dir(shelf.beside(".version-1")).unwrap();
    let error = Ledger::open(shelf.path()).err().unwrap().to_string();
    assert!(error.contains("keep a copy of the ledger"), "{error}");
    assert_eq!(version(&shelf), 1);
    assert!(!shelf.beside(".version-1.partial").exists());
}

#[test]
fn sums_of_version_11_are_made_anew_with_who_was_hidden() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let run = ledger.begin(&camera()).unwrap();
    let unsure = |frame| {
        let mut entry = crossing(frame, frame, In);
        let Entry::Crossing(CrossingEntry { detail, .. }) = &mut entry else { unreachable!() };
        detail.insert("confidence".into(), 0.75.into());
        detail.insert("hidden".into(), 0.5.into());
        entry
    };
    let entries: Vec<_> = (1..200).map(unsure).collect();
    run.record(&entries).unwrap();
    run.end(Ending::Done).unwrap();
    let counts = shelf.reader().counts(&Query::default()).unwrap();
    drop((run, ledger));
    let sum = |of: fn(&footfall_ledger::Count) -> f64| counts.iter().map(of).sum::<f64>();
    assert_eq!((sum(|c| c.entered_doubt), sum(|c| c.entered_hidden)), (49.75, 99.5));
    // As that version had them: a confidence of eight bytes.
    let old = Connection::open(shelf.path()).unwrap();
    let mut sealed: Vec<(i64, Vec<u8>)> = {
        let mut quarters = old.prepare("SELECT start, crossings FROM quarter").unwrap();
        let rows = quarters.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    for (start, crossings) in &mut sealed {
        for mark in crossings.chunks_mut(16) {
            mark[8..].copy_from_slice(&0.75_f64.to_le_bytes());
        }
        old.execute("UPDATE quarter SET crossings = ?2 WHERE start = ?1", (*start, &*crossings)).unwrap();
    }
    assert!(!sealed.is_empty());
    old.pragma_update(None, "user_version", 11).unwrap();
    drop(old);
    let reader = shelf.reader();
    assert_eq!(reader.counts(&Query::default()).unwrap(), counts);
    reader.check().unwrap();
}
