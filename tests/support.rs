//! `footfall doctor --support`: what is passed on to somebody who helps.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

use common::{Ended, clip, footfall};

const CONFIG: &str = "
[[source]]
name = 'front'
url = 'rtsp://uhunter2:phunter2@127.0.0.1:9/camera?token=thunter2'
give_up_after = 1.0
[ledger]
file = 'shop.db'
[[serve.token]]
name = 'wall'
role = 'read'
sha256 = 'abcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcd'
[publish.mqtt]
url = 'mqtt://127.0.0.1:9'
user = 'uhunter2'
password = 'mhunter2'
";

/// `footfall doctor --support FILE --config CONFIG ARGUMENTS`, where nobody answers questions.
fn support(file: &Path, config: &Path, arguments: &[&str]) -> Ended {
    let mut command = footfall();
    command.arg("doctor").arg("--support").arg(file).arg("--config").arg(config).args(arguments);
    command.stdin(Stdio::null()).output().unwrap().into()
}

#[test]
fn what_helps_is_shown_and_then_written_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let (config, file) = (folder.path().join("shop.toml"), folder.path().join("support.json"));
    fs::write(&config, CONFIG).unwrap();
    let counted = ["--line", common::DOOR, "--max-frames", "30", "--ledger"];
    let ledger = folder.path().join("shop.db");
    common::run(clip(), counted.iter().map(Path::new).chain([&*ledger])).success();

    support(&file, &config, &[]).failure(2, &["--yes"]);
    assert!(!file.exists(), "nobody has said yes");
    let shown = support(&file, &config, &["--yes"]).success();
    let written = fs::read_to_string(&file).unwrap();
    assert_eq!(shown.stdout, written, "what is written is what was shown");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!written.contains("hunter2") && !written.contains("abcdefabcdef"), "{written}");

    let told: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!(told["version"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(told["configuration"]["source"][0]["name"], "front");
    assert_eq!(told["ledger"]["runs"], 1, "{}", told["ledger"]);
    let findings = told["findings"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding["check"] == "source" && finding["state"] == "bad"));
    for part in ["system", "kernel", "cores", "memory"] {
        assert!(!told["machine"][part].is_null(), "{part}");
    }
}

#[test]
fn a_configuration_that_cannot_be_used_is_what_help_is_wanted_for() {
    let folder = tempfile::tempdir().unwrap();
    let (config, file) = (folder.path().join("shop.toml"), folder.path().join("support.json"));
    fs::write(&config, "[publish.mqtt]\npasword = 'mhunter2'\n").unwrap();
    support(&file, &config, &["--yes"]).success();
    let written = fs::read_to_string(&file).unwrap();
    let told: serde_json::Value = serde_json::from_str(&written).unwrap();
    let why = told["configuration"]["cannot be used"].as_str().unwrap();
    assert!(why.contains("pasword") && !written.contains("hunter2"), "{written}");
}
