//! A camera that shows pictures of the sample clip, around and around, 20 a second: a server of its own
//! that can be stopped, paused and started again.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use opencv::core::{Mat, Size};
use opencv::prelude::{MatTraitConst as _, VideoCaptureTrait as _, VideoCaptureTraitConst as _};
use rustix::process::{Pid, Signal, kill_process};

use super::clip;

/// What whoever comes must know: `user:password`, and how it is asked for, `basic` or `digest`.
type Login = (&'static str, &'static str);

/// A server at work.
pub struct Camera {
    pub address: String,
    scheme: &'static str,
    pub port: String,
    login: Option<Login>,
    /// Pictures a second.
    rate: u32,
    server: Child,
    /// The server ends when this is closed.
    open: ChildStdin,
    pictures: tempfile::TempDir,
}

impl Camera {
    /// `rtsp` or `http`, at a free port.
    pub fn start(scheme: &'static str) -> Self {
        Self::start_with(scheme, None)
    }

    /// One that asks for `user:password`; the address has them.
    pub fn start_with(scheme: &'static str, login: Option<&'static str>) -> Self {
        Self::start_as(scheme, login.map(|login| (login, "basic")), 20)
    }

    /// The same, asking as it is told to.
    pub fn start_asking(scheme: &'static str, login: &'static str, method: &'static str) -> Self {
        Self::start_as(scheme, Some((login, method)), 20)
    }

    /// One of so many pictures a second.
    pub fn start_at(scheme: &'static str, rate: u32) -> Self {
        Self::start_as(scheme, None, rate)
    }

    fn start_as(scheme: &'static str, login: Option<Login>, rate: u32) -> Self {
        let pictures = tempfile::tempdir().unwrap();
        save_pictures(pictures.path(), 60, None, 1.0);
        let (server, open, port) = serve(scheme, pictures.path(), "0", login, rate);
        let user = login.map_or_else(String::new, |(login, _)| format!("{login}@"));
        let address = format!("{scheme}://{user}127.0.0.1:{port}/camera");
        Self { address, scheme, port, login, rate, server, open, pictures }
    }

    /// Ends the server at once, as a power cut does.
    pub fn stop(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }

    /// Starts a stopped server at its port again.
    pub fn start_again(&mut self) {
        (self.server, self.open, _) =
            serve(self.scheme, self.pictures.path(), &self.port, self.login, self.rate);
    }

    /// What whoever comes must know from the next start on.
    pub fn set_login(&mut self, login: &'static str) {
        self.login = Some((login, "basic"));
    }

    /// So many pictures a second from the next start on.
    pub fn set_rate(&mut self, rate: u32) {
        self.rate = rate;
    }

    /// Pictures of this size from the next start on.
    pub fn set_size(&self, width: i32, height: i32) {
        save_pictures(self.pictures.path(), 60, Some(Size::new(width, height)), 1.0);
    }

    /// Pictures with this share of their light from the next start on.
    pub fn set_light(&self, share: f64) {
        save_pictures(self.pictures.path(), 60, None, share);
    }

    /// The server keeps its connections and does nothing more.
    pub fn pause(&self) {
        kill_process(Pid::from_child(&self.server), Signal::STOP).unwrap();
    }

    /// A paused server goes on.
    pub fn go_on(&self) {
        kill_process(Pid::from_child(&self.server), Signal::CONT).unwrap();
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn serve(
    scheme: &str,
    pictures: &Path,
    port: &str,
    login: Option<Login>,
    rate: u32,
) -> (Child, ChildStdin, String) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live/server.py");
    let mut command = Command::new("/usr/bin/python3");
    command
        .arg(script)
        .arg(scheme)
        .arg(pictures)
        .arg(port)
        .args(login.into_iter().flat_map(|(login, method)| [login, method]))
        .env("RATE", rate.to_string());
    let mut server = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut port = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut port).unwrap();
    assert!(
        !port.is_empty(),
        "tests/live/server.py did not start: install the packages that scripts/test names"
    );
    let open = server.stdin.take().unwrap();
    (server, open, port.trim().to_owned())
}

/// The first pictures of the sample clip, scaled, and with a share of their light.
pub fn save_pictures(folder: &Path, count: usize, size: Option<Size>, light: f64) {
    let name = clip();
    let mut video =
        opencv::videoio::VideoCapture::from_file(name.to_str().unwrap(), opencv::videoio::CAP_FFMPEG)
            .unwrap();
    assert!(video.is_opened().unwrap());
    let mut picture = Mat::default();
    for number in 0..count {
        assert!(video.read(&mut picture).unwrap());
        let mut sized = picture.clone();
        if let Some(size) = size {
            sized = resized(&picture, size);
        }
        let mut lit = Mat::default();
        sized.convert_to(&mut lit, -1, light, 0.0).unwrap();
        let path = folder.join(format!("{number:05}.jpg"));
        opencv::imgcodecs::imwrite_def(path.to_str().unwrap(), &lit).unwrap();
    }
}

fn resized(picture: &Mat, size: Size) -> Mat {
    let mut sized = Mat::default();
    let area = opencv::imgproc::INTER_AREA;
    opencv::imgproc::resize(picture, &mut sized, size, 0.0, 0.0, area).unwrap();
    sized
}

/// The first pictures of the sample clip, so many times smaller, in the middle of grey ones of its own size.
pub fn save_far_pictures(folder: &Path, count: usize, times: i32) {
    let name = clip();
    let mut video =
        opencv::videoio::VideoCapture::from_file(name.to_str().unwrap(), opencv::videoio::CAP_FFMPEG)
            .unwrap();
    let mut picture = Mat::default();
    for number in 0..count {
        assert!(video.read(&mut picture).unwrap());
        let (width, height) = (picture.cols() / times, picture.rows() / times);
        let (right, below) = (picture.cols() - width, picture.rows() - height);
        let mut far = Mat::default();
        opencv::core::copy_make_border(
            &resized(&picture, Size::new(width, height)),
            &mut far,
            below / 2,
            below - below / 2,
            right / 2,
            right - right / 2,
            opencv::core::BORDER_CONSTANT,
            opencv::core::Scalar::all(110.0),
        )
        .unwrap();
        let path = folder.join(format!("{number:05}.jpg"));
        opencv::imgcodecs::imwrite_def(path.to_str().unwrap(), &far).unwrap();
    }
}
