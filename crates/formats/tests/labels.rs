//! Files that other programs themselves have written (scripts/labels/make), each of the same scene.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

use std::fs;
use std::path::{Path, PathBuf};

use footfall_formats::DetectionReader;
use footfall_formats::labels::{Label, LabelKind, Labels};

const SIZE: (usize, usize) = (640, 480);

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/labels").join(name)
}

fn read(name: &str) -> (LabelKind, Labels) {
    let path = file(name);
    let kind = LabelKind::of(&path).unwrap().expect("told by what is in it");
    (kind, Labels::read(&path, kind, Some(SIZE)).unwrap())
}

/// Frame, id, left, top, width, height, score.
fn expected() -> Vec<[f64; 7]> {
    serde_json::from_str(&fs::read_to_string(file("expected.json")).unwrap()).unwrap()
}

/// Whether the rows are those of the scene, with ids and scores as far as the file has them.
fn check(name: &str, kind: LabelKind, ids: bool, scores: bool) -> Labels {
    let (found, mut labels) = read(name);
    assert_eq!(found, kind, "{name}");
    let expected = expected();
    assert_eq!(labels.rows.len(), expected.len(), "{name}: {:?}", labels.rows);
    labels.rows.sort_by(|a, b| (a.frame, a.bbox.x).partial_cmp(&(b.frame, b.bbox.x)).unwrap());
    for (row, [frame, id, x, y, width, height, score]) in labels.rows.iter().zip(expected) {
        let Label { bbox, confidence, .. } = *row;
        assert_eq!(row.frame, frame as u64, "{name}");
        assert_eq!(row.id, ids.then_some(id as u64), "{name}");
        // Most of them write six digits.
        for (found, wanted) in [(bbox.x, x), (bbox.y, y), (bbox.width, width), (bbox.height, height)] {
            assert!((found - wanted).abs() < 1e-2, "{name}: {row:?}");
        }
        assert!((f64::from(confidence) - if scores { score } else { 1.0 }).abs() < 1e-6, "{name}: {row:?}");
    }
    labels
}

#[test]
fn ultralytics_labels_have_scores_and_ids_or_not() {
    for (name, ids, scores) in [
        ("yolo", false, false),
        ("yolo-scores", false, true),
        ("yolo-ids", true, false),
        ("yolo-scores-ids", true, true),
    ] {
        let labels = check(name, LabelKind::Yolo, ids, scores);
        assert_eq!(labels.notes, ["5 boxes of other classes than 0 (person) are left out"]);
        assert_eq!(labels.looked_at, None, "it writes no file for a picture without anybody");
    }
    let unknown = Labels::read(&file("yolo"), LabelKind::Yolo, None).unwrap_err().to_string();
    assert!(unknown.contains("--size"), "{unknown}");
}

#[test]
fn supervisions_csv_has_its_frames_in_a_column_of_the_users_own() {
    let labels = check("supervision.csv", LabelKind::Supervision, true, true);
    assert!(labels.notes[1].contains("counted from 0"), "{:?}", labels.notes);
}

#[test]
fn coco_is_told_apart_as_annotations_and_results() {
    for (name, ids) in [("supervision-coco.json", false), ("datumaro-coco.json", true)] {
        let labels = check(name, LabelKind::CocoAnnotations, ids, false);
        assert_eq!(labels.looked_at, Some(vec![1, 2, 3, 4, 5, 6]), "{name}: one is without anybody");
    }
    check("ultralytics-coco.json", LabelKind::CocoResults, false, true);
}

#[test]
fn cvats_forms_for_videos_and_images_are_read() {
    for name in ["cvat-video.xml", "cvat-images.xml"] {
        let labels = check(name, LabelKind::Cvat, name == "cvat-video.xml", false);
        assert_eq!(labels.looked_at, Some((1..=6).collect()), "{name}");
    }
}

#[test]
fn label_studios_forms_for_videos_and_pictures_are_read() {
    for (name, ids) in [("label-studio-video.json", true), ("label-studio-pictures.json", false)] {
        let labels = check(name, LabelKind::LabelStudio, ids, false);
        assert_eq!(labels.looked_at, Some((1..=6).collect()), "{name}");
    }
    let labels = check("label-studio-coco.json", LabelKind::CocoAnnotations, false, false);
    assert_eq!(labels.looked_at, Some((1..=6).collect()));
}

/// Label Studio numbers classes by their names, so that a car comes before a person.
#[test]
fn classes_that_are_named_are_taken_by_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let (labels, classes) = (folder.path().join("labels"), folder.path().join("classes.txt"));
    fs::create_dir(&labels).unwrap();
    fs::write(labels.join("shop_1.txt"), "0 0.5 0.5 0.1 0.2\n1 0.2 0.5 0.1 0.2\n").unwrap();
    let read = || Labels::read(&labels, LabelKind::Yolo, Some(SIZE));
    assert!((read().unwrap().rows[0].bbox.x - 288.0).abs() < 1e-9, "without names the first class is people");
    fs::write(&classes, "Car\nPerson\n").unwrap();
    let found = read().unwrap();
    assert_eq!(found.rows.len(), 1);
    assert!((found.rows[0].bbox.x - 96.0).abs() < 1e-9);
    assert_eq!(found.notes, ["1 boxes of other classes than Person are left out"]);
    fs::write(&classes, "car\nbicycle\n").unwrap();
    let error = read().unwrap_err().to_string();
    assert!(error.contains("none of its classes is called person: car, bicycle"), "{error}");
}

