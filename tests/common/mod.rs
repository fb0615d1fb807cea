//! The real binary, and what set-up has put into the cache.
#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(unreachable_pub, clippy::unwrap_used, clippy::expect_used, reason = "a module of test binaries")]

pub mod broker;
pub mod camera;
pub mod disk;
pub mod interface;
pub mod running;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A vertical line through the middle of the sample clip, drawn upwards: left to right is `in`.
pub const DOOR: &str = "door:384,576,384,0";

/// `footfall`, with whatever the test's environment says.
pub fn footfall() -> Command {
    Command::new(env!("CARGO_BIN_EXE_footfall"))
}

/// The sample clip: 768x576, 10 frames a second, 795 frames.
pub fn clip() -> PathBuf {
    cached("clips/vtest.avi")
}

/// A file that scripts/setup puts into the cache.
pub fn cached(name: &str) -> PathBuf {
    let path = footfall_vision::cache::folder().expect("a home folder").join(name);
    assert!(path.exists(), "{} is missing: run scripts/setup", path.display());
    path
}

/// How a run of the binary ended.
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// Runs `footfall run SOURCE ARGUMENTS`.
pub fn run<A: AsRef<OsStr>>(source: impl AsRef<OsStr>, arguments: impl IntoIterator<Item = A>) -> Ended {
    footfall().arg("run").arg(source).args(arguments).output().unwrap().into()
}

impl Ended {
    /// Everything went well.
    pub fn success(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self
    }

    /// It failed with this exit code, in words that hold all of `words`, without a panic.
    pub fn failure(self, code: i32, words: &[&str]) -> Self {
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "expected \"{word}\" in:\n{}", self.stderr);
        }
        self
    }
}

/// What is in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Frame numbers in a MOT file, in its order.
pub fn frames(tracks: &Path) -> Vec<u64> {
    let text = fs::read_to_string(tracks).unwrap();
    text.lines().map(|line| line.split(',').next().unwrap().parse().unwrap()).collect()
}

/// The summary that `--summary` has written.
pub fn summary(path: &Path) -> serde_json::Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}
