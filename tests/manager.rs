//! What a manager asks the real program: each source, opening hours, the week before, the till, mistaken spans, Excel;
//! in `footfall report` and over HTTP, by the same names.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;
#[path = "manager/excel.rs"]
mod excel;

use std::ffi::OsStr;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use common::running::Running;
use common::{Ended, footfall, interface};
use footfall_count::Direction::{self, In, Out};
use footfall_ledger::jiff::Timestamp;
use footfall_ledger::{CrossingEntry, Digest, Ending, Entry, Kind, Ledger, Origin, Reader, RunInfo, Seq};
use serde_json::{Value, json};

/// A passage: when, over which line, which way.
type Passage = (&'static str, &'static str, Direction);

/// Counts these passages at a camera.
fn count(ledger: &Ledger, source: &str, passages: &[Passage]) {
    let info = RunInfo {
        source: source.into(),
        origin: Origin::Live,
        version: "test".into(),
        config: Digest::of([]),
        places: Vec::new(),
        recount: false,
    };
    let run = ledger.begin(&info).unwrap();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let start = at(passages[0].0);
    run.anchor(start);
    for (number, &(time, line, direction)) in (1..).zip(passages) {
        let time: Duration = at(time).duration_since(start).try_into().unwrap();
        let (line, detail) = (line.to_owned(), serde_json::Map::new());
        let entry = CrossingEntry { line, direction, track: number, frame: number, time, detail };
        run.scene(time, &[Entry::Crossing(entry)]).unwrap();
    }
    run.end(Ending::Done).unwrap();
}

/// A shop with two doors, on two Mondays.
struct Shop {
    folder: tempfile::TempDir,
}

const FRONT: [Passage; 6] = [
    ("2026-03-16T10:00:00+01:00", "door", In),
    ("2026-03-16T10:30:00+01:00", "door", In),
    ("2026-03-23T08:30:00+01:00", "door", In),
    ("2026-03-23T10:00:00+01:00", "door", In),
    ("2026-03-23T10:10:00+01:00", "door", In),
    ("2026-03-23T11:00:00+01:00", "door", Out),
];
const BACK: [Passage; 2] =
    [("2026-03-23T10:20:00+01:00", "door", In), ("2026-03-23T10:40:00+01:00", "door", Out)];

const CONFIG: &str = "\
[ledger]
file = \"shop.db\"

[hours]
mon = \"09:00-18:30\"
";

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shop = Self { folder };
        let ledger = Ledger::open(shop.path("shop.db")).unwrap();
        count(&ledger, "front", &FRONT);
        count(&ledger, "back", &BACK);
        fs::write(shop.path("shop.toml"), CONFIG).unwrap();
        shop
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `footfall WORDS`, in the shop's folder and time zone.
    fn call<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Ended {
        self.command(words).output().unwrap().into()
    }

    fn command<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Command {
        let mut command = footfall();
        command.args(words).current_dir(self.folder.path()).env("TZ", "Europe/Zurich");
        command
    }

    /// A report on the second Monday, by day, as JSON.
    fn report(&self, more: &[&str]) -> Value {
        let fixed =
            ["report", "--by", "day", "--from", "2026-03-23", "--to", "2026-03-23", "--format", "json"];
        let told = self.call(fixed.iter().chain(more).chain(&["--config", "shop.toml"])).success();
        serde_json::from_str(&told.stdout).unwrap()
    }

    fn table(&self, more: &[&str]) -> String {
        let fixed = ["report", "--by", "day", "--from", "2026-03-23", "--to", "2026-03-23"];
        self.call(fixed.iter().chain(more).chain(&["--config", "shop.toml"])).success().stdout
    }
}

/// An answer of the interface: its status and its JSON.
fn ask(address: &str, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
    let mut stream = TcpStream::connect(address).unwrap();
    let body = body.map_or_else(String::new, ToString::to_string);
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    write!(stream, "{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split_whitespace().nth(1).unwrap().parse().unwrap();
    let body = if head.to_lowercase().contains("chunked") { unchunked(body) } else { body.to_owned() };
    (status, serde_json::from_str(&body).unwrap_or(Value::Null))
}

fn unchunked(mut text: &str) -> String {
    let mut whole = String::new();
    while let Some((length, rest)) = text.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).unwrap();
        if length == 0 {
            break;
        }
        whole.push_str(&rest[..length]);
        text = &rest[length + 2..];
    }
    whole
}

