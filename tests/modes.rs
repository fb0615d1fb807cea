//! Who may read what the program writes: the real binary, under the umasks that there are.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use common::running::Running;
use common::{DOOR, Ended, clip, names};

/// The binary under this umask.
fn under(umask: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "umask \"$0\"; exec \"$@\"", umask, env!("CARGO_BIN_EXE_footfall")]);
    command
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).mode() & 0o7777
}

fn end(command: &mut Command) -> Ended {
    Ended::from(command.output().unwrap()).success()
}

/// A short run that writes everything into `folder`.
fn run_into(folder: &Path, umask: &str) {
    let mut command = under(umask);
    command.current_dir(folder).arg("run").arg(clip()).args(["--max-frames", "12", "--line", DOOR]);
    command.args(["--ledger", "shop.db", "--record", "run.ffrec", "--detections", "detections.jsonl"]);
    command.args(["--output", "video.mp4", "--tracks", "tracks.txt", "--crossings", "crossings.jsonl"]);
    end(command.args(["--summary", "summary.json", "--trace", "trace.json"]));
}

/// What shows people, tells who came and went, or by what people are known again.
const PERSONAL: [&str; 5] = ["shop.db", "shop.db.lock", "run.ffrec", "detections.jsonl", "video.mp4"];
const USUAL: [&str; 4] = ["tracks.txt", "crossings.jsonl", "summary.json", "trace.json"];

#[test]
fn what_is_personal_is_born_private_and_keeps_what_it_was_given() {
    for (umask, usual) in [("000", 0o666), ("022", 0o644)] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        run_into(folder, umask);
        for name in PERSONAL {
            assert_eq!(mode(&folder.join(name)), 0o600, "{name}, umask {umask}");
        }
        for name in USUAL {
            assert_eq!(mode(&folder.join(name)), usual, "{name}, umask {umask}");
        }
        if umask == "000" {
            continue;
        }
        // Once more, over what somebody has opened to a group, given to another user, and put elsewhere.
        let is_root = fs::metadata(folder).unwrap().uid() == 0;
        fs::create_dir(folder.join("else")).unwrap();
        for name in PERSONAL.iter().chain(&USUAL).filter(|name| !name.starts_with("shop.db")) {
            let (link, there) = (folder.join(name), folder.join("else").join(name));
            fs::rename(&link, &there).unwrap();
            symlink(Path::new("else").join(name), &link).unwrap();
            fs::set_permissions(&there, Permissions::from_mode(0o640)).unwrap();
            if is_root {
                chown(&there, Some(1234), Some(4321)).unwrap();
            }
            fs::write(&there, "").unwrap();
        }
        run_into(folder, umask);
        for name in PERSONAL.iter().chain(&USUAL).filter(|name| !name.starts_with("shop.db")) {
            let there = folder.join("else").join(name);
            let about = fs::metadata(&there).unwrap();
            assert!(folder.join(name).is_symlink(), "{name} is a link as before");
            assert!(about.len() > 0 || name == &"crossings.jsonl", "{name} was written through the link");
            assert_eq!(mode(&there), 0o640, "{name}");
            assert!(!is_root || (about.uid(), about.gid()) == (1234, 4321), "{name}");
        }
    }
}

/// Every file under `folder`, and every folder.
fn all(folder: &Path) -> Vec<PathBuf> {
    let inner = names(folder).into_iter().map(|name| folder.join(name));
    inner
        .flat_map(|path| if path.is_dir() { [vec![path.clone()], all(&path)].concat() } else { vec![path] })
        .collect()
}

