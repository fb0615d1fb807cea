//! The real binary, several times at once: recordings that workers count while they are killed, stopped and out of room.
//!
//! `FOOTFALL_RECORDINGS` and `FOOTFALL_WORKERS` say how many.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

#[path = "archive/clock.rs"]
mod clock;
#[path = "archive/house.rs"]
mod house;
#[path = "archive/objects.rs"]
mod objects;
#[path = "archive/outage.rs"]
mod outage;
#[path = "archive/telemetry.rs"]
mod telemetry;

mod common;
#[path = "../crates/office/tests/office/servers.rs"]
mod servers;

use std::fs;
use std::io::Read as _;

use common::disk::Disk;
use common::{Ended, clip};
use house::{House, cut};
use rustix::process::{Signal, kill_process};
use servers::until;

fn number(name: &str, usual: u32) -> u32 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

#[test]
fn whoever_is_killed_or_stopped_the_result_is_that_of_one_machine() {
    let (recordings, workers) = (number("FOOTFALL_RECORDINGS", 6), number("FOOTFALL_WORKERS", 3));
    let mut house = House::new();
    for index in 0..recordings {
        // Each from another place of the clip, so that no two are the same.
        cut(&house.recordings().join(format!("{index:03}.avi")), (index * 97) % 700, 40);
    }
    fs::copy(house.recordings().join("000.avi"), house.recordings().join("copy of 000.avi")).unwrap();
    let expected = house.one_machine();
    assert!(expected.lines().count() > 2, "{expected}");
    fs::write(house.recordings().join("poison.avi"), b"RIFF and nothing that FFmpeg could read").unwrap();
    fs::write(house.recordings().join("notes.txt"), "no recording").unwrap();
    let told = house.submit().success().stderr;
    assert!(told.contains(&format!("{} recordings are to be counted", recordings + 2)), "{told}");
    assert!(told.contains("1 files are no recordings"), "{told}");

    for index in 0..workers {
        house.hire(&format!("worker-{index}"));
    }
    // One is killed while it counts: what it has started ends with it.
    let (_, token) = house.wait_for("worker-0 counts", "worker-0");
    let child = until("its counting program", || house.child_of("worker-0"));
    house.kill("worker-0");
    until("the counting program ends", || (!House::is_alive(child)).then_some(()));
    assert!(token >= 1);
    house.hire("worker-0 again");

    // One hangs for longer than its lease, and comes back after its job was given to another.
    let (job, token) = house.wait_for("worker-1 counts", "worker-1");
    kill_process(house.pid("worker-1"), Signal::STOP).unwrap();
    until("another has its job", || {
        house.number(&format!("SELECT 1 FROM archive.job WHERE id = {job} AND token > {token}"))
    });
    kill_process(house.pid("worker-1"), Signal::CONT).unwrap();
    let over = format!(
        "SELECT 1 FROM archive.attempt WHERE job = {job} AND token = {token} AND outcome IN ('gone', 'late')"
    );
    until("it was too late", || house.number(&over));
    assert_eq!(
        house.sql(&format!("SELECT count(*) FROM archive.result WHERE job = {job} AND token = {token}")),
        ["0"]
    );

    let open = "SELECT 1 WHERE NOT EXISTS (SELECT FROM archive.job WHERE state IN ('queued', 'counting'))";
    until("all is counted", || house.number(open));
    let refused = house.archive(&["export"]).failure(1, &["1 of", "--partial"]);
    assert!(refused.stdout.is_empty());
    assert_eq!(house.archive(&["export", "--partial"]).success().stdout, expected);
    let status = house.status();
    assert_eq!(status["done"], recordings + 1);
    assert_eq!(status["alarms"].as_array().unwrap().len(), 0, "{status}");
    assert_eq!(status["dead_letters"][0]["name"], "rec/poison.avi");
    assert!(status["dead_letters"][0]["reason"].as_str().unwrap().contains("not a video"), "{status}");
    let told = house.submit().success().stderr;
    assert!(
        told.contains(&format!("0 recordings are to be counted, {} were known", recordings + 2)),
        "{told}"
    );
    // It can be put back, and is given up again.
    house.archive(&["retry", "rec/000.avi"]).failure(2, &["rec/000.avi", "dead letters"]);
    house.archive(&["retry", "rec/poison.avi"]).success();
    until("it is given up again", || {
        house.number("SELECT 1 FROM archive.job WHERE state = 'dead' AND token > 2")
    });
    // The same queue entry once more, as after a hub that lost its disk, counts nothing twice.
    house.archive(&["retry", "--all"]).success();
    fs::remove_file(house.recordings().join("poison.avi")).unwrap();
    let rows = house.archive(&["export", "--partial", "--format", "csv"]).success().stdout;
    let crossings = rows.lines().filter(|row| row.contains(",crossing,")).count();
    assert_eq!(crossings, expected.lines().count());
    let hours = "SELECT sum(entered + \"left\") FROM archive.hour";
    assert_eq!(house.sql(hours), [crossings.to_string()]);
}

