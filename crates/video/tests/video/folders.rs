//! Folders of pictures.

use std::fs;
use std::path::Path;

use footfall_video::{SourceOptions, open_source};
use opencv::core::{CV_8UC1, CV_8UC4, CV_16UC3, Mat, Scalar};

use crate::clips::{drain, encoded, numbered, numbers, read};

fn put(folder: &Path, name: &str, number: u64) {
    let ending = &name[name.rfind('.').unwrap()..];
    fs::write(folder.join(name), encoded(&numbered(160, 120, number), &ending.to_lowercase())).unwrap();
}

fn rate_of(path: &Path) -> Option<f64> {
    open_source(path, &SourceOptions::default()).unwrap().info().frame_rate
}

#[test]
fn pictures_come_in_the_order_that_people_expect() {
    let folder = tempfile::tempdir().unwrap();
    for (name, number) in
        [("frame10.png", 5), ("frame2.jpg", 3), ("frame1.bmp", 1), ("frame9.JPEG", 4), ("frame01.webp", 2)]
    {
        put(folder.path(), name, number);
    }
    put(folder.path(), ".hidden.png", 9);
    fs::write(folder.path().join("notes.txt"), "no picture").unwrap();
    let (frames, error) = read(folder.path());
    assert_eq!(error, None);
    let mut shown = numbers(&frames);
    // "1" and "01" are one number: either may come first.
    shown[..2].sort_unstable();
    assert_eq!(shown, [1, 2, 3, 4, 5]);
    let times: Vec<u128> = frames.iter().map(|frame| frame.time.as_millis()).collect();
    assert_eq!(times, [0, 40, 80, 120, 160]);
}

#[test]
fn a_motchallenge_sequence_has_its_own_frame_rate() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = folder.path().join("img1");
    fs::create_dir(&pictures).unwrap();
    put(&pictures, "000001.jpg", 1);
    assert_eq!(rate_of(&pictures), Some(25.0));
    fs::write(folder.path().join("seqinfo.ini"), "[Sequence]\nname=X\nframeRate=14\nseqLength=1\n").unwrap();
    assert_eq!(rate_of(&pictures), Some(14.0));
    assert_eq!(rate_of(folder.path()), Some(14.0));
    let options = SourceOptions { frame_rate: Some(5.0), ..SourceOptions::default() };
    assert_eq!(open_source(&pictures, &options).unwrap().info().frame_rate, Some(5.0));
}

#[test]
fn one_picture_is_a_video_of_one_frame() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "one%03d.png", 7);
    let (frames, error) = read(&folder.path().join("one%03d.png"));
    assert_eq!((numbers(&frames), error), (vec![7], None));
}

#[test]
fn other_kinds_of_pixels_become_bgr() {
    let folder = tempfile::tempdir().unwrap();
    for (index, (kind, value)) in
        [(CV_8UC1, 200.0), (CV_8UC4, 200.0), (CV_16UC3, 200.0 * 257.0)].into_iter().enumerate()
    {
        let mat = Mat::new_rows_cols_with_default(20, 30, kind, Scalar::all(value)).unwrap();
        fs::write(folder.path().join(format!("{index}.png")), encoded(&mat, ".png")).unwrap();
    }
    let (frames, error) = read(folder.path());
    assert_eq!((frames.len(), error), (3, None));
    for frame in frames {
        assert_eq!(frame.image.bytes(), vec![200; 20 * 30 * 3]);
    }
}

#[test]
fn another_size_is_an_error_that_names_picture_frame_and_sizes() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "1.png", 1);
    put(folder.path(), "2.png", 2);
    fs::write(folder.path().join("3.png"), encoded(&numbered(170, 120, 3), ".png")).unwrap();
    put(folder.path(), "4.png", 4);
    let mut source = open_source(folder.path(), &SourceOptions::default()).unwrap();
    let (frames, error) = drain(&mut *source);
    assert_eq!(numbers(&frames), [1, 2]);
    let error = error.unwrap();
    for said in ["frame 3", "3.png", "170x120", "160x120"] {
        assert!(error.contains(said), "{error}");
    }
    assert!(source.next_frame().unwrap().is_none(), "nothing comes after an error");
}

#[test]
fn half_a_picture_is_an_error_and_not_a_grey_half() {
    for ending in [".jpg", ".png", ".bmp", ".webp"] {
        let folder = tempfile::tempdir().unwrap();
        let whole = encoded(&numbered(160, 120, 2), ending);
        for (cut, length) in [("half", whole.len() / 2), ("end", whole.len() - 8)] {
            let path = folder.path().join(format!("{cut}{ending}"));
            fs::write(&path, &whole[..length]).unwrap();
            let error = open_source(&path, &SourceOptions::default()).err().map(|error| error.to_string());
            let error = error.unwrap_or_else(|| panic!("{cut} of a {ending} was opened"));
            assert!(error.contains("breaks off") && error.contains(cut), "{error}");
        }
        // In a folder, what comes before it is read.
        fs::remove_file(folder.path().join(format!("end{ending}"))).unwrap();
        put(folder.path(), "a.png", 1);
        let (frames, error) = read(folder.path());
        assert_eq!(numbers(&frames), [1], "{ending}");
        assert!(error.unwrap().contains("half"), "{ending}");
    }
}

#[test]
fn a_broken_picture_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "1.png", 1);
    fs::write(folder.path().join("2.png"), b"\x89PNG and then nothing").unwrap();
    let (frames, error) = read(folder.path());
    assert_eq!(frames.len(), 1);
    let error = error.unwrap();
    assert!(error.contains("2.png") && error.contains("frame 2"), "{error}");
}
