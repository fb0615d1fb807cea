//! The real binary with a ledger: counted twice, read, written by two, out of room.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use common::{DOOR, Ended, clip, footfall, run};
use footfall_count::Direction::In;
use footfall_ledger::{Event, Kind, Ledger, Reader, Seq};

/// Arguments of a run over the first frames of the sample clip, in which people pass.
fn counted(ledger: &Path, more: &[&str]) -> Vec<OsString> {
    let fixed =
        ["--line", DOOR, "--max-frames", "200", "--start-time", "2026-10-25T02:59:55+02:00", "--ledger"];
    let fixed = fixed.map(OsString::from).into_iter().chain([ledger.as_os_str().to_owned()]);
    fixed.chain(more.iter().map(OsString::from)).collect()
}

fn report(ledger: &Path, arguments: &[&str]) -> Ended {
    let mut command = footfall();
    command.args(["report", "--timezone", "Europe/Zurich", "--ledger"]).arg(ledger).args(arguments);
    command.output().unwrap().into()
}

#[test]
fn a_recording_counted_twice_is_there_once_and_reports_say_what_the_crossings_file_says() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("shop.db");
    let crossings = folder.path().join("c.jsonl");
    let written = run(clip(), counted(&ledger, &["--crossings", crossings.to_str().unwrap()])).success();
    let text = fs::read_to_string(&crossings).unwrap();
    let number = |direction: &str| text.matches(&format!("\"direction\":\"{direction}\"")).count() as u64;
    let (entered, left) = (number("in"), number("out"));
    assert!(entered + left > 2 && written.stderr.contains(&format!("{} new entries", entered + left)));
    let before = Reader::open(&ledger).unwrap().crossings_after(Seq(0), 1000).unwrap();
    assert_eq!(before.len() as u64, entered + left);

    let copy = folder.path().join("copy.avi");
    fs::copy(clip(), &copy).unwrap();
    let again = run(&copy, counted(&ledger, &[])).success();
    assert!(again.stderr.contains(&format!("0 new entries, {} were there already", entered + left)));
    assert_eq!(Reader::open(&ledger).unwrap().crossings_after(Seq(0), 1000).unwrap(), before);

    // The clip goes on into the hour that is there twice.
    let csv = report(&ledger, &["--format", "csv"]).success().stdout;
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!((rows[1][0], rows[2][0]), ("2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"), "{csv}");
    let sum = |column: usize| rows[1..].iter().map(|row| row[column].parse::<u64>().unwrap()).sum::<u64>();
    assert_eq!((sum(2), sum(5)), (entered, left));

    let day = report(&ledger, &["--by", "day", "--format", "json", "--check"]).success().stdout;
    let day: serde_json::Value = serde_json::from_str(&day).unwrap();
    assert_eq!((&day[0]["from"], &day[0]["in"]), (&"2026-10-25T00:00:00+02:00".into(), &entered.into()));
    let picture = folder.path().join("chart.svg");
    let shown = report(&ledger, &["--format", "chart", "--chart", picture.to_str().unwrap()]).success();
    assert!(shown.stdout.contains("02:00 +01:00") && fs::read_to_string(picture).unwrap().contains("<svg"));
    let parquet = folder.path().join("r.parquet");
    report(&ledger, &["--format", "parquet", "--output", parquet.to_str().unwrap()]).success();
    assert!(fs::read(parquet).unwrap().starts_with(b"PAR1"));
}

#[test]
fn another_count_of_a_recording_is_refused_and_replaces_the_first_when_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("shop.db");
    let other = ["--line", "door:300,576,300,0", "--max-frames", "60"];
    let with = |line: &[&str], more: &[&str]| {
        let mut command = footfall();
        command.arg("run").arg(clip()).args(line).args(more).arg("--ledger").arg(&ledger);
        Ended::from(command.output().unwrap())
    };
    with(&["--line", DOOR, "--max-frames", "60"], &[]).success();
    with(&other, &[]).failure(2, &["another configuration", "--recount"]);
    with(&other, &["--recount"]).success();
    let told = report(&ledger, &["--line", "dor"]).failure(2, &["no line \"dor\"", "door"]);
    assert!(told.stdout.is_empty());
}

#[test]
fn one_program_writes_and_the_second_is_told_which() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let ledger = Ledger::open(&path).unwrap();
    let process = format!("process {}", std::process::id());
    run(clip(), counted(&path, &[])).failure(1, &["is being written by", &process, "name another"]);
    report(&path, &[]).success();
    drop(ledger);
    report(&folder.path().join("other.db"), &[]).failure(2, &["there is no ledger", "--ledger"]);
    let text = folder.path().join("text.db");
    fs::write(&text, "no database\n".repeat(1000)).unwrap();
    report(&text, &[]).failure(1, &["not a ledger"]);

    let mut bytes = fs::read(&path).unwrap();
    let end = bytes.len();
    bytes[end - 8192..].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    report(&path, &["--check"]).failure(1, &["is damaged", "shop.db"]);
}