/// CVAT exports what somebody has drawn; what lies between is on a straight line, and nobody is there once they have
/// left.
#[test]
fn boxes_between_those_that_were_drawn_are_on_a_straight_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.xml");
    let text = "<annotations><track id='4' label='pedestrian'>\
                <box frame='0' keyframe='1' outside='0' xtl='0' ytl='0' xbr='10' ybr='20'/>\
                <box frame='4' keyframe='1' outside='0' xtl='40' ytl='0' xbr='50' ybr='20'/>\
                <box frame='6' keyframe='1' outside='1' xtl='40' ytl='0' xbr='50' ybr='20'/>\
                <box frame='9' keyframe='1' outside='0' xtl='90' ytl='0' xbr='95' ybr='20'/></track></annotations>";
    fs::write(&path, text).unwrap();
    let labels = Labels::read(&path, LabelKind::Cvat, None).unwrap();
    let places: Vec<_> = labels.rows.iter().map(|row| (row.frame, row.bbox.x)).collect();
    assert_eq!(places, [(1, 0.0), (2, 10.0), (3, 20.0), (4, 30.0), (5, 40.0), (6, 40.0), (10, 90.0)]);
    assert!(labels.rows.iter().all(|row| row.id == Some(4)));
}

#[test]
fn a_frame_without_anybody_is_a_frame_of_detections() {
    let frames: Vec<_> =
        DetectionReader::open(file("datumaro-coco.json")).unwrap().map(Result::unwrap).collect();
    let counts: Vec<_> =
        frames.iter().map(|frame| (frame.number, frame.observations.detections.len())).collect();
    assert_eq!(counts, [(1, 3), (2, 3), (3, 0), (4, 3), (5, 2), (6, 2)]);
    let reader = DetectionReader::open_sized(file("yolo"), Some(SIZE)).unwrap();
    assert_eq!(reader.survey().map(|survey| survey.cadence.stride()), Some(1));
    assert_eq!(reader.count(), 5);
}

#[test]
fn ground_truth_needs_ids() {
    let (_, labels) = read("supervision.csv");
    let truth = labels.into_truth(&file("supervision.csv")).unwrap();
    assert_eq!(truth.rows.len(), expected().len());
    let (_, labels) = read("supervision-coco.json");
    let error = labels.into_truth(&file("supervision-coco.json")).unwrap_err().to_string();
    assert!(error.contains("a box of frame 1 has no track's number"), "{error}");
}

#[test]
fn what_is_wrong_is_named_by_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    for (text, problem) in [
        (
            "x_min,y_min,x_max,y_max,class_id,confidence,tracker_id\n1,2,3,4,0,1,1\n",
            "no column has the frame",
        ),
        ("x_min,y_min,x_max,y_max,frame\n1,2,3,4,1\n1,x,3,4,1\n", "line 3: column 2 is \"x\""),
        ("[{\"image_id\":\"shop\",\"bbox\":[1,2,3,4]}]", "result 0 has image_id"),
        ("[{\"image_id\":1,\"bbox\":[1,2,3]}]", "line 1"),
        ("{\"images\":[],\"annotations\":[{\"image_id\":3,\"bbox\":[1,2,3,4]}]}", "annotation 0 is of image"),
        (
            "{\"images\":[],\"annotations\":[],\"categories\":[{\"id\":1,\"name\":\"car\"},{\"id\":2,\"name\":\"bus\"}]}",
            "none of its categories is person: car, bus",
        ),
        (
            "<annotations><track label='person'><box frame='0' xtl='a'/></track></annotations>",
            "line 1: xtl is \"a\"",
        ),
        ("<html></html>", "its first element is html"),
        ("<annotations>", "expected CVAT"),
        (
            "[{\"annotations\":[{\"result\":[{\"type\":\"videorectangle\",\"value\":{\"sequence\":[{}]}}]}]}]",
            "missing field",
        ),
    ] {
        fs::write(&path, text).unwrap();
        let error = DetectionReader::open(&path).err().expect(text).to_string();
        assert!(error.contains(problem) && error.contains("file"), "{text}: {error}");
    }
    let labels = folder.path().join("labels");
    fs::create_dir(&labels).unwrap();
    for (name, text, problem) in [
        ("shop.txt", "0 .5 .5 .1 .1", "ends with no number"),
        ("shop_1.txt", "0 .5 .5 .1", "line 1: 4 columns of 5"),
        ("shop_1.txt", "0 .5 .5 .1 .1\n0 .1 .1 .2 .2 .3 .3 .4 .4", "line 2: 9 columns: outlines"),
        ("shop_1.txt", "0 .5 .5 .1 nan", "no finite number"),
    ] {
        fs::write(labels.join(name), text).unwrap();
        let error = DetectionReader::open_sized(&labels, Some(SIZE)).err().expect(text).to_string();
        assert!(error.contains(problem), "{text}: {error}");
        fs::remove_file(labels.join(name)).unwrap();
    }
}
