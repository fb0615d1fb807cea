//! What nobody can count is called uncountable wherever its counts are; the sample clip as it is never is.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use common::broker::{Broker, Message, listen};
use common::camera::{Camera, save_far_pictures};
use common::interface::{address, get};
use common::running::Running;
use common::{DOOR, Ended, clip, footfall, summary};
use serde_json::Value;

/// Nothing here takes nearly as long, however busy the machine is.
const PATIENCE: Duration = Duration::from_mins(2);

fn said(command: &mut Command) -> Ended {
    Ended::from(command.output().unwrap()).success()
}

/// Counts over a recording, and the report on it in each form: table, CSV, JSON.
fn counted(folder: &Path, source: &Path, more: &[&str]) -> (Ended, Value, [String; 3]) {
    let file = |name: &str| folder.join(name);
    let mut command = footfall();
    command.arg("run").arg(source).args(["--line", DOOR, "--no-embedder"]).args(more);
    command.arg("--summary").arg(file("s.json")).arg("--ledger").arg(file("l.db"));
    let ended = said(&mut command);
    let report = |format: &str| {
        let mut command = footfall();
        command.args(["report", "--format", format, "--ledger"]).arg(file("l.db"));
        said(&mut command).stdout
    };
    (ended, summary(&file("s.json")), ["table", "csv", "json"].map(report))
}

#[test]
fn a_recording_of_people_who_are_too_far_away_says_so_wherever_its_counts_are() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = folder.path().join("pictures");
    fs::create_dir(&pictures).unwrap();
    save_far_pictures(&pictures, 150, 4);
    let config = folder.path().join("c.toml");
    // Windows near the line would make them large enough.
    fs::write(&config, "[source]\nframe_rate = 10.0\n[detector]\nwindows = \"whole\"\n").unwrap();
    let (ended, told, [table, csv, json]) =
        counted(folder.path(), &pictures, &["--config", config.to_str().unwrap()]);
    for words in [" cannot be counted: people ", "It takes ", "(uncountable)"] {
        assert!(ended.stderr.contains(words), "{words} in:\n{}", ended.stderr);
    }
    let line = &told["lines"][0];
    let because = line["uncountable"]["because"].as_str().unwrap();
    assert!(["too_small", "unclear"].contains(&because), "{told}");
    assert!(line.get("in_interval").is_none() && line.get("rate_too_low").is_none(), "{told}");
    assert!(table.contains("uncountable for 0:15") && table.contains(". It takes "), "{table}");
    let mut rows = csv.lines();
    let column = rows.next().unwrap().split(',').position(|head| head == "uncountable").expect("a column");
    let seconds: f64 = rows.next().unwrap().split(',').nth(column).unwrap().parse().unwrap();
    assert!((14.0..15.5).contains(&seconds), "{csv}");
    let rows: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(rows[0]["uncountable"], seconds, "{json}");
    assert_eq!(rows[0]["uncounted"], seconds, "told once: {json}");
}

#[test]
fn the_sample_clip_is_never_uncountable() {
    let folder = tempfile::tempdir().unwrap();
    let (ended, told, reports) = counted(folder.path(), &clip(), &["--max-frames", "150"]);
    assert!(told["lines"][0]["in_interval"].is_object(), "{told}");
    assert_eq!(told["sources"][0]["troubles"], serde_json::json!([]), "{told}");
    for text in reports.iter().chain([&ended.stderr, &told.to_string()]) {
        assert!(!text.contains("uncountable") && !text.contains("cannot be counted"), "{text}");
    }
}

fn answer(page: &str, path: &str) -> String {
    let (head, mut rest) = get(page, path, "");
    assert!(head.contains(" 200 "), "{path}: {head}");
    let mut text = String::new();
    rest.read_to_string(&mut text).unwrap();
    text.split_once("\r\n\r\n").unwrap().1.to_owned()
}

/// The first message under the topic in which `is_so`.
fn heard(messages: &std::sync::mpsc::Receiver<Message>, is_so: impl Fn(&Value) -> bool) -> Value {
    let end = Instant::now() + PATIENCE;
    loop {
        let (_, payload) =
            messages.recv_timeout(end.saturating_duration_since(Instant::now())).expect("it is told");
        let state = serde_json::from_slice(&payload).unwrap_or(Value::Null);
        if is_so(&state) {
            return state;
        }
    }
}

#[test]
fn a_camera_with_a_frame_a_second_is_uncountable_on_the_page_in_metrics_and_at_the_broker_until_it_sends_more()
 {
    let folder = tempfile::tempdir().unwrap();
    let broker = Broker::start(folder.path());
    let states = listen(broker.port, "shop/front/door/today");
    let mut camera = Camera::start_at("http", 1);
    let config = folder.path().join("shop.toml");
    let text = format!(
        "[ledger]\nfile = \"shop.db\"\n[health]\nhold = 1.0\n[publish.mqtt]\n\
         url = \"mqtt://127.0.0.1:{}\"\nprefix = \"shop\"\n[[source]]\nname = \"front\"\nurl = \"{}\"\n\
         retry_most = 1.0\n[[source.line]]\nname = \"door\"\nfrom = [384, 576]\nto = [384, 0]\n",
        broker.port, camera.address
    );
    fs::write(&config, text).unwrap();
    let mut command = footfall();
    command.args(["run", "--no-embedder", "--serve", "127.0.0.1:0", "--config"]).arg(&config);
    let mut running = Running::start(&mut command);
    let page = address(&mut running);
    running.wait_for("too few frames to count by: ");

    let state = heard(&states, |state| state["uncountable"].is_object());
    assert_eq!(state["uncountable"]["because"], "low_rate", "{state}");
    assert!(state["uncountable"]["remedy"].as_str().unwrap().starts_with("It takes "), "{state}");
    let json = |path: &str| serde_json::from_str::<Value>(&answer(&page, path)).unwrap();
    let status = &json("/api/v1/sources")["sources"][0]["status"];
    assert_eq!((&status["uncountable"]["because"], &status["health"]), (&"low_rate".into(), &"poor".into()));
    assert!(answer(&page, "/metrics").contains("footfall_source_countable{source=\"front\"} 0.0"));
    assert!(answer(&page, "/api/v1/openapi.json").contains("Uncountable"));

    camera.stop();
    camera.set_rate(20);
    camera.start_again();
    running.wait_for("frames are enough to count by again");
    heard(&states, |state| state["in"].is_u64() && state.get("uncountable").is_none());
    assert!(answer(&page, "/metrics").contains("footfall_source_countable{source=\"front\"} 1.0"));
    // What was so stays written down.
    let today = json("/api/v1/today");
    let (uncounted, uncountable) =
        (today["uncounted"].as_f64().unwrap(), today["uncountable"].as_f64().unwrap());
    assert!(uncountable > 0.0 && uncountable <= uncounted, "{today}");
    let report = json("/api/v1/report?by=day");
    let reasons = report["reasons"].as_array().unwrap();
    let low = reasons.iter().find(|reason| reason["reason"] == "low_rate").unwrap();
    assert!(low["uncountable"]["why"].as_str().unwrap().starts_with("too few frames"), "{report}");
    assert!(report["rows"][0]["uncountable"].as_f64() > Some(0.0), "{report}");
    assert!(json("/api/v1/periods?by=day")["periods"][0]["uncountable"].as_f64() > Some(0.0));
    running.stop().success();
}
