//! What packages are made of: the systemd unit, how far it is shut off, and whether it fits the program; scripts of the
//! Debian package; configurations; man pages and completions. scripts/package --test installs the packages themselves.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Ended, footfall};

/// The most that `systemd-analyze security` may say, in tenths: 0 is shut off from everything.
const MOST: u32 = 19;

fn packaging(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(name)
}

/// The values of a setting of the unit, in order.
fn settings(name: &str) -> Vec<String> {
    let text = fs::read_to_string(packaging("footfall.service")).unwrap();
    let values = text.lines().filter_map(|line| line.split_once('=').filter(|(key, _)| *key == name));
    values.map(|(_, value)| value.to_owned()).collect()
}

/// What systemd says, where it is installed: scripts/test installs it on Debian.
fn systemd(command: &mut Command) -> Option<(bool, String)> {
    let output = command.output().ok()?;
    let text = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
}

#[test]
fn the_service_is_shut_off_from_what_it_has_no_use_for() {
    let mut command = Command::new("systemd-analyze");
    command.args(["security", "--offline=true", "--no-pager", &format!("--threshold={MOST}")]);
    let Some((is_under, text)) = systemd(command.arg(packaging("footfall.service"))) else { return };
    assert!(is_under, "{text}");
    assert!(text.contains("Overall exposure level"), "{text}");
}

#[test]
fn the_unit_has_no_mistakes() {
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_footfall");
    // As it is, but for the program, which need not be installed.
    let text = fs::read_to_string(packaging("footfall.service")).unwrap();
    let unit = folder.path().join("footfall.service");
    fs::write(&unit, text.replace("/usr/bin/footfall", program)).unwrap();
    let mut command = Command::new("systemd-analyze");
    let Some((is_right, said)) = systemd(command.args(["verify", "--man=no"]).arg(&unit)) else { return };
    assert!(is_right && !said.contains("footfall.service"), "{said}");
}

#[test]
fn what_the_service_changes_is_where_it_may_write() {
    let start = settings("ExecStart").concat();
    let config = Path::new(start.split_whitespace().skip_while(|word| *word != "--config").nth(1).unwrap());
    let folder = config.parent().unwrap().to_str().unwrap();
    assert_eq!(settings("ReadWritePaths"), [folder], "the page saves there");
    let state = format!("/var/lib/{}", settings("StateDirectory").concat());
    assert_eq!(settings("WorkingDirectory"), [&*state], "the ledger and pictures");
    assert_eq!(settings("StateDirectoryMode"), ["0700"]);
    // The package makes the user, and the same folders.
    let (user, postinst) = (settings("User").concat(), script("postinst"));
    assert!(postinst.contains(&format!("adduser --quiet {user} video")), "{postinst}");
    for part in [folder, config.to_str().unwrap(), &state] {
        assert!(postinst.contains(part), "{part}");
    }
    // The words after the program are ones that it takes.
    let words: Vec<_> = start.split_whitespace().skip(1).map(ToOwned::to_owned).collect();
    let ended = Ended::from(footfall().args(words).output().unwrap()).failure(2, &["footfall.toml"]);
    assert!(!ended.stderr.contains("unexpected argument"), "{}", ended.stderr);
}

#[test]
fn before_there_is_a_camera_the_service_does_not_start_and_says_what_to_do() {
    let condition = settings("ExecCondition").concat();
    let command = condition.strip_prefix("/bin/sh -c '").and_then(|text| text.strip_suffix('\'')).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("footfall.toml");
    let ask = |text: &str| {
        fs::write(&config, text).unwrap();
        let command = command.replace("/usr/bin/footfall", env!("CARGO_BIN_EXE_footfall"));
        let command = command.replace("/etc/footfall/footfall.toml", config.to_str().unwrap());
        Ended::from(Command::new("/bin/sh").args(["-c", &command]).output().unwrap())
    };
    let said = ask(&fs::read_to_string(packaging("footfall.toml")).unwrap()).failure(1, &["no camera"]);
    assert!(said.stderr.contains("sudo footfall init"), "{}", said.stderr);
    ask("[[source]]\nname = 'door'\nurl = '0'\n").success();
    // What is wrong is for the program itself to say, and counts as a failure of the service.
    ask("[[source]\n").success();
}

#[test]
fn the_image_counts_at_the_camera_that_its_environment_names() {
    for config in ["image/footfall.toml", "compose/footfall.toml"] {
        let mut command = footfall();
        command.arg("check").arg(packaging(config)).env("CAMERA", "rtsp://10.0.0.7/stream");
        let ended = Ended::from(command.output().unwrap()).success();
        assert!(ended.stderr.contains("camera") && ended.stderr.contains("line door"), "{}", ended.stderr);
    }
}

