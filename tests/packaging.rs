//! The systemd unit: how far it is shut off, by systemd's own measure, and whether it fits the program.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The most that `systemd-analyze security` may say, in tenths: 0 is shut off from everything.
const MOST: u32 = 19;

fn packaging(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(name)
}

/// The values of a setting of the unit, in order.
fn settings(name: &str) -> Vec<String> {
    let text = fs::read_to_string(packaging("footfall.service")).unwrap();
    let values = text.lines().filter_map(|line| line.split_once('=').filter(|(key, _)| *key == name));
    values.map(|(_, value)| value.to_owned()).collect()
}

/// What systemd says, where it is installed: scripts/test installs it on Debian.
fn systemd(command: &mut Command) -> Option<(bool, String)> {
    let output = command.output().ok()?;
    let text = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
}

#[test]
fn the_service_is_shut_off_from_what_it_has_no_use_for() {
    let mut command = Command::new("systemd-analyze");
    command.args(["security", "--offline=true", "--no-pager", &format!("--threshold={MOST}")]);
    let Some((is_under, text)) = systemd(command.arg(packaging("footfall.service"))) else { return };
    assert!(is_under, "{text}");
    assert!(text.contains("Overall exposure level"), "{text}");
}

#[test]
fn the_unit_has_no_mistakes() {
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_footfall");
    // As it is, but for the program, which need not be installed.
    let text = fs::read_to_string(packaging("footfall.service")).unwrap();
    let unit = folder.path().join("footfall.service");
    fs::write(&unit, text.replace("/usr/local/bin/footfall", program)).unwrap();
    let mut command = Command::new("systemd-analyze");
    let Some((is_right, said)) = systemd(command.args(["verify", "--man=no"]).arg(&unit)) else { return };
    assert!(is_right && !said.contains("footfall.service"), "{said}");
}

#[test]
fn what_the_service_changes_is_where_it_may_write() {
    let start = settings("ExecStart").concat();
    let config = start.split_whitespace().skip_while(|word| *word != "--config").nth(1).unwrap();
    let folder = format!("/var/lib/{}", settings("StateDirectory").concat());
    assert_eq!(Path::new(config).parent(), Some(Path::new(&folder)), "the page saves there");
    assert_eq!(settings("WorkingDirectory"), [folder], "relative paths lead there");
    assert_eq!(settings("StateDirectoryMode"), ["0700"]);
    let users = fs::read_to_string(packaging("footfall.sysusers")).unwrap();
    let user = settings("User").concat();
    assert!(users.lines().any(|line| line.starts_with(&format!("u {user} "))), "{users}");
    assert!(users.lines().any(|line| line == format!("m {user} video")), "{users}");
    // The words after the program are ones that it takes.
    let words: Vec<_> = start.split_whitespace().skip(1).map(ToOwned::to_owned).collect();
    let output = Command::new(env!("CARGO_BIN_EXE_footfall")).args(words).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("cannot read the configuration"), "{said}");
}
