//! The page as its owner sees it, in a real browser: tests/page/owner.py drives it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use common::camera::Camera;
use common::interface::{get, token};
use common::running::Running;
use common::{clip, footfall, run};
use serde_json::Value;

/// The page's address, once the program says so.
fn url(running: &mut Running) -> String {
    let said = running.wait_for("the page is at ");
    said.split_whitespace().last().unwrap().trim_end_matches('/').to_owned()
}

/// A browser that looks at the page.
struct Owner {
    browser: Child,
    said: BufReader<ChildStdout>,
}

impl Owner {
    fn look(scenario: &str, url: &str, arguments: &[&str]) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/page/owner.py");
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script).args([scenario, url]).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut browser = command.spawn().unwrap();
        let said = BufReader::new(browser.stdout.take().unwrap());
        Self { browser, said }
    }

    /// Waits until it is ready for what comes next.
    fn wait_until_ready(&mut self) {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        assert_eq!(line.trim(), "ready", "{}", self.errors());
    }

    fn go_on(&mut self) {
        self.browser.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    }

    fn errors(&mut self) -> String {
        let mut errors = String::new();
        self.browser.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        errors
    }

    /// What it found.
    fn found(mut self) -> Value {
        let mut text = String::new();
        self.said.read_to_string(&mut text).unwrap();
        let errors = self.errors();
        assert!(self.browser.wait().unwrap().success(), "{errors}");
        serde_json::from_str(text.trim()).unwrap_or_else(|_| panic!("{text}\n{errors}"))
    }
}

/// A configuration with a page and these lines over the camera.
fn at_camera(config: &Path, camera: &Camera, lines: &str) -> Command {
    let source = format!("[[source]]\nname = \"front\"\nurl = \"{}\"\n", camera.address);
    fs::write(config, format!("[serve]\naddress = \"127.0.0.1:0\"\n{source}{lines}")).unwrap();
    let mut command = footfall();
    command.args(["run", "--no-embedder", "--config"]).arg(config);
    command
}

#[test]
fn the_live_page_asks_for_the_token_and_shows_pictures_to_who_has_it() {
    let made = footfall().args(["token", "wall"]).output().unwrap();
    let (token, said) = (String::from_utf8(made.stdout).unwrap(), String::from_utf8(made.stderr).unwrap());
    let entry = &said[said.find("[[serve.token]]").unwrap()..said.find("\n\nThe token").unwrap()];
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("c.toml");
    fs::write(&config, format!("[serve]\naddress = \"127.0.0.1:0\"\n{entry}\n")).unwrap();
    let mut command = footfall();
    command.arg("run").arg(clip()).args(["--no-embedder", "--config"]).arg(&config);
    let mut running = Running::start(&mut command);
    let url = url(&mut running);
    let found = Owner::look("sign-in", &url, &[token.trim()]).found();
    assert!(found["note"].as_str().unwrap().contains("Wrong token"), "{found}");
    assert_eq!(found["asks"], false, "{found}");
}

#[test]
fn a_camera_that_goes_away_is_seen_to_be_away() {
    let mut camera = Camera::start("http");
    let folder = tempfile::tempdir().unwrap();
    let mut running = Running::start(&mut at_camera(&folder.path().join("c.toml"), &camera, ""));
    let url = url(&mut running);
    let mut owner = Owner::look("lost", &url, &[]);
    owner.wait_until_ready();
    camera.stop();
    owner.go_on();
    let found = owner.found();
    // A machine that is busy with other tests may say that it is overloaded.
    assert!(!found["before"]["alert"].as_str().unwrap().contains("No picture"), "{found}");
    assert_ne!(found["before"]["people"], "–", "{found}");
    let after = &found["after"];
    for place in ["link", "alert", "health"] {
        let text = after[place].as_str().unwrap();
        assert!(text.contains("No picture since") && text.contains(':'), "{place}: {found}");
    }
    assert!(after["link"].as_str().unwrap().starts_with("front"), "{found}");
    assert!(after["health"].as_str().unwrap().contains("no frames now"), "{found}");
}

#[test]
fn a_line_that_was_renamed_is_no_reason_to_refuse_the_next_change() {
    let camera = Camera::start("http");
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("c.toml");
    let lines = "[[source.line]]\nname = \"door\" # of glass\nfrom = [384, 576]\nto = [384, 0]\n\
                 [[source.line]]\nname = \"till\"\nfrom = [100, 576]\nto = [100, 0]\n";
    let mut running = Running::start(&mut at_camera(&config, &camera, lines));
    let url = url(&mut running);
    let found = Owner::look("rename", &url, &[]).found();
    for said in found["said"].as_array().unwrap() {
        assert!(said.as_str().unwrap().starts_with("Saved"), "{found}");
    }
    assert_eq!(found["names"], serde_json::json!(["entrance", "till"]));
    let kept = fs::read_to_string(&config).unwrap();
    assert!(kept.contains("name = \"entrance\" # of glass\nfrom = [384, 576]"), "{kept}");
}

