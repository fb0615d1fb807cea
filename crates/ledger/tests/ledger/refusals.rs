//! What cannot be done says what, where and what to do.

use std::fs;

use footfall_count::Direction::In;
use footfall_ledger::{Error, Ledger, Reader};

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
    let error = Ledger::open(shelf.path()).err().unwrap();
    assert!(matches!(error, Error::Damaged { .. }), "the run was cut short, so it was looked at: {error}");
}
