//! Between programs: through pipes frame by frame, tracks as JSON lines, and what other programs write.
#![allow(clippy::format_collect, reason = "a few lines of a test's input")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use common::footfall;

fn labels(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/formats/tests/labels").join(name)
}

fn tracking(arguments: &[&str]) -> Child {
    let mut command = footfall();
    command.args(["track", "-", "--fps", "25", "--tracks", "-"]).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Each frame's tracks are read before the next but one is written: a tracker that waited for the end would never
/// answer. The first frame with anybody confirms them at once.
#[test]
fn through_a_pipe_each_frame_is_told_when_it_is_decided() {
    for is_json in [false, true] {
        let mut child = tracking(&[]);
        let mut input = child.stdin.take().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut row = |frame: u64| {
            let x = 100 + frame;
            let text = if is_json {
                format!(
                    "{{\"frame\":{frame},\"detections\":[{{\"bbox\":[{x},50,40,100],\"confidence\":0.9}}]}}\n"
                )
            } else {
                format!("{frame},-1,{x},50,40,100,0.9\n")
            };
            input.write_all(text.as_bytes()).unwrap();
            input.flush().unwrap();
        };
        // Of MOT text a frame is whole when the next one begins.
        let behind = u64::from(!is_json);
        for frame in 1..=20 {
            row(frame);
            if frame > behind {
                let told = lines.next().unwrap().unwrap();
                assert!(told.starts_with(&format!("{},1,", frame - behind)), "{told}");
            }
        }
        drop(input);
        assert_eq!(lines.map(Result::unwrap).count() as u64, behind);
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn what_does_not_fit_what_was_given_on_is_an_error() {
    for (rows, problem) in [
        ("2,-1,10,50,40,100,0.9\n1,-1,10,50,40,100,0.9\n", "line 2: frame 1 comes after frame 2"),
        ("1,-1,10,50,40,100,0.9\n2,-1,10,50,40,100,87\n", "line 2: the score is 87"),
        ("1,-1,10,50,40,100,-1\n2,-1,10,50,40,100,0.5\n", "line 2: the score is 0.5"),
    ] {
        let mut child = tracking(&[]);
        child.stdin.take().unwrap().write_all(rows.as_bytes()).unwrap();
        let ended = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{told}");
        assert!(told.contains(problem) && told.contains("name the file instead"), "{told}");
    }
}

#[test]
fn a_stride_that_shows_in_the_end_is_told() {
    let mut child = tracking(&[]);
    let rows: String = (0..9).map(|n| format!("{},-1,{},50,40,100,0.9\n", 1 + 2 * n, 100 + 4 * n)).collect();
    child.stdin.take().unwrap().write_all(rows.as_bytes()).unwrap();
    let ended = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert!(told.contains("--stride 2"), "{told}");
}

#[test]
fn tracks_as_json_lines_are_the_tracks_of_mot_text_and_say_what_was_touched() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let rows: String = (1..=60).map(|n| format!("{n},-1,{},50,40,100,0.9\n", 100 + 6 * n)).collect();
    fs::write(file("det.txt"), rows).unwrap();
    for name in ["t.txt", "t.jsonl"] {
        let mut command = footfall();
        command.arg("track").arg(file("det.txt")).args(["--fps", "25", "--line", "door:250,400,250,0"]);
        command.args(["--zone", "till:300,0,500,0,500,400,300,400", "--tracks"]).arg(file(name));
        assert!(command.output().unwrap().status.success());
    }
    let text = fs::read_to_string(file("t.txt")).unwrap();
    let json = fs::read_to_string(file("t.jsonl")).unwrap();
    let objects: Vec<serde_json::Value> =
        json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(text.lines().count(), objects.len());
    for (row, object) in text.lines().zip(&objects) {
        let numbers: Vec<f64> = row.split(',').take(7).map(|number| number.parse().unwrap()).collect();
        let bbox = object["bbox"].as_array().unwrap().iter().map(|number| number.as_f64().unwrap());
        let found: Vec<f64> = [object["frame"].as_f64().unwrap(), object["id"].as_f64().unwrap()]
            .into_iter()
            .chain(bbox)
            .chain(object["confidence"].as_f64())
            .collect();
        assert_eq!(found, numbers);
        let is_in = (300.0..500.0).contains(&(numbers[2] + numbers[4] / 2.0));
        assert_eq!(object["zones"] == serde_json::json!(["till"]), is_in, "{object}");
    }
    let crossed: Vec<_> = objects.iter().filter(|object| object["crossed"].is_array()).collect();
    assert_eq!(crossed.len(), 1);
    assert_eq!(crossed[0]["crossed"][0]["line"], "door");
    assert_eq!(crossed[0]["crossed"][0]["direction"], "in");
}

#[test]
fn other_programs_files_are_tracked_and_told_of() {
    let folder = tempfile::tempdir().unwrap();
    for (name, words) in [
        ("yolo-scores", "of other classes"),
        ("supervision.csv", "counted from 0"),
        ("ultralytics-coco.json", "of other classes"),
        ("datumaro-coco.json", "of other classes"),
        ("cvat-video.xml", "of other classes"),
    ] {
        let tracks = folder.path().join("t.txt");
        let mut command = footfall();
        command
            .arg("track")
            .arg(labels(name))
            .args(["--size", "640x480", "--fps", "25", "--tracks"])
            .arg(&tracks);
        let ended = command.output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success() && told.contains(words), "{name}: {told}");
        let text = fs::read_to_string(&tracks).unwrap();
        assert_eq!(text.lines().filter(|line| line.starts_with("2,")).count(), 3, "{name}: {text}");
        assert!(!text.lines().any(|line| line.starts_with("3,")), "{name}: nobody is in frame 3");
    }
    let ended = footfall().arg("track").arg(labels("yolo")).args(["--tracks", "-"]).output().unwrap();
    assert!(String::from_utf8_lossy(&ended.stderr).contains("--size WIDTHxHEIGHT"));
}

#[test]
fn ground_truth_of_another_program_is_scored() {
    let folder = tempfile::tempdir().unwrap();
    let (gt, tracks) = (folder.path().join("gt/shop"), folder.path().join("tracks"));
    fs::create_dir_all(gt.join("gt")).unwrap();
    fs::create_dir(&tracks).unwrap();
    fs::write(gt.join("seqinfo.ini"), "[Sequence]\nseqLength=6\nimWidth=640\nimHeight=480\n").unwrap();
    let expected: Vec<[f64; 7]> =
        serde_json::from_str(&fs::read_to_string(labels("expected.json")).unwrap()).unwrap();
    let rows: String = expected
        .iter()
        .map(|r| format!("{},{},{},{},{},{},1\n", r[0], r[1], r[2], r[3], r[4], r[5]))
        .collect();
    fs::write(tracks.join("shop.txt"), rows).unwrap();
    for (name, place) in
        [("cvat-video.xml", "gt.xml"), ("datumaro-coco.json", "gt.json"), ("supervision.csv", "gt.csv")]
    {
        let truth = gt.join("gt").join(place);
        fs::copy(labels(name), &truth).unwrap();
        let mut command = footfall();
        command.args(["eval", "mot", "--json", "-", "--gt"]).arg(folder.path().join("gt"));
        let ended = command.arg("--tracks").arg(&tracks).output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr);
        let scores: serde_json::Value = serde_json::from_slice(&ended.stdout).expect(&told);
        assert_eq!(scores["combined"]["MOTA"], 1.0, "{name}: {told}");
        assert_eq!(scores["combined"]["GT_IDs"], 3, "{name}");
        fs::remove_file(truth).unwrap();
    }
}
