//! Detections and tracks from files, whoever wrote them: which frames were looked at, what scores and rows mean.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use common::camera::Camera;
use common::running::Running;
use common::{DOOR, Ended, footfall, frames, summary};

/// Where the walkers are: frame, number, left side and top of a box of 30 by 80 pixels.
type Places = Vec<(u64, u64, f64, f64)>;

/// Four walk to the right and four to the left, 75 pixels a second at 30 frames a second, in rows below each
/// other: each passes x = 384 once. A detector's eye is not quite still.
fn walkers(last: u64, is_looked_at: impl Fn(u64) -> bool) -> Places {
    let place = |frame: u64, row: u64| {
        let jitter = ((frame * 7 + row * 3) % 5) as f64 / 5.0 - 0.4;
        let way = 2.5 * frame as f64;
        let x = if row < 4 { 120.0 + way } else { 600.0 - way };
        (frame, row + 1, x + jitter, 10.0 + 66.0 * row as f64 + jitter)
    };
    let looked_at = (1..=last).filter(|frame| is_looked_at(*frame));
    looked_at.flat_map(|frame| (0..8).map(move |row| place(frame, row))).collect()
}

/// As detections: `score` may be a function of the row.
fn detections(places: &Places, score: impl Fn(usize) -> f64) -> String {
    let rows = places.iter().enumerate();
    let row = |(index, (frame, _, x, y)): (usize, &(u64, u64, f64, f64))| {
        format!("{frame},-1,{x:.2},{y:.2},30,80,{}\n", score(index))
    };
    rows.map(row).collect::<Vec<_>>().concat()
}

/// As tracks.
fn tracks(places: &Places) -> String {
    true_tracks(places, "0.9,-1,-1,-1")
}

/// As tracks or ground truth, with these columns after the box.
fn true_tracks(places: &Places, columns: &str) -> String {
    let row =
        |(frame, id, x, y): &(u64, u64, f64, f64)| format!("{frame},{id},{x:.2},{y:.2},30,80,{columns}\n");
    places.iter().map(row).collect::<Vec<_>>().concat()
}

/// Runs `footfall WHAT FILE ARGUMENTS` over a file with this text; its crossings go to `c.jsonl`.
fn over(what: &str, folder: &Path, text: &str, arguments: &[&str]) -> Ended {
    let file = folder.join("in.txt");
    fs::write(&file, text).unwrap();
    let mut command = footfall();
    command.arg(what).arg(&file).args(["--line", DOOR]).args(arguments);
    command.arg("--crossings").arg(folder.join("c.jsonl"));
    if what == "track" {
        command.arg("--tracks").arg(folder.join("t.txt"));
    }
    command.output().unwrap().into()
}

const BOTH_WAYS: &str = "door: in 4, out 4\n";

#[test]
fn detections_of_every_nth_frame_count_as_those_of_all() {
    let folder = tempfile::tempdir().unwrap();
    for preset in ["best", "deepsort"] {
        for (stride, first) in [(1, 1), (2, 1), (2, 6), (3, 2), (5, 3)] {
            let is_looked_at = |frame: u64| frame >= first && (frame - first).is_multiple_of(stride);
            // Now and then a detector misses everybody.
            let holes = |frame: u64| is_looked_at(frame) && !(frame / stride).is_multiple_of(17);
            let cases = [(walkers(209, is_looked_at), &[][..]), (walkers(209, holes), &["--offline"][..])];
            for (places, more) in cases.iter().chain([&(walkers(209, holes), &[][..])]) {
                let text = detections(places, |_| 0.9);
                let arguments = [&["--fps", "30", "--preset", preset], *more].concat();
                let ended = over("track", folder.path(), &text, &arguments).success();
                let case = format!("{preset}, every {stride} from {first}, {more:?}: {}", ended.stderr);
                assert!(ended.stderr.contains(BOTH_WAYS), "{case}");
                assert_eq!(ended.stderr.contains("taken as not looked at"), stride > 1, "{case}");
                assert!(frames(&folder.path().join("t.txt")).iter().all(|f| is_looked_at(*f)), "{case}");
            }
        }
    }
}

