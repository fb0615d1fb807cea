//! Clocks that were ahead or behind, once: history stays, reports stay in their years, and times can be put right.

use std::time::Duration;

use footfall_count::Direction::In;
use footfall_ledger::jiff::tz::TimeZone;
use footfall_ledger::jiff::{SignedDuration, Timestamp, ToSpan};
use footfall_ledger::{Cursor, How, Ledger, Query, Range, Removed, Run, Seq, Span, Tidied};

use crate::common::{Shelf, at, camera, crossing, frames, seconds};

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
/// 2026-11-24T09:00 is when the shelf's clock begins.
const YEARS: i64 = 10;

/// A camera's run, with its own count of seconds.
struct Door {
    run: Run,
    time: u64,
}

impl Door {
    fn open(ledger: &Ledger) -> Self {
        let door = Self { run: ledger.begin(&camera()).unwrap(), time: 0 };
        door.run.scene(seconds(0), &[]).unwrap();
        door
    }

    /// Ten seconds without anybody.
    fn beat(&mut self, shelf: &Shelf) {
        shelf.clock.pass(10);
        self.time += 10;
        self.run.scene(seconds(10 * self.time), &[]).unwrap();
    }

    /// Somebody passes every hour, for so many.
    fn count(&mut self, shelf: &Shelf, hours: u64) {
        for _ in 0..hours {
            shelf.clock.pass(HOUR);
            self.time += HOUR;
            let frame = 10 * self.time;
            self.run.scene(seconds(frame), &[crossing(frame, self.time, In)]).unwrap();
        }
    }
}

/// How far the same day and time are in another year.
fn years(shelf: &Shelf, by: i64) -> SignedDuration {
    let now = shelf.clock.time();
    let there = now.to_zoned_datetime(TimeZone::UTC).checked_add(ToSpan::years(by)).unwrap();
    there.timestamp().duration_since(now)
}

fn set(shelf: &Shelf, by: SignedDuration) {
    shelf.clock.set(shelf.clock.time() + by);
}

/// Counts by hour where there are any: as the hours that were truly counted if the clock was right.
fn hours(shelf: &Shelf) -> Vec<(Timestamp, u64)> {
    let counts = shelf.reader().counts(&Query::default()).unwrap();
    let told = counts.iter().filter(|count| count.entered > 0);
    told.map(|count| (count.from.timestamp(), count.entered)).collect()
}

/// From when to when a report goes that is asked for nothing else.
fn extent(shelf: &Shelf) -> (Timestamp, Timestamp) {
    let counts = shelf.reader().counts(&Query::default()).unwrap();
    (counts[0].from.timestamp(), counts.last().unwrap().to.timestamp())
}

fn tidy(ledger: &Ledger) -> Removed {
    loop {
        if let Tidied::Done(removed) = ledger.tidy().unwrap() {
            return removed;
        }
    }
}

fn uncounted(shelf: &Shelf, from: Timestamp, to: Timestamp) -> Vec<Span> {
    shelf.reader().uncounted(Range { from: Some(from), to: Some(to) }, &[]).unwrap()
}

/// Forty days, a run of two days with the clock years off, and three days with the clock right again; each run
/// begins a minute after the one before has ended. Gives when the clock went off and when it was right again, and
/// by how much it was off.
fn history(shelf: &Shelf, off: i64, retention: Option<u32>) -> (Timestamp, Timestamp, SignedDuration) {
    let ledger = shelf.open_for(retention);
    Door::open(&ledger).count(shelf, 40 * 24);
    drop(ledger);
    shelf.clock.pass(60);
    let wrong = shelf.clock.time();
    let off = years(shelf, off);
    set(shelf, off);
    let ledger = shelf.open_for(retention);
    let mut door = Door::open(&ledger);
    door.count(shelf, 24);
    if retention.is_some() {
        tidy(&ledger);
    }
    door.count(shelf, 24);
    drop((door, ledger));
    shelf.clock.pass(60);
    set(shelf, -off);
    let right = shelf.clock.time();
    let ledger = shelf.open_for(retention);
    Door::open(&ledger).count(shelf, 3 * 24);
    if retention.is_some() {
        tidy(&ledger);
    }
    (wrong, right, off)
}

#[test]
fn a_year_that_was_wrong_once_erases_nothing_and_spoils_no_report() {
    for off in [YEARS, -YEARS, -56, 1] {
        let shelf = Shelf::new();
        let began = shelf.clock.time();
        let (wrong, right, _) = history(&shelf, off, Some(60));
        assert_eq!(frames(&shelf.all()).len(), 45 * 24, "{off}: all is there");
        let (from, to) = extent(&shelf);
        let ended = shelf.clock.time();
        assert!(
            from >= began - SignedDuration::from_hours(1) && to <= ended + SignedDuration::from_hours(1),
            "{off}: {from} {to}"
        );
        // The past is as it was: two days of which nobody knows, and not one more.
        let lost: f64 =
            uncounted(&shelf, began, ended).iter().map(|s| s.to.duration_since(s.from).as_secs_f64()).sum();
        assert!((lost - right.duration_since(wrong).as_secs_f64()).abs() < 200.0, "{off}: {lost}");
        assert!(shelf.reader().dated_wrongly().unwrap() >= 48, "{off}");
    }
}