/// The second Monday.
const DAY: &str = "from=2026-03-22T23:00:00Z&to=2026-03-23T23:00:00Z&by=day";

/// The page over the ledger, and what it answers to a report on the second Monday.
struct Page {
    _running: Running,
    address: String,
}

impl Page {
    fn open(shop: &Shop) -> Self {
        let mut command = shop.command(["serve", "--address", "127.0.0.1:0", "--config", "shop.toml"]);
        let mut running = Running::start(&mut command);
        let address = interface::address(&mut running);
        Self { _running: running, address }
    }

    fn report(&self, more: &str) -> Value {
        let (status, told) = ask(&self.address, "GET", &format!("/api/v1/report?{DAY}{more}"), None);
        assert_eq!(status, 200, "{told}");
        told
    }
}

#[test]
fn sources_lines_hours_and_the_week_before_are_the_same_in_the_report_and_over_http() {
    let shop = Shop::new();
    let page = Page::open(&shop);
    for (words, parameters) in [
        (&["--each-source"][..], "&each_source=true"),
        (&["--each-line"], "&each_line=true"),
        (
            &["--each-line", "--each-source", "--compare", "week"],
            "&each_line=true&each_source=true&compare=week",
        ),
        (&["--source", "front"], "&source=front"),
        (&[], ""),
    ] {
        let (told, asked) = (shop.report(words), page.report(parameters));
        assert_eq!(told, asked["rows"], "{words:?}");
    }
    let rows = shop.report(&["--each-line"]);
    let of = |row: &Value| (row["source"].clone(), row["line"].clone(), row["in"].clone());
    let rows: Vec<_> = rows.as_array().unwrap().iter().map(of).collect();
    assert_eq!(rows, [("back".into(), "door".into(), 1.into()), ("front".into(), "door".into(), 3.into())]);

    // Opening hours, and the Monday before.
    let day = &shop.report(&["--compare", "week"])[0];
    assert_eq!((&day["in"], &day["in_outside"], &day["out_outside"]), (&json!(4), &json!(1), &json!(0)));
    assert_eq!((&day["before"]["in"], &day["before"]["change"]), (&json!(2), &json!(1.0)));
    let table = shop.table(&["--compare", "week", "--each-source"]);
    assert!(
        table.contains("in outside") && table.contains("in before") && table.contains("change"),
        "{table}"
    );
    let csv = shop.table(&["--compare", "week", "--each-source", "--format", "csv"]);
    assert!(
        csv.starts_with("source,from,to,in,") && csv.lines().next().unwrap().ends_with("change"),
        "{csv}"
    );
    shop.call(["report", "--config", "shop.toml", "--by", "month", "--compare", "week"])
        .failure(2, &["--compare year"]);
    let (status, problem) = ask(&page.address, "GET", "/api/v1/report?by=month&compare=week", None);
    assert_eq!(status, 400, "{problem}");
}

#[test]
fn a_report_without_anything_new_in_its_ledger_has_the_columns_that_it_had() {
    let shop = Shop::new();
    fs::write(shop.path("shop.toml"), "[ledger]\nfile = \"shop.db\"\n").unwrap();
    let csv = shop.table(&["--format", "csv"]);
    let head = "from,to,in,in_low,in_high,out,out_low,out_high,occupancy,peak,came_unseen,left_unseen,visitors,again,\
                staff,visits,dwell,uncounted";
    assert_eq!(csv.lines().next(), Some(head));
    let members: Vec<_> = shop.report(&[])[0].as_object().unwrap().keys().cloned().collect();
    assert!(
        !members.iter().any(|name| ["source", "in_outside", "marked", "before"].contains(&name.as_str()))
    );
}

