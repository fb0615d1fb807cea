//! The real binary, killed at random moments while it writes a ledger, and out of room.
//!
//! `FOOTFALL_KILLS` says how often it is killed; `scripts/soak kills` does so a thousand times.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{Ended, footfall};
use footfall_count::Line;
use footfall_formats::recording::{RecordingHead, RecordingWriter};
use footfall_ledger::{Event, Kind, Reader, Row, Seq};
use footfall_track::{Bbox, Detection, Observations};

/// People who walk to and fro over a line, each in a row of their own.
fn record(path: &Path) {
    let lines: Vec<Line> = vec!["door:384,2000,384,0".parse().unwrap()];
    let head = RecordingHead {
        version: env!("CARGO_PKG_VERSION").into(),
        source: "walkers".into(),
        live: false,
        start: Some("2026-03-01T10:00:00Z".into()),
        size: [768, 2000],
        frame_rate: Some(10.0),
        max_cosine_distance: None,
        settings: serde_json::json!({
            "tracker": footfall_track::Config::default(),
            "counter": footfall_count::Config::default(),
            "lines": lines,
        }),
    };
    let mut writer = RecordingWriter::create(path, &head).unwrap();
    for frame in 1..=500u64 {
        let person = |row: u64| {
            // To and fro over 240 pixels, 8 a frame.
            let along = (frame * 8 + row * 50) % 480;
            let x = 264.0 + along.min(480 - along) as f64;
            Detection { bbox: Bbox::new(x - 20.0, 150.0 * row as f64, 40.0, 100.0), confidence: 0.9 }
        };
        let seen = Observations::without_appearance((0..6).map(person).collect());
        writer.write(frame, Duration::from_millis(100 * (frame - 1)), &seen).unwrap();
    }
    writer.finish().unwrap();
}

struct Shop {
    folder: tempfile::TempDir,
    recording: PathBuf,
    /// What a run that nobody disturbs has in its ledger.
    reference: Vec<Row>,
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let recording = folder.path().join("walkers.ffrec");
        record(&recording);
        let mut shop = Self { folder, recording, reference: Vec::new() };
        let ledger = shop.folder.path().join("reference.db");
        Ended::from(shop.replay(&ledger).output().unwrap()).success();
        shop.reference = rows(&ledger);
        assert!(shop.reference.len() > 60, "{} crossings", shop.reference.len());
        shop
    }

    fn replay(&self, ledger: &Path) -> Command {
        let mut command = footfall();
        command.arg("replay").arg(&self.recording).args(["--crossings", "-", "--ledger"]).arg(ledger);
        command
    }

    /// The ledger holds the first crossings of the reference, each once, in order, and at least `seen`.
    fn check(&self, ledger: &Path, seen: usize) -> usize {
        if !ledger.exists() {
            assert_eq!(seen, 0);
            return 0;
        }
        let Ok(reader) = Reader::open(ledger) else {
            // Killed before there were any tables.
            assert_eq!(seen, 0);
            return 0;
        };
        reader.check().unwrap();
        let found = rows(ledger);
        assert!(found.len() <= self.reference.len());
        for (found, expected) in found.iter().zip(&self.reference) {
            assert_eq!((found.id, &found.event, found.at), (expected.id, &expected.event, expected.at));
        }
        assert!(found.is_sorted_by(|a, b| a.seq < b.seq));
        assert!(found.len() >= seen, "{seen} crossings were seen, and {} are on disk", found.len());
        found.len()
    }
}

fn rows(ledger: &Path) -> Vec<Row> {
    Reader::open(ledger).unwrap().entries_after(Seq(0), &Kind::ALL, usize::MAX).unwrap()
}

/// Reads `count` crossings from the child, then goes on for a moment, and kills it. Gives those it has told.
fn kill_after(mut child: Child, count: usize, moment: Duration) -> usize {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut seen =
        lines.by_ref().take(count).map_while(Result::ok).filter(|line| line.ends_with('}')).count();
    let began = Instant::now();
    while began.elapsed() < moment {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    seen += lines.map_while(Result::ok).filter(|line| line.ends_with('}')).count();
    child.wait().unwrap();
    seen
}

/// A number below `bound`, from a chain of them.
fn random(state: &mut u64, bound: u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state % bound
}

#[test]
fn kills_at_random_moments_lose_nothing_and_double_nothing() {
    let kills: u64 = std::env::var("FOOTFALL_KILLS").map_or(20, |n| n.parse().unwrap());
    let shop = Shop::new();
    let all = shop.reference.len() as u64;
    let (mut state, mut ledgers, mut fresh) = (0x9E37_79B9_7F4A_7C15u64, 0, 0);
    let mut ledger = shop.folder.path().join("0.db");
    for kill in 0..kills {
        let (count, moment) = (random(&mut state, all), random(&mut state, 30_000));
        let before = shop.check(&ledger, 0);
        let child = shop.replay(&ledger).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let seen = kill_after(child, count as usize, Duration::from_micros(moment));
        let after = shop.check(&ledger, seen);
        fresh += after.saturating_sub(before);
        if kill % 4 == 3 || after as u64 == all {
            // What was cut short so often is counted to its end.
            Ended::from(shop.replay(&ledger).output().unwrap()).success();
            assert_eq!(shop.check(&ledger, 0) as u64, all);
            ledgers += 1;
            ledger = shop.folder.path().join(format!("{ledgers}.db"));
        }
    }
    eprintln!(
        "{kills} kills, {ledgers} ledgers counted to their end, {fresh} crossings written by killed runs"
    );
}

#[test]
fn a_full_disk_ends_a_recordings_run_in_words_and_the_next_one_completes_it() {
    let shop = Shop::new();
    let ledger = shop.folder.path().join("full.db");
    // As a disk that takes 128 KiB a file; signal 25 says so of a file that may not grow.
    let mut command = Command::new("bash");
    command.args(["-c", "trap '' 25; ulimit -f 128; exec \"$0\" \"$@\""]);
    let replay = shop.replay(&ledger);
    command.arg(replay.get_program()).args(replay.get_args());
    let ended = Ended::from(command.output().unwrap()).failure(1, &["full.db", "free some space"]);
    let seen = ended.stdout.lines().count();
    let found = shop.check(&ledger, seen);
    assert!(found < shop.reference.len(), "it was full before the end");
    Ended::from(shop.replay(&ledger).output().unwrap()).success();
    assert_eq!(shop.check(&ledger, 0), shop.reference.len());
}

#[test]
fn replaying_over_another_line_is_another_count() {
    let shop = Shop::new();
    let ledger = shop.folder.path().join("lines.db");
    Ended::from(shop.replay(&ledger).output().unwrap()).success();
    Ended::from(shop.replay(&ledger).args(["--line", "door:300,2000,300,0"]).output().unwrap())
        .failure(2, &["another configuration", "--recount"]);
    Ended::from(shop.replay(&ledger).args(["--line", "till:300,2000,300,0"]).output().unwrap()).success();
    let lines = rows(&ledger)
        .into_iter()
        .filter(|row| matches!(&row.event, Event::Crossing { line, .. } if line == "till"));
    assert!(lines.count() > 60);
}