#[test]
fn a_year_that_was_wrong_can_be_put_right() {
    for off in [YEARS, -YEARS, 1] {
        let shelf = Shelf::new();
        let began = shelf.clock.time();
        let (.., off) = history(&shelf, off, None);
        let clock = shelf.reader().clock().unwrap();
        let told: Vec<_> = clock.iter().map(|stretch| stretch.standing).collect();
        assert_eq!(told, ["sound", "off", "sound"], "{off}");
        let stretch = &clock[1];
        assert_eq!((stretch.how, stretch.shift), (Some(How::Year), Some(-off.as_secs_f64())));
        let moved = shelf.open().redate(stretch.id, -off).unwrap().unwrap();
        assert!((48..=50).contains(&moved), "{moved}");
        let expected: Vec<_> = (1..=45 * 24).collect();
        let found: Vec<_> =
            hours(&shelf).iter().map(|(hour, _)| hour.duration_since(began).as_hours()).collect();
        assert_eq!(found, expected, "{off}: every hour, each once");
        assert!(shelf.reader().clock().unwrap().iter().all(|stretch| stretch.standing == "sound"));
        assert_eq!(shelf.reader().dated_wrongly().unwrap(), 0);
        let lost = uncounted(&shelf, began, shelf.clock.time());
        assert!(lost.iter().all(|span| span.to.duration_since(span.from).as_secs() <= 61), "{lost:?}");
        shelf.reader().check().unwrap();
    }
}

#[test]
fn a_clock_that_was_set_while_it_counted_is_put_right_to_the_second() {
    // Ten years ahead and back, behind until it was synchronised, and an hour off for an afternoon.
    for off in [10 * 365 * 24, -56 * 365 * 24 - 17, 1, -1, 30 * 24] {
        let shelf = Shelf::new();
        let began = shelf.clock.time();
        let ledger = shelf.open();
        let mut door = Door::open(&ledger);
        door.count(&shelf, 40 * 24);
        set(&shelf, SignedDuration::from_hours(off));
        door.beat(&shelf);
        door.count(&shelf, 5);
        set(&shelf, SignedDuration::from_hours(-off));
        door.beat(&shelf);
        door.count(&shelf, 30);
        drop((door, ledger));
        let clock = shelf.reader().clock().unwrap();
        let told: Vec<_> = clock.iter().map(|stretch| stretch.standing).collect();
        assert_eq!(told, ["sound", "off", "sound"], "{off}");
        assert_eq!((clock[1].how, clock[1].shift), (Some(How::Step), Some(-3600.0 * off as f64)));
        let shift = SignedDuration::from_secs(clock[1].shift.unwrap() as i64);
        shelf.open().redate(clock[1].id, shift).unwrap().unwrap();
        let found: Vec<_> =
            hours(&shelf).iter().map(|(hour, n)| (hour.duration_since(began).as_hours(), *n)).collect();
        assert_eq!(found, (1..=40 * 24 + 35).map(|hour| (hour, 1)).collect::<Vec<_>>(), "{off}");
        shelf.reader().check().unwrap();
    }
}

#[test]
fn a_machine_without_a_battery_begins_in_1970_until_it_is_synchronised() {
    let shelf = Shelf::new();
    let began = shelf.clock.time();
    let mut ledger = shelf.open_for(Some(30));
    for _ in 0..50 {
        // Night: no power. In the morning the clock begins anew, and is set a little later.
        let now = shelf.clock.time();
        shelf.clock.set(at("1970-01-01T00:00:10Z"));
        let mut door = Door::open(&ledger);
        shelf.clock.pass(60);
        door.time += 60;
        door.run.scene(seconds(10 * door.time), &[crossing(10 * door.time, 1, In)]).unwrap();
        shelf.clock.set(now + SignedDuration::from_secs(60));
        door.count(&shelf, 14);
        tidy(&ledger);
        drop((door, ledger));
        shelf.clock.pass(10 * HOUR);
        ledger = shelf.open_for(Some(30));
    }
    let (from, _) = extent(&shelf);
    assert!(from >= began, "{from}");
    let rows = shelf.all();
    let counted = frames(&rows).len();
    assert!(
        (30 * 15..33 * 15).contains(&counted),
        "what is younger than a month is there, whatever its date: {counted}"
    );
    drop(ledger);
    let ledger = shelf.open();
    for stretch in shelf.reader().clock().unwrap() {
        if stretch.standing == "off" && stretch.entries > 0 {
            assert_eq!(stretch.how, Some(How::Step));
            let shift = SignedDuration::from_secs(stretch.shift.unwrap() as i64);
            ledger.redate(stretch.id, shift).unwrap();
        }
    }
    drop(ledger);
    assert_eq!(shelf.reader().dated_wrongly().unwrap(), 0);
    let sum: u64 = hours(&shelf).iter().map(|(_, count)| count).sum();
    assert_eq!(sum, counted as u64, "all of them are in the report");
}

