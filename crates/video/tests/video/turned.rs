//! Video that was stored turned or mirrored: it is seen upright, whatever says so.

use std::fs;
use std::path::Path;

use footfall_video::{SourceOptions, open_source};
use opencv::core::{Mat, flip, transpose};

use crate::clips::{drain, encoded, numbered, numbers};
use crate::mux::{Iso, Matroska, Trak, element};

/// Width and height of the upright picture.
const SIZE: [i32; 2] = [160, 120];

/// The eight ways: whether rows and columns have changed places, and the display matrix that sets it right.
const WAYS: [(bool, [f64; 4]); 8] = [
    (false, [1.0, 0.0, 0.0, 1.0]),
    (false, [-1.0, 0.0, 0.0, 1.0]),
    (false, [1.0, 0.0, 0.0, -1.0]),
    (false, [-1.0, 0.0, 0.0, -1.0]),
    (true, [0.0, 1.0, 1.0, 0.0]),
    (true, [0.0, 1.0, -1.0, 0.0]),
    (true, [0.0, -1.0, 1.0, 0.0]),
    (true, [0.0, -1.0, -1.0, 0.0]),
];

/// The picture as a camera stores it that is held so that `matrix` sets it right. The matrix shows what is stored
/// at (x, y) at (a x + c y, b x + d y).
fn stored([a, b, c, d]: [f64; 4], number: u64) -> Vec<u8> {
    let upright = numbered(SIZE[0], SIZE[1], number);
    let (mut flipped, mut stored) = (Mat::default(), Mat::default());
    match (a + c < 0.0, b + d < 0.0) {
        (false, false) => flipped = upright,
        (true, false) => flip(&upright, &mut flipped, 1).unwrap(),
        (false, true) => flip(&upright, &mut flipped, 0).unwrap(),
        (true, true) => flip(&upright, &mut flipped, -1).unwrap(),
    }
    if a == 0.0 {
        transpose(&flipped, &mut stored).unwrap();
    } else {
        stored = flipped.clone();
    }
    encoded(&stored, ".jpg")
}

fn clip(turned: bool, matrix: [f64; 4]) -> Trak {
    let size = if turned { [SIZE[1], SIZE[0]] } else { SIZE };
    Trak::new(size, 10, (1..=5).map(|number| stored(matrix, number)))
}

fn is_upright(path: &Path, what: &str) {
    let mut source = open_source(path, &SourceOptions::default()).unwrap();
    let info = source.info().clone();
    assert_eq!([info.width as i32, info.height as i32], SIZE, "{what}");
    let (frames, error) = drain(&mut *source);
    assert_eq!(error, None, "{what}");
    assert_eq!(numbers(&frames), [1, 2, 3, 4, 5], "{what}");
    assert!(frames.iter().all(|frame| [frame.image.width() as i32, frame.image.height() as i32] == SIZE));
}

#[test]
fn a_track_s_matrix_sets_it_upright() {
    let folder = tempfile::tempdir().unwrap();
    for (turned, matrix) in WAYS {
        for ending in ["mp4", "mov"] {
            let path = folder.path().join(format!("clip.{ending}"));
            let trak = Trak { matrix, ..clip(turned, matrix) };
            fs::write(&path, Iso { traks: vec![trak], ..Iso::default() }.bytes()).unwrap();
            is_upright(&path, &format!("{matrix:?} {ending}"));
        }
    }
}

#[test]
fn the_film_s_matrix_comes_after_that_of_the_track() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    for (turned, matrix) in WAYS {
        let film = Iso { traks: vec![clip(turned, matrix)], matrix: Some(matrix), ..Iso::default() };
        fs::write(&path, film.bytes()).unwrap();
        is_upright(&path, &format!("film {matrix:?}"));
    }
    // A quarter clockwise, and then mirrored: rows and columns have changed places.
    let (quarter, mirror, both) = ([0.0, 1.0, -1.0, 0.0], [-1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]);
    let trak = Trak { matrix: quarter, ..clip(true, both) };
    fs::write(&path, Iso { traks: vec![trak], matrix: Some(mirror), ..Iso::default() }.bytes()).unwrap();
    is_upright(&path, "both");
}

