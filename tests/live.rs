//! Live sources: a real RTSP server (`GStreamer`'s) and a motion JPEG camera over HTTP, both on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use common::{DOOR, clip, footfall, run, summary};
use opencv::prelude::{VideoCaptureTrait as _, VideoCaptureTraitConst as _};

/// A camera that shows the first pictures of the sample clip, around and around, 20 a second.
struct Camera {
    address: String,
    server: Child,
    /// The server ends when this is closed.
    _open: ChildStdin,
    _pictures: tempfile::TempDir,
}

impl Camera {
    fn start(scheme: &str) -> Self {
        let pictures = tempfile::tempdir().unwrap();
        save_pictures(pictures.path(), 60);
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live/server.py");
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script).arg(scheme).arg(pictures.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut server = command.spawn().unwrap();
        let mut port = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut port).unwrap();
        assert!(
            !port.is_empty(),
            "tests/live/server.py did not start: install the packages that scripts/test names"
        );
        let address = format!("{scheme}://127.0.0.1:{}/camera", port.trim());
        Self { address, _open: server.stdin.take().unwrap(), server, _pictures: pictures }
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn save_pictures(folder: &Path, count: usize) {
    let name = clip();
    let mut video =
        opencv::videoio::VideoCapture::from_file(name.to_str().unwrap(), opencv::videoio::CAP_FFMPEG)
            .unwrap();
    assert!(video.is_opened().unwrap());
    let mut picture = opencv::core::Mat::default();
    for number in 0..count {
        assert!(video.read(&mut picture).unwrap());
        let path = folder.join(format!("{number:05}.jpg"));
        opencv::imgcodecs::imwrite_def(path.to_str().unwrap(), &picture).unwrap();
    }
}

#[test]
fn a_live_stream_is_tracked_and_every_frame_is_accounted_for() {
    for scheme in ["rtsp", "http"] {
        let camera = Camera::start(scheme);
        let folder = tempfile::tempdir().unwrap();
        let told = folder.path().join("s.json");
        let arguments = ["--line", DOOR, "--max-frames", "60", "--summary", told.to_str().unwrap()];
        run(&camera.address, arguments).success();
        let told = summary(&told);
        let count = |what: &str| told["frames"][what].as_u64().unwrap();
        assert_eq!(count("read"), 60, "{scheme}");
        assert_eq!(count("read"), count("processed") + count("dropped"), "{scheme}");
        assert!(count("processed") > 0 && told["detections"].as_u64() > Some(0), "{scheme}: {told}");
    }
}

#[test]
fn a_camera_that_goes_away_is_an_error_and_outputs_are_complete() {
    for scheme in ["rtsp", "http"] {
        let mut camera = Camera::start(scheme);
        let folder = tempfile::tempdir().unwrap();
        let (video, config) = (folder.path().join("v.mp4"), folder.path().join("c.toml"));
        fs::write(&config, "[source]\nread_timeout = 2.0\n").unwrap();
        let mut command = footfall();
        command
            .arg("run")
            .arg(&camera.address)
            .args(["--no-embedder", "--tracks", "-", "--output"])
            .arg(&video);
        command.arg("--config").arg(&config).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = command.spawn().unwrap();
        let mut lines = BufReader::new(running.stdout.take().unwrap());
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "{scheme}: people are tracked");
        camera.server.kill().unwrap();
        while lines.read_line(&mut line).unwrap() > 0 {}
        common::Ended::from(running.wait_with_output().unwrap()).failure(1, &["127.0.0.1"]);
        run(&video, ["--no-embedder"]).success();
    }
}

#[test]
fn nobody_at_the_address_is_an_error_that_hides_the_password() {
    let ended = run("rtsp://user:secret@127.0.0.1:9/camera", ["--no-embedder"]).failure(1, &["127.0.0.1:9"]);
    assert!(!ended.stderr.contains("secret"), "{}", ended.stderr);
}
