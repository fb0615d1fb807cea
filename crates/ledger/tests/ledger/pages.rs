//! The ledger in pieces, as whoever keeps a copy of it elsewhere reads it.

use footfall_count::Direction::In;
use footfall_ledger::{Cursor, Ending, Ledger, Page, Reader, RunInfo, Seq, backup, restore};
use proptest::prelude::*;
use rusqlite::Connection;

use crate::common::{Shelf, camera, crossing, recording};

/// All pages from the beginning, of at most `limit` entries each.
fn pages(reader: &Reader, limit: usize) -> Vec<Page> {
    let (mut all, mut after) = (Vec::new(), Seq(0));
    loop {
        let page = reader.page(after, limit).unwrap();
        if page.through == after {
            return all;
        }
        after = page.through;
        all.push(page);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Repetitions leave holes in the sequence: pages touch all the same, and have every entry once.
    #[test]
    fn pages_touch_and_have_each_entry_once(cuts in prop::collection::vec((0usize..12, 1usize..6), 1..12), limit in 1usize..9) {
        let shelf = Shelf::new();
        let run = shelf.open().begin(&recording()).unwrap();
        let entries: Vec<_> = (1..=16).map(|frame| crossing(frame, frame % 3, In)).collect();
        for (from, count) in cuts {
            run.record(&entries[from..(from + count).min(16)]).unwrap();
        }
        let pages = pages(&shelf.reader(), limit);
        let ends: Vec<_> = pages.iter().map(|page| page.through).collect();
        let begins: Vec<_> = pages.iter().map(|page| page.after).collect();
        prop_assert_eq!(&begins[1..], &ends[..ends.len() - 1]);
        prop_assert!(pages.iter().all(|page| page.rows.len() <= limit && page.base == Seq(0)));
        prop_assert!(pages.iter().all(|page| page.ledger == pages[0].ledger));
        prop_assert_eq!(pages.into_iter().flat_map(|page| page.rows).collect::<Vec<_>>(), shelf.all());
    }
}

#[test]
fn a_ledger_that_was_put_back_goes_on_as_another_one() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    let run = ledger.begin(&camera()).unwrap();
    run.record(&[crossing(1, 1, In), crossing(2, 2, In)]).unwrap();
    let copy = shelf.beside(".copy");
    backup(shelf.path(), &copy).unwrap();
    run.record(&[crossing(3, 3, In)]).unwrap();
    run.end(Ending::Done).unwrap();
    let (first, _) = shelf.reader().identity().unwrap();
    drop((run, ledger));
    restore(&copy, shelf.path(), true).unwrap();
    let reader = shelf.reader();
    reader.check().unwrap();
    let page = reader.page(Seq(0), 99).unwrap();
    assert_eq!((&page.ledger, page.through), (&first, Seq(2)), "what was in the copy stays what it was");
    let ledger = shelf.open();
    let run = ledger.begin(&RunInfo { source: "back door".into(), ..camera() }).unwrap();
    run.record(&[crossing(9, 9, In)]).unwrap();
    let found = pages(&shelf.reader(), 99);
    let [before, after] = &found[..] else { panic!("{found:?}") };
    assert_eq!((&before.ledger, before.base, before.through), (&first, Seq(0), Seq(2)));
    assert_ne!(after.ledger, first, "number 3 was another entry's");
    assert_eq!((after.base, after.after, after.rows[0].seq), (Seq(2), Seq(2), Seq(3)));
    assert_eq!(shelf.reader().identity().unwrap(), (after.ledger.clone(), after.through));
    assert_eq!(shelf.reader().part_of(&first).unwrap(), Some((Seq(0), Some(Seq(2)))));
    assert_eq!(shelf.reader().part_of(&after.ledger).unwrap(), Some((Seq(2), None)));
    assert_eq!(shelf.reader().part_of(&"0".repeat(32)).unwrap(), None);
}

#[test]
fn what_is_rescued_of_a_damaged_ledger_stays_that_ledgers() {
    let shelf = Shelf::new();
    let ledger = shelf.open();
    ledger.begin(&camera()).unwrap().record(&[crossing(1, 1, In)]).unwrap();
    drop(ledger);
    let before = pages(&shelf.reader(), 99);
    let mut cursor = Cursor::open(shelf.path(), "office").unwrap();
    cursor.advance(before[0].through).unwrap();
    drop(cursor);
    Ledger::renew(shelf.path()).unwrap();
    assert_eq!(pages(&shelf.reader(), 99), before);
}

#[test]
fn each_ledger_has_an_identity_of_its_own_and_keeps_it() {
    let (one, other) = (Shelf::new(), Shelf::new());
    let identity = |shelf: &Shelf| {
        drop(shelf.open());
        shelf.reader().identity().unwrap().0
    };
    assert_eq!(identity(&one), identity(&one));
    assert_ne!(identity(&one), identity(&other));
    // One from before there were identities is given its own when it is brought forward.
    let connection = Connection::open(one.path()).unwrap();
    connection.execute_batch("DROP TABLE lineage; DROP INDEX crossing_twice; DROP INDEX crossing_in_order;
             ALTER TABLE event DROP COLUMN twice;
             CREATE INDEX crossing_in_order ON event (seq, utc) WHERE kind = 'crossing' AND NOT staff; PRAGMA user_version = 9").unwrap();
    drop(connection);
    assert_eq!(identity(&one).len(), 32);
    assert_eq!(identity(&one), identity(&one));
}
