//! The annotated video: what goes in comes out, whole or not at all.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use footfall_count::Seen;
use footfall_pipeline::{Frame, Image, Kind, Look, Scene, Sink, SourceInfo};
use footfall_track::Observations;
use footfall_video::{OverlayConfig, VideoError, VideoSink};
use opencv::core::MatTraitConstManual as _;

use crate::clips::{numbered, numbers, read};

fn info(width: usize, height: usize, kind: Kind) -> SourceInfo {
    SourceInfo {
        name: "test".into(),
        kind,
        width,
        height,
        frame_rate: Some(10.0),
        frames: None,
        length: None,
    }
}

fn scene(width: usize, height: usize, number: u64, time: f64) -> Scene {
    let bytes = numbered(width as i32, height as i32, number).data_bytes().unwrap().to_vec();
    let image = Image::new(width, height, Arc::new(bytes)).unwrap();
    let frame = Frame { number, time: Duration::from_secs_f64(time), image };
    Scene { frame, observations: Observations::default(), seen: Seen::default(), look: Look::default() }
}

/// A picture that no encoder makes small, so that it reaches the disk at once.
fn noise(width: usize, height: usize, number: u64) -> Scene {
    let mut scene = scene(width, height, number, number as f64 / 10.0);
    let mut state = number;
    let bytes: Vec<u8> = (0..width * height * 3)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        })
        .collect();
    scene.frame.image = Image::new(width, height, Arc::new(bytes)).unwrap();
    scene
}

fn create(path: &Path, info: &SourceInfo) -> Box<VideoSink> {
    Box::new(VideoSink::create(path, info, OverlayConfig::default()).unwrap())
}

fn entries(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_container_gives_back_every_frame() {
    let folder = tempfile::tempdir().unwrap();
    for (ending, width, height) in [
        ("mp4", 320, 240),
        ("mp4", 321, 241),
        ("m4v", 320, 240),
        ("mov", 320, 240),
        ("mkv", 321, 241),
        ("avi", 321, 241),
        ("AVI", 320, 240),
    ] {
        let path = folder.path().join(format!("{width}.{ending}"));
        let mut sink = create(&path, &info(width, height, Kind::Recorded));
        for number in 1..=60 {
            sink.write(&scene(width, height, number, number as f64 / 10.0)).unwrap();
        }
        assert!(!path.exists(), "the name is taken before the video is complete");
        sink.finish().unwrap();
        let (frames, error) = read(&path);
        assert_eq!(error, None, "{ending}");
        assert_eq!(numbers(&frames), (1..=60).collect::<Vec<_>>(), "{ending} {width}");
        assert!((frames[59].time.as_secs_f64() - 5.9).abs() < 0.002, "{:?}", frames[59].time);
        let size = (frames[0].image.width(), frames[0].image.height());
        assert_eq!(size, (width & !1, height & !1), "{ending}");
    }
    assert!(entries(folder.path()).iter().all(|name| !name.starts_with('.')), "{:?}", entries(folder.path()));
}

#[test]
fn one_frame_is_a_video_too() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["mp4", "mkv", "avi"] {
        let path = folder.path().join(format!("one.{ending}"));
        let mut sink = create(&path, &info(160, 120, Kind::Recorded));
        sink.write(&scene(160, 120, 1, 0.0)).unwrap();
        sink.finish().unwrap();
        assert_eq!(numbers(&read(&path).0), [1], "{ending}");
    }
}

#[test]
fn a_live_source_keeps_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("live.mp4");
    let mut sink = create(&path, &info(160, 120, Kind::Live));
    // At 10 frames a second: 2 and 3 fall into one step, 4 comes four steps later.
    for (number, time) in [(1, 0.0), (2, 0.1), (3, 0.11), (4, 0.5), (5, 0.6)] {
        sink.write(&scene(160, 120, number, time)).unwrap();
    }
    sink.finish().unwrap();
    let (frames, _) = read(&path);
    assert_eq!(numbers(&frames), [1, 2, 3, 3, 3, 4, 5]);
}

#[test]
fn a_recording_of_variable_rate_plays_at_its_pace() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("variable.mp4");
    let mut sink = create(&path, &info(160, 120, Kind::Recorded));
    // A second at 10 a second, two at 2, a pause of five, and one at 30; at times a little early or late.
    let parts = [(0.0, 0.1, 10), (1.0, 0.5, 4), (8.0, 1.0 / 30.0, 30)];
    let times =
        parts.iter().flat_map(|&(start, step, count)| (0..count).map(move |n| start + step * f64::from(n)));
    let times: Vec<f64> = times.enumerate().map(|(n, time)| time + [0.0, 0.004, -0.004][n % 3]).collect();
    for (index, &time) in times.iter().enumerate() {
        sink.write(&scene(160, 120, index as u64 + 1, time.max(0.0))).unwrap();
    }
    sink.finish().unwrap();
    let (frames, _) = read(&path);
    for frame in &frames {
        // What is shown is what was seen then, or a frame of the video away.
        let shown = numbers(std::slice::from_ref(frame))[0] as usize - 1;
        let until = times.get(shown + 1).copied().unwrap_or(f64::INFINITY);
        let now = frame.time.as_secs_f64();
        assert!(times[shown] - 0.16 <= now && now <= until + 0.16, "{shown} at {now} s");
    }
    let (last, right) = (frames[frames.len() - 1].time.as_secs_f64(), times[times.len() - 1]);
    assert!((last - right).abs() <= 0.16, "{last} s instead of {right} s");
    assert_eq!(numbers(&frames[..10]), (1..=10).collect::<Vec<_>>(), "none is left away at the usual rate");
}