#[test]
fn a_mistaken_span_is_marked_shown_and_taken_back_on_the_command_line_and_over_http() {
    let shop = Shop::new();
    let (before, entries) = (shop.report(&[]), entries(&shop.path("shop.db")));
    let span = ["--from", "2026-03-23T09:45", "--to", "2026-03-23T10:15"];
    let mark = |more: &[&str]| {
        shop.call(["ledger", "mark"].iter().chain(&span).chain(more).chain(&["--config", "shop.toml"]))
    };
    mark(&[]).failure(2, &["--uncounted"]);
    mark(&["--uncounted", "--source", "fromt"]).failure(2, &["no source \"fromt\"", "front"]);
    let told = mark(&["--uncounted", "--source", "front", "--note", "the camera was turned"]).success();
    assert!(told.stderr.contains("unmark 1"), "{}", told.stderr);
    let day = &shop.report(&[])[0];
    assert_eq!((&day["in"], &day["marked"]), (&json!(2), &json!(2)));
    let table = shop.table(&[]);
    let line =
        "marked as uncounted from 2026-03-23 09:45 to 2026-03-23 10:15 at front: the camera was turned";
    assert!(table.contains(line) && table.contains("marked 30:00"), "{table}");

    let page = Page::open(&shop);
    let asked = page.report("");
    assert_eq!((&asked["rows"][0], &asked["marks"][0]["source"]), (day, &json!("front")));
    assert!(asked["reasons"].as_array().unwrap().contains(&json!({"reason": "marked", "seconds": 1800.0})));
    let counts = ask(&page.address, "GET", &format!("/api/v1/counts?{DAY}"), None).1;
    let sum: u64 = counts["counts"].as_array().unwrap().iter().map(|row| row["in"].as_u64().unwrap()).sum();
    assert_eq!(sum, 2, "{counts}");
    assert_eq!(ask(&page.address, "DELETE", "/api/v1/marks/1", None).0, 204);
    assert_eq!(ask(&page.address, "DELETE", "/api/v1/marks/1", None).0, 404);
    assert_eq!(shop.report(&[]), before);

    let new = json!({"from": "2026-03-23T08:45:00Z", "to": "2026-03-23T09:15:00Z", "note": "a party"});
    let (status, made) = ask(&page.address, "POST", "/api/v1/marks", Some(&new));
    assert_eq!((status, &made["id"]), (201, &json!(2)));
    assert!(shop.table(&[]).contains("note from 2026-03-23 09:45 to 2026-03-23 10:15: a party"));
    for wrong in [
        json!({"from": "2026-03-23T08:45:00Z", "to": "2026-03-23T08:45:00Z", "uncounted": true}),
        json!({"from": "2026-03-23T08:45:00Z", "to": "2026-03-23T09:45:00Z"}),
        json!({"from": "2026-03-23T08:45:00Z", "to": "2026-03-23T09:45:00Z", "uncounted": true, "source": "x"}),
    ] {
        assert_eq!(ask(&page.address, "POST", "/api/v1/marks", Some(&wrong)).0, 422, "{wrong}");
    }
    shop.call(["ledger", "unmark", "2", "--config", "shop.toml"]).success();
    shop.call(["ledger", "unmark", "2", "--config", "shop.toml"]).failure(2, &["no mark 2"]);
    let all = shop.call(["ledger", "marks", "--json", "--config", "shop.toml"]).success();
    let all: Value = serde_json::from_str(&all.stdout).unwrap();
    assert!(all.as_array().unwrap().len() == 2 && all[0]["taken_back"].is_string(), "{all}");
    assert_eq!(self::entries(&shop.path("shop.db")), entries, "no entry was changed");
}

fn entries(ledger: &Path) -> Vec<footfall_ledger::Row> {
    Reader::open(ledger).unwrap().entries_after(Seq(0), &Kind::ALL, usize::MAX).unwrap()
}

