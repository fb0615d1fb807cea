//! Memory over a long run. It has a process of its own, so that no other test's memory is in the figures.
//!
//! The suite takes a small part of what is promised; a million frames, with the figures:
//! `FOOTFALL_FRAMES=1000000 cargo test -p footfall-track --test memory -- --nocapture`
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test that tells what it measured")]

#[path = "tracker/crowd.rs"]
#[allow(dead_code, reason = "other tests use more of it")]
mod crowd;

use std::time::Duration;

use crowd::{Crowd, Settings};
use footfall_track::{Config, Preset, Tracker};

const FRAMES: u32 = 20_000;
/// What the allocator may round up by from one part of the run to another, in KiB.
const SLACK: u64 = 512;

/// Memory in RAM of this process, in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Greatest memory in each tenth of a run in which people come and go all the time.
fn tenths(preset: Preset, frames: u32) -> Vec<u64> {
    let settings =
        Settings { missed: 0.2, false_alarms: 0.2, embedded: 0.7, dimension: 8, ..Settings::crowded(10) };
    let mut tracker = Tracker::new(Config::of(preset)).unwrap();
    let mut film = Crowd::new(settings, 1);
    let mut last = 0;
    let tenth = |part: u32| {
        let mut most = 0;
        for frame in part * (frames / 10)..(part + 1) * (frames / 10) {
            let seen = film.next().unwrap();
            let time = frame * Duration::from_millis(33);
            tracker.plan(time, &seen.detections);
            let step = tracker.step(time, &seen);
            last = step.tracks.iter().map(|tracked| tracked.id.0).fold(last, u64::max);
            if frame % 1000 == 999 {
                most = most.max(resident());
            }
        }
        most
    };
    let found = (0..10).map(tenth).collect();
    println!("{preset:?}, {frames} frames, {last} people: KiB in RAM by tenth {found:?}");
    assert!(last > u64::from(frames) / 100, "nobody new came");
    found
}

#[test]
fn memory_does_not_grow_with_the_number_of_frames() {
    let frames = std::env::var("FOOTFALL_FRAMES").map_or(FRAMES, |text| text.parse().unwrap());
    for preset in [Preset::DeepSort, Preset::Best] {
        let most = tenths(preset, frames);
        assert!(most[9] <= most[1] + SLACK, "{preset:?}: {most:?}");
    }
}
