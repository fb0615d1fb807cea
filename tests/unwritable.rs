//! A camera is counted on, and nothing is lost, while the ledger cannot be written: another program holds it, it is
//! deleted, there is no room, it is damaged.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::camera::Camera;
use common::disk::Disk;
use common::running::Running;
use common::{DOOR, footfall, summary};
use footfall_ledger::{Event, Kind, Reader, Row, Seq};

/// A shop with a camera over whose line people go again and again.
struct Shop {
    folder: tempfile::TempDir,
    camera: Camera,
}

impl Shop {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), camera: Camera::start("http") }
    }

    fn ledger(&self) -> PathBuf {
        self.folder.path().join("books/shop.db")
    }

    fn summary(&self) -> PathBuf {
        self.folder.path().join("s.json")
    }

    /// A run whose results are crossings.
    fn command(&self) -> Command {
        fs::create_dir_all(self.folder.path().join("books")).unwrap();
        let mut command = footfall();
        command.arg("run").arg(format!("front={}", self.camera.address)).args([
            "--no-embedder",
            "--line",
            DOOR,
        ]);
        command.args(["--crossings", "-", "--ledger"]).arg(self.ledger());
        command.arg("--summary").arg(self.summary());
        command
    }

    /// Ends the run: what it has told, what it has counted and what is in the ledger are one.
    fn check(&self, running: Running, told: usize) -> Vec<Row> {
        let ended = running.stop().success();
        let rows = rows(&self.ledger());
        let line = &summary(&self.summary())["lines"][0];
        let counted = line["in"].as_u64().unwrap() + line["out"].as_u64().unwrap();
        assert!(counted > 0, "{}", ended.stderr);
        assert_eq!(crossings(&rows) as u64, counted, "{}", ended.stderr);
        assert_eq!(ended.stdout.lines().count() + told, crossings(&rows), "{}", ended.stderr);
        Reader::open(self.ledger()).unwrap().check().unwrap();
        rows
    }
}

fn rows(ledger: &Path) -> Vec<Row> {
    Reader::open(ledger).unwrap().entries_after(Seq(0), &Kind::ALL, usize::MAX).unwrap()
}

fn crossings(rows: &[Row]) -> usize {
    rows.iter().filter(|row| matches!(row.event, Event::Crossing { .. })).count()
}

/// Whether the ledger knows that this was wrong, and is over.
fn was_wrong(rows: &[Row], what: &str) -> bool {
    let was = |raised| {
        rows.iter().any(|row| {
            matches!(&row.event, Event::Health { condition, raised: is, .. } if condition == what && *is == raised)
        })
    };
    was(true) && was(false)
}

/// Another program in a transaction that it does not end until it is ended.
fn hold(ledger: &Path) -> Child {
    let script = "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)\n\
                  c.execute('BEGIN IMMEDIATE')\nprint('held', flush=True)\nsys.stdin.read()";
    let mut command = Command::new("/usr/bin/python3");
    command.args(["-c", script]).arg(ledger).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "held\n");
    child
}

#[test]
fn while_another_program_holds_the_ledger_people_are_counted_on_and_told_of_later() {
    let shop = Shop::new();
    let mut running = Running::start(&mut shop.command());
    running.result();
    let mut other = hold(&shop.ledger());
    let said = running.wait_for("Counting goes on");
    assert!(said.contains("another program holds"), "{said}");
    drop(other.stdin.take());
    other.wait().unwrap();
    running.wait_for("can be written again");
    running.result();
    let rows = shop.check(running, 2);
    assert!(was_wrong(&rows, "ledger_locked"));
}

#[test]
fn a_ledger_that_is_deleted_while_it_is_written_is_put_back() {
    let shop = Shop::new();
    let mut running = Running::start(&mut shop.command());
    running.result();
    for ending in ["", "-wal", "-shm"] {
        fs::remove_file(format!("{}{ending}", shop.ledger().display())).unwrap();
    }
    let said = running.wait_for("was put back");
    assert!(said.contains("was deleted") && said.contains("end this program first"), "{said}");
    running.result();
    shop.check(running, 2);
}

#[test]
fn without_room_it_counts_on_and_the_service_manager_hears_of_it() {
    let shop = Shop::new();
    let disk = Disk::mount(shop.folder.path(), "books", 1);
    if !disk.is_mounted {
        return;
    }
    let manager = UnixDatagram::bind(shop.folder.path().join("notify")).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(90))).unwrap();
    let mut command = shop.command();
    command.env("NOTIFY_SOCKET", shop.folder.path().join("notify")).env("WATCHDOG_USEC", "20000000");
    let mut running = Running::start(&mut command);
    running.result();
    disk.fill();
    let said = running.wait_for("Counting goes on");
    assert!(said.contains("free some space"), "{said}");
    // Signs of life that came before are taken first; then come those of a run without room.
    manager.set_nonblocking(true).unwrap();
    while manager.recv(&mut [0; 4096]).is_ok() {}
    manager.set_nonblocking(false).unwrap();
    let hear = |words: &str| {
        let mut message = [0; 4096];
        loop {
            let length = manager.recv(&mut message).expect(words);
            if String::from_utf8_lossy(&message[..length]).contains(words) {
                return;
            }
        }
    };
    hear("disk_full");
    hear("WATCHDOG=1");
    assert!(disk.clear());
    running.wait_for("can be written again");
    running.result();
    let rows = shop.check(running, 2);
    assert!(was_wrong(&rows, "disk_full"));
}

#[test]
fn a_damaged_ledger_is_set_aside_and_counting_goes_on() {
    let shop = Shop::new();
    let running = Running::start(&mut shop.command());
    running.result();
    running.stop().success();
    // The page with the names of the tables.
    let mut bytes = fs::read(shop.ledger()).unwrap();
    bytes[100..4096].fill(0xA5);
    fs::write(shop.ledger(), bytes).unwrap();
    let mut running = Running::start(&mut shop.command());
    let said = running.wait_for("was damaged");
    assert!(said.contains("set aside") && said.contains(".recover"), "{said}");
    running.result();
    shop.check(running, 1);
}
