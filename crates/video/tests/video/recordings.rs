//! Video files.

use std::fs;

use footfall_pipeline::Kind;
use footfall_video::{SourceOptions, open_source};

use crate::clips::{HEIGHT, WIDTH, drain, index_first, numbers, read, write_clip};

const CONTAINERS: [(&str, [char; 4]); 5] = [
    ("mp4", ['m', 'p', '4', 'v']),
    ("avi", ['X', 'V', 'I', 'D']),
    ("mkv", ['m', 'p', '4', 'v']),
    ("webm", ['V', 'P', '8', '0']),
    ("mov", ['m', 'p', '4', 'v']),
];

#[test]
fn every_frame_comes_in_order_at_its_time() {
    let folder = tempfile::tempdir().unwrap();
    for (ending, fourcc) in CONTAINERS {
        let path = folder.path().join(format!("clip.{ending}"));
        assert!(write_clip(&path, fourcc, 12.5, 40), "no encoder for {ending}");
        let mut source = open_source(&path, &SourceOptions::default()).unwrap();
        let info = source.info().clone();
        assert_eq!((info.width, info.height), (WIDTH as usize, HEIGHT as usize));
        assert_eq!((info.kind, info.name.as_str()), (Kind::Recorded, path.to_str().unwrap()));
        assert!((info.frame_rate.unwrap() - 12.5).abs() < 0.01, "{ending}: {info:?}");
        assert!(info.frames.unwrap().abs_diff(40) <= 1, "{ending}: {info:?}");

        let (frames, error) = drain(&mut *source);
        assert_eq!(error, None, "{ending}");
        assert_eq!(numbers(&frames), (1..=40).collect::<Vec<_>>(), "{ending}");
        for (index, frame) in frames.iter().enumerate() {
            assert_eq!(frame.number, index as u64 + 1);
            // Matroska keeps whole milliseconds.
            let error = frame.time.as_secs_f64() - index as f64 / 12.5;
            assert!(error.abs() <= 0.0011, "{ending}: frame {} at {:?}", frame.number, frame.time);
        }
        assert!(source.next_frame().unwrap().is_none());
    }
}

#[test]
fn a_given_frame_rate_beats_the_containers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.avi");
    assert!(write_clip(&path, ['M', 'J', 'P', 'G'], 30.0, 5));
    let options = SourceOptions { frame_rate: Some(4.0), ..SourceOptions::default() };
    let mut source = open_source(&path, &options).unwrap();
    assert_eq!(source.info().frame_rate, Some(4.0));
    let times: Vec<f64> = drain(&mut *source).0.iter().map(|frame| frame.time.as_secs_f64()).collect();
    assert_eq!(times, [0.0, 0.25, 0.5, 0.75, 1.0]);
}

#[test]
fn of_a_truncated_video_all_that_is_there_comes_then_an_error() {
    let folder = tempfile::tempdir().unwrap();
    for (ending, fourcc) in CONTAINERS {
        let path = folder.path().join(format!("clip.{ending}"));
        assert!(write_clip(&path, fourcc, 25.0, 200));
        let mut bytes = fs::read(&path).unwrap();
        if ["mp4", "mov"].contains(&ending) {
            bytes = index_first(&bytes);
            fs::write(&path, &bytes).unwrap();
            assert_eq!(read(&path).1, None, "moving the index has broken the file");
        }
        fs::write(&path, &bytes[..bytes.len() * 6 / 10]).unwrap();
        let (frames, error) = read(&path);
        let (count, error) = (frames.len(), error.unwrap_or_else(|| panic!("{ending} ended well")));
        assert!((40..180).contains(&count), "{ending}: {count} frames");
        // The last one may be cut itself.
        let whole: Vec<u64> = (1..count as u64).collect();
        assert_eq!(numbers(&frames[..count - 1]), whole, "{ending}");
        let said = format!("{count} frames could be read");
        assert!(error.contains("is cut short") && error.contains(&said), "{error}");
        assert!(error.contains(path.to_str().unwrap()), "{error}");
    }
}

#[test]
fn a_video_with_half_its_frames_overwritten_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.avi");
    assert!(write_clip(&path, ['M', 'J', 'P', 'G'], 25.0, 100));
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    let end = bytes.len() - 4000;
    bytes[middle..end].fill(0);
    fs::write(&path, bytes).unwrap();
    let (frames, error) = read(&path);
    assert!(frames.len() < 90, "{} frames", frames.len());
    assert!(error.unwrap().contains("of its 100 frames came"));
}

#[test]
fn a_path_that_looks_like_an_address_or_a_camera_is_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("udp:5.avi");
    assert!(write_clip(&path, ['M', 'J', 'P', 'G'], 30.0, 3));
    assert_eq!(read(&path).0.len(), 3);
    let address = format!("file://{}", path.display());
    let mut source = open_source(&address, &SourceOptions::default()).unwrap();
    assert_eq!(drain(&mut *source).0.len(), 3);
}

#[test]
fn an_mp4_that_was_trimmed_by_an_edit_list_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    assert!(write_clip(&path, ['m', 'p', '4', 'v'], 25.0, 60));
    let mut bytes = fs::read(&path).unwrap();
    // The only edit starts at the 31st frame; sizes are in units of 1 / 25 s (mdhd) and 1 ms (mvhd).
    let list = bytes.windows(4).position(|w| w == b"elst").unwrap();
    let clock = bytes.windows(4).position(|w| w == b"mdhd").unwrap() + 16;
    let second = u32::from_be_bytes(bytes[clock..clock + 4].try_into().unwrap());
    bytes[list + 12..list + 16].copy_from_slice(&1200_u32.to_be_bytes());
    bytes[list + 16..list + 20].copy_from_slice(&(second * 30 / 25).to_be_bytes());
    fs::write(&path, bytes).unwrap();
    let (frames, error) = read(&path);
    assert_eq!((numbers(&frames), error), ((31..=60).collect(), None));
}