#[test]
fn over_a_ledger_alone_there_are_numbers_and_nothing_of_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("shop.db");
    // The file may be of yesterday; what the page shows first is today.
    let now = footfall_ledger::jiff::Timestamp::now().to_string();
    let few = ["--no-embedder", "--max-frames", "40", "--line", "door:384,576,384,0", "--start-time", &now];
    run(clip(), few.into_iter().chain(["--ledger", ledger.to_str().unwrap()])).success();
    let mut command = footfall();
    command.arg("serve").arg("--ledger").arg(&ledger).args(["--address", "127.0.0.1:0"]);
    let mut running = Running::start(&mut command);
    let url = url(&mut running);
    let found = Owner::look("ledger", &url, &[]).found();
    let shown = |place: &str| found[place].as_bool().unwrap();
    assert!(["#in-today", "#hours"].into_iter().all(shown), "{found}");
    let of_picture = ["#stage", "#draw", "#draw-zone", "#draw-mask", "#health", "#in-picture"];
    assert!(!of_picture.into_iter().any(shown), "{found}");
    let texts = |place: &str| -> Vec<&str> {
        found[place].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
    };
    assert!(texts("marks").iter().all(|mark| mark.parse::<u64>().is_ok()), "no half people: {found}");
    // A week with one day that was counted, for four seconds.
    let days = texts("rows");
    assert_eq!(days.iter().filter(|row| row.ends_with("not counted")).count(), 6, "{found}");
    assert!(days.iter().any(|row| row.contains("door")), "{found}");
    assert!(found["uncounted"].as_str().unwrap().starts_with("6 days"), "{found}");
    assert_eq!(found["hatched"], 7, "{found}");
}

#[test]
fn what_was_drawn_is_saved_where_the_picture_is() {
    let camera = Camera::start("http");
    let folder = tempfile::tempdir().unwrap();
    let mut running = Running::start(&mut at_camera(&folder.path().join("c.toml"), &camera, ""));
    let url = url(&mut running);
    for (screen, lines) in [("desk", vec!["line 1"]), ("phone", vec!["line 1", "line 2"])] {
        let found = Owner::look("draw", &url, &[screen]).found();
        assert_eq!(found["in sight"], serde_json::json!([true, true]), "{screen}: {found}");
        assert_eq!(found["lines"], serde_json::json!(lines), "{screen}: {found}");
    }
}

/// A run of the clip's beginning with its page, a ledger and a token that may change things.
fn with_token(folder: &Path, arguments: &[&str]) -> (Running, String) {
    let (token, entry) = token("me", "change");
    let config = folder.join("shop.toml");
    let source = format!("[[source]]\nname = \"front\" # of glass\nurl = '{}'\n", clip().display());
    let line = "[[source.line]]\nname = \"door\"\nfrom = [384, 576]\nto = [384, 0]\n";
    let zone = "[[source.zone]]\nname = \"crossroads\"\npoints = [[430, 220], [700, 200], [740, 420]]\n";
    fs::write(&config, format!("[serve]\naddress = \"127.0.0.1:0\"\n{entry}{source}{line}{zone}")).unwrap();
    let mut command = footfall();
    command.args(["run", "--max-frames", "120", "--config"]).arg(&config).args(arguments);
    (Running::start(&mut command), token)
}

#[test]
fn nothing_on_the_page_is_out_of_reach_for_anybody() {
    let folder = tempfile::tempdir().unwrap();
    let (mut running, token) = with_token(folder.path(), &["--no-embedder"]);
    let url = url(&mut running);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/page/accessible.py");
    let axe = common::cached("page/axe.min.js");
    let looked = Command::new("/usr/bin/python3").args([script, &url, &token]).arg(axe).output().unwrap();
    assert!(looked.status.success(), "{}", String::from_utf8_lossy(&looked.stderr));
    let found: Value = serde_json::from_slice(&looked.stdout).unwrap();
    assert_eq!(found["views"].as_array().map(Vec::len), Some(6), "{found}");
    assert_eq!(found["broken"], serde_json::json!([]), "{found:#}");
}

