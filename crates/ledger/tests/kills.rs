//! A program with a live source, killed at random moments.
//!
//! `FOOTFALL_KILLS` says how often; `scripts/soak kills` does so a thousand times.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use footfall_count::{Condition, Direction, HealthChange, Uncounted};
use footfall_ledger::{
    CrossingEntry, Cursor, Digest, Entry, Event, Kind, Ledger, Origin, Reader, RunInfo, Seq,
};

const LEDGER: &str = "FOOTFALL_TEST_LEDGER";

/// The program that is killed: writes an entry after the other, and says so of each once it is written.
#[test]
fn child() {
    let Ok(path) = std::env::var(LEDGER) else { return };
    let ledger = Ledger::open(path).unwrap();
    let info = RunInfo {
        source: "camera".into(),
        origin: Origin::Live,
        version: "1".into(),
        config: Digest::of([]),
        places: vec![],
        recount: false,
    };
    let run = ledger.begin(&info).unwrap();
    let mut out = std::io::stdout().lock();
    for number in 1.. {
        let time = Duration::from_millis(number);
        run.scene(time, &[entry(number, time)]).unwrap();
        writeln!(out, "entry {number} of {}", run.id()).unwrap();
        out.flush().unwrap();
    }
}

fn entry(number: u64, time: Duration) -> Entry {
    match number % 4 {
        0 => Entry::Health(HealthChange {
            condition: Condition::Blurred,
            raised: number.is_multiple_of(8),
            time,
            frame: Some(number),
            evidence: BTreeMap::new(),
        }),
        1 => Entry::Uncounted(Uncounted { reason: Condition::Dark, from: time, to: time * 2 }),
        _ => Entry::Crossing(CrossingEntry {
            line: "door".into(),
            direction: Direction::In,
            track: number,
            frame: number,
            time,
            detail: serde_json::Map::new(),
        }),
    }
}

/// Starts the child, and kills it a moment after it has said `count` entries; gives how many it has said.
fn kill_after(path: &Path, count: usize, moment: Duration) -> usize {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--nocapture", "--test-threads=1"]).env(LEDGER, path);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let is_entry = |line: &String| line.contains("entry ");
    let mut lines =
        BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok).filter(is_entry);
    let mut said = lines.by_ref().take(count).count();
    let began = Instant::now();
    while began.elapsed() < moment {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    said += lines.count();
    child.wait().unwrap();
    said
}

fn random(state: &mut u64, bound: u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state % bound
}

#[test]
fn kills_at_random_moments_lose_nothing_and_double_nothing() {
    let kills: u64 = std::env::var("FOOTFALL_KILLS").map_or(20, |n| n.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    drop(Ledger::open(&path).unwrap());
    let (reader, mut cursor) = (Reader::open(&path).unwrap(), Cursor::open(&path, "publisher").unwrap());
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let (mut total, mut last) = (0, Seq(0));
    for kill in 0..kills {
        let said = kill_after(
            &path,
            random(&mut state, 24) as usize,
            Duration::from_micros(random(&mut state, 20_000)),
        );
        let rows = reader.entries_after(cursor.position(), &Kind::ALL, usize::MAX).unwrap();
        assert!(
            rows.is_sorted_by(|a, b| a.seq < b.seq) && rows.iter().all(|row| row.seq > last),
            "kill {kill}"
        );
        // The time between two runs is one more entry, found by the ledger itself.
        let is_gap = |event: &Event| {
            matches!(event, Event::Uncounted { reason, .. } if reason == "stopped")
                || matches!(event, Event::Health { condition, .. } if condition == "clock_step")
        };
        let own: Vec<_> = rows.iter().filter(|row| !is_gap(&row.event)).collect();
        let numbers: Vec<u64> = own.iter().map(|row| (row.time * 1000.0).round() as u64).collect();
        assert_eq!(
            numbers,
            (1..=own.len() as u64).collect::<Vec<_>>(),
            "kill {kill}: each once, without a hole"
        );
        assert!(
            (said..=said + 1).contains(&own.len()),
            "kill {kill}: {said} were said, {} are there",
            own.len()
        );
        assert!(rows.iter().all(|row| row.run == rows[0].run));
        if kill % 50 == 0 || kill + 1 == kills {
            reader.check().unwrap();
        }
        if let Some(row) = rows.last() {
            last = row.seq;
            cursor.advance(last).unwrap();
        }
        total += own.len();
    }
    let all = reader.entries_after(Seq(0), &Kind::ALL, usize::MAX).unwrap();
    let ids: std::collections::BTreeSet<_> = all.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), all.len());
    eprintln!("{kills} kills, {total} entries, each once");
}

/// What a power cut may leave of the write-ahead log: its end missing, or never written.
#[test]
fn a_torn_end_of_the_log_takes_only_what_was_not_synced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    kill_after(&path, 30, Duration::ZERO);
    let log = folder.path().join("shop.db-wal");
    let whole = std::fs::read(&log).unwrap();
    let read = |bytes: &[u8]| {
        let copy = folder.path().join("copy.db");
        std::fs::copy(&path, &copy).unwrap();
        let _ = std::fs::remove_file(folder.path().join("copy.db-shm"));
        std::fs::write(folder.path().join("copy.db-wal"), bytes).unwrap();
        let reader = Reader::open(&copy).ok()?;
        reader.check().unwrap();
        Some(reader.entries_after(Seq(0), &Kind::ALL, usize::MAX).unwrap().len())
    };
    let all = read(&whole).unwrap();
    assert!(all >= 30);
    let mut garbage = whole.clone();
    garbage.extend([0xA5; 5000]);
    assert_eq!(read(&garbage), Some(all), "what was never committed is not there");
    let mut before = Some(all);
    for cut in (0..whole.len()).rev().step_by(1999) {
        let found = read(&whole[..cut]);
        assert!(found <= before, "a shorter log has no more in it");
        before = found;
    }
}
