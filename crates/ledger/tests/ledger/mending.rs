//! A ledger that is deleted, replaced or damaged while a program writes it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use footfall_count::Direction::In;
use footfall_ledger::{Cursor, Ledger, Mended, Obstacle, Row, Run, Seq};

use crate::common::{Shelf, camera, crossing, frames};

/// Entries of frames `from` to `to`, one by one.
fn count(run: &Run, from: u64, to: u64) {
    for frame in from..=to {
        run.record(&[crossing(frame, frame, In)]).unwrap();
    }
}

fn obstacle(run: &Run) -> Option<Obstacle> {
    run.record(&[crossing(999, 999, In)]).unwrap_err().obstacle()
}

/// Rows by what they are and where they stand.
fn told(rows: &[Row]) -> Vec<(Seq, String)> {
    rows.iter().map(|row| (row.seq, row.id.to_string())).collect()
}

fn remove(shelf: &Shelf, endings: &[&str]) {
    for ending in endings {
        fs::remove_file(shelf.beside(ending)).unwrap();
    }
}

#[test]
fn a_ledger_that_is_deleted_is_put_back_whole() {
    for endings in [&[""][..], &["", "-wal", "-shm"], &["-wal"], &["-shm"], &["", "-wal", "-shm", ".lock"]] {
        let shelf = Shelf::new();
        let ledger = shelf.open();
        let run = ledger.begin(&camera()).unwrap();
        count(&run, 1, 20);
        Cursor::open(shelf.path(), "mqtt").unwrap().advance(Seq(7)).unwrap();
        let before = shelf.all();
        let reader = shelf.reader();
        remove(&shelf, endings);
        assert_eq!(ledger.look().unwrap_err().obstacle(), Some(Obstacle::Gone), "{endings:?}");
        assert_eq!(obstacle(&run), Some(Obstacle::Gone), "{endings:?}");
        assert_eq!(ledger.mend().unwrap(), Some(Mended::PutBack));
        assert_eq!(ledger.mend().unwrap(), None, "once is enough");
        assert_eq!(fs::metadata(shelf.path()).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(told(&shelf.all()), told(&before), "{endings:?}");
        assert!(!reader.is_current() && shelf.reader().is_current());
        // A reader of the lost file that ends takes nothing of the new one with it.
        count(&run, 21, 22);
        drop(reader);
        count(&run, 23, 25);
        assert_eq!(frames(&shelf.all()), (1..=25).collect::<Vec<_>>(), "{endings:?}");
        assert_eq!(Cursor::open(shelf.path(), "mqtt").unwrap().position(), Seq(7));
        shelf.reader().check().unwrap();
        assert!(matches!(Ledger::open(shelf.path()).err().unwrap(), footfall_ledger::Error::Locked { .. }));
        drop((run, ledger));
        assert_eq!(frames(&shelf.all()), (1..=25).collect::<Vec<_>>(), "{endings:?}");
        shelf.open();
    }
}

#[test]
fn a_ledger_that_is_moved_away_stays_as_it_was_and_the_new_one_has_all() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let run = ledger.begin(&camera()).unwrap();
    count(&run, 1, 5);
    fs::rename(shelf.path(), shelf.beside(".2025")).unwrap();
    assert_eq!(obstacle(&run), Some(Obstacle::Gone));
    assert_eq!(ledger.mend().unwrap(), Some(Mended::PutBack));
    count(&run, 6, 9);
    assert_eq!(frames(&shelf.all()), (1..=9).collect::<Vec<_>>());
}

#[test]
fn a_ledger_whose_folder_is_gone_comes_back_with_the_folder() {
    let shelf = Shelf::new();
    let folder = shelf.beside(".d");
    fs::create_dir(&folder).unwrap();
    let path = folder.join("deep.db");
    let ledger = Ledger::open(&path).unwrap();
    let run = ledger.begin(&camera()).unwrap();
    count(&run, 1, 5);
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(obstacle(&run), Some(Obstacle::Gone));
    let error = ledger.mend().unwrap_err();
    assert!(error.to_string().contains("create it first"), "{error}");
    fs::create_dir(&folder).unwrap();
    assert_eq!(ledger.mend().unwrap(), Some(Mended::PutBack));
    count(&run, 6, 6);
    let reader = footfall_ledger::Reader::open(&path).unwrap();
    assert_eq!(frames(&reader.crossings_after(Seq(0), 99).unwrap()), [1, 2, 3, 4, 5, 6]);
}

/// Copies a ledger while nobody writes it.
fn copy(from: &Path, to: &Path) {
    let connection = rusqlite::Connection::open(from).unwrap();
    connection.execute("VACUUM INTO ?1", [to.to_str().unwrap()]).unwrap();
}