#[test]
fn a_recorded_run_is_replayed_byte_for_byte_and_over_other_lines() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let paths = ["run.ffrec", "run-tracks.jsonl", "a.jsonl"].map(|name| file(name).into_os_string());
    let [recording, tracks, crossings] = paths.clone();
    let options = [recording, "--tracks".into(), tracks, "--crossings".into(), crossings];
    // Who passes the second line is decided in the last frame.
    let lines = ["--line", DOOR, "--line", "late:250,576,250,0"];
    let fixed = lines.into_iter().chain(["--max-frames", "200", "--record"]).map(OsString::from);
    run(clip(), fixed.chain(options)).success();
    let replay = |name: &str, more: &[&str]| {
        let mut command = footfall();
        command
            .arg("replay")
            .arg(&paths[0])
            .arg("--crossings")
            .arg(file(&format!("{name}.jsonl")))
            .args(more);
        if !more.contains(&"--tracks") {
            command.arg("--tracks").arg(file(&format!("{name}.txt")));
        }
        Ended::from(command.output().unwrap())
    };
    let bytes = |name: &str| fs::read(file(name)).unwrap();
    replay("b", &["--tracks", file("b-tracks.jsonl").to_str().unwrap()]).success();
    assert!(bytes("run-tracks.jsonl") == bytes("b-tracks.jsonl") && bytes("a.jsonl") == bytes("b.jsonl"));
    assert!(bytes("a.jsonl").windows(13).any(|word| word == b"\"decided\":200"));

    replay("a", &[]).success();
    replay("c", &["--line", "far:10,576,10,0"]).success();
    assert!(bytes("a.txt") == bytes("c.txt") && bytes("a.jsonl") != bytes("c.jsonl"));
    replay("d", &["--preset", "deepsort"]).success();
    assert_ne!(bytes("a.txt"), bytes("d.txt"));

    // What a kill leaves is good up to its last whole block.
    let whole = bytes("run.ffrec");
    fs::write(file("run.ffrec"), &whole[..whole.len() * 2 / 3]).unwrap();
    let cut = replay("e", &[]).success();
    assert!(cut.stderr.contains("was cut short"), "{}", cut.stderr);
    let (part, all) = (bytes("e.txt"), bytes("a.txt"));
    assert!(!part.is_empty() && part.len() < all.len() && all.starts_with(&part));
    fs::write(file("run.ffrec"), "nothing of the kind").unwrap();
    replay("f", &[]).failure(1, &["no recording", "run.ffrec", "--record"]);
}

#[test]
fn visits_and_visitors_are_the_same_in_the_run_its_replay_and_their_reports() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let zone =
        ["--zone", "way:200,150,600,150,600,500,200,500", "--zone", "door:0,0,9,0,9,9", "--visitors", "1"];
    let outputs = ["--record", "run.ffrec", "--summary", "summary.json"];
    let outputs = outputs.map(|word| if word.starts_with("--") { word.into() } else { file(word) });
    let more = zone.map(OsString::from).into_iter().chain(outputs.map(OsString::from));
    let told = run(clip(), counted(&file("a.db"), &[]).into_iter().chain(more)).success();
    assert!(told.stderr.contains("mean dwell"), "{}", told.stderr);
    let replayed = footfall().arg("replay").arg(file("run.ffrec")).arg("--ledger").arg(file("b.db")).output();
    Ended::from(replayed.unwrap()).success();

    let entries = |ledger: &str, kind| {
        let rows = Reader::open(file(ledger)).unwrap().entries_after(Seq(0), &[kind], 1000).unwrap();
        rows.into_iter().map(|row| (row.at, row.event, row.detail)).collect::<Vec<_>>()
    };
    let stays = |ledger| entries(ledger, Kind::Visit);
    assert_eq!(stays("a.db"), stays("b.db"));
    let crossings = entries("a.db", Kind::Crossing);
    assert_eq!(crossings, entries("b.db", Kind::Crossing));
    let entered = |event: &Event| matches!(event, Event::Crossing { direction: In, .. });
    let comings: Vec<_> = crossings.iter().filter(|(_, event, _)| entered(event)).collect();
    assert!(comings.len() > 1 && comings.iter().all(|(.., detail)| detail["coming"].is_u64()), "{comings:?}");
    assert!(comings.iter().any(|(.., detail)| detail["visitor"] == 1), "somebody's looks are known");
    let summary = common::summary(&file("summary.json"));
    let seen = &summary["zones"][0];
    assert!(seen["visits"].as_u64().unwrap() > 2, "{seen}");
    assert_eq!(seen["visits"], stays("a.db").len());

    let day = report(&file("a.db"), &["--by", "day", "--format", "json"]).success().stdout;
    let day = &serde_json::from_str::<serde_json::Value>(&day).unwrap()[0];
    assert_eq!(day["visitors"].as_u64().unwrap() + day["again"].as_u64().unwrap(), comings.len() as u64);
    assert_eq!(day["in"], comings.len());
    run(clip(), ["--visitors", "1", "--no-embedder"]).failure(2, &["--no-embedder"]);

    let zones = |ledger: &str, more: &[&str]| {
        let fixed = ["--each-zone", "--by", "day", "--format", "json"];
        let json = report(&file(ledger), &[&fixed, more].concat()).success().stdout;
        serde_json::from_str::<serde_json::Value>(&json).unwrap()
    };
    let days = zones("a.db", &[]);
    assert_eq!(days, zones("b.db", &[]));
    assert_eq!(
        (&days[0]["zone"], &days[0]["visits"]),
        (&"door".into(), &0.into()),
        "a line has its name, too"
    );
    assert_eq!((&days[1]["zone"], &days[1]["visits"]), (&"way".into(), &seen["visits"]));
    assert!((days[1]["dwell"].as_f64().unwrap() - seen["dwell_seconds"].as_f64().unwrap()).abs() < 1e-3);
    assert_eq!(zones("a.db", &["--zone", "way"])[0], days[1]);
    report(&file("a.db"), &["--zone", "wya"]).failure(2, &["no zone \"wya\"", "door, way"]);
}

