//! Live sources: a real RTSP server (`GStreamer`'s) and a motion JPEG camera over HTTP, both on loopback,
//! that behave well and badly.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use common::camera::Camera;
use common::interface::{address, get};
use common::running::Running;
use common::{DOOR, footfall, run, summary};

/// Impatient with sources: the tests have no time.
const HASTY: &str = "[source]\nread_timeout = 1.5\nopen_timeout = 5.0\nretry_first = 0.1\nretry_most = 0.5\n\
                     uncounted_gap = 0.8\n";

fn configured(folder: &Path, text: &str, address: &str) -> Command {
    let config = folder.join("c.toml");
    fs::write(&config, text).unwrap();
    let mut command = footfall();
    command.args(["run", address, "--no-embedder", "--tracks", "-", "--summary"]).arg(folder.join("s.json"));
    command.arg("--config").arg(config);
    command
}

#[test]
fn a_live_stream_is_tracked_and_every_frame_is_accounted_for() {
    for (scheme, transport) in [("rtsp", "tcp"), ("rtsp", "udp"), ("http", "tcp")] {
        let camera = Camera::start(scheme);
        let folder = tempfile::tempdir().unwrap();
        let told = folder.path().join("s.json");
        let arguments = ["--line", DOOR, "--max-frames", "60", "--transport", transport, "--summary"];
        run(&camera.address, arguments.into_iter().chain([told.to_str().unwrap()])).success();
        let told = summary(&told);
        let count = |what: &str| told["frames"][what].as_u64().unwrap();
        assert_eq!(count("read"), 60, "{scheme}");
        assert_eq!(count("read"), count("processed") + count("dropped"), "{scheme}");
        assert!(count("processed") > 0 && told["detections"].as_u64() > Some(0), "{scheme}: {told}");
    }
}

/// How often a condition was raised, and the seconds that were uncounted for it.
fn trouble(told: &serde_json::Value, condition: &str) -> (u64, f64) {
    let troubles = told["sources"][0]["troubles"].as_array().unwrap();
    let found = troubles.iter().find(|trouble| trouble["condition"] == condition);
    found.map_or((0, 0.0), |trouble| {
        (trouble["times"].as_u64().unwrap(), trouble["uncounted_seconds"].as_f64().unwrap())
    })
}

#[test]
fn a_camera_that_misbehaves_is_counted_at_again_and_what_was_missed_is_told() {
    for scheme in ["rtsp", "http"] {
        let mut camera = Camera::start(scheme);
        let folder = tempfile::tempdir().unwrap();
        let mut running = Running::start(&mut configured(folder.path(), HASTY, &camera.address));
        running.result();

        // Slowed down: it falters, but not for long enough to be given up.
        for _ in 0..5 {
            camera.pause();
            sleep(Duration::from_millis(300));
            camera.go_on();
            sleep(Duration::from_millis(100));
        }
        // Paused: it keeps its connections and sends nothing.
        camera.pause();
        let stalled = running.wait_for("trying to reach it again");
        camera.go_on();
        running.wait_for("is back after");
        assert!(stalled.contains("nothing for") || stalled.contains("broke off"), "{stalled}");
        // Stopped, and started again.
        camera.stop();
        running.wait_for("trying to reach it again");
        camera.start_again();
        running.wait_for("is back after");
        running.skip_results();
        running.result();
        // Started again with another size.
        camera.stop();
        camera.set_size(480, 400);
        running.wait_for("trying to reach it again");
        camera.start_again();
        running.wait_for("is back after");
        running.skip_results();
        running.result();

        let ended = running.stop().success();
        let told = summary(&folder.path().join("s.json"));
        let count = |what: &str| told["frames"][what].as_u64().unwrap();
        assert_eq!(count("read"), count("processed") + count("dropped"), "{told}");
        let (lost, stalled) = (trouble(&told, "disconnected"), trouble(&told, "stalled"));
        assert!(lost.0 + stalled.0 >= 3 && lost.1 + stalled.1 > 1.5, "{told}\n{}", ended.stderr);
        assert_eq!(trouble(&told, "resized").0, 1, "{told}\n{}", ended.stderr);
        assert_eq!((&told["source"]["width"], &told["source"]["height"]), (&768.into(), &576.into()));
    }
}