#[test]
fn a_slanted_matrix_leaves_the_picture_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    let trak = Trak { matrix: [0.7, 0.7, -0.7, 0.7], ..clip(false, WAYS[0].1) };
    fs::write(&path, Iso { traks: vec![trak], ..Iso::default() }.bytes()).unwrap();
    is_upright(&path, "slanted");
}

fn matroska(matrix: [f64; 4], turned: bool, video: Vec<u8>, tags: Vec<u8>) -> Vec<u8> {
    let size = if turned { [SIZE[1], SIZE[0]] } else { SIZE };
    let blocks = (1..=5).map(|number| (1, number * 100, stored(matrix, number.into()))).collect();
    Matroska { tracks: vec![(size, video)], blocks, tags, duration: None }.bytes()
}

#[test]
fn matroska_projects_a_flat_picture() {
    let folder = tempfile::tempdir().unwrap();
    for ((turned, matrix), [yaw, roll]) in WAYS.into_iter().zip([
        [0.0, 0.0],
        [180.0, 0.0],
        [180.0, 180.0],
        [0.0, -180.0],
        [-180.0, 90.0],
        [0.0, -90.0],
        [0.0, 90.0],
        [180.0, -90.0],
    ]) {
        let (yaw, roll) = (f64::to_be_bytes(yaw), (roll as f32).to_be_bytes());
        let pose = [element(0x7671, &[0]), element(0x7673, &yaw), element(0x7675, &roll)].concat();
        for ending in ["mkv", "webm"] {
            let path = folder.path().join(format!("clip.{ending}"));
            fs::write(&path, matroska(matrix, turned, element(0x7670, &pose), Vec::new())).unwrap();
            is_upright(&path, &format!("{matrix:?} {ending}"));
        }
    }
    // A sphere is not turned: what is seen of it is not ours to choose.
    let pose = [element(0x7671, &[1]), element(0x7675, &90_f32.to_be_bytes())].concat();
    let path = folder.path().join("sphere.mkv");
    fs::write(&path, matroska(WAYS[0].1, false, element(0x7670, &pose), Vec::new())).unwrap();
    is_upright(&path, "sphere");
}

#[test]
fn an_old_tag_turns_the_track_that_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mkv");
    let tag = |track: u8, degrees: &[u8]| {
        let turn = [element(0x45a3, b"ROTATE"), element(0x4487, degrees)].concat();
        let target = element(0x63c0, &element(0x63c5, &[track]));
        element(0x7373, &[target, element(0x67c8, &turn)].concat())
    };
    for (degrees, (turned, matrix)) in [("90", WAYS[5]), ("180", WAYS[3]), ("270\0", WAYS[6]), ("x", WAYS[0])]
    {
        let tags = element(0x1254_c367, &[tag(7, b"180"), tag(1, degrees.as_bytes())].concat());
        // Behind the pictures they are found by the table at the beginning.
        let plain = matroska(matrix, turned, Vec::new(), tags.clone());
        fs::write(&path, with_table(&plain, &tags)).unwrap();
        is_upright(&path, degrees);
    }
}

/// The file with a table that says where `tags`, its last element, are.
fn with_table(file: &[u8], tags: &[u8]) -> Vec<u8> {
    let segment = file.windows(4).position(|four| four == 0x1853_8067_u32.to_be_bytes()).unwrap();
    let body = segment + 12;
    let table = |position: u64| {
        let seek =
            [element(0x53ab, &0x1254_c367_u32.to_be_bytes()), element(0x53ac, &position.to_be_bytes())];
        element(0x114d_9b74, &element(0x4dbb, &seek.concat()))
    };
    let length = table(0).len();
    let position = (file.len() - tags.len() - body + length) as u64;
    [&file[..segment], &element(0x1853_8067, &[table(position).as_slice(), &file[body..]].concat())].concat()
}