#[test]
fn staff_who_are_enrolled_pass_uncounted_and_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let rows = |name: &str| {
        let text = fs::read_to_string(file(name)).unwrap();
        text.lines().map(|row| serde_json::from_str(row).unwrap()).collect::<Vec<serde_json::Value>>()
    };
    let count = |ledger: &str, crossings: &str, more: &[OsString]| {
        let told = ["--crossings".into(), file(crossings).into_os_string()];
        let arguments = counted(&file(ledger), &[]).into_iter().chain(told).chain(more.iter().cloned());
        run(clip(), arguments).success();
    };
    count("a.db", "a.jsonl", &[]);
    let crops = file("crops");
    let mut harvest = footfall();
    harvest.arg("harvest").arg(clip()).args(["--max-frames", "200", "--min-per-track", "5", "--output"]);
    Ended::from(harvest.arg(&crops).output().unwrap()).success();
    let of_track = |row: &serde_json::Value| crops.join(format!("{:04}", row["track"].as_u64().unwrap()));
    let passed = rows("a.jsonl");
    let someone = passed.iter().find(|row| of_track(row).is_dir()).expect("a track that passes has crops");

    let gallery = file("staff.json");
    let staff = |arguments: &[&str]| {
        let mut command = footfall();
        command.arg("staff").args(arguments).arg("--gallery").arg(&gallery);
        Ended::from(command.output().unwrap())
    };
    let from = of_track(someone);
    staff(&["enrol", "Anna", "--expires", "14", "--from", from.to_str().unwrap()]).success();
    assert!(staff(&["list"]).success().stdout.contains("Anna"));

    count("b.db", "b.jsonl", &["--staff".into(), gallery.clone().into_os_string(), "--recount".into()]);
    let again = rows("b.jsonl");
    assert_eq!(again.len(), passed.len(), "their crossings stay");
    let anna: Vec<_> = again.iter().filter(|row| row["staff"] == "Anna").collect();
    assert!(anna.iter().any(|row| row["track"] == someone["track"]), "{again:?}");
    assert!(anna.iter().all(|row| row["reasons"].as_array().unwrap().contains(&"staff".into())));
    let day = report(&file("b.db"), &["--by", "day", "--format", "json"]).success().stdout;
    let day = &serde_json::from_str::<serde_json::Value>(&day).unwrap()[0];
    assert_eq!(day["staff"], anna.len());
    let sum = day["in"].as_u64().unwrap() + day["out"].as_u64().unwrap();
    assert_eq!(sum as usize, again.len() - anna.len());

    let all = ["enrol", "Ben", "--from", file("nowhere").to_str().unwrap()].map(str::to_owned);
    staff(&all.each_ref().map(String::as_str)).failure(1, &["nowhere"]);
    staff(&["remove", "Ben"]).failure(2, &["nobody called \"Ben\"", "staff list"]);
    staff(&["remove", "Anna"]).success();
    assert!(!staff(&["list"]).success().stdout.contains("Anna"));
}
