//! Outputs that are not complete: what a killed program leaves of them, and who clears that up.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::running::Running;
use common::{clip, footfall, names};
use rustix::process::{Signal, kill_process};

/// A run with all outputs, which says on stdout what it tracks.
fn run(folder: &Path) -> Command {
    let mut command = footfall();
    let file = |name: &str| folder.join(name);
    command.arg("run").arg(clip()).args(["--no-embedder", "--line", "door:384,576,384,0", "--tracks", "-"]);
    command.arg("--crossings").arg(file("c.jsonl")).arg("--output").arg(file("v.mp4"));
    command.arg("--record").arg(file("r.ffrec")).arg("--trace").arg(file("t.json"));
    // Also what is kept for as long as the program runs.
    fs::create_dir_all(folder.join("tmp")).unwrap();
    command.env("TMPDIR", folder.join("tmp"));
    command
}

/// What it has said until it was killed.
fn kill(running: Running) -> String {
    kill_process(running.pid(), Signal::KILL).unwrap();
    let ended = running.end();
    assert_eq!(ended.code, None, "{}", ended.stderr);
    ended.stderr
}

#[test]
fn what_a_killed_run_leaves_goes_with_the_next_run_of_the_same_and_nothing_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let own =
        ["c.partial.jsonl", "cAbCdEf.partial.jsonl", "c.footfall-notes.partial.jsonl", ".v.partial.mp4"];
    for name in own {
        fs::write(folder.path().join(name), "mine").unwrap();
    }
    let begin = || {
        let running = Running::start(run(folder.path()).args(["--serve", "127.0.0.1:0"]));
        running.result();
        running
    };
    let ours = || {
        let mut found = names(folder.path());
        found.retain(|name| !own.contains(&name.as_str()) && name != "tmp");
        let mut folders = names(&folder.path().join("tmp"));
        folders.retain(|name| name.contains(".footfall-"));
        (found, folders)
    };
    let waits = begin();
    // It is there and does nothing.
    kill_process(waits.pid(), Signal::STOP).unwrap();
    kill(begin());
    let (files, folders) = ours();
    assert_eq!((files.len(), folders.len()), (8, 2), "of both: {files:?} {folders:?}");

    let other = begin();
    let (files, folders) = ours();
    let said = kill(other);
    assert_eq!((files.len(), folders.len()), (8, 2), "of those that run: {files:?} {folders:?}\n{said}");
    kill(waits);
    let ended = Running::start(run(folder.path()).args(["--max-frames", "20"])).end().success();
    assert_eq!(ours().0, ["c.jsonl", "r.ffrec", "t.json", "v.mp4"], "{}", ended.stderr);
    for name in own {
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), "mine");
    }
}
