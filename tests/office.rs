//! The real binary at both ends: a shop that publishes its ledger, the office that keeps it, and everybody killed.
//!
//! `FOOTFALL_KILLS` says how often.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;
#[path = "common/office.rs"]
mod office;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::{Ended, footfall};
use footfall_count::{Condition, Direction, HealthChange, Uncounted};
use footfall_ledger::jiff::tz::TimeZone;
use footfall_ledger::{
    CrossingEntry, Digest, Ending, Entry, Kind, Ledger, Origin, Place, PlaceKind, Reader, Row, Run, RunInfo,
    Seq, VisitEntry,
};
use office::servers::{Hub, Postgres, Running, until};
use office::{enrol, office, prepare};
use serde_json::{Map, json};

/// A shop: its ledger, and the program that publishes from it.
struct Shop {
    ledger: PathBuf,
    config: PathBuf,
    serving: Option<Running>,
}

impl Shop {
    fn new(folder: &Path, name: &str, publish: &str) -> Self {
        let (ledger, config) = (folder.join(format!("{name}.db")), folder.join(format!("{name}.toml")));
        fs::write(&config, format!("[ledger]\nfile = '{}'\n{publish}\n", ledger.display())).unwrap();
        drop(Ledger::open(&ledger).unwrap());
        Self { ledger, config, serving: None }
    }

    fn open(&mut self) {
        let mut command = footfall();
        command.args(["serve", "--address", "127.0.0.1:0", "--config"]).arg(&self.config);
        self.serving = Some(Running(logged(&mut command, &self.config.with_extension("log"))));
    }

    fn rows(&self) -> Vec<Row> {
        Reader::open(&self.ledger).unwrap().entries_after(Seq(0), &Kind::ALL, usize::MAX).unwrap()
    }
}

