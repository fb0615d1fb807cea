//! Ledgers that are copied while they are written, put back, and rid of what is old.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use footfall_count::Direction::{In, Out};
use footfall_ledger::{
    Cursor, Ending, Error, Ledger, Notebook, Query, Reader, Sale, Seq, backup, prune, restore,
};

use crate::common::{Shelf, at, camera, crossing};

#[test]
fn a_copy_is_made_while_the_ledger_is_written_and_takes_its_place_elsewhere() {
    let (shelf, other) = (Shelf::new(), Shelf::new());
    let ledger = shelf.open();
    let run = ledger.begin(&camera()).unwrap();
    run.record(&[crossing(1, 1, In), crossing(2, 2, Out)]).unwrap();
    let copy = shelf.beside(".copy");
    let copied = backup(shelf.path(), &copy).unwrap();
    assert_eq!((copied.entries, copied.last), (2, Seq(2)));
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!shelf.beside(".copy-wal").exists() && !shelf.beside(".copy.part").exists());
    assert!(matches!(backup(shelf.path(), &copy), Err(Error::Exists { .. })));
    run.record(&[crossing(3, 3, In)]).unwrap();
    assert_eq!(shelf.all().len(), 3, "the ledger goes on");

    let (restored, aside) = restore(&copy, other.path(), false).unwrap();
    assert_eq!((restored, aside), (copied, None));
    assert_eq!(other.all(), shelf.all()[..2]);
    let ledger = other.open();
    assert!(matches!(restore(&copy, other.path(), true), Err(Error::Locked { .. })), "it is written");
    let run = ledger.begin(&camera()).unwrap();
    run.record(&[crossing(9, 9, In)]).unwrap();
    assert!(other.all().last().unwrap().seq >= Seq(3), "numbers go on where they were");
    run.end(Ending::Done).unwrap();
    drop((run, ledger));
    assert!(matches!(restore(&copy, other.path(), false), Err(Error::Exists { .. })));
    let before = other.all();
    let (_, aside) = restore(&copy, other.path(), true).unwrap();
    assert_eq!(Reader::open(aside.unwrap()).unwrap().crossings_after(Seq(0), 99).unwrap().len(), 3);
    assert_eq!((other.all().len(), before.len() > 2), (2, true));
}

#[test]
fn what_is_damaged_is_neither_copied_nor_put_in_a_ledgers_place() {
    let shelf = Shelf::new();
    drop(shelf.open());
    let whole = shelf.all();
    let copy = shelf.beside(".copy");
    backup(shelf.path(), &copy).unwrap();
    let mut bytes = fs::read(&copy).unwrap();
    let end = bytes.len();
    bytes[end - 8192..].fill(0xA5);
    fs::write(&copy, bytes).unwrap();
    assert!(restore(&copy, shelf.path(), true).is_err());
    assert_eq!(shelf.all(), whole, "the ledger that is there stays");
    let text = shelf.beside(".txt");
    fs::write(&text, "no database\n".repeat(1000)).unwrap();
    assert!(matches!(restore(&text, shelf.path(), true), Err(Error::NotALedger { .. })));
    assert!(matches!(backup(shelf.beside(".none"), shelf.beside(".b")), Err(Error::Missing { .. })));
    assert!(!shelf.beside(".b").exists() && !shelf.beside(".b.part").exists());
}

/// A ledger with some entries of two years, that is written still.
fn two_years(shelf: &Shelf) -> Ledger {
    let ledger = shelf.open();
    for (start, count) in [("2025-06-01T10:00:00Z", 1200), ("2026-06-01T10:00:00Z", 7)] {
        let run = ledger.begin(&camera()).unwrap();
        run.anchor(at(start));
        let entries: Vec<_> = (1..=count).map(|n| crossing(n, n, In)).collect();
        run.record(&entries).unwrap();
        run.end(Ending::Done).unwrap();
    }
    ledger
}

#[test]
fn what_is_older_than_a_day_goes_and_a_dry_run_says_what_that_is() {
    let shelf = Shelf::new();
    let ledger = two_years(&shelf);
    let sale = |time: &str| Sale { at: at(time), transactions: 1, amount: None };
    let sales = [sale("2025-06-01T10:00:00Z"), sale("2026-06-01T10:00:00Z")];
    Notebook::open(shelf.path()).unwrap().sell("", &sales).unwrap();
    let before = at("2026-01-01T00:00:00Z");
    let reader = shelf.reader();
    let planned = reader.older_than(before, true).unwrap();
    assert_eq!((planned.crossings, planned.sales, planned.held), (1200, 1, 0));
    assert_eq!(planned.times.unwrap().0, at("2025-06-01T10:00:00.1Z"));
    let all = shelf.all();
    let mut told = Vec::new();
    let pruned = prune(shelf.path(), before, true, |gone| told.push(gone)).unwrap();
    assert_eq!(pruned, planned);
    assert!(told.len() > 2 && told.last() == Some(&pruned.entries()), "in steps: {told:?}");
    let left: Vec<_> = all.into_iter().filter(|row| row.at >= before).collect();
    assert_eq!(shelf.all(), left);
    reader.check().unwrap();
    assert_eq!(reader.counts(&Query::default()).unwrap().iter().map(|count| count.entered).sum::<u64>(), 7);
    assert_eq!(reader.older_than(before, true).unwrap().entries(), 0);
    assert_eq!(reader.removals().unwrap().last().unwrap().entries, pruned.entries());
    // The ledger goes on under the program that writes it.
    let run = ledger.begin(&camera()).unwrap();
    run.record(&[crossing(1, 1, In)]).unwrap();
}

#[test]
fn what_a_publisher_has_not_sent_stays_unless_it_is_said_to_go() {
    let shelf = Shelf::new();
    let _ledger = two_years(&shelf);
    Cursor::open(shelf.path(), "mqtt").unwrap().advance(Seq(1000)).unwrap();
    let before = at("2026-01-01T00:00:00Z");
    let pruned = prune(shelf.path(), before, true, |_| ()).unwrap();
    assert_eq!(
        (pruned.crossings, pruned.held, pruned.holders.as_slice()),
        (1000, 200, &["mqtt".to_owned()][..])
    );
    let pruned = prune(shelf.path(), before, false, |_| ()).unwrap();
    assert_eq!((pruned.crossings, pruned.held), (200, 0));
}