#[test]
fn crops_staff_and_a_new_configuration_are_private() {
    let folder = tempfile::tempdir().unwrap();
    let (crops, gallery) = (folder.path().join("crops"), folder.path().join("staff.json"));
    let mut harvest = under("000");
    harvest.arg("harvest").arg(clip()).arg("--output").arg(&crops);
    end(harvest.args(["--max-frames", "60", "--max-per-track", "2"]));
    let (folders, files): (Vec<_>, Vec<_>) = all(folder.path()).into_iter().partition(|path| path.is_dir());
    assert!(folders.len() > 2 && files.len() > 4, "{files:?}");
    for path in &folders {
        assert_eq!(mode(path), 0o700, "{}", path.display());
    }
    for path in &files {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }

    let picture = files.iter().find(|path| path.extension().is_some_and(|e| e == "jpg")).unwrap();
    let anna = folder.path().join("anna");
    fs::create_dir(&anna).unwrap();
    for n in 0..5 {
        fs::copy(picture, anna.join(format!("{n}.jpg"))).unwrap();
    }
    let mut enrol = under("000");
    enrol.args(["staff", "enrol", "Anna", "--from"]).arg(&anna).arg("--gallery").arg(&gallery);
    end(&mut enrol);
    assert_eq!(mode(&gallery), 0o600);
    fs::set_permissions(&gallery, Permissions::from_mode(0o660)).unwrap();
    end(under("022").args(["staff", "remove", "Anna", "--gallery"]).arg(&gallery));
    assert_eq!(mode(&gallery), 0o660);

    let shop = folder.path().join("shop");
    fs::create_dir(&shop).unwrap();
    let mut init = under("000");
    init.arg("init").arg(clip()).args(["--seconds", "2", "--output"]).arg(shop.join("shop.toml"));
    end(&mut init);
    assert_eq!(names(&shop), ["shop.toml", "vtest-line.jpg", "vtest.jpg"]);
    for path in all(&shop) {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    fs::set_permissions(shop.join("shop.toml"), Permissions::from_mode(0o640)).unwrap();
    end(init.arg("--force"));
    assert_eq!(mode(&shop.join("shop.toml")), 0o640);
}

/// An answer over plain HTTP: its head and body.
fn ask(address: &str, method: &str, path: &str, body: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

#[test]
fn saving_from_the_page_leaves_the_configuration_to_whom_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (there, link) = (folder.path().join("there.toml"), folder.path().join("shop.toml"));
    fs::write(&there, "# mine\n[counter]\ndead_band = 0.1\n").unwrap();
    symlink("there.toml", &link).unwrap();
    let is_root = fs::metadata(&there).unwrap().uid() == 0;
    let mut command = under("022");
    command.arg("run").arg(clip()).args(["--no-embedder", "--max-frames", "4", "--serve", "127.0.0.1:0"]);
    let mut run = Running::start(command.arg("--config").arg(&link));
    let said = run.wait_for("the page is at http://");
    let address = said.split_once("http://").unwrap().1.trim_end_matches('/').to_owned();
    run.wait_for("the page stays at");
    let (_, sources) = ask(&address, "GET", "/api/v1/sources", "");
    let sources: serde_json::Value = serde_json::from_str(&sources).unwrap();
    let lines = format!("/api/v1/sources/{}/lines", sources["sources"][0]["id"].as_str().unwrap());
    for (revision, wanted) in (1..).zip([0o600, 0o640, 0o644]) {
        fs::set_permissions(&there, Permissions::from_mode(wanted)).unwrap();
        if is_root {
            chown(&there, Some(1234), Some(4321)).unwrap();
        }
        let drawing = serde_json::json!({
            "revision": revision,
            "lines": [{ "name": format!("line {revision}"), "points": [[1.0, 2.0], [30.0, 40.0]] }],
            "zones": [],
            "masks": [],
        });
        let (head, body) = ask(&address, "PUT", &lines, &drawing.to_string());
        assert!(head.starts_with("HTTP/1.1 200"), "{head}\n{body}");
        let text = fs::read_to_string(&there).unwrap();
        assert!(text.contains(&format!("line {revision}")) && text.starts_with("# mine\n"), "{text}");
        assert_eq!(mode(&there), wanted);
        let about = fs::metadata(&there).unwrap();
        assert!(!is_root || (about.uid(), about.gid()) == (1234, 4321));
        assert!(link.is_symlink());
    }
    run.stop().success();
}
