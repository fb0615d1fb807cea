//! Cursors: where they are, whose they are, and what their publishers know.

use std::os::unix::fs::symlink;

use footfall_count::Direction::In;
use footfall_ledger::{Cursor, Error, Seq};

use crate::common::{Shelf, camera, crossing, frames};

#[test]
fn a_cursor_is_where_it_was_left_also_beside_the_writer() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let run = ledger.begin(&camera()).unwrap();
    run.record(&[crossing(1, 1, In), crossing(2, 2, In)]).unwrap();
    let mut cursor = Cursor::open(shelf.path(), "mqtt").unwrap();
    assert_eq!(cursor.position(), Seq(0));
    cursor.advance(Seq(1)).unwrap();
    cursor.advance(Seq(0)).unwrap();
    drop(cursor);
    let again = Cursor::open(shelf.path(), "mqtt").unwrap();
    assert_eq!(again.position(), Seq(1), "it does not go back");
    assert_eq!(frames(&shelf.reader().crossings_after(again.position(), 9).unwrap()), [2]);
    assert_eq!(Cursor::open(shelf.path(), "webhook").unwrap().position(), Seq(0), "each has its own");
}

#[test]
fn a_cursor_has_one_owner_by_whatever_name_the_ledger_is_reached() {
    let shelf = Shelf::new();
    drop(shelf.open());
    let link = shelf.path().with_file_name("link.db");
    symlink(shelf.path(), &link).unwrap();
    let first = Cursor::open(shelf.path(), "mqtt").unwrap();
    for path in [&shelf.path(), &link] {
        let error = Cursor::open(path, "mqtt").unwrap_err();
        let Error::CursorHeld { name, holder } = &error else { panic!("{error}") };
        assert_eq!((name.as_str(), holder), ("mqtt", &format!("process {}", std::process::id())));
    }
    Cursor::open(&link, "nats").unwrap();
    // Names that are alike are not the same.
    Cursor::open(&link, "MQTT").unwrap();
    Cursor::open(&link, "webhook 入口").unwrap();
    drop(first);
    Cursor::open(&link, "mqtt").unwrap();
}

#[test]
fn what_was_refused_is_kept_with_the_place_behind_it() {
    let shelf = Shelf::new();
    drop(shelf.open());
    let mut cursor = Cursor::open(shelf.path(), "mqtt").unwrap();
    assert_eq!((cursor.refused().unwrap(), cursor.memory().unwrap()), (0, None));
    cursor.pass(Seq(3), &[(Seq(2), "too long".to_owned())]).unwrap();
    cursor
        .pass(Seq(3), &[(Seq(2), "told twice".to_owned()), (Seq(1), "no such subject".to_owned())])
        .unwrap();
    cursor.remember("[1]").unwrap();
    cursor.remember("[2]").unwrap();
    drop(cursor);
    let cursor = Cursor::open(shelf.path(), "mqtt").unwrap();
    assert_eq!((cursor.position(), cursor.refused().unwrap()), (Seq(3), 2));
    assert_eq!(cursor.memory().unwrap().as_deref(), Some("[2]"));
    let other = Cursor::open(shelf.path(), "nats").unwrap();
    assert_eq!((other.refused().unwrap(), other.memory().unwrap()), (0, None), "each has its own");
}