#[test]
fn changed_credentials_shut_it_out_until_the_file_has_them_and_are_never_shown() {
    let mut camera = Camera::start_with("rtsp", Some("me:hunter2"));
    let folder = tempfile::tempdir().unwrap();
    let login = folder.path().join("front.login");
    fs::write(&login, "me:hunter2\n").unwrap();
    let place = camera.address.replace("me:hunter2@", "");
    let text = format!("{HASTY}login_file = \"front.login\"\n");
    let mut running = Running::start(configured(folder.path(), &text, &place).arg("-vv"));
    running.result();
    camera.stop();
    camera.set_login("me:correcthorse");
    running.wait_for("trying to reach it again");
    camera.start_again();
    running.wait_for("cannot open stream");
    fs::write(&login, "me:correcthorse\n").unwrap();
    running.wait_for("is back after");
    running.skip_results();
    running.result();
    let ended = running.stop().success();
    let told = fs::read_to_string(folder.path().join("s.json")).unwrap();
    for text in [&ended.stderr, &ended.stdout, &told] {
        assert!(!text.contains("hunter2") && !text.contains("correcthorse"), "{text}");
    }
}

#[test]
fn a_camera_that_stays_away_too_long_is_an_error_and_outputs_are_complete() {
    let mut camera = Camera::start("rtsp");
    let folder = tempfile::tempdir().unwrap();
    let video = folder.path().join("v.mp4");
    let text = format!("{HASTY}give_up_after = 2.0\n");
    let mut command = configured(folder.path(), &text, &camera.address);
    let running = Running::start(command.arg("--output").arg(&video));
    running.result();
    camera.stop();
    running.end().failure(1, &["127.0.0.1"]);
    run(&video, ["--no-embedder"]).success();
}

#[test]
fn of_several_sources_one_that_is_not_there_yet_is_waited_for() {
    let camera = Camera::start("http");
    let mut late = Camera::start("rtsp");
    late.stop();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("c.toml");
    let source = |name: &str, address: &str| {
        format!("[[source]]\nname = \"{name}\"\nurl = \"{address}\"\nretry_first = 0.1\nretry_most = 0.5\n")
    };
    fs::write(&config, source("first", &camera.address) + &source("late", &late.address)).unwrap();
    let mut command = footfall();
    let told = folder.path().join("s.json");
    command
        .args(["run", "--no-embedder", "--serve", "127.0.0.1:0", "--config"])
        .arg(&config)
        .arg("--summary")
        .arg(&told);
    let mut running = Running::start(&mut command);
    running.wait_for("The others begin without it");
    let address = address(&mut running);
    late.start_again();
    running.wait_for("late is there now");
    for source in ["first", "late"] {
        // The answer waits for a frame for a while, and is asked for again.
        let shown = || get(&address, &format!("/api/v1/sources/{source}/snapshot.jpg"), "").0;
        assert!((0..30).any(|_| shown().contains("200")), "{source} shows nothing");
    }
    running.stop().success();
    let told = summary(&told);
    for source in told["sources"].as_array().unwrap() {
        assert!(source["frames"]["processed"].as_u64() > Some(0), "{told}");
    }
    let late = &told["sources"][1];
    assert_eq!((&late["name"], &late["kind"]), (&"late".into(), &"live".into()));
}

#[test]
fn nobody_at_the_address_is_an_error_that_hides_the_password() {
    let ended = run("rtsp://user:secret@127.0.0.1:9/camera", ["--no-embedder"]).failure(1, &["127.0.0.1:9"]);
    assert!(!ended.stderr.contains("secret"), "{}", ended.stderr);
}
