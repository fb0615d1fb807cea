//! Ledgers on a medium that cannot be written.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use footfall_count::Direction::In;
use footfall_ledger::{Query, Reader, Seq};

use crate::common::{Shelf, camera, crossing, frames};

/// A file system of its own, in memory.
struct Medium(PathBuf);

impl Medium {
    /// `None`, with words, where this user may not mount one.
    fn mount(shelf: &Shelf) -> Option<Self> {
        let place = shelf.beside(".medium");
        fs::create_dir(&place).unwrap();
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(&place).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(place));
        }
        eprintln!("skipped: only root can mount a medium that is read-only");
        None
    }

    fn write_protect(&self) {
        let status = Command::new("mount").args(["-o", "remount,ro"]).arg(&self.0).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Medium {
    fn drop(&mut self) {
        // A test that fails leaves nothing behind.
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

fn counted(path: &Path) -> (Vec<u64>, u64) {
    let reader = Reader::open(path).unwrap();
    let rows = reader.crossings_after(Seq(0), 99).unwrap();
    let counts = reader.counts(&Query::default()).unwrap();
    reader.health().unwrap();
    (frames(&rows), counts.iter().map(|count| count.entered).sum())
}

#[test]
fn a_ledger_on_a_medium_that_is_read_only_can_be_reported_from() {
    let shelf = Shelf::new();
    let Some(medium) = Medium::mount(&shelf) else { return };
    let (whole, cut) = (medium.0.join("whole ?#%.db"), medium.0.join("cut.db"));
    let ledger = shelf.open();
    ledger.begin(&camera()).unwrap().record(&[crossing(1, 1, In)]).unwrap();
    drop(ledger);
    fs::copy(shelf.path(), &whole).unwrap();
    // As a program leaves it that is killed: what it has recorded last is in the log.
    let ledger = shelf.open();
    ledger.begin(&camera()).unwrap().record(&[crossing(2, 2, In)]).unwrap();
    fs::copy(shelf.path(), &cut).unwrap();
    fs::copy(shelf.beside("-wal"), medium.0.join("cut.db-wal")).unwrap();
    medium.write_protect();
    let before = fs::read_dir(&medium.0).unwrap().count();
    assert_eq!(counted(&whole), (vec![1], 1));
    assert_eq!(counted(&cut), (vec![1, 2], 2));
    assert_eq!(fs::read_dir(&medium.0).unwrap().count(), before);
}

#[test]
fn one_of_an_older_version_is_brought_forward_in_a_copy() {
    let shelf = Shelf::new();
    let Some(medium) = Medium::mount(&shelf) else { return };
    let path = medium.0.join("old.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(include_str!("../../src/schema/v1.sql")).unwrap();
    old.pragma_update(None, "application_id", 0x466f_6f74).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    drop(old);
    medium.write_protect();
    assert_eq!(counted(&path), (vec![], 0));
}
