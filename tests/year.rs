//! A year of a busy door in some minutes: the real ledger under a clock of the test's own, and the real program
//! that publishes from it to Debian's mosquitto, while everything befalls them that befalls a shop in a year.
//!
//! `FOOTFALL_YEAR` says how many people pass in a day, and `FOOTFALL_YEAR_TABLE` where the table goes; `scripts/soak year` has
//! a million in the year.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

#[path = "year/calendar.rs"]
mod calendar;
mod common;
#[path = "year/door.rs"]
mod door;
#[path = "year/office.rs"]
mod office;
#[path = "year/truth.rs"]
mod truth;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

use calendar::{Calendar, DAYS, Event, Life};
use common::disk::Disk;
use common::{Ended, footfall};
use door::{Door, Said};
use footfall_ledger::{Kind, Ledger, Reader, Seq, Tidied};
use office::Office;
use truth::Truth;

/// Entries stay for so many days.
const RETENTION: u32 = 90;
/// Memory may grow by so much over the second half of the year, in bytes.
const GROWTH: u64 = 16 << 20;
/// What the table is of.
const ABOUT: &str = "\
A year of a door by a clock that is compressed: the real ledger, killed and started again, under wrong clocks and on a full\n\
disk; `footfall serve`, killed too, publishes from it to Debian's mosquitto, which is away every twelfth day. Twelve times\n\
`footfall ledger repair-clock` puts the times right that a wrong clock has dated, and then each hour is compared with the\n\
truth. People are made up. MB of 10^6 bytes.";
/// From this day on the publisher is compared with itself: it was killed for the last time some days before.
const SETTLED: u64 = 190;
/// The first and the last of so many days are compared, each by its greatest: what is loaded once, at whatever moment, is no
/// growth.
const SPAN: u64 = 60;
/// Publishing may be behind by what passes in so many days.
const BEHIND: usize = 3;

/// The program that counts, when this is started as such.
#[test]
fn the_door() {
    door::main();
}

/// What has befallen the shop.
#[derive(Default)]
struct Befallen {
    kills: usize,
    outages: usize,
    publishers: usize,
    full: usize,
    /// The most memory of each life.
    memory: Vec<u64>,
}

struct Year {
    people: u64,
    calendar: Calendar,
    disk: Disk,
    office: Office,
    truth: Truth,
    reader: Reader,
    befallen: Befallen,
}

impl Year {
    fn new(people: u64, folder: &Path) -> Self {
        let disk = Disk::mount(folder, "disk", 40 + people / 3);
        let path = disk.folder.join("shop.db");
        drop(Ledger::open(&path).unwrap());
        Self {
            people,
            calendar: Calendar::new(people),
            office: Office::open(folder, &path),
            truth: Truth::default(),
            reader: Reader::open(&path).unwrap(),
            befallen: Befallen::default(),
            disk,
        }
    }

    /// One life of the program that counts, from `begin` on; gives when the next one begins.
    fn live(
        &mut self,
        life: &Life,
        begin: footfall_ledger::jiff::Timestamp,
    ) -> footfall_ledger::jiff::Timestamp {
        let path = self.disk.folder.join("shop.db");
        let mut door = Door::start(&path, self.people, life, begin, RETENTION);
        while let Some(said) = door.next() {
            match said {
                Said::Day(day) => {
                    self.end_day(day);
                    door.go_on();
                }
                Said::Full => self.befallen.full += usize::from(self.disk.clear()),
            }
        }
        self.befallen.kills += usize::from(life.is_killed);
        self.befallen.memory.push(door.memory);
        let (said, until) = door.end().unwrap();
        let last = self.truth.add(&self.reader, &self.calendar, begin, said);
        let last = self.calendar.passage(last).at;
        if life.is_audited {
            // It ends with 1 while there is something that cannot be told yet.
            let put_right = footfall().args(["ledger", "repair-clock"]).arg(&path).output().unwrap();
            let ended = Ended::from(put_right);
            assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
            self.truth.compare(&self.reader, &self.calendar, last);
        }
        // No clock goes back while the program is started again, however late the kill has come.
        self.calendar.after(life, last.max(until))
    }

    fn end_day(&mut self, day: u64) {
        for event in Calendar::on(day) {
            match event {
                Event::BrokerGoes => {
                    self.office.set_broker(false);
                    self.befallen.outages += 1;
                }
                Event::BrokerComes => self.office.set_broker(true),
                Event::PublisherDies => {
                    self.office.restart();
                    self.befallen.publishers += 1;
                }
                Event::DiskFills => self.disk.fill(),
            }
        }
        let count = self.truth.identities.len();
        self.office.hear(count, BEHIND * self.people as usize);
        if day.is_multiple_of(5) {
            self.office.measure(day);
        }
        if day.is_multiple_of(73) {
            eprintln!("day {day}: {count} counted, {} published", self.office.heard.len());
        }
    }

