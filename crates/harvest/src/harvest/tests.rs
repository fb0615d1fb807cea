use std::fs;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

use footfall_pipeline::Sink as _;
use footfall_track::Bbox;

use super::Harvest;
use crate::testing::{busy, scene};
use crate::{Config, CropSize, Error, Manifest, Reason};

const ONE: Bbox = Bbox::new(40.0, 50.0, 50.0, 120.0);
const OTHER: Bbox = Bbox::new(200.0, 60.0, 60.0, 140.0);

fn start(path: &Path, config: Config) -> Result<(Harvest, std::sync::mpsc::Receiver<Manifest>), Error> {
    let (done, manifest) = channel();
    // Its size and first pixel: enough to see which picture it was.
    let encode = |image: &footfall_pipeline::Image, _: &str| {
        Ok(format!("{}x{} {}", image.height(), image.width(), image.bytes()[0]).into_bytes())
    };
    Ok((Harvest::create(path, "clip.avi".into(), config, Box::new(encode), done)?, manifest))
}

/// 40 frames with one person, and another for the second half who is badly seen at first.
fn run(path: &Path, config: Config) -> Manifest {
    let (mut harvest, manifest) = start(path, config).unwrap();
    for number in 1..=40 {
        let mut people = vec![(1, ONE, 0.9)];
        if number > 20 {
            people.push((2, OTHER, if number > 30 { 0.8 } else { 0.3 }));
        }
        harvest.write(&scene(number, busy(number), &people)).unwrap();
    }
    Box::new(harvest).finish().unwrap();
    manifest.recv().unwrap()
}

fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let inner = if path.is_dir() { files(&path) } else { Vec::new() };
        found.extend(inner.iter().map(|file| format!("{name}/{file}")));
        if path.is_file() {
            found.push(name);
        }
    }
    found.sort();
    found
}

#[test]
fn a_folder_a_track_with_few_good_crops() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    let manifest = run(&path, Config { camera: 3, ..Config::default() });
    assert_eq!((manifest.frames, manifest.identities, manifest.tracks.len()), (40, 2, 2));
    assert_eq!(manifest.counts.sightings, 60);
    assert_eq!(manifest.counts.kept, 8 + 2, "one each half second");
    assert_eq!(manifest.tracks[1].counts.left_out[&Reason::LowScore], 10);
    let left_out: u64 = manifest.counts.left_out.values().sum();
    assert_eq!(manifest.counts.kept + left_out, manifest.counts.sightings, "each is accounted for");

    let files = files(&path);
    assert_eq!(files.len(), 10 + 2);
    assert!(files[0].starts_with("0001/0001_c3s1_00000") && files[0].ends_with("_00.jpg"), "{files:?}");
    let listed = fs::read_to_string(path.join("crops.csv")).unwrap();
    assert_eq!(listed.lines().count(), 1 + 60);
    for file in files.iter().filter(|file| file.contains('/')) {
        assert!(listed.contains(&format!("kept,{file}\n")), "{file}");
        assert!(fs::read_to_string(path.join(file)).unwrap().starts_with("128x64 "));
    }
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "no temporary folder is left");
}

#[test]
fn the_same_footage_makes_the_same_bytes() {
    let place = tempfile::tempdir().unwrap();
    let [one, other] = ["one", "other"].map(|name| place.path().join(name));
    let size = CropSize::Native;
    assert_eq!(
        run(&one, Config { size, ..Config::default() }),
        run(&other, Config { size, ..Config::default() })
    );
    assert_eq!(files(&one), files(&other));
    for file in files(&one) {
        assert_eq!(fs::read(one.join(&file)).unwrap(), fs::read(other.join(&file)).unwrap(), "{file}");
    }
    let first = &files(&one)[0];
    assert!(fs::read_to_string(one.join(first)).unwrap().starts_with("120x50 "));
}

#[test]
fn a_track_that_is_over_is_written_and_too_few_crops_are_not() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    let config = Config { max_gap: Duration::from_secs(1), min_per_track: 3, ..Config::default() };
    let (mut harvest, manifest) = start(&path, config).unwrap();
    for number in 1..=40 {
        let person = if number <= 20 { (1, ONE, 0.9) } else { (2, OTHER, 0.9) };
        let person = if number > 28 { (3, ONE, 0.1) } else { person };
        harvest.write(&scene(number, busy(number), &[person])).unwrap();
    }
    assert_eq!(harvest.closed.iter().map(|summary| summary.track).collect::<Vec<_>>(), [1, 2]);
    Box::new(harvest).finish().unwrap();
    let manifest = manifest.recv().unwrap();
    let kept: Vec<_> = manifest.tracks.iter().map(|track| track.counts.kept).collect();
    assert_eq!(kept, [4, 0, 0]);
    assert_eq!(manifest.tracks[1].counts.left_out[&Reason::FewOfTrack], 2);
    assert!(!path.join("0002").exists());
}

#[test]
fn nothing_is_overwritten_and_nothing_is_left_of_what_was_not_finished() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("set");
    let refused = |path: &Path| start(path, Config::default()).err().expect("taken").to_string();
    drop(start(&path, Config::default()).unwrap());
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    fs::create_dir(&path).unwrap();
    run(&path, Config::default());
    assert!(refused(&path).contains("nothing is overwritten"), "{}", refused(&path));
    assert!(refused(&path.join("crops.csv")).contains("nothing is overwritten"));
    let nowhere = place.path().join("none/set");
    assert!(refused(&nowhere).contains("none/set"), "{}", refused(&nowhere));
    assert!(matches!(
        start(&place.path().join("x"), Config { max_per_track: 0, ..Config::default() }),
        Err(Error::Setting { key: "max_per_track", .. })
    ));
}