#[test]
fn dropped_without_its_end_it_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.mp4");
    fs::write(&path, "what was there before").unwrap();
    let mut sink = create(&path, &info(160, 120, Kind::Recorded));
    sink.write(&scene(160, 120, 1, 0.0)).unwrap();
    assert_eq!(entries(folder.path()).len(), 2);
    drop(sink);
    assert_eq!(entries(folder.path()), ["out.mp4"]);
    assert_eq!(fs::read(&path).unwrap(), b"what was there before");
}

#[test]
fn without_a_frame_there_is_no_video() {
    let folder = tempfile::tempdir().unwrap();
    let sink = create(&folder.path().join("out.mp4"), &info(160, 120, Kind::Recorded));
    let error = sink.finish().unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(VideoError::NoScene { .. })), "{error}");
    assert_eq!(entries(folder.path()), Vec::<String>::new());
}

#[test]
fn a_video_that_does_not_read_back_is_an_error_and_is_not_kept() {
    for ending in ["mp4", "mkv", "avi"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("out.{ending}"));
        let mut sink = create(&path, &info(320, 240, Kind::Recorded));
        for number in 1..=100 {
            sink.write(&noise(320, 240, number)).unwrap();
        }
        // As a failing disk does: what was written so far is lost.
        let partial = folder.path().join(&entries(folder.path())[0]);
        fs::File::options().write(true).open(partial).unwrap().set_len(0).unwrap();
        let Err(error) = sink.finish() else { panic!("{ending} was kept") };
        assert!(matches!(error.downcast_ref(), Some(VideoError::Incomplete { .. })), "{ending}: {error}");
        assert_eq!(entries(folder.path()), Vec::<String>::new());
    }
}

#[test]
fn frame_rates_come_out_as_they_went_in() {
    let folder = tempfile::tempdir().unwrap();
    for frame_rate in [0.5, 7.0, 12.083_333, 23.976, 29.97, 30_000.0 / 1001.0, 59.94, 240.0] {
        for ending in ["mp4", "avi", "mkv"] {
            let path = folder.path().join(format!("rate.{ending}"));
            let mut sink =
                create(&path, &SourceInfo { frame_rate: Some(frame_rate), ..info(160, 120, Kind::Recorded) });
            for number in 1..=21 {
                sink.write(&scene(160, 120, number, (number - 1) as f64 / frame_rate)).unwrap();
            }
            sink.finish().unwrap();
            let (frames, _) = read(&path);
            assert_eq!(frames.len(), 21, "{ending} at {frame_rate}");
            let last = frames[20].time.as_secs_f64();
            assert!((last / (20.0 / frame_rate) - 1.0).abs() < 0.01, "{ending} at {frame_rate}: {last} s");
        }
    }
}

#[test]
fn a_rate_that_no_encoder_takes_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let info = SourceInfo { frame_rate: Some(1e-4), ..info(160, 120, Kind::Recorded) };
    let path = folder.path().join("out.mp4");
    let error = VideoSink::create(&path, &info, OverlayConfig::default()).err().unwrap();
    assert!(matches!(error, VideoError::NoEncoder { .. }), "{error}");
}

#[test]
fn places_that_cannot_be_written_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let info = info(160, 120, Kind::Recorded);
    let refusal = |path: &Path| match VideoSink::create(path, &info, OverlayConfig::default()) {
        Ok(sink) => panic!("{} was created", sink.name()),
        Err(error) => error,
    };
    for name in ["out", "out.txt", "out.gif", ".mp4"] {
        let error = refusal(&folder.path().join(name));
        assert!(matches!(error, VideoError::UnknownContainer { .. }), "{error}");
    }
    fs::create_dir(folder.path().join("folder.mp4")).unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    for name in ["folder.mp4", "missing/out.mp4", "file/out.mp4"] {
        let error = refusal(&folder.path().join(name));
        assert!(matches!(error, VideoError::Create { .. }), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
    assert_eq!(entries(folder.path()).len(), 2);
}

#[test]
fn a_frame_of_another_size_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut sink = create(&folder.path().join("out.mp4"), &info(160, 120, Kind::Recorded));
    let error = sink.write(&scene(160, 122, 8, 0.0)).unwrap_err().to_string();
    for said in ["frame 8", "160x122", "160x120"] {
        assert!(error.contains(said), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf8_is_written() {
    use std::os::unix::ffi::OsStrExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.mp4"));
    let mut sink = create(&path, &info(160, 120, Kind::Recorded));
    sink.write(&scene(160, 120, 1, 0.0)).unwrap();
    sink.finish().unwrap();
    assert_eq!(numbers(&read(&path).0), [1]);
}