#[test]
fn what_is_missing_can_be_said_outright() {
    let folder = tempfile::tempdir().unwrap();
    // Twelve of thirty frames a second: no step is constant, and that is told.
    let thinned = walkers(209, |frame| (frame * 2) % 5 < 2);
    let text = detections(&thinned, |_| 0.9);
    let track =
        |arguments: &[&str]| over("track", folder.path(), &text, &[&["--fps", "30"], arguments].concat());
    assert!(track(&[]).success().stderr.contains("say --missing skipped"));
    for preset in ["best", "deepsort"] {
        let ended = track(&["--missing", "skipped", "--preset", preset]).success();
        assert!(ended.stderr.contains(BOTH_WAYS) && !ended.stderr.contains("--missing"), "{}", ended.stderr);
    }
    track(&["--stride", "3"]).failure(2, &["--stride 3", "no multiple of 3 frames apart"]);
    track(&["--stride", "3", "--missing", "empty"]).failure(2, &["--missing"]);
    track(&["--stride", "0"]).failure(2, &["--stride"]);

    // Every second frame, with nobody in those between: deepsort believes in nobody.
    let text = detections(&walkers(209, |frame| frame % 2 == 1), |_| 0.9);
    for same in [&["--missing", "empty"], &["--stride", "1"]] {
        let arguments = [&["--fps", "30", "--preset", "deepsort"], &same[..]].concat();
        let ended = over("track", folder.path(), &text, &arguments).success();
        assert!(ended.stderr.contains("door: in 0, out 0"), "{}", ended.stderr);
    }
}

#[test]
fn a_file_of_one_frame_or_none_is_none_the_worse() {
    let folder = tempfile::tempdir().unwrap();
    for text in
        ["", "\n", "# nobody\n", "7,-1,10,20,30,80,0.9\n", "7,-1,10,20,30,80,0.9\n90,-1,10,20,30,80,0.9\n"]
    {
        for what in ["track", "count"] {
            let text = if what == "count" { text.replace(",-1,", ",1,") } else { text.to_owned() };
            let ended = over(what, folder.path(), &text, &["--fps", "30"]).success();
            assert!(
                ended.stderr.ends_with("door: in 0, out 0\n") && !ended.stderr.contains("too few"),
                "{}",
                ended.stderr
            );
        }
    }
}

