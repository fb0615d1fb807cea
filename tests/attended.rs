//! Making, checking and changing a configuration, and what a service manager is told.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::Duration;

use common::camera::Camera;
use common::running::Running;
use common::{Ended, clip, footfall, names, summary};

fn camera_with_line(address: &str, line: &str) -> String {
    format!(
        "[[source]]\nname = \"front\"\nurl = \"{address}\"\n\
         [[source.line]]\nname = \"{line}\"\nfrom = [384, 576]\nto = [384, 0]\n"
    )
}

#[test]
fn lines_change_while_it_runs_and_a_broken_edit_changes_nothing() {
    let camera = Camera::start("http");
    let folder = tempfile::tempdir().unwrap();
    let (config, told) = (folder.path().join("c.toml"), folder.path().join("s.json"));
    fs::write(&config, camera_with_line(&camera.address, "door")).unwrap();
    let mut command = footfall();
    command.args(["run", "--no-embedder", "--tracks", "-", "--config"]).arg(&config);
    let mut running = Running::start(command.arg("--summary").arg(&told));
    running.result();
    fs::write(&config, "[[source]]\nname = \"front\"\nurrl = 3\n").unwrap();
    let said = running.wait_for("stay in force");
    assert!(said.contains("needs a url"), "{said}");
    fs::write(&config, camera_with_line(&camera.address, "window")).unwrap();
    let read = running.wait_for("was read again");
    assert!(read.contains("lines of front"), "{read}");
    running.skip_results();
    running.result();
    running.stop().success();
    let told = summary(&told);
    assert_eq!(told["lines"][0]["name"], "window", "{told}");
    let count = |what: &str| told["frames"][what].as_u64().unwrap();
    assert_eq!(count("read"), count("processed") + count("dropped"), "not a frame was lost: {told}");
}

#[test]
fn a_service_manager_is_told_when_frames_come_and_that_they_go_on() {
    let camera = Camera::start("http");
    let folder = tempfile::tempdir().unwrap();
    let manager = UnixDatagram::bind(folder.path().join("notify")).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(90))).unwrap();
    let hear = |words: &str| {
        let mut message = [0; 4096];
        loop {
            let length = manager.recv(&mut message).expect(words);
            let heard = String::from_utf8_lossy(&message[..length]).into_owned();
            if heard.starts_with(words) {
                return heard;
            }
        }
    };
    let mut command = footfall();
    command.arg("run").arg(format!("front={}", camera.address)).args([
        "--no-embedder",
        "--log-format",
        "json",
    ]);
    command.env("NOTIFY_SOCKET", folder.path().join("notify")).env("WATCHDOG_USEC", "60000000");
    let running = Running::start(&mut command);
    hear("READY=1");
    hear("WATCHDOG=1");
    assert!(hear("STATUS=front: ").contains("frames"));
    let ended = running.stop().success();
    hear("STOPPING=1");
    for line in ended.stderr.lines() {
        let event: serde_json::Value = serde_json::from_str(line).expect(line);
        assert!(event["level"].is_string() && event["fields"]["message"].is_string(), "{line}");
    }
}

fn init(folder: &Path, arguments: &[&str]) -> Ended {
    let mut command = footfall();
    let source = format!("shop={}", clip().display());
    command.arg("init").arg(source).args(arguments).args(["--seconds", "12"]).current_dir(folder);
    command.output().unwrap().into()
}

#[test]
fn init_makes_a_configuration_that_counts_and_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let made = init(folder.path(), &[]).success();
    assert!(made.stderr.contains("people were seen walking"), "{}", made.stderr);
    assert!(made.stderr.contains("from the side"), "{}", made.stderr);
    assert_eq!(names(folder.path()), ["footfall.toml", "shop-line.jpg", "shop.jpg"]);
    init(folder.path(), &[]).failure(2, &["there already", "--force"]);
    init(folder.path(), &["--force"]).success();
    let config = folder.path().join("footfall.toml");
    let checked: Ended = footfall().arg("check").arg(&config).output().unwrap().into();
    let checked = checked.success();
    assert!(checked.stderr.contains("shop") && checked.stderr.contains("door"), "{}", checked.stderr);
    let told = folder.path().join("s.json");
    let ran: Ended = footfall()
        .args(["run", "--no-embedder", "--max-frames", "120", "--config"])
        .arg(&config)
        .arg("--summary")
        .arg(&told)
        .current_dir(folder.path())
        .output()
        .unwrap()
        .into();
    ran.success();
    let line = &summary(&told)["lines"][0];
    assert!(line["in"].as_u64().unwrap() + line["out"].as_u64().unwrap() > 0, "somebody passes it: {line}");
}

