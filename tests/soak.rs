//! The soak of scripts/soak, for some seconds.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::process::Command;

use common::camera::save_pictures;

/// Pictures a second: few, for a machine that has other tests to run.
const RATE: &str = "8";

#[test]
fn a_camera_that_is_killed_and_sends_garbage_is_got_over_and_loops_count_what_the_folder_counts() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = folder.path().join("pictures");
    fs::create_dir(&pictures).unwrap();
    // Nobody is there in the last three seconds.
    save_pictures(&pictures, 64, None, 0.0);
    save_pictures(&pictures, 40, None, 1.0);
    let found = folder.path().join("found.json");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/bench/soak.py");
    let mut command = Command::new("/usr/bin/python3");
    command.arg(script).args(["--minutes", "0.6", "--rate", RATE, "--every", "14", "--no-embedder"]);
    command.args(["--faults", "kill", "garbage", "--seed", "2"]).arg("--pictures").arg(&pictures);
    command.arg("--json").arg(&found).env("FOOTFALL", env!("CARGO_BIN_EXE_footfall"));
    // It ends with status 1 where a machine is too busy, or the time too short, for all of it.
    let said = command.output().unwrap();
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    let found: serde_json::Value = serde_json::from_str(&fs::read_to_string(&found).expect(&said)).unwrap();
    let holds = &found["holds"];
    for what in ["file descriptors are flat", "every fault that lasts was noticed"] {
        assert_eq!(holds[what], true, "{what}: {found}");
    }
    assert_eq!(holds["frames read = processed + dropped"], true, "{found}");
    assert!(found["faults"]["kill"].as_u64() > Some(0), "{found}");
    if found["frames"]["dropped"] == 0 {
        assert_eq!(found["loops"]["off"], 0, "{found}");
    }
}
