//! Ctrl-C in the middle: outputs are complete and playable.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::Stdio;

use common::{clip, footfall, run, summary};
use rustix::process::{Pid, Signal, kill_process};

#[test]
fn an_interrupted_run_leaves_complete_outputs() {
    for signal in [Signal::INT, Signal::TERM] {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        let mut command = footfall();
        command
            .arg("run")
            .arg(clip())
            .args(["--no-embedder", "--tracks", "-", "--output"])
            .arg(file("v.mp4"));
        command.arg("--summary").arg(file("s.json")).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        lines.read_line(&mut first).unwrap();
        assert!(!first.is_empty(), "the run is under way");
        kill_process(Pid::from_child(&child), signal).unwrap();
        lines.read_to_string(&mut first).unwrap();
        let ended = common::Ended::from(child.wait_with_output().unwrap()).failure(1, &["on request"]);
        let told = summary(&file("s.json"));
        assert_eq!(told["ended"], "stopped", "{}", ended.stderr);
        let processed = told["frames"]["processed"].as_u64().unwrap();
        assert!((1..795).contains(&processed), "{processed}");
        run(file("v.mp4"), ["--no-embedder", "--summary", file("again.json").to_str().unwrap()]).success();
        assert_eq!(summary(Path::new(&file("again.json")))["frames"]["processed"], processed);
    }
}