#[test]
fn old_entries_go_in_steps_and_what_went_is_known() {
    let shelf = Shelf::new();
    let ledger = shelf.open_for(Some(30));
    let mut door = Door::open(&ledger);
    door.count(&shelf, 100 * 24);
    assert_eq!(frames(&shelf.all()).len(), 2400, "counting removes nothing");
    let (mut steps, mut before) = (0, 2400);
    let removed = loop {
        let done = ledger.tidy().unwrap();
        let left = frames(&shelf.all()).len();
        assert!(before - left <= 500, "some at a time");
        before = left;
        steps += 1;
        if let Tidied::Done(removed) = done {
            break removed;
        }
    };
    assert!(steps > 3);
    assert!((30 * 24..=30 * 24 + 1).contains(&before), "{before}");
    assert_eq!(removed.entries, 2400 - before as u64);
    assert_eq!(removed.times.unwrap().0, at("2026-11-24T10:00:00Z"));
    let told = &shelf.reader().removals().unwrap()[0];
    assert_eq!((told.entries, told.days), (removed.entries, 30));
    assert_eq!(ledger.tidy().unwrap(), Tidied::Nothing, "until tomorrow");
    shelf.clock.pass(DAY);
    assert_eq!(ledger.tidy().unwrap(), Tidied::Some);
    shelf.reader().check().unwrap();
}

#[test]
fn what_a_publisher_has_not_sent_stays_unless_told_otherwise() {
    let shelf = Shelf::new();
    // One that has never sent anything, and one that has come some way.
    let ledger = shelf.open_for(Some(30));
    let mut door = Door::open(&ledger);
    door.count(&shelf, 100 * 24);
    Cursor::open(shelf.path(), "mqtt").unwrap().advance(Seq(1000)).unwrap();
    let removed = tidy(&ledger);
    assert_eq!((removed.entries, removed.holders), (1000, vec!["mqtt".to_owned()]));
    assert!(removed.held > 600 && removed.unsent == 0);
    drop(Cursor::open(shelf.path(), "nats").unwrap());
    shelf.clock.pass(DAY);
    door.time += DAY;
    door.count(&shelf, 1);
    assert_eq!(tidy(&ledger).holders, ["nats"]);
    assert!(ledger.forget_publisher("nats").unwrap() && !ledger.forget_publisher("nats").unwrap());
    drop((door, ledger));
    let clock = Box::new(shelf.clock.clone());
    let options = footfall_ledger::Options {
        retention_days: Some(30),
        keep_unsent: false,
        clock,
        patience: Duration::ZERO,
    };
    let ledger = Ledger::open_with(shelf.path(), options).unwrap();
    let removed = tidy(&ledger);
    assert!(removed.unsent > 600 && removed.held == 0, "{removed:?}");
}

#[test]
fn how_the_clock_went_is_found_in_a_ledger_that_did_not_note_it() {
    let shelf = Shelf::new();
    history(&shelf, YEARS, None);
    let before = shelf.reader().clock().unwrap();
    let old = rusqlite::Connection::open(shelf.path()).unwrap();
    // What later versions have added.
    old.execute_batch("DROP VIEW crossing; DROP VIEW visit; DROP VIEW company").unwrap();
    let sums = "DROP INDEX quarter_with_companies; ALTER TABLE quarter DROP COLUMN companies";
    old.execute_batch(sums).unwrap();
    old.execute_batch(
        "DROP INDEX crossing_twice; DROP INDEX crossing_in_order; ALTER TABLE event DROP COLUMN twice;
        CREATE INDEX crossing_in_order ON event (seq, utc) WHERE kind = 'crossing' AND NOT staff",
    )
    .unwrap();
    for table in ["stretch", "removal", "repair", "drawn", "renamed", "called", "mark", "sale", "lineage"] {
        old.execute_batch(&format!("DROP TABLE {table}")).unwrap();
    }
    for column in ["outline", "unnamed", "first", "present"] {
        old.execute_batch(&format!("ALTER TABLE place DROP COLUMN {column}")).unwrap();
    }
    old.execute_batch("CREATE VIEW crossing AS SELECT 1; CREATE VIEW visit AS SELECT 1").unwrap();
    old.pragma_update(None, "user_version", 4).unwrap();
    drop(old);
    let after = shelf.reader().clock().unwrap();
    let told = |all: &[footfall_ledger::ClockStretch]| -> Vec<_> {
        all.iter().map(|stretch| (stretch.standing, stretch.how)).collect()
    };
    assert_eq!(told(&after), told(&before));
    let entries = |all: &[footfall_ledger::ClockStretch]| all[1].entries;
    assert!(entries(&before).abs_diff(entries(&after)) <= 1, "but for what has no time of its own");
}