#[test]
fn what_the_till_has_sold_stands_beside_those_who_came() {
    let shop = Shop::new();
    let csv = "time,transactions,amount\n2026-03-23T10:00,2,25.00\n2026-03-23T11:00,1,4.50\n";
    fs::write(shop.path("till.csv"), csv).unwrap();
    let import = |more: &[&str]| {
        shop.call(["sales", "import", "till.csv"].iter().chain(more).chain(&["--config", "shop.toml"]))
    };
    let told = import(&[]).success();
    assert!(told.stderr.contains("3 transactions") && told.stderr.contains("2 are new"), "{}", told.stderr);
    assert!(import(&[]).success().stderr.contains("2 known already"));
    let day = &shop.report(&[])[0];
    assert_eq!(
        (&day["transactions"], &day["amount"], &day["conversion"]),
        (&json!(3), &json!(29.5), &json!(0.75))
    );
    assert!(shop.table(&[]).contains("75.0%"), "{}", shop.table(&[]));

    let page = Page::open(&shop);
    let sales = json!({"till": "kiosk", "sales": [{"time": "2026-03-23T09:00:00Z", "transactions": 1}]});
    let (status, sold) = ask(&page.address, "POST", "/api/v1/sales", Some(&sales));
    assert_eq!((status, &sold["added"]), (200, &json!(1)), "{sold}");
    let hours = ask(&page.address, "GET", &format!("/api/v1/report?{}", DAY.replace("day", "hour")), None).1;
    let ten = hours["rows"].as_array().unwrap().iter().find(|row| row["transactions"] == 3).unwrap();
    assert!(ten["from"].as_str().unwrap().contains("T10:00") && ten["conversion"] == 1.0, "{ten}");
    let twice = json!({"sales": [{"time": "2026-03-23T09:00:00Z", "transactions": 1}, {"time": "2026-03-23T09:00:00Z", "transactions": 1}]});
    assert_eq!(ask(&page.address, "POST", "/api/v1/sales", Some(&twice)).0, 422);
    fs::write(shop.path("till.csv"), "time,transactions\n2026-03-23T10:00,many\n").unwrap();
    import(&[]).failure(2, &["till.csv", "line 2", "many"]);
}

#[test]
fn a_ledger_is_backed_up_while_it_is_written_restored_elsewhere_and_rid_of_last_year() {
    let shop = Shop::new();
    let ledger = Ledger::open(shop.path("shop.db")).unwrap();
    count(
        &ledger,
        "front",
        &[("2025-12-31T10:00:00+01:00", "door", In), ("2025-12-31T23:59:00+01:00", "door", Out)],
    );
    let told = shop.call(["ledger", "backup", "copy.db", "--ledger", "shop.db"]).success();
    assert!(told.stderr.contains("and is whole"), "{}", told.stderr);
    shop.call(["ledger", "backup", "copy.db", "--ledger", "shop.db"]).failure(2, &["copy.db", "already"]);
    shop.call(["ledger", "restore", "copy.db", "--ledger", "shop.db"]).failure(2, &["--replace"]);
    shop.call(["ledger", "restore", "copy.db", "--ledger", "shop.db", "--replace"])
        .failure(1, &["is being written by"]);
    shop.call(["ledger", "restore", "copy.db", "--ledger", "new.db"]).success();
    assert_eq!(entries(&shop.path("new.db")), entries(&shop.path("shop.db")));

    // While it is written, too.
    let all = entries(&shop.path("shop.db"));
    let prune = |more: &[&str]| {
        shop.call(["ledger", "prune", "--before", "2026-01-01", "--config", "shop.toml"].iter().chain(more))
            .success()
    };
    let told = prune(&["--dry-run"]).stderr;
    assert!(told.contains("would remove 2 crossings"), "{told}");
    assert_eq!(entries(&shop.path("shop.db")), all);
    assert!(prune(&[]).stderr.contains("removed 2 crossings"));
    let left = entries(&shop.path("shop.db"));
    assert!(
        left.len() < all.len() && left.iter().all(|row| row.at.to_string().starts_with("2026")),
        "{left:?}"
    );
    shop.call(["ledger", "check", "shop.db"]).success();
    drop(ledger);
    shop.call(["ledger", "restore", "copy.db", "--ledger", "shop.db", "--replace"]).success();
    assert_eq!(entries(&shop.path("shop.db")), all);
    let aside =
        common::names(shop.folder.path()).into_iter().find(|name| name.starts_with("shop.db.replaced-"));
    assert_eq!(entries(&shop.path(&aside.unwrap())), left);
}