#[test]
fn an_owner_changes_settings_on_the_page_and_the_file_stays_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let (mut running, token) = with_token(folder.path(), &[]);
    let url = url(&mut running);
    let config = folder.path().join("shop.toml");
    let before = fs::read_to_string(&config).unwrap();
    let found = Owner::look("settings", &url, &[&token]).found();
    assert!(found["refused"].as_str().unwrap().contains("begins with rtsp://"), "{found}");
    assert_eq!(found["shown"], "rtsp://***@127.0.0.1:9/x", "{found}");
    let kept = fs::read_to_string(&config).unwrap();
    assert!(kept.contains("name = \"front\" # of glass\n") && kept.contains("hunter2"), "{kept}");
    let read: toml::Table = kept.parse().unwrap();
    let (sources, was) = (read["source"].as_array().unwrap(), before.parse::<toml::Table>().unwrap());
    assert_eq!((&sources[0], sources[1]["name"].as_str()), (&was["source"][0], Some("back")));
    let hours = ["mon", "sat", "sun"].map(|day| read["hours"].get(day).and_then(toml::Value::as_str));
    assert_eq!(hours, [Some("09:00-18:30"), Some("10:00-16:00"), None], "{kept}");
    assert_eq!(found["alert"], "full: when too many people are inside (more than 7)");
    assert_eq!(read["publish"]["alert"][0]["above"].as_integer(), Some(7));
    // Who was enrolled is known by how they look, and by no picture.
    assert!(found["enrolled"].as_str().unwrap().contains("Anna is not counted"), "{found}");
    let listed =
        footfall().args(["staff", "list", "--gallery"]).arg(folder.path().join("staff.json")).output();
    assert!(String::from_utf8(listed.unwrap().stdout).unwrap().contains("Anna"));
    // The token that was made is accepted as soon as the file was read again, to look and no more.
    let address = url.split("://").nth(1).unwrap();
    let made = found["token"].as_str().unwrap();
    // Each change has it read again; this one was the last.
    while !get(address, "/api/v1/today", made).0.contains(" 200 ") {
        running.wait_for("was read again");
    }
    assert!(get(address, "/api/v1/settings", made).0.contains(" 403 "));
}

#[test]
fn the_wall_never_shows_what_was_for_what_is() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("shop.db");
    let few = ["--no-embedder", "--max-frames", "40", "--line", "door:384,576,384,0", "--ledger"];
    run(clip(), few.into_iter().chain([ledger.to_str().unwrap()])).success();
    let serve = |address: &str| {
        let mut command = footfall();
        command.arg("serve").arg("--ledger").arg(&ledger).args(["--address", address]);
        Running::start(&mut command)
    };
    let mut running = serve("127.0.0.1:0");
    let url = url(&mut running);
    let mut owner = Owner::look("wall", &url, &[]);
    owner.wait_until_ready();
    running.stop().success();
    owner.go_on();
    owner.wait_until_ready();
    let _again = serve(url.split("://").nth(1).unwrap());
    owner.go_on();
    let found = owner.found();
    assert_eq!(found["before"]["header"], false, "numbers alone: {found}");
    assert!(found["before"]["height"].as_f64() > Some(0.25), "read from five metres: {found}");
    assert!(found["gone"]["alert"].as_str().unwrap().contains("as of"), "{found}");
    assert!(found["gone"]["opacity"].as_f64() < Some(0.6) && found["opacity"] == 1.0, "{found}");
}

/// From an empty folder to yesterday's report, by mouse and by touch.
fn first_hour(screen: &str) {
    let camera = Camera::start("http");
    let folder = tempfile::tempdir().unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/page/first_hour.py");
    let mut command = Command::new("/usr/bin/python3");
    command.args([script, env!("CARGO_BIN_EXE_footfall"), &camera.address]).arg(folder.path()).arg(screen);
    // A folder for pictures of each step, for those who want to see them.
    command.args(std::env::var_os("FOOTFALL_PICTURES"));
    let done = command.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let found: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert!(found["clicks"].as_u64().unwrap() <= 12, "{found}");
    assert_eq!(found["save in sight"], true, "{found}");
    let report = &found["report"];
    assert_eq!(report["told"], report["file"], "{found}");
    let all = report["told"]["in"].as_u64().unwrap() + report["told"]["out"].as_u64().unwrap();
    assert!(all > 0 && all >= found["counted"].as_u64().unwrap(), "{found}");
    assert!(report["lines"].as_array().unwrap().contains(&Value::from("door")), "{found}");
}

#[test]
fn a_new_owners_first_hour_takes_at_most_twelve_clicks() {
    first_hour("desk");
}

#[test]
fn a_new_owners_first_hour_takes_at_most_twelve_taps() {
    first_hour("phone");
}
