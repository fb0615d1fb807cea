//! Recordings whose container dates frames as no camera does.

use std::fs;
use std::path::Path;

use footfall_pipeline::{Item, Note, Source};
use footfall_video::{SourceOptions, open_source};

use crate::clips::{encoded, number_of, numbered, write_clip};
use crate::mux::{Iso, Matroska, Trak};

const SIZE: [i32; 2] = [160, 120];

fn picture(number: u64) -> Vec<u8> {
    encoded(&numbered(SIZE[0], SIZE[1], number), ".jpg")
}

/// The numbers that the frames show, their times in milliseconds, and what was told.
fn read(source: &mut dyn Source) -> (Vec<(u64, u128)>, Vec<String>) {
    let (mut frames, mut told) = (Vec::new(), Vec::new());
    while let Some(item) = source.next_item().unwrap() {
        match item {
            Item::Frame(frame) => frames.push((number_of(&frame.image), frame.time.as_millis())),
            Item::Note(Note::Remark(words)) => told.push(words),
            other => panic!("{other:?}"),
        }
    }
    (frames, told)
}

fn open(path: &Path) -> Box<dyn Source> {
    open_source(path, &SourceOptions::default()).unwrap()
}

/// What frames 1 to `count` are at ten a second, within a millisecond.
fn is_at_ten(frames: &[(u64, u128)], count: u64) {
    assert_eq!(frames.len() as u64, count);
    for (index, &(number, time)) in frames.iter().enumerate() {
        assert_eq!(number, index as u64 + 1);
        assert!(time.abs_diff(index as u128 * 100) <= 1, "frame {number} at {time} ms");
    }
}

#[test]
fn a_spike_alone_is_ignored_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spike.mkv");
    let time = |number: u32| if number == 31 { 36_867_000 } else { (number - 1) * 100 };
    let blocks = (1..=60).map(|number| (1, time(number), picture(number.into()))).collect();
    let duration = Some(100_000_000);
    fs::write(
        &path,
        Matroska { tracks: vec![(SIZE, Vec::new())], blocks, duration, ..Matroska::default() }.bytes(),
    )
    .unwrap();
    let mut source = open(&path);
    assert_eq!(source.info().frame_rate, Some(10.0));
    let (frames, told) = read(&mut *source);
    is_at_ten(&frames, 60);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("frame 31") && told[1].starts_with("1 of 60 frames"), "{told:?}");
}

#[test]
fn frames_a_tick_apart_behind_a_spike_keep_the_pace() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copied.mp4");
    for (spike, tick) in [(9_000, 1), (36_000 * 90_000, 1), (9_000, 90)] {
        let mut trak = Trak { clock: 90_000, ..Trak::new(SIZE, 10, (1..=60).map(picture)) };
        for (index, (_, ticks)) in trak.pictures.iter_mut().enumerate() {
            *ticks = match index {
                0..30 => 9_000,
                30 => spike,
                _ => tick,
            };
        }
        // The next after the spike is a tick behind it, as those after it are.
        trak.pictures[29].1 = spike;
        trak.pictures[30].1 = tick;
        fs::write(&path, Iso { traks: vec![trak], ..Iso::default() }.bytes()).unwrap();
        let mut source = open(&path);
        assert_eq!(source.info().frame_rate.map(f64::round), Some(10.0));
        let (frames, told) = read(&mut *source);
        is_at_ten(&frames, 60);
        assert!(told.last().unwrap().contains("of 60 frames"), "{told:?}");
    }
}

#[test]
fn a_pause_in_a_recording_stays_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pause.mp4");
    let mut trak = Trak::new(SIZE, 10, (1..=40).map(picture));
    trak.pictures[19].1 = 1000 * 3600;
    fs::write(&path, Iso { traks: vec![trak], ..Iso::default() }.bytes()).unwrap();
    let mut source = open(&path);
    assert_eq!(source.info().frame_rate.map(f64::round), Some(10.0), "the mean is less");
    let (frames, told) = read(&mut *source);
    assert!(told.iter().all(|words| !words.contains("cannot be")), "{told:?}");
    assert_eq!(source.info().length.map(|length| length.as_secs()), Some(3603));
    assert_eq!((frames[19].1, frames[20].1, frames[39].1), (1900, 1900 + 3_600_000, 3800 + 3_600_000));
}

#[test]
fn a_container_that_says_a_rate_that_cannot_be_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.avi");
    // AVI has no times but its rate.
    for (scale, rate) in [(1, 90_000), (1000, 3), (1_000_000, 1)] {
        assert!(write_clip(&path, ['M', 'J', 'P', 'G'], 10.0, 30));
        let mut bytes = fs::read(&path).unwrap();
        let stream = bytes.windows(4).position(|four| four == b"strh").unwrap() + 8;
        bytes[stream + 20..stream + 24].copy_from_slice(&u32::to_le_bytes(scale));
        bytes[stream + 24..stream + 28].copy_from_slice(&u32::to_le_bytes(rate));
        fs::write(&path, bytes).unwrap();
        let mut source = open(&path);
        assert_eq!(source.info().frame_rate, Some(25.0), "{rate}/{scale}");
        let (frames, told) = read(&mut *source);
        let times: Vec<u128> = frames.iter().map(|&(_, time)| time).collect();
        assert_eq!(times, (0..30).map(|n| n * 40).collect::<Vec<_>>(), "{rate}/{scale}");
        assert!(told[0].contains("frame_rate"), "{told:?}");
    }
}

#[test]
fn films_that_were_joined_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("joined.mkv");
    let blocks = (1..=60).map(|number: u32| (1, (number - 1) % 30 * 100, picture(number.into()))).collect();
    let duration = Some(100_000_000);
    fs::write(
        &path,
        Matroska { tracks: vec![(SIZE, Vec::new())], blocks, duration, ..Matroska::default() }.bytes(),
    )
    .unwrap();
    let (frames, told) = read(&mut *open(&path));
    is_at_ten(&frames, 60);
    assert!(told.last().unwrap().contains("new count"), "{told:?}");
}
