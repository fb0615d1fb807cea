//! What cannot be done says what, where and what to do.

use std::fs;
use std::os::unix::fs::symlink;

use footfall_count::Direction::In;
use footfall_ledger::{Error, Ledger, Obstacle, Reader};

use crate::common::{Shelf, camera, crossing};

#[test]
fn one_program_writes_and_others_read() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    ledger.begin(&camera()).unwrap().record(&[crossing(1, 1, In)]).unwrap();
    let error = Ledger::open(shelf.path()).err().unwrap();
    let process = format!("process {}", std::process::id());
    assert!(matches!(&error, Error::Locked { holder, .. } if *holder == process), "{error}");
    assert_eq!(shelf.all().len(), 1);
    drop(ledger);
    shelf.open();
}

#[test]
fn one_file_under_several_names_has_one_writer() {
    let shelf = Shelf::new();
    let (linked, named) = (shelf.beside(".link"), shelf.beside(".name"));
    symlink(shelf.path(), &linked).unwrap();
    let first = Ledger::open(&linked).unwrap();
    assert!(shelf.path().exists(), "a link may lead to what is not there yet");
    fs::hard_link(shelf.path(), &named).unwrap();
    for name in [shelf.path(), linked.clone(), named.clone()] {
        let error = Ledger::open(&name).err().unwrap();
        assert!(matches!(error, Error::Locked { .. }), "{}: {error}", name.display());
    }
    assert!(Ledger::is_written(shelf.path()).unwrap() && Ledger::is_written(&linked).unwrap());
    drop(first);
    assert!(!Ledger::is_written(&linked).unwrap());
    drop(Ledger::open(&named).unwrap());
    drop(Ledger::open(shelf.path()).unwrap());
}

#[test]
fn another_program_that_holds_the_database_is_an_error_that_passes() {
    let shelf = Shelf::new();
    let run = shelf.open().begin(&camera()).unwrap();
    let other = rusqlite::Connection::open(shelf.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = run.record(&[crossing(1, 1, In)]).unwrap_err();
    assert_eq!(error.obstacle(), Some(Obstacle::Locked), "{error}");
    assert!(error.to_string().contains("end that program"), "{error}");
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(run.record(&[crossing(1, 1, In)]).unwrap().added, 1);
}

#[test]
fn what_is_no_ledger_is_left_alone() {
    let shelf = Shelf::new();
    assert!(matches!(Reader::open(shelf.path()).unwrap_err(), Error::Missing { .. }));
    assert!(!shelf.path().exists(), "reading makes nothing");

    fs::write(shelf.path(), "a shopping list, and certainly no database at all\n".repeat(99)).unwrap();
    assert!(matches!(Ledger::open(shelf.path()).err().unwrap(), Error::NotALedger { .. }));
    assert!(fs::read_to_string(shelf.path()).unwrap().starts_with("a shopping list"));

    fs::remove_file(shelf.path()).unwrap();
    let other = rusqlite::Connection::open(shelf.path()).unwrap();
    other.execute_batch("CREATE TABLE cakes (name TEXT)").unwrap();
    assert!(matches!(Ledger::open(shelf.path()).err().unwrap(), Error::NotALedger { .. }));

    let nowhere = shelf.path().join("no/such/folder.db");
    let error = Ledger::open(&nowhere).err().unwrap().to_string();
    assert!(error.contains("create it first"), "{error}");
}

#[test]
fn a_ledger_of_a_newer_program_is_refused() {
    let shelf = Shelf::new();
    drop(shelf.open());
    let connection = rusqlite::Connection::open(shelf.path()).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    for error in [Ledger::open(shelf.path()).err(), Reader::open(shelf.path()).err()] {
        assert!(matches!(error.unwrap(), Error::Newer { found: 99, .. }));
    }
}

#[test]
fn damage_is_found() {
    let shelf = Shelf::new();
    let run = shelf.open().begin(&camera()).unwrap();
    let entries: Vec<_> = (1..2000).map(|frame| crossing(frame, 1, In)).collect();
    run.record(&entries).unwrap();
    drop(run);
    let connection = rusqlite::Connection::open(shelf.path()).unwrap();
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(connection);
    shelf.reader().check().unwrap();
    let mut bytes = fs::read(shelf.path()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0xA5);
    fs::write(shelf.path(), bytes).unwrap();
    assert!(matches!(shelf.reader().check().unwrap_err(), Error::Damaged { .. }));
    assert!(matches!(shelf.reader().look_through().unwrap_err(), Error::Damaged { .. }));
}
