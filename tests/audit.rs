//! Evidence of the sample clip, and its audit, by the real binary and a real browser.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use common::interface::{address, get, token};
use common::running::Running;
use common::{Ended, clip, footfall, names, run};
use serde_json::Value;

const SETTINGS: &str = "[ledger]\nfile = \"shop.db\"\n[evidence]\nfolder = \"seen\"\nminutes_a_day = 1440\n";
const DOOR: &str = "[[line]]\nname = \"door\"\nfrom = [384, 576]\nto = [384, 0]\n";
/// The clip is 79 seconds long: its first minute is whole.
const START: [&str; 2] = ["--start-time", "2026-11-02T10:00:00Z"];

/// Counts the sample clip with these settings of evidence.
fn count(folder: &Path, more: &str) -> Ended {
    let config = folder.join("c.toml");
    fs::write(&config, format!("{SETTINGS}{more}{DOOR}")).unwrap();
    // A page would stay at the end.
    run(clip(), ["--no-serve", "--config", config.to_str().unwrap()].into_iter().chain(START)).success()
}

fn audit(folder: &Path, arguments: &[&str]) -> Ended {
    footfall()
        .arg("audit")
        .arg("--config")
        .arg(folder.join("c.toml"))
        .args(arguments)
        .output()
        .unwrap()
        .into()
}

/// The answer's body.
fn body(address: &str, path: &str, token: &str) -> (String, String) {
    let (status, mut rest) = get(address, path, token);
    let mut bytes = Vec::new();
    rest.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    (status, text.split_once("\r\n\r\n").map_or_else(String::new, |(_, body)| body.to_owned()))
}

#[test]
fn a_browser_audits_the_sample_clip() {
    let folder = tempfile::tempdir().unwrap();
    let (auditor, theirs) = token("ada", "audit");
    let (reader, other) = token("wall", "read");
    // Of so doubtful crossings there are several.
    count(folder.path(), &format!("below = 0.97\n[serve]\naddress = \"127.0.0.1:0\"\n{theirs}{other}"));
    let minutes = fs::read_to_string(folder.path().join("seen/minutes/vtest-avi.jsonl")).unwrap();
    let minute: Value = serde_json::from_str(minutes.trim()).unwrap();
    let id = minute["clip"].as_str().unwrap();
    assert_eq!(minute["stratum"]["hour"], minute["stratum"]["hour"]);
    assert!(minute["lines"][0]["in"].as_u64().unwrap() > 5, "{minute}");

    let mut command = footfall();
    command.arg("serve").arg("--config").arg(folder.path().join("c.toml"));
    let mut running = Running::start(&mut command);
    let address = address(&mut running);
    // Before the answer nothing tells what the program saw.
    let (status, shown) = body(&address, &format!("/api/v1/audit/clips/{id}"), &auditor);
    assert!(status.contains("200") && !shown.contains("people") && !shown.contains("decisions"), "{shown}");
    let (status, _) = body(&address, &format!("/api/v1/audit/doubtful/{id}"), &auditor);
    assert!(status.contains("404"), "{status}");
    // Each role has its own.
    let (status, _) = body(&address, "/api/v1/audit", &reader);
    assert!(status.contains("403"), "{status}");
    let (status, _) = body(&address, "/api/v1/counts?by=hour", &auditor);
    assert!(status.contains("403"), "{status}");
    let (status, _) = body(&address, "/api/v1/audit/clips/..%2F..%2Fc/pictures/0", &auditor);
    assert!(status.contains("404"), "{status}");

    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/page/auditor.py");
    let looked =
        Command::new("/usr/bin/python3").args([script, &format!("http://{address}"), &auditor]).output();
    let looked = Ended::from(looked.unwrap()).success();
    let found: Value = serde_json::from_str(looked.stdout.trim()).unwrap();
    assert_eq!(found["before"], false, "{found}");
    assert_eq!((&found["speed"], &found["picture"]), (&"4".into(), &true.into()), "{found}");
    assert_eq!(found["counted"], serde_json::json!(["2", "2"]), "{found}");
    assert!(found["progress"].as_str().unwrap().contains("0 of 1"), "{found}");
    assert!(found["after"].as_str().unwrap().contains("1 of 1"), "{found}");
    assert!(found["reasons"].as_u64().unwrap() > 3, "{found}");
    assert!(found["result"].as_str().unwrap().contains("too few minutes"), "{found}");
    let [progress, crossings] = [0, 1].map(|index| found["doubtful"][index].as_str().unwrap());
    assert!(
        progress.starts_with("1 of ") && crossings.contains("door") && crossings.contains('%'),
        "{found}"
    );
    assert_eq!(found["problems"], serde_json::json!([]), "{found}");

    let told = audit(folder.path(), &["--report", folder.path().join("a.pdf").to_str().unwrap()]).success();
    assert!(told.stdout.contains("looked at by ada") && told.stdout.contains("doubled"), "{}", told.stdout);
    assert!(fs::read(folder.path().join("a.pdf")).unwrap().starts_with(b"%PDF-"));
    audit(folder.path(), &["--report", "a.doc"]).failure(2, &["a.doc", ".pdf"]);

    // The report has what the audit says of the same stretch of time, lines and sources.
    let audited = |more: &[&str]| {
        let mut command = footfall();
        command.args(["report", "--audited", "--config"]).arg(folder.path().join("c.toml")).args(more);
        Ended::from(command.output().unwrap())
            .success()
            .stdout
            .split_once("\nAudited\n")
            .unwrap()
            .1
            .to_owned()
    };
    assert!(audited(&["--line", "door"]).contains("looked at by ada"));
    assert!(audited(&["--to", "2026-11-03"]).contains("door"));
    assert!(!audited(&["--from", "2026-11-03"]).contains("looked at by ada"));
}

#[test]
fn sealed_evidence_shows_nothing_and_counts_are_the_same() {
    let (plain, sealed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    count(plain.path(), "");
    let key = "ab".repeat(32);
    let told = count(sealed.path(), &format!("key = \"{key}\"\nbelow = 1.0\n"));
    assert!(!told.stderr.contains(&key));
    let folder = sealed.path().join("seen/clips");
    let clips = names(&folder);
    assert!(clips.iter().any(|name| name.ends_with("-m.clip")) && clips.len() > 5, "{clips:?}");
    for name in &clips {
        let bytes = fs::read(folder.join(name)).unwrap();
        let has = |needle: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
        assert!(!has(b"JFIF") && !has(b"door"), "{name} can be read");
    }
    let counts = |folder: &Path| {
        let report =
            footfall().args(["report", "--format", "csv", "--ledger"]).arg(folder.join("shop.db")).output();
        Ended::from(report.unwrap()).success().stdout
    };
    assert_eq!(counts(plain.path()), counts(sealed.path()));
}

#[test]
fn without_evidence_it_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.toml"), DOOR).unwrap();
    audit(folder.path(), &[]).failure(2, &["[evidence]", "folder"]);
    fs::write(folder.path().join("c.toml"), "[evidence]\nfolder = 'x'\nkey = 'short'\n").unwrap();
    audit(folder.path(), &[]).failure(2, &["evidence.key", "openssl rand"]);
}
