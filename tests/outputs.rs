//! No output destroys an input: each command refuses, and touches nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use common::footfall;

/// A folder with one file of each kind that commands are given; none is what it says, and none needs to be:
/// what would be destroyed is refused before anything is opened.
struct Place {
    folder: tempfile::TempDir,
    before: Vec<Kept>,
}

/// A file: its name, when it was written, and its bytes.
type Kept = (PathBuf, SystemTime, Vec<u8>);

const FILES: [&str; 14] = [
    "shop.db",
    "shop.db-wal",
    "clip.avi",
    "dets.txt",
    "tracks.txt",
    "net.onnx",
    "staff.json",
    "login",
    "word",
    "cache/models/nanodet-g-int8.onnx",
    "run.ffrec",
    "gt/A/gt/gt.txt",
    "res/A.txt",
    "crops/1/1_c1s1_1.jpg",
];

const SETTINGS: &str = "[ledger]\nfile = 'shop.db'\n[source]\nlogin_file = 'login'\n[outputs]\ntracks = 'mine.txt'\n\
                        [publish.mqtt]\nurl = 'mqtt://localhost'\npassword = { file = 'word' }\n\
                        [[line]]\nname = 'door'\nfrom = [1, 9]\nto = [1, 0]\n";

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in FILES {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, format!("what is in {name}")).unwrap();
        }
        fs::write(folder.path().join("shop.toml"), SETTINGS).unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        fs::hard_link(folder.path().join("shop.db"), folder.path().join("hard.db")).unwrap();
        fs::hard_link(folder.path().join("crops/1/1_c1s1_1.jpg"), folder.path().join("hard.jpg")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("shop.db", folder.path().join("link.db")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("shop.toml", folder.path().join("soft.toml")).unwrap();
        let before = files(folder.path());
        Self { folder, before }
    }

    /// The program, in the folder and with a cache there.
    fn footfall(&self) -> Command {
        let mut program = footfall();
        program.current_dir(self.folder.path());
        program.env("FOOTFALL_CACHE", self.folder.path().join("cache")).env("CLIP", "clip");
        program
    }

    /// Runs a command in the folder; it has to be refused, and every file has to be as it was.
    fn refused(&self, line: &str) {
        let output = self.footfall().args(line.split_whitespace()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{line}: {said}");
        assert!(said.contains("was named for"), "{line}: {said}");
        assert!(files(self.folder.path()) == self.before, "{line} has changed a file");
    }
}

/// Every file under a folder as it is, by name.
fn files(folder: &Path) -> Vec<Kept> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            let written = fs::metadata(&path).unwrap().modified().unwrap();
            found.push((path, written, bytes));
        }
    }
    found.sort();
    found
}

#[test]
fn outputs_over_inputs_are_refused_by_every_command() {
    let place = Place::new();
    for line in [
        "report --ledger shop.db -o shop.db",
        "report --ledger shop.db --chart shop.db",
        "report --ledger shop.db --chart shop.db-wal",
        "report --ledger hard.db -o shop.db",
        "report --config shop.toml -o shop.db",
        "report --config shop.toml -o shop.toml",
        "report --ledger shop.db -o one.csv --chart one.csv",
        "run clip.avi --ledger shop.db --crossings shop.db",
        "run clip.avi --ledger shop.db --tracks sub/../shop.db",
        "run clip.avi --ledger new.db --tracks new.db",
        "run clip.avi --ledger new.db --tracks new.db-wal",
        "run clip.avi --config shop.toml --summary shop.toml",
        "run clip.avi --config soft.toml --summary shop.toml",
        "run clip.avi --config shop.toml --crossings login",
        "run clip.avi --config shop.toml --crossings word",
        "run ${CLIP}.avi --tracks clip.avi",
        "run shop=clip.avi other=run.ffrec --tracks {source}.db --ledger shop.db",
        "run clip=clip.avi other=run.ffrec --output {source}.avi",
        "run clip.avi --tracks cache/models/nanodet-g-int8.onnx",
        "init crops/1/1_c1s1_1.jpg -o crops/1/new.toml --force",
        "bench detect --json cache/models/nanodet-g-int8.onnx",
        "run clip.avi --config shop.toml --crossings shop.db",
        "run clip.avi --config shop.toml --crossings mine.txt",
        "run front=clip.avi --tracks clip.avi",
        "run file://clip.avi --tracks clip.avi",
        "run crops/1 --tracks hard.jpg",
        "report --ledger link.db -o shop.db-wal",
        "run clip.avi --detector net.onnx --record net.onnx",
        "run clip.avi --embedder net.onnx --trace net.onnx",
        "run clip.avi --staff staff.json --summary staff.json",
        "run clip.avi --tracks one.txt --crossings sub/../one.txt",
        "track dets.txt --tracks dets.txt",
        "track dets.txt --tracks t.txt --crossings dets.txt",
        "track dets.txt --tracks t.txt --crossings t.txt",
        "count tracks.txt --line door:1,9,1,0 --crossings tracks.txt",
        "replay run.ffrec --tracks run.ffrec",
        "replay run.ffrec --ledger shop.db --crossings shop.db",
        "eval mot --gt gt --tracks res --json res/A.txt",
        "eval mot --gt gt --tracks res --csv gt/A/gt/gt.txt",
        "eval crossings --gt dets.txt --crossings tracks.txt --json tracks.txt",
        "reid eval crops --json crops/1/1_c1s1_1.jpg",
        "reid eval crops --embedder net.onnx --json net.onnx",
        "reid verify clip.avi dets.txt --json dets.txt",
        "harvest clip.avi --output clip.avi",
        "harvest clip.avi --config shop.toml --output shop.toml",
    ] {
        place.refused(line);
    }
}

#[test]
fn what_is_no_file_may_be_named_twice() {
    let place = Place::new();
    let line = "track dets.txt --tracks /dev/null --crossings /dev/null";
    let output = footfall().args(line.split_whitespace()).current_dir(place.folder.path()).output().unwrap();
    assert!(!String::from_utf8_lossy(&output.stderr).contains("was named for"));
}

/// `>> FILE` of a shell: stdout is an output as any other.
#[cfg(target_os = "linux")]
#[test]
fn what_is_read_is_not_added_to() {
    let place = Place::new();
    for (line, file) in [
        ("track dets.txt --tracks -", "dets.txt"),
        ("report --ledger shop.db", "shop.db"),
        ("run clip.avi --config shop.toml --crossings -", "shop.toml"),
    ] {
        let end = fs::OpenOptions::new().append(true).open(place.folder.path().join(file)).unwrap();
        let mut program = place.footfall();
        program.args(line.split_whitespace()).stdout(end).stderr(Stdio::piped());
        let output = program.spawn().unwrap().wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains("stdout"), "{line}: {said}");
        assert!(files(place.folder.path()) == place.before, "{line} has changed a file");
    }
}