#[test]
fn two_counts_of_one_content_that_differ_are_an_alarm() {
    let house = House::new();
    cut(&house.recordings().join("a.avi"), 0, 20);
    house.submit().success();
    house.work_until_empty().success();
    // As if another machine had counted otherwise.
    house.sql("UPDATE archive.attempt SET digest = 'otherwise'");
    fs::copy(house.recordings().join("a.avi"), house.recordings().join("b.avi")).unwrap();
    let told = house.submit().success().stderr;
    assert!(told.contains("1 recordings are to be counted, 1 were known"), "{told}");
    let told = house.work_until_empty().success().stderr;
    assert!(told.contains("differs"), "{told}");
    let told = house.archive(&["status"]).failure(1, &["1 alarms"]).stdout;
    assert!(told.contains("ALARMS") && told.contains("rec/a.avi") && told.contains("rec/b.avi"), "{told}");
    assert_eq!(house.status()["alarms"][0]["same_networks"], true);
    // With other lines both are counted anew, and the earlier counts are none of the result.
    let told = house.submit_with(&["--line", "gate:200,0,200,576"]).success().stderr;
    assert!(told.contains("2 recordings are to be counted") && told.contains("2 earlier"), "{told}");
    house.work_until_empty().success();
    assert!(!house.archive(&["export"]).success().stdout.contains("\"door\""));
    // And back: nothing is counted again.
    let told = house.submit().success().stderr;
    assert!(told.contains("2 recordings are to be counted, 0 were known"), "{told}");
    assert_eq!(house.status()["done"], 2);
    // Whoever has other networks does not count along.
    house.sql("UPDATE archive.settings SET networks = '{\"detector\": \"another\"}'");
    cut(&house.recordings().join("c.avi"), 30, 10);
    house.submit().success();
    house.work_until_empty().failure(2, &["other networks", "another"]);
    assert_eq!(house.sql("SELECT state, tries FROM archive.job WHERE name = 'rec/c.avi'"), ["queued|0"]);
}

#[test]
fn a_worker_that_is_asked_to_end_finishes_or_gives_back() {
    let mut house = House::new();
    fs::copy(clip(), house.recordings().join("long.avi")).unwrap();
    house.submit().success();
    // No grace: at once.
    house.hire("hasty");
    let (job, _) = house.wait_for("it counts", "hasty");
    let working = &house.status()["working"][0];
    assert_eq!(
        (&working["name"], &working["worker"]),
        (&"rec/long.avi".into(), &"hasty".into()),
        "{working}"
    );
    kill_process(house.pid("hasty"), Signal::TERM).unwrap();
    assert_eq!(house.end("hasty").code(), Some(0));
    let back = format!(
        "SELECT job.state, tries, outcome FROM archive.job JOIN archive.attempt ON job = id WHERE id = {job}"
    );
    assert_eq!(house.sql(&back), ["queued|0|given back"]);
    assert_eq!(house.status()["failures"].as_array().unwrap().len(), 0, "it is nobody's fault");
    fs::remove_file(house.recordings().join("long.avi")).unwrap();
    cut(&house.recordings().join("long.avi"), 0, 60);
    let told = house.submit().success().stderr;
    assert!(told.contains("1 recordings are to be counted") && told.contains("1 earlier"), "{told}");
    // Grace: it ends with what it has.
    house.settings.grace = 60;
    house.hire("patient");
    let (job, token) = house.wait_for("it counts", "patient");
    kill_process(house.pid("patient"), Signal::TERM).unwrap();
    assert_eq!(house.end("patient").code(), Some(0));
    let done = format!("SELECT token FROM archive.result WHERE job = {job}");
    assert_eq!(house.sql(&done), [token.to_string()]);
}

