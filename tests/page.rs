//! The page as its owner sees it, in a real browser: tests/page/owner.py drives it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use common::camera::Camera;
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
    assert!(found["note"].as_str().unwrap().contains("No such token"), "{found}");
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
    let few = ["--no-embedder", "--max-frames", "40", "--line", "door:384,576,384,0", "--ledger"];
    run(clip(), few.into_iter().chain([ledger.to_str().unwrap()])).success();
    let mut command = footfall();
    command.arg("serve").arg("--ledger").arg(&ledger).args(["--address", "127.0.0.1:0"]);
    let mut running = Running::start(&mut command);
    let url = url(&mut running);
    let found = Owner::look("ledger", &url, &[]).found();
    let shown = |place: &str| found[place].as_bool().unwrap();
    assert!(["#in-today", "#hours"].into_iter().all(shown), "{found}");
    let of_picture = ["#stage", "#draw", "#draw-zone", "#draw-mask", "#health", "#in-picture"];
    assert!(!of_picture.into_iter().any(shown), "{found}");
}