#[test]
fn frames_that_json_lines_leave_out_were_not_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let places = walkers(209, |frame| (frame * 2) % 5 < 2);
    let mut text = String::new();
    for row in places.chunk_by(|a, b| a.0 == b.0) {
        let seen: Vec<_> = row
            .iter()
            .map(|(_, _, x, y)| format!(r#"{{"bbox":[{x:.2},{y:.2},30,80],"confidence":0.9}}"#))
            .collect();
        writeln!(text, r#"{{"frame":{},"detections":[{}]}}"#, row[0].0, seen.join(",")).unwrap();
    }
    for preset in ["best", "deepsort"] {
        let ended = over("track", folder.path(), &text, &["--fps", "30", "--preset", preset]).success();
        assert!(ended.stderr.contains(BOTH_WAYS), "{}", ended.stderr);
    }
    let empty = ["--fps", "30", "--preset", "deepsort", "--missing", "empty"];
    assert!(over("track", folder.path(), &text, &empty).success().stderr.contains("door: in 0, out 0"));
}

/// A live run that is too slow for its camera, tracked again from its own detections.
#[test]
fn a_live_run_that_dropped_frames_gives_its_own_tracks_again() {
    // No detector looks at a picture in a hundredth of a second on one thread.
    let camera = Camera::start_at("http", 100);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let mut command = footfall();
    command.args(["run", &camera.address, "--threads", "1", "--max-frames", "600", "--line", DOOR]);
    command.arg("--tracks").arg(file("a.txt"));
    command.arg("--crossings").arg(file("a.jsonl")).arg("--detections").arg(file("d.jsonl"));
    command.arg("--summary").arg(file("s.json"));
    Running::start(&mut command).end().success();
    let told = summary(&file("s.json"));
    let count = |what: &str| told["frames"][what].as_u64().unwrap();
    assert!(count("dropped") > 0 && told["tracked"].as_u64() > Some(0), "{told}");
    let lines = fs::read_to_string(file("d.jsonl")).unwrap().lines().count() as u64;
    assert_eq!(lines, count("processed"), "a line for each frame, empty ones too");
    for (name, more) in [("b", &[][..]), ("c", &["--fps", "7"])] {
        let mut again = footfall();
        again.arg("track").arg(file("d.jsonl")).args(["--line", DOOR]).args(more);
        again.arg("--tracks").arg(file(&format!("{name}.txt")));
        again.arg("--crossings").arg(file(&format!("{name}.jsonl")));
        Ended::from(again.output().unwrap()).success();
        let same = fs::read(file("a.txt")).unwrap() == fs::read(file(&format!("{name}.txt"))).unwrap();
        assert!(same, "the same bytes, whatever --fps says: the file says it itself");
        let crossings = |name: &str| -> Vec<serde_json::Value> {
            let text = fs::read_to_string(file(&format!("{name}.jsonl"))).unwrap();
            let row = |line: &str| {
                let mut row: serde_json::Value = serde_json::from_str(line).unwrap();
                row["source"].take();
                row
            };
            text.lines().map(row).collect()
        };
        assert_eq!(crossings("a"), crossings(name));
    }
}

/// What it is, the score of a row, and what is told of it.
type Scores = (&'static str, fn(usize) -> f64, &'static str);

#[test]
fn scores_that_are_no_confidences_are_understood_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let places = walkers(209, |_| true);
    let scores: [Scores; 6] = [
        ("confidences", |index| 0.7 + (index % 3) as f64 / 10.0, ""),
        ("none", |_| -1.0, "all confidences are -1"),
        ("zero", |_| 0.0, "all confidences are 0"),
        ("percent", |index| 70.0 + (index % 30) as f64, "divided by 100"),
        ("without a scale", |index| 60.0 + (index % 90) as f64, "divided by 149"),
        ("margins", |index| 1.5 + (index % 4) as f64 / 2.0, "1 / (1 + exp(-s))"),
    ];
    for (what, score, words) in scores {
        for preset in ["best", "deepsort"] {
            let text = detections(&places, score);
            let ended = over("track", folder.path(), &text, &["--fps", "30", "--preset", preset]).success();
            assert!(ended.stderr.contains(BOTH_WAYS), "{what}, {preset}: {}", ended.stderr);
            assert!(ended.stderr.contains(words), "{what}: {}", ended.stderr);
            assert_eq!(ended.stderr.contains("WARN"), !words.is_empty(), "{what}: {}", ended.stderr);
        }
    }
}

#[test]
fn odd_detections_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let twice = "1,-1,10,20,30,80,0.9\n1,-1,10,20,30,80,0.9\n2,-1,10,20,-30,80,0.9\n2,-1,10,20,30,0,0.9\n";
    let ended = over("track", folder.path(), twice, &[]).success();
    assert!(
        ended.stderr.contains("2 of 4 detections have a width or a height of 0 or less"),
        "{}",
        ended.stderr
    );
    assert!(ended.stderr.contains("1 detections have exactly the box of another"), "{}", ended.stderr);
    let some = "1,-1,10,20,30,80,0.9\n1,-1,90,20,30,80,-1\n";
    let ended = over("track", folder.path(), some, &[]).success();
    assert!(ended.stderr.contains("1 detections have a confidence of -1"), "{}", ended.stderr);
    let json = r#"{"frame":1,"detections":[{"bbox":[10,20,30,80],"confidence":-1}]}"#;
    let ended = over("track", folder.path(), json, &[]).success();
    assert!(ended.stderr.contains("no detection has a confidence above 0"), "{}", ended.stderr);
    let json = r#"{"frame":1,"detections":[{"bbox":[10,20,30,80],"confidence":85}]}"#;
    let ended = over("track", folder.path(), json, &[]).success();
    assert!(ended.stderr.contains("confidences go up to 85"), "{}", ended.stderr);
}

#[test]
fn tracks_are_counted_however_their_numbers_are_parted() {
    let folder = tempfile::tempdir().unwrap();
    for stride in [1, 3] {
        let text = tracks(&walkers(209, |frame| frame % stride == 0));
        let shapes = [
            text.clone(),
            text.replace(',', " "),
            text.replace(',', "\t"),
            text.replace(',', ";"),
            text.replace(',', ";").replace('.', ","),
            format!("\u{feff}# by hand\r\nframe,id,x,y,w,h,conf,a,b,c\r\n{}", text.replace('\n', "\r\n")),
        ];
        let count = |text: &str| {
            let ended = over("count", folder.path(), text, &["--fps", "30"]).success();
            assert_eq!(ended.stderr, BOTH_WAYS);
            fs::read(folder.path().join("c.jsonl")).unwrap()
        };
        let first = count(&shapes[0]);
        assert!(shapes[1..].iter().all(|text| count(text) == first));
    }
}

