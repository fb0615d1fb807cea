//! The real binary looking after a ledger: `footfall ledger`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::ffi::OsStr;
use std::fs;

use common::{Ended, footfall};
use footfall_ledger::Ledger;

fn ledger(words: &[&OsStr]) -> Ended {
    footfall().arg("ledger").args(words).output().unwrap().into()
}

#[test]
fn a_whole_ledger_is_said_to_be_whole_and_a_damaged_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let check = OsStr::new("check");
    ledger(&[check, path.as_os_str()]).failure(2, &["there is no ledger", "shop.db"]);
    drop(Ledger::open(&path).unwrap());
    for words in [&[check, path.as_os_str()][..], &[check, OsStr::new("--ledger"), path.as_os_str()]] {
        let told = ledger(words).success();
        assert!(told.stderr.contains("shop.db is whole"), "{}", told.stderr);
    }
    let told = footfall().env("FOOTFALL_LEDGER", &path).args(["ledger", "check"]).output().unwrap();
    Ended::from(told).success();
    let mut bytes = fs::read(&path).unwrap();
    let end = bytes.len();
    bytes[end - 8192..].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    ledger(&[check, path.as_os_str()]).failure(1, &["is damaged", "shop.db"]);
}

#[test]
fn a_ledger_is_made_anew_by_one_program_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let rebuild = OsStr::new("rebuild");
    let held = Ledger::open(&path).unwrap();
    ledger(&[rebuild, path.as_os_str()]).failure(1, &["is being written by"]);
    drop(held);
    let told = ledger(&[rebuild, path.as_os_str()]).success();
    assert!(told.stderr.contains("made anew"), "{}", told.stderr);
}
