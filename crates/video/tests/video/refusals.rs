//! What cannot be a source, and how it is said.

use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;

use footfall_video::{SourceOptions, VideoError, open_source};

use crate::clips::{encoded, index_first, numbered, numbers, read, write_clip};

fn refusal(location: impl AsRef<OsStr>) -> VideoError {
    match open_source(location, &SourceOptions::default()) {
        Ok(source) => panic!("{:?} was opened", source.info()),
        Err(error) => error,
    }
}

#[test]
fn files_that_are_no_video() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    assert!(matches!(refusal(path("missing.mp4")), VideoError::Open { .. }));
    fs::write(path("empty.mp4"), "").unwrap();
    assert!(matches!(refusal(path("empty.mp4")), VideoError::EmptyFile { .. }));
    fs::write(path("text.mp4"), "This is no video.\n".repeat(100)).unwrap();
    assert!(matches!(refusal(path("text.mp4")), VideoError::NotVideo { .. }));
    fs::create_dir(path("nothing")).unwrap();
    fs::write(path("nothing/readme.txt"), "no picture").unwrap();
    assert!(matches!(refusal(path("nothing")), VideoError::NoPictures { .. }));
}

#[test]
fn an_mp4_without_its_index_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    assert!(write_clip(&path, ['m', 'p', '4', 'v'], 25.0, 50));
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert!(matches!(refusal(&path), VideoError::NotVideo { .. }));
    // An index without frames is no better.
    let bytes = index_first(&bytes);
    let frames = bytes.windows(4).position(|w| w == b"mdat").unwrap();
    fs::write(&path, &bytes[..frames]).unwrap();
    let error = refusal(&path);
    assert!(matches!(error, VideoError::NoFrame { .. } | VideoError::NotVideo { .. }), "{error}");
}

#[test]
fn frames_without_room_for_a_person() {
    let folder = tempfile::tempdir().unwrap();
    for (width, height) in [(1, 1), (200, 1), (15, 200)] {
        let path = folder.path().join(format!("{width}x{height}.png"));
        fs::write(&path, encoded(&numbered(width.max(10), height, 1), ".png")).unwrap();
        if width == 1 {
            let pixel = opencv::core::Mat::new_rows_cols_with_default(
                1,
                1,
                opencv::core::CV_8UC3,
                opencv::core::Scalar::all(9.0),
            );
            fs::write(&path, encoded(&pixel.unwrap(), ".png")).unwrap();
        }
        let error = refusal(&path);
        assert!(matches!(error, VideoError::TooSmall { .. }), "{error}");
        assert!(error.to_string().contains(&format!("{width}x{height} pixels")), "{error}");
    }
}

#[test]
fn a_camera_that_is_not_there() {
    let error = refusal("97");
    assert!(matches!(error, VideoError::NoCamera { .. }));
    assert!(error.to_string().contains("camera 97"), "{error}");
    assert!(matches!(refusal("/dev/null"), VideoError::NoCamera { .. }));
}

#[test]
fn a_refused_stream_does_not_give_its_password_away() {
    // A port that was free a moment ago, so that nobody listens on it.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = refusal(format!("rtsp://admin:hunter2@127.0.0.1:{port}/live"));
    assert!(matches!(error, VideoError::NoStream { .. }));
    let (text, debug) = (error.to_string(), format!("{error:?}"));
    assert!(text.contains(&format!("rtsp://***@127.0.0.1:{port}/live")), "{text}");
    assert!(!debug.contains("hunter2") && !debug.contains("admin"), "{debug}");
}

#[test]
fn options_that_mean_nothing() {
    for frame_rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let options = SourceOptions { frame_rate: Some(frame_rate), ..SourceOptions::default() };
        assert!(matches!(open_source("0", &options), Err(VideoError::Option { key: "frame_rate", .. })));
    }
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf8_are_read() {
    use std::os::unix::ffi::OsStrExt as _;

    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join(OsStr::from_bytes(b"caf\xe9"));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(OsStr::from_bytes(b"pict\xfcre.png")), encoded(&numbered(160, 120, 3), ".png"))
        .unwrap();
    assert_eq!(numbers(&read(&folder).0), [3]);
    let video = folder.join(OsStr::from_bytes(b"cl\xefp.avi"));
    assert!(write_clip(&video, ['M', 'J', 'P', 'G'], 25.0, 4));
    assert_eq!(numbers(&read(&video).0), [1, 2, 3, 4]);
}
