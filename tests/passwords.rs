//! Cameras that ask for a password of any characters, over RTSP and HTTP, by both methods that they know.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use common::camera::save_pictures;
use common::{Ended, footfall};

const USER: &str = "shop cam";
/// Everything that parts an address, and more.
const PASSWORD: &str = "p#1?/%41@:é &=;+";

/// A camera of this machine that asks for the login.
struct Camera {
    server: Child,
    port: String,
}

impl Camera {
    fn start(scheme: &str, pictures: &Path, method: &str) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live/server.py");
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script).arg(scheme).arg(pictures).args(["0", &format!("{USER}:{PASSWORD}"), method]);
        let mut server = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut port = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Self { server, port: port.trim().to_owned() }
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Two frames of `url`, with the login in the environment in every form that somebody may keep it in.
fn frames(url: &str, host: &str, config: &Path, settings: &str) -> Ended {
    let text =
        format!("[[source]]\nname = 'camera'\nurl = '{url}'\n{settings}\n[detector]\ninput_size = '96x96'\n");
    fs::write(config, text).unwrap();
    let mut command = footfall();
    command.args(["run", "--no-embedder", "--max-frames", "2", "-vv", "--config"]).arg(config);
    command.env("CAMERA_USER", USER).env("CAMERA_PASSWORD", PASSWORD);
    command.env("CAMERA_LOGIN", format!("{USER}:{PASSWORD}")).env("CAMERA_WRONG", "p#1");
    command.env("CAMERA_ALL", format!("{USER}:{PASSWORD}@{host}"));
    command.output().unwrap().into()
}

#[test]
fn a_password_of_any_characters_gets_in_from_wherever_it_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = folder.path().join("pictures");
    fs::create_dir(&pictures).unwrap();
    save_pictures(&pictures, 8, None, 1.0);
    let config = folder.path().join("shop.toml");
    fs::write(folder.path().join("camera.login"), format!("{USER}:{PASSWORD}\n")).unwrap();
    for scheme in ["rtsp", "http"] {
        for method in ["basic", "digest"] {
            let camera = Camera::start(scheme, &pictures, method);
            let host = format!("127.0.0.1:{}", camera.port);
            for (url, settings) in [
                (format!("{scheme}://${{CAMERA_USER}}:${{CAMERA_PASSWORD}}@{host}/camera"), ""),
                (format!("{scheme}://${{CAMERA_LOGIN}}@{host}/camera"), ""),
                (format!("{scheme}://${{CAMERA_ALL}}/camera"), ""),
                (format!("{scheme}://{host}/camera"), "login_file = 'camera.login'"),
            ] {
                let ended = frames(&url, &host, &config, settings);
                let told = format!("{url}, {method}:\n{}", ended.stderr);
                assert_eq!(ended.code, Some(0), "{told}");
                for secret in [PASSWORD, "p%231", "p#1", USER, "shop%20cam"] {
                    assert!(!ended.stderr.contains(secret), "{told}");
                }
            }
            let wrong =
                frames(&format!("{scheme}://shop:${{CAMERA_WRONG}}@{host}/camera"), &host, &config, "");
            wrong.failure(1, &[&format!("{scheme}://***@{host}/camera"), "401"]);
        }
    }
}