#[test]
fn tracks_that_are_nobody_or_somebody_twice_are_refused_with_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let good = tracks(&walkers(3, |_| true));
    for (bad, words) in [
        ("2,3,200,90,30,80,1\n", &["line 25", "frame 2 has id 3 already, in line 11"][..]),
        ("4,0,200,90,30,80,1\n", &["line 25", "the id is 0"]),
        ("4,9,200,90,-30,80,1\n", &["line 25", "-30 wide"]),
        ("4,9,200,nan,30,80,1\n", &["line 25", "column 4 (y)"]),
    ] {
        over("count", folder.path(), &(good.clone() + bad), &[]).failure(1, words);
        assert!(!folder.path().join("c.jsonl").exists(), "nothing is written");
    }
    let twins = good + "2,99,125.2,20.2,30,80,1\n2,98,125.2,20.2,30,80,1\n";
    let ended = over("count", folder.path(), &twins, &["--fps", "30"]).success();
    assert!(ended.stderr.contains("1 boxes are exactly those of another id"), "{}", ended.stderr);
}

/// Writes `gt/A/gt/gt.txt` and `res/A.txt`, and scores.
fn scored(folder: &Path, truth: &str, results: &str) -> Ended {
    fs::create_dir_all(folder.join("gt/A/gt")).unwrap();
    fs::create_dir_all(folder.join("res")).unwrap();
    fs::write(folder.join("gt/A/gt/gt.txt"), truth).unwrap();
    fs::write(folder.join("res/A.txt"), results).unwrap();
    let mut command = footfall();
    command.args(["eval", "mot", "--gt"]).arg(folder.join("gt")).arg("--tracks").arg(folder.join("res"));
    command.output().unwrap().into()
}

#[test]
fn ground_truth_of_which_nothing_is_left_is_told_with_the_reasons() {
    let folder = tempfile::tempdir().unwrap();
    let places = walkers(30, |_| true);
    let own = tracks(&places);
    let truth = |columns: &str| true_tracks(&places, columns);
    let score = |truth: &str| scored(folder.path(), truth, &own);
    score(&own)
        .failure(1, &["nothing is left", "240 boxes", "240 have a mark between 0 and 1", "tracker's file"]);
    score(&truth("0,-1,-1,-1")).failure(1, &["nothing is left", "240 are marked 0"]);
    score(&truth("1,7,1")).failure(1, &["nothing is left", "240 are of another class than 1"]);
    let good = truth("1,-1,-1,-1");
    assert_eq!(score(&good).success().stderr, "");
    let mixed = good.replacen("30,80,1,", "30,80,0.9,", 50);
    let ended = score(&mixed).success();
    assert!(ended.stderr.contains("50 of 240 boxes of the ground truth are not scored"), "{}", ended.stderr);
    score(&good).success();

    let later: Places = places.iter().map(|&(frame, id, x, y)| (frame + 100, id, x, y)).collect();
    let ended = scored(folder.path(), &tracks(&later).replace("0.9,", "1,"), &own).success();
    assert!(ended.stderr.contains("no frame in common: tracks are of frames 1 to 30"), "{}", ended.stderr);
    let sparse: Places = places.iter().copied().filter(|(frame, ..)| frame % 3 == 1).collect();
    let ended = scored(folder.path(), &good, &tracks(&sparse)).success();
    assert!(ended.stderr.contains("every 3rd frame only"), "{}", ended.stderr);
}

#[test]
fn true_and_counted_crossings_that_do_not_meet_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let row =
        |frame: u64, line: &str| format!("{{\"frame\":{frame},\"line\":\"{line}\",\"direction\":\"in\"}}\n");
    let score = |truth: &str, counted: &str| -> String {
        fs::write(file("t.jsonl"), truth).unwrap();
        fs::write(file("c.jsonl"), counted).unwrap();
        let mut command = footfall();
        command.args(["eval", "crossings", "--fps", "10", "--gt"]).arg(file("t.jsonl"));
        Ended::from(command.arg("--crossings").arg(file("c.jsonl")).output().unwrap()).success().stderr
    };
    assert_eq!(score(&row(10, "door"), &row(12, "door")), "");
    assert!(score(&row(10, "door"), &row(12, "Door")).contains("no line in common: door and Door"));
    assert!(score(&row(10, "door"), &row(900, "door")).contains("true ones are from 1.0 to 1.0 s"));
    assert!(score(&row(10, "door"), "").contains("nothing was counted"));
    assert!(score("", &row(10, "door")).contains("no crossing on these lines"));

    fs::write(file("gt.txt"), tracks(&walkers(30, |_| true))).unwrap();
    fs::write(file("c.jsonl"), "").unwrap();
    let mut command = footfall();
    command.args(["eval", "crossings", "--fps", "30", "--line", DOOR, "--from-gt"]).arg(file("gt.txt"));
    let ended = Ended::from(command.arg("--crossings").arg(file("c.jsonl")).output().unwrap()).success();
    assert!(ended.stderr.contains("nothing is left to score of 240 boxes"), "{}", ended.stderr);
}