    /// All that is old goes, all that was counted is published, and the database is whole.
    fn end(&mut self) -> (u64, u64) {
        let count = self.truth.identities.len();
        self.office.hear(count, 0);
        let path = self.disk.folder.join("shop.db");
        let clock = door::standing(self.calendar.start_of(DAYS));
        let ledger = Ledger::open_with(&path, door::options(clock, RETENTION)).unwrap();
        while ledger.tidy().unwrap() == Tidied::Some {}
        drop(ledger);
        self.reader.check().unwrap();
        let left = self.reader.entries_after(Seq(0), &[Kind::Crossing], usize::MAX).unwrap().len() as u64;
        (left, self.reader.removals().unwrap().iter().map(|removal| removal.entries).sum())
    }
}

#[test]
fn a_year_loses_nothing_and_doubles_nothing() {
    let people: u64 = std::env::var("FOOTFALL_YEAR").map_or(24, |n| n.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let (mut year, began) = (Year::new(people, folder.path()), Instant::now());
    let mut at = year.calendar.start_of(0);
    for life in year.calendar.lives() {
        at = year.live(&life, at);
    }
    let (left, removed) = year.end();
    let minutes = began.elapsed().as_secs_f64() / 60.0;
    let report = report(&year, left, removed, minutes);
    eprintln!("{report}");
    if let Some(path) = std::env::var_os("FOOTFALL_YEAR_TABLE").filter(|path| !path.is_empty()) {
        fs::write(path, format!("# A year\n\n{ABOUT}\n\n{report}")).unwrap();
    }
    judge(&year, left, removed);
}

fn judge(year: &Year, left: u64, removed: u64) {
    let Year { calendar, truth, office, befallen, .. } = year;
    let heard: std::collections::HashSet<_> = office.heard.keys().collect();
    assert!(heard == truth.identities.iter().collect(), "all are published, and nothing else");
    assert_eq!((befallen.kills, befallen.outages, befallen.publishers), (33, 30, 5));
    assert_eq!((befallen.memory.len(), Calendar::sets()), (50, 12));
    // Where the write-ahead log has grown large, beside a slow reader, it has room for what comes, and nothing is missed.
    let full = if year.disk.is_mounted { 1..=2 } else { 0..=0 };
    assert!(full.contains(&befallen.full), "the disk was full {} times", befallen.full);
    let young = |days| truth.passed_since(calendar.start_of(DAYS - days));
    let kept = u64::from(RETENTION);
    assert!((young(kept)..=young(kept + 2)).contains(&left), "{left} are left");
    assert!(removed + left >= truth.identities.len() as u64, "what went is known: {removed} and {left}");
    let (before, after) = (office.most(SETTLED..SETTLED + SPAN), office.most(DAYS - SPAN..DAYS + 1));
    assert!(after.0 <= before.0 + GROWTH, "the publisher's memory: {:?}", office.measured);
    assert!(after.1 <= before.1 + 2, "the publisher's files: {:?}", office.measured);
    let (first, last) = (befallen.memory[25], befallen.memory[49]);
    assert!(last <= first + GROWTH, "the memory of who counts: {:?}", befallen.memory);
}

fn report(year: &Year, left: u64, removed: u64, minutes: f64) -> String {
    let Year { truth, office, befallen, people, .. } = year;
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    let counted = truth.identities.len();
    let again: u32 = office.heard.values().map(|times| times - 1).sum();
    let (early, late) = (office.most(SETTLED..SETTLED + SPAN), office.most(DAYS - SPAN..DAYS + 1));
    let mut text = String::from("| what | figure |\n|---|--:|\n");
    let mut row = |what: &str, figure: String| writeln!(text, "| {what} | {figure} |").unwrap();
    row("people a day", people.to_string());
    row("passages while somebody counted, each once in the ledger", counted.to_string());
    row("hours with passages, all as they truly were", truth.compared_hours.to_string());
    row("days with passages, all as they truly were", truth.compared_days.to_string());
    row("published, by identity", format!("{} of {counted}", office.heard.len()));
    row("of these more than once", again.to_string());
    row(
        "starts of the program that counts; ends by kill -9",
        format!("{}; {}", befallen.memory.len(), befallen.kills),
    );
    row("times that the clock was set", Calendar::sets().to_string());
    row(
        "outages of the broker; kills of the publisher",
        format!("{}; {}", befallen.outages, befallen.publishers),
    );
    row("times that the disk was full", befallen.full.to_string());
    row("crossings left after 90 days; entries removed", format!("{left}; {removed}"));
    let memory = format!("{:.1}, {:.1}", megabytes(early.0), megabytes(late.0));
    row("publisher's memory at most in two months after mid-year, and in the last two, MB", memory);
    row("its open files, the same", format!("{}, {}", early.1, late.1));
    let (first, last) = (befallen.memory[25], befallen.memory[49]);
    row("memory of who counts, the same, MB", format!("{:.1}, {:.1}", megabytes(first), megabytes(last)));
    row("took, minutes", format!("{minutes:.1}"));
    text
}
