//! An inner line is in no total: of the report, of the interface, of the page.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::io::Read as _;

use common::interface::{address, get};
use common::running::Running;
use common::{clip, footfall};
use serde_json::Value;

/// Two lines across the way of everybody: whoever comes in passes both.
const CONFIG: &str = "\
[[line]]
name = \"door\"
from = [384, 576]
to = [384, 0]

[[line]]
name = \"till side\"
from = [400, 576]
to = [400, 0]
role = \"inner\"
";

fn sums(counts: &Value) -> (u64, u64) {
    let rows = counts.as_array().or_else(|| counts["counts"].as_array()).unwrap();
    let sum = |way: &str| rows.iter().map(|row| row[way].as_u64().unwrap()).sum();
    (sum("in"), sum("out"))
}

/// What the interface says of today.
fn today(address: &str) -> Value {
    let (status, mut answer) = get(address, "/api/v1/today", "");
    assert!(status.contains(" 200 "), "{status}");
    let mut text = String::new();
    answer.read_to_string(&mut text).unwrap();
    serde_json::from_str(text.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn an_inner_line_is_in_no_total() {
    let folder = tempfile::tempdir().unwrap();
    let (config, ledger) = (folder.path().join("shop.toml"), folder.path().join("shop.db"));
    fs::write(&config, CONFIG).unwrap();
    let mut run = footfall();
    run.arg("run").arg(clip()).args(["--no-embedder", "--max-frames", "300", "--config"]).arg(&config);
    assert!(run.arg("--ledger").arg(&ledger).output().unwrap().status.success());
    let report = |arguments: &[&str]| {
        let mut command = footfall();
        command.args(["report", "--format", "json", "--ledger"]).arg(&ledger).args(arguments);
        sums(&serde_json::from_slice(&command.output().unwrap().stdout).unwrap())
    };
    let (all, door, till) = (report(&[]), report(&["--line", "door"]), report(&["--line", "till side"]));
    assert!(door.0 > 0 && till.0 > 0, "{door:?} {till:?}");
    assert_eq!(all, door);

    let mut serve = footfall();
    serve.args(["serve", "--address", "127.0.0.1:0", "--ledger"]).arg(&ledger);
    let mut serve = Running::start(&mut serve);
    let today = today(&address(&mut serve));
    assert_eq!((today["in"].as_u64(), today["out"].as_u64()), (Some(door.0), Some(door.1)), "{today}");
    let hours = today["hours"].as_array().unwrap();
    assert_eq!(hours.iter().map(|hour| hour["in"].as_u64().unwrap()).sum::<u64>(), door.0, "{today}");
    let of_line = |index: usize| (&today["lines"][index]["line"], &today["lines"][index]["role"]);
    assert_eq!(of_line(0), (&Value::from("door"), &Value::from("entrance")), "{today}");
    assert_eq!(of_line(1), (&Value::from("till side"), &Value::from("inner")), "{today}");
    assert_eq!(today["lines"][1]["in"].as_u64(), Some(till.0), "{today}");
}