/// The program, started, with what it says at the end of a file.
fn logged(command: &mut Command, log: &Path) -> Child {
    let log = fs::File::options().create(true).append(true).open(log).unwrap();
    command
        .env("RUST_LOG", "footfall=debug,footfall_office=debug,footfall_serve=debug,async_nats=info")
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// A camera's run, with something of every kind in it, from frame `first` on.
fn count(run: &Run, first: u64, frames: u64) {
    for frame in first..first + frames {
        let time = Duration::from_millis(100 * frame);
        let mut detail = Map::new();
        detail.insert("confidence".into(), json!(0.75));
        if frame % 9 == 0 {
            detail.insert("staff".into(), "Anna".into());
        }
        let direction = if frame % 3 == 0 { Direction::Out } else { Direction::In };
        let line = "door".to_owned();
        let mut entries =
            vec![Entry::Crossing(CrossingEntry { line, direction, track: frame, frame, time, detail })];
        if frame % 4 == 0 {
            let (zone, left) = ("till".to_owned(), time + Duration::from_secs(5));
            let detail = Map::new();
            entries.push(Entry::Visit(VisitEntry { zone, track: frame, frame, entered: time, left, detail }));
        }
        if frame % 7 == 0 {
            let change = HealthChange {
                condition: Condition::Dark,
                raised: frame % 2 == 0,
                frame: Some(frame),
                time,
                evidence: std::collections::BTreeMap::new(),
            };
            let to = time + Duration::from_millis(50);
            entries.push(Entry::Health(change));
            entries.push(Entry::Uncounted(Uncounted { from: time, to, reason: Condition::Dark }));
        }
        // What is there already leaves a hole in the sequence.
        run.record(&entries[..1]).unwrap();
        run.scene(time, &entries).unwrap();
    }
}

fn camera() -> RunInfo {
    let place = |kind, name: &str| Place::new(kind, name, Digest::of([name.as_bytes()]));
    RunInfo {
        source: "door camera".into(),
        origin: Origin::Live,
        version: "0.1.0".into(),
        config: Digest::of([&b"settings"[..]]),
        places: vec![place(PlaceKind::Line, "door"), place(PlaceKind::Zone, "till")],
        recount: false,
    }
}

/// A row as the office is to have it.
fn expected(row: &Row) -> String {
    let value = serde_json::to_value(row).unwrap();
    let text = |name: &str| match &value[name] {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let place = ["line", "zone", "condition", "reason"].map(text).concat();
    let raised = value["raised"].as_bool().map_or("", |raised| if raised { "raised" } else { "over" });
    let until = value["until"].as_str().map_or_else(String::new, micros);
    let staff = if value["detail"]["staff"].is_null() { "f" } else { "t" };
    let direction = text("direction") + raised;
    let (id, at) = (text("id"), micros(&text("at")));
    let columns = [
        text("seq"),
        id,
        text("kind"),
        at,
        until,
        text("source"),
        place,
        direction,
        text("track"),
        text("frame"),
        staff.to_owned(),
    ];
    columns.join("|")
}

fn micros(time: &str) -> String {
    let time: footfall_ledger::jiff::Timestamp = time.parse().unwrap();
    time.as_microsecond().to_string()
}

/// The same of a shop's entries in the database.
fn kept(postgres: &Postgres, shop: &str) -> Option<Vec<String>> {
    let micros = |column: &str| format!("(extract(epoch FROM {column}) * 1000000)::bigint");
    postgres.try_sql(&format!(
        "SELECT seq, replace(entry.id::text, '-', ''), kind, {}, {}, source, place, direction, track, frame, staff
         FROM office.entry JOIN office.shop ON shop.id = entry.shop WHERE shop.name = '{shop}' ORDER BY ledger, seq",
        micros("at"),
        micros("until")
    ))
}

/// Everything that takes part.
struct Town {
    folder: tempfile::TempDir,
    hub: Hub,
    postgres: Postgres,
    office: Option<Running>,
    shops: Vec<(String, Shop)>,
}

impl Town {
    fn start(names: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("office");
        let postgres = Postgres::start();
        let hub = prepare(&place, &postgres, "");
        let shop = |name: &&str| {
            let shop = Shop::new(folder.path(), name, &enrol(&place, &hub, name));
            ((*name).to_owned(), shop)
        };
        let shops = names.iter().map(shop).collect();
        let listed = office(&["shops", "--config", place.join("office.toml").to_str().unwrap()]);
        assert_eq!(listed.lines().collect::<Vec<_>>(), names);
        Self { folder, hub, postgres, office: None, shops }
    }

    fn open(&mut self) {
        let mut command = footfall();
        command.args(["office", "--config"]).arg(self.folder.path().join("office/office.toml"));
        self.office = Some(Running(logged(&mut command, &self.folder.path().join("office.log"))));
    }

    /// The office has each shop's ledger, row by row, and knows of nothing that it lacks.
    fn check(&self) {
        for (name, shop) in &self.shops {
            let wanted: Vec<_> = shop.rows().iter().map(expected).collect();
            assert!(wanted.len() > 100, "{} entries", wanted.len());
            let count = format!("{} entries of {name}", wanted.len());
            let found =
                until(&count, || kept(&self.postgres, name).filter(|kept| kept.len() >= wanted.len()));
            assert_eq!(found, wanted, "{name}");
        }
        let open = "SELECT count(*) FROM office.gap WHERE closed IS NULL OR lost IS NOT NULL";
        until("no gaps", || (self.postgres.sql(open) == ["0"]).then_some(()));
        let wrong = "SELECT (SELECT count(*) FROM office.refused) + (SELECT count(*) FROM office.conflict)";
        assert_eq!(self.postgres.sql(wrong), ["0"]);
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        for log in ["office.log", "aachen.log", "berlin.log"] {
            let said = fs::read_to_string(self.folder.path().join(log)).unwrap_or_default();
            eprintln!("{log}:\n{said}");
        }
        for table in ["office.ledger", "office.gap", "office.refused", "office.conflict", "office.position"] {
            eprintln!("{table}: {:#?}", self.postgres.try_sql(&format!("SELECT * FROM {table}")));
        }
    }
}

#[test]
fn an_office_that_is_started_before_its_database_waits_for_it() {
    let mut town = Town::start(&["aachen"]);
    town.postgres.kill();
    town.open();
    let log = town.folder.path().join("office.log");
    until("it waits", || fs::read_to_string(&log).unwrap().contains("trying again in").then_some(()));
    town.postgres.go_on();
    until("its tables", || town.postgres.try_sql("SELECT 1 FROM office.shop"));
}

#[test]
fn whoever_is_killed_the_office_has_every_ledger_row_by_row() {
    let kills: u64 = std::env::var("FOOTFALL_KILLS").map_or(12, |kills| kills.parse().unwrap());
    let mut town = Town::start(&["aachen", "berlin"]);
    let ledgers: Vec<_> = town.shops.iter().map(|(_, shop)| Ledger::open(&shop.ledger).unwrap()).collect();
    let runs: Vec<_> = ledgers.iter().map(|ledger| ledger.begin(&camera()).unwrap()).collect();
    town.open();
    town.shops.iter_mut().for_each(|(_, shop)| shop.open());
    for kill in 0..kills {
        for run in &runs {
            count(run, 1 + 20 * kill, 20);
        }
        // Spread over what they do: each is hit while the others work, and is back while they do.
        std::thread::sleep(Duration::from_millis(50 + 97 * (kill % 7)));
        match kill % 4 {
            0 => town.open(),
            1 => town.shops[(kill / 4 % 2) as usize].1.open(),
            2 => {
                town.hub.kill();
                town.hub.go_on();
            }
            _ => {
                town.postgres.kill();
                town.postgres.go_on();
            }
        }
    }
    for run in &runs {
        run.end(Ending::Done).unwrap();
    }
    town.check();
    let run = "SELECT count(*), count(DISTINCT config), min(outcome) FROM office.run";
    until("how the runs ended", || (town.postgres.sql(run) == ["2|1|done"]).then_some(()));
    let zone = TimeZone::system().iana_name().unwrap_or("UTC").to_owned();
    // It comes with how the shops are doing, which they say every ten seconds.
    let known = "SELECT DISTINCT zone FROM office.shop";
    until("the shops' time zone", || (town.postgres.sql(known) == [zone.as_str()]).then_some(()));
    // The database is put back from a copy that lacks some: the shops are asked for that again.
    let forget = "DELETE FROM office.entry WHERE seq > 40; DELETE FROM office.received WHERE seq > 40;
                  UPDATE office.ledger SET have = have * int8multirange(int8range(1, 41)), expected = 0";
    town.postgres.sql(forget);
    // Nor has it what is no entry.
    town.postgres.sql("DELETE FROM office.run; UPDATE office.ledger SET told = 0");
    town.check();
    until("the runs once more", || (town.postgres.sql(run) == ["2|1|done"]).then_some(()));
}

#[test]
fn a_shop_that_was_away_for_weeks_tells_it_all() {
    let mut town = Town::start(&["berlin"]);
    let ledger = Ledger::open(&town.shops[0].1.ledger).unwrap();
    let run = ledger.begin(&camera()).unwrap();
    count(&run, 1, 600);
    town.shops[0].1.open();
    town.open();
    town.check();
    // A revoked key is good no more, and what it has told stays.
    let config = town.folder.path().join("office/office.toml");
    let revoke = footfall().args(["office", "revoke", "berlin", "--config"]).arg(&config).output().unwrap();
    Ended::from(revoke).success();
    let before = town.shops[0].1.rows().len();
    count(&run, 601, 20);
    let count = format!("SELECT count(*) <> {before} FROM office.entry");
    let silent = "SELECT seen < now() - interval '15 seconds' FROM office.shop";
    until("it is silent", || (town.postgres.sql(silent) == ["t"]).then_some(()));
    assert_eq!(town.postgres.sql(&count), ["f"]);
}