#[test]
fn init_keeps_a_password_apart_and_adds_a_second_camera() {
    let folder = tempfile::tempdir().unwrap();
    let front = Camera::start_with("rtsp", Some("owner:s/cret"));
    let back = Camera::start("http");
    let init = |arguments: &[&str]| -> Ended {
        let mut command = footfall();
        command.arg("init").args(arguments).args(["--seconds", "2"]).current_dir(folder.path());
        command.stdin(std::process::Stdio::null()).output().unwrap().into()
    };
    let address = front.address.replace("s/cret", "s%2Fcret");
    let made = init(&[&address]).success();
    assert!(!made.stderr.contains("cret"), "{}", made.stderr);
    let config = fs::read_to_string(folder.path().join("footfall.toml")).unwrap();
    assert!(config.contains("name = \"camera\"") && !config.contains("cret"), "{config}");
    assert_eq!(fs::read_to_string(folder.path().join("camera.login")).unwrap(), "owner:s/cret\n");
    let mode = fs::metadata(folder.path().join("camera.login")).unwrap().permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o077, 0, "nobody else may read it");

    init(&["--add", &format!("camera={}", back.address)]).failure(2, &["\"camera\"", "back="]);
    init(&["--add", &format!("yard={}", back.address), "-o", "none.toml"]).failure(2, &["none.toml"]);
    init(&["--add", &format!("yard={}", back.address)]).success();
    let added = fs::read_to_string(folder.path().join("footfall.toml")).unwrap();
    assert!(added.starts_with(config.trim_end()), "what was there stays: {added}");
    let told = folder.path().join("s.json");
    let mut command = footfall();
    command.args(["run", "--no-embedder", "--max-frames", "5", "--config", "footfall.toml", "--summary"]);
    let ran: Ended = command.arg(&told).current_dir(folder.path()).output().unwrap().into();
    ran.success();
    let sources = summary(&told)["sources"].clone();
    let names: Vec<_> = sources.as_array().unwrap().iter().map(|source| source["name"].clone()).collect();
    assert_eq!(names, ["camera", "yard"], "both are opened, the first with its login: {sources}");
}

#[test]
fn check_says_what_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("c.toml");
    let check = |text: &str, words: &[&str]| {
        fs::write(&config, text).unwrap();
        let ended: Ended = footfall().arg("check").arg(&config).output().unwrap().into();
        ended.failure(2, words);
    };
    check("[tracker]\nmax_aeg = 3\n", &["max_aeg", "c.toml"]);
    check("[health]\ndark = 300.0\n", &["health.dark", "255"]);
    check("[counter]\ndead_band = -1.0\n", &["dead_band"]);
    check("[[source]]\nname = 'a'\nurl = '0'\nreference = 'no.jpg'\n", &["no.jpg"]);
    check("[networks]\ndetector = 'no.onnx'\n", &["no.onnx"]);
}

#[test]
fn doctor_finds_what_is_there_and_what_is_not() {
    let doctor = |arguments: &[&str]| -> Ended {
        footfall().args(["doctor", "--json"]).args(arguments).output().unwrap().into()
    };
    let good = doctor(&[clip().to_str().unwrap()]).success();
    let findings: Vec<serde_json::Value> = serde_json::from_str(&good.stdout).unwrap();
    let of = |check: &str| findings.iter().find(|f| f["check"] == check).unwrap_or_else(|| panic!("{check}"));
    for check in ["detector", "embedder", "source", "disk", "clock"] {
        assert_ne!(of(check)["state"], "bad", "{}", good.stdout);
    }
    assert!(of("view")["state"] == "good" && of("view")["found"].as_str().unwrap().contains("from the side"));
    assert!(of("source")["found"].as_str().unwrap().contains("768x576"));
    let bad = doctor(&["rtsp://me:secret@127.0.0.1:9/camera"]).failure(1, &["source"]);
    assert!(bad.stdout.contains("127.0.0.1:9") && !bad.stdout.contains("secret"), "{}", bad.stdout);
}