/// As if another one had taken the job, and had died since: whoever comes too late must not end it.
#[test]
fn a_count_that_comes_too_late_leaves_the_job_to_the_next() {
    let mut house = House::new();
    cut(&house.recordings().join("a.avi"), 0, 10);
    // No beat before it is counted: it learns only then that it is too late.
    house.settings.lease = Some(16);
    house.submit().success();
    house.hire("worker");
    house.wait_for("it counts", "worker");
    house.sql("UPDATE archive.job SET token = token + 1, seen = now() - interval '1 hour'");
    until("it is counted once more", || house.number("SELECT 1 FROM archive.result"));
    let outcomes = "SELECT string_agg(outcome, ' ' ORDER BY token) FROM archive.attempt";
    assert!(["late done", "gone done"].contains(&&*house.sql(outcomes)[0]), "{:?}", house.sql(outcomes));
}

#[test]
fn a_recording_that_every_worker_goes_down_with_is_given_up() {
    let mut house = House::new();
    fs::copy(clip(), house.recordings().join("long.avi")).unwrap();
    house.submit().success();
    for name in ["first", "second"] {
        house.hire(name);
        house.wait_for("it counts", name);
        house.kill(name);
    }
    house.hire("third");
    until("it is given up", || house.number("SELECT 1 FROM archive.job WHERE state = 'dead' AND token = 2"));
    let reason = &house.status()["dead_letters"][0]["reason"];
    assert!(reason.as_str().unwrap().contains("2 times a worker was not heard of again"), "{reason}");
}

#[test]
fn a_worker_tells_prometheus_what_it_does() {
    let house = House::new();
    cut(&house.recordings().join("a.avi"), 0, 10);
    fs::write(house.recordings().join("poison.avi"), "RIFF").unwrap();
    house.submit().success();
    let mut worker = common::running::Running::start(house.worker("told").args(["--address", "127.0.0.1:0"]));
    let said = worker.wait_for("its metrics are at ");
    let url = said.split_whitespace().last().unwrap();
    let (address, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let wanted = [
        "footfall_worker_recordings_total 1",
        "footfall_worker_frames_total 10",
        "footfall_worker_failures_total 2",
        "footfall_worker_dead_total 1",
        "footfall_worker_busy 0",
    ];
    until("the figures", || {
        let (status, mut rest) = common::interface::get(address, &format!("/{path}"), "none");
        assert!(status.contains("200"), "{status}");
        let mut text = String::new();
        rest.read_to_string(&mut text).unwrap();
        wanted.iter().all(|row| text.lines().any(|line| line == *row)).then_some(())
    });
    let ended = worker.stop().success();
    assert!(ended.stderr.contains("1 recordings and 10 frames"), "{}", ended.stderr);
}

#[test]
fn a_full_disk_is_not_the_recordings_fault() {
    let mut house = House::new();
    cut(&house.recordings().join("a.avi"), 0, 20);
    house.submit().success();
    let disk = Disk::mount(house.folder.path(), "scratch", 8);
    if !disk.is_mounted {
        return;
    }
    disk.fill();
    house.settings.scratch = Some(disk.folder.clone());
    house.hire("worker");
    let back = "SELECT 1 FROM archive.attempt WHERE outcome = 'given back' AND reason LIKE '%No space left%'";
    until("it is given back", || house.number(back));
    assert_eq!(
        house.sql("SELECT 1 FROM archive.job WHERE tries > 1 OR state = 'dead'"),
        Vec::<String>::new()
    );
    disk.clear();
    until("it is counted", || house.number("SELECT 1 FROM archive.result"));
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_sent() {
    let house = House::new();
    let refused = |arguments: &[&str], words: &[&str]| {
        let _: Ended = house.archive(arguments).failure(2, words);
    };
    let place = house.recordings();
    let place = place.to_str().unwrap();
    refused(&["submit", place], &["--line"]);
    refused(&["submit", place, "--line", "door:1,1,1,1"], &["same point"]);
    refused(&["submit", place, "--line", "door:1,1,5,5"], &["no recording"]);
    house.archive(&["submit", "/no/such/folder", "--line", "door:1,1,5,5"]).failure(1, &["/no/such/folder"]);
}
