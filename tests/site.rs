//! Several cameras of one site: what two of them see counts once, and everything else is as without.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use common::{DOOR, Ended, clip, footfall, summary};
use serde_json::Value;

const FRAMES: &str = "250";

/// The sample clip twice, as two cameras, with this configuration; what came of it.
fn run(folder: &Path, name: &str, config: &str, lines: &[&str]) -> (Vec<Value>, Value, Ended) {
    let file = |end: &str| folder.join(format!("{name}.{end}"));
    fs::write(file("toml"), config).unwrap();
    let place = |name: &str| {
        let mut place = OsString::from(format!("{name}="));
        place.push(clip());
        place
    };
    let ended: Ended = footfall()
        .args(["run", "--max-frames", FRAMES])
        .args(["left", "right"].map(place))
        .args(lines.iter().flat_map(|line| ["--line", line]))
        .arg("--config")
        .arg(file("toml"))
        .arg("--crossings")
        .arg(file("jsonl"))
        .arg("--ledger")
        .arg(file("db"))
        .arg("--summary")
        .arg(file("json"))
        .output()
        .unwrap()
        .into();
    let ended = ended.success();
    let text = fs::read_to_string(file("jsonl")).unwrap();
    let mut rows: Vec<Value> = text.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    // Two sources write into one file; each has its own order.
    rows.sort_by_key(|row| row["source"].as_str().unwrap().to_owned());
    (rows, summary(&file("json")), ended)
}

fn report(ledger: &Path) -> Vec<BTreeMap<String, String>> {
    let ended: Ended = footfall()
        .args(["report", "--format", "csv", "--by", "day", "--ledger"])
        .arg(ledger)
        .output()
        .unwrap()
        .into();
    let text = ended.success().stdout;
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned));
    let heads: Vec<String> = lines.next().unwrap().collect();
    lines.map(|cells| heads.iter().cloned().zip(cells).collect()).collect()
}

#[test]
fn what_two_cameras_see_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let site = "[site]\noverlap = [['left', 'right']]\ndoors = [['left', 'right']]\n[counter.visitors]\nwindow = 1\n";
    let (plain, apart, _) = run(folder.path(), "apart", "", &[DOOR]);
    let (rows, together, ended) = run(folder.path(), "together", site, &[DOOR]);
    assert_eq!(rows.len(), plain.len());
    let of = |source: &str| rows.iter().filter(|row| row["source"] == source).cloned().collect::<Vec<_>>();
    let (left, right) = (of("left"), of("right"));
    assert!(!left.is_empty());
    for (first, second) in left.iter().zip(&right) {
        let (counted, same) = if first["same_as"].is_null() { (first, second) } else { (second, first) };
        assert!(counted["same_as"].is_null() && counted["site"]["why"] == "counted", "{counted}");
        assert_eq!(same["site"]["why"], "same", "{same}");
        for key in ["source", "line", "track", "frame"] {
            assert_eq!(same["same_as"][key], counted[key], "{same}");
        }
        assert_eq!(same["visitor"], counted["visitor"]);
    }
    // All else that is said of a crossing is as it was.
    for (before, after) in plain.iter().zip(&rows) {
        for (key, value) in before.as_object().unwrap() {
            assert_eq!(after[key], *value, "{key}");
        }
    }
    let sum = |summary: &Value, way: &str| -> u64 {
        summary["lines"].as_array().unwrap().iter().map(|line| line[way].as_u64().unwrap()).sum()
    };
    for way in ["in", "out"] {
        assert_eq!(sum(&apart, way), 2 * sum(&together, way), "{way}");
    }
    let told = &together["site"];
    assert_eq!(told["passages"].as_u64().unwrap(), 2 * told["twice"].as_u64().unwrap());
    assert_eq!(told["visitors"]["comings"], sum(&together, "in"));
    assert!(apart["site"].is_null() && ended.stderr.contains("counted once"), "{}", ended.stderr);
    let (once, both) = (report(&folder.path().join("together.db")), report(&folder.path().join("apart.db")));
    let number = |rows: &[BTreeMap<String, String>], head: &str| -> u64 {
        rows.iter().map(|row| row[head].parse::<u64>().unwrap()).sum()
    };
    for way in ["in", "out"] {
        assert_eq!(number(&both, way), 2 * number(&once, way), "{way}");
    }
    assert_eq!(number(&once, "twice") as usize, left.len());
    assert!(!both[0].contains_key("twice"), "{both:?}");
}

#[test]
fn lines_that_do_not_overlap_and_cameras_that_are_not_named_count_as_without() {
    let folder = tempfile::tempdir().unwrap();
    let lines = ["left/door:384,576,384,0", "right/gate:384,0,384,576"];
    let (plain, _, _) = run(folder.path(), "apart", "", &lines);
    // The gate is drawn the other way round: who comes in at the door leaves at the gate.
    let (rows, together, _) =
        run(folder.path(), "together", "[site]\noverlap = [['left/door', 'right/gate']]\n", &lines);
    let bare = |row: &Value| {
        let mut row = row.clone();
        let site = row.as_object_mut().unwrap().remove("site").unwrap_or_default();
        assert!(site.is_null() || site["why"] == "alone" || site["why"] == "unsure", "{site}");
        row
    };
    assert_eq!(rows.iter().map(bare).collect::<Vec<_>>(), plain);
    assert_eq!(together["site"]["twice"], 0);
}

#[test]
fn a_name_that_is_nobodys_is_told_with_those_that_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("footfall.toml");
    fs::write(&config, "[site]\noverlap = [['left', 'window']]\n").unwrap();
    let ended: Ended = footfall()
        .args(["run", "--line", DOOR, "--config"])
        .arg(&config)
        .args(["left", "right"].map(|name| format!("{name}={}", clip().display())))
        .output()
        .unwrap()
        .into();
    ended.failure(2, &["site.overlap", "\"window\"", "left, right, left/door, right/door"]);
}