#[test]
fn another_ledger_in_its_place_is_gone_on_with_and_gets_what_the_run_has_counted() {
    let shelf = Shelf::new();
    count(&shelf.open().begin(&camera()).unwrap(), 1, 5);
    let backup = shelf.beside(".backup");
    copy(&shelf.path(), &backup);
    count(&shelf.open().begin(&camera()).unwrap(), 6, 9);
    let ledger = shelf.open();
    let run = ledger.begin(&camera()).unwrap();
    count(&run, 10, 14);
    Cursor::open(shelf.path(), "mqtt").unwrap().advance(Seq(15)).unwrap();
    let last = shelf.reader().last().unwrap();
    // Its log and the log's index stand there still: they must not be taken for the other one's.
    fs::rename(&backup, shelf.path()).unwrap();
    assert_eq!(obstacle(&run), Some(Obstacle::Gone));
    let Some(Mended::Adopted { entries }) = ledger.mend().unwrap() else { panic!("it is a ledger") };
    assert!(entries >= 5);
    count(&run, 15, 16);
    let all = shelf.all();
    assert_eq!(frames(&all), [1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16]);
    assert!(all.iter().filter(|row| row.run > 1).all(|row| row.seq > last), "whoever follows sees them come");
    shelf.reader().check().unwrap();
    assert_eq!(ledger.mend().unwrap(), None);
}

#[test]
fn what_is_no_ledger_in_its_place_is_left_alone_until_somebody_takes_it_away() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let run = ledger.begin(&camera()).unwrap();
    count(&run, 1, 5);
    let list = "a shopping list, and certainly no database at all\n".repeat(99);
    fs::write(shelf.beside(".list"), &list).unwrap();
    fs::rename(shelf.beside(".list"), shelf.path()).unwrap();
    assert_eq!(obstacle(&run), Some(Obstacle::Gone));
    let error = ledger.mend().unwrap_err();
    assert!(error.to_string().contains("not a ledger"), "{error}");
    assert_eq!(fs::read_to_string(shelf.path()).unwrap(), list);
    remove(&shelf, &[""]);
    assert_eq!(ledger.mend().unwrap(), Some(Mended::PutBack));
    count(&run, 6, 6);
    assert_eq!(frames(&shelf.all()), [1, 2, 3, 4, 5, 6]);
}

/// Overwrites a part of the file's middle with nonsense, or its beginning.
fn damage(path: &Path, beginning: bool) {
    let mut bytes = fs::read(path).unwrap();
    let tenth = bytes.len() / 10;
    let place = if beginning { 0..100 } else { 4 * tenth..6 * tenth };
    bytes[place].fill(0xA5);
    fs::write(path, bytes).unwrap();
}

fn aside(mended: Mended) -> (std::path::PathBuf, u64) {
    match mended {
        Mended::Renewed { aside, rescued } => (aside, rescued),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_damaged_ledger_is_set_aside_and_the_new_one_has_what_could_be_read() {
    let shelf = Shelf::new();
    let entries: Vec<_> = (1..=4000).map(|frame| crossing(frame, frame, In)).collect();
    shelf.open().begin(&camera()).unwrap().record(&entries).unwrap();
    let ledger = shelf.open();
    let run = ledger.begin(&camera()).unwrap();
    count(&run, 5001, 5001);
    Cursor::open(shelf.path(), "mqtt").unwrap().advance(Seq(4000)).unwrap();
    let last = shelf.reader().last().unwrap();
    let checkpoint = rusqlite::Connection::open(shelf.path()).unwrap();
    checkpoint.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(checkpoint);
    damage(&shelf.path(), false);
    let problem = shelf.reader().look_through().unwrap_err();
    ledger.report_damage(&problem.to_string());
    assert_eq!(obstacle(&run), Some(Obstacle::Damaged));
    let (aside, rescued) = aside(ledger.mend().unwrap().unwrap());
    assert!(aside.exists() && aside.to_str().unwrap().contains("shop.db.damaged-"));
    assert!((1000..4001).contains(&rescued), "{rescued} of 4001 entries");
    run.record(&[crossing(5002, 1, In)]).unwrap();
    let all = shelf.all();
    assert_eq!(all.last().unwrap().seq.0, last.0 + 1, "numbers go on");
    assert_eq!(frames(&all).last(), Some(&5002));
    shelf.reader().check().unwrap();
    assert_eq!(Cursor::open(shelf.path(), "mqtt").unwrap().position(), Seq(4000));
}

#[test]
fn one_that_is_too_damaged_to_be_opened_is_begun_anew() {
    for beginning in [true, false] {
        let shelf = Shelf::new();
        let entries: Vec<_> = (1..=300).map(|frame| crossing(frame, frame, In)).collect();
        shelf.open().begin(&camera()).unwrap().record(&entries).unwrap();
        let checkpoint = rusqlite::Connection::open(shelf.path()).unwrap();
        checkpoint.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        drop(checkpoint);
        if beginning {
            damage(&shelf.path(), true);
        } else {
            // The first page has the tables' names.
            let mut bytes = fs::read(shelf.path()).unwrap();
            bytes[100..4096].fill(0xA5);
            fs::write(shelf.path(), bytes).unwrap();
        }
        let error = Ledger::open(shelf.path()).err().unwrap();
        assert_eq!(error.obstacle(), Some(Obstacle::Damaged), "{error}");
        let (aside, _) = aside(Ledger::renew(shelf.path()).unwrap());
        assert!(aside.exists());
        count(&shelf.open().begin(&camera()).unwrap(), 1, 3);
        assert_eq!(frames(&shelf.all()), [1, 2, 3]);
    }
}
