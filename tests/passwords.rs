//! Cameras that ask for a password of any characters, over RTSP and HTTP, by both methods that they know.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::path::Path;

use common::camera::Camera;
use common::{Ended, footfall};

const LOGIN: &str = "shop cam:p#1?/%41@:é &=;+";
const USER: &str = "shop cam";
/// Everything that parts an address, and more.
const PASSWORD: &str = "p#1?/%41@:é &=;+";

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
    let config = folder.path().join("shop.toml");
    fs::write(folder.path().join("camera.login"), format!("{USER}:{PASSWORD}\n")).unwrap();
    for scheme in ["rtsp", "http"] {
        for method in ["basic", "digest"] {
            let camera = Camera::start_asking(scheme, LOGIN, method);
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