/// A script of the Debian package, of this version.
fn script(name: &str) -> String {
    let text = fs::read_to_string(packaging("debian").join(name)).unwrap();
    text.replace("@VERSION@", env!("CARGO_PKG_VERSION"))
}

#[test]
fn the_package_is_not_replaced_by_an_earlier_one() {
    let has_dpkg = Command::new("dpkg").arg("--version").output().is_ok_and(|output| output.status.success());
    if !has_dpkg {
        return;
    }
    let run = |name: &str, words: &[&str]| {
        let output = Command::new("/bin/sh").args(["-c", &script(name), name]).args(words).output().unwrap();
        Ended::from(output)
    };
    // The earlier package is asked with what is there, and what is there with the earlier version.
    for (name, word, version) in [("preinst", "upgrade", "99.0"), ("prerm", "upgrade", "0.0.1")] {
        run(name, &[word, version]).failure(1, &["refused", "apt-get remove footfall", ".version-N"]);
    }
    assert_eq!(run("prerm", &["failed-upgrade", "99.0"]).code, Some(1), "nor after that");
    for (name, words) in [
        ("preinst", ["upgrade", "0.0.1"]),
        ("preinst", ["install", "99.0"]),
        ("prerm", ["upgrade", "99.0"]),
        ("prerm", ["upgrade", env!("CARGO_PKG_VERSION")]),
        ("prerm", ["failed-upgrade", "0.0.1"]),
    ] {
        run(name, &words).success();
    }
}

#[test]
fn every_command_has_a_man_page_and_completions() {
    let folder = tempfile::tempdir().unwrap();
    Ended::from(footfall().arg("manual").arg(folder.path()).output().unwrap()).success();
    let read = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
    for command in ["run", "init", "demo", "doctor", "ledger-clock", "version"] {
        let page = read(&format!("man/footfall-{command}.1"));
        assert!(page.contains(".SH NAME") && page.contains(".SH OPTIONS"), "{page}");
    }
    assert!(read("man/footfall-run.1").contains("\\-\\-crossings"));
    for completions in ["footfall.bash", "_footfall", "footfall.fish"] {
        let text = read(&format!("completions/{completions}"));
        assert!(text.contains("crossings") && text.contains("doctor"), "{completions}");
    }
    let bash = folder.path().join("completions/footfall.bash");
    let complete = format!(
        ". '{}'; COMP_WORDS=(footfall run --cros); COMP_CWORD=2; _footfall footfall --cros run; echo \"${{COMPREPLY[@]}}\"",
        bash.display()
    );
    let Ok(output) = Command::new("bash").args(["-c", &complete]).output() else { return };
    assert_eq!(Ended::from(output).success().stdout.trim(), "--crossings");
}

#[test]
fn the_version_names_commit_networks_and_libraries() {
    let ended = Ended::from(footfall().args(["version", "--json"]).output().unwrap()).success();
    let told: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(told["version"], env!("CARGO_PKG_VERSION"));
    assert!(told.as_object().unwrap().contains_key("commit"), "{told}");
    // The pins of set-up are made by other means.
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/manifest.toml");
    let pins = fs::read_to_string(manifest).unwrap();
    let networks = told["networks"].as_array().unwrap();
    assert!(networks.len() >= 3, "{told}");
    for network in networks.iter().filter(|network| network["role"] == "detector") {
        let (file, sha256) = (network["file"].as_str().unwrap(), network["sha256"].as_str().unwrap());
        assert!(pins.contains(&format!("path = \"models/{file}\"")) && pins.contains(sha256), "{network}");
    }
    let libraries = told["libraries"].as_object().unwrap();
    for (name, begins) in [("ONNX Runtime", "1."), ("OpenCV", "4."), ("SQLite", "3."), ("libavcodec", "")] {
        assert!(libraries[name].as_str().unwrap().starts_with(begins), "{told}");
    }
    let words = Ended::from(footfall().arg("version").output().unwrap()).success().stdout;
    assert!(words.contains("OpenCV 4.") && words.contains("nanodet-g-int8.onnx"), "{words}");
}

#[test]
fn the_demo_counts_the_sample_clip() {
    let demo = |words: &[&str]| Ended::from(footfall().arg("demo").args(words).output().unwrap());
    let ended = demo(&["--max-frames", "100", "--crossings", "-"]).success();
    assert!(ended.stdout.lines().any(|line| line.contains("\"line\":\"door\"")), "{}", ended.stdout);
    demo(&["--no-such"]).failure(2, &["--no-such"]);
    let nowhere = footfall().arg("demo").env("FOOTFALL_CACHE", "/nonexistent").output().unwrap();
    Ended::from(nowhere).failure(1, &["sample clip"]);
}
