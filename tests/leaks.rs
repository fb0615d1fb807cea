//! Passwords are planted wherever somebody may keep one, and paths of this machine wherever one is named: nothing that
//! anybody gets to see has a password in it, and nothing that leaves the machine has a path.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use common::broker::{Broker, Message, listen};
use common::camera::Camera;
use common::interface::{address, get, token};
use common::running::Running;
use common::{DOOR, Ended, footfall};

/// In every password, user and key.
const SECRET: &str = "hunter2";
/// In every path.
const FOLDER: &str = "back-office";
/// The camera's user and password.
const LOGIN: &str = "uhunter2:phunter2";

/// Nothing here takes nearly as long, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(90);

/// A shop's folder.
struct Shop {
    folder: tempfile::TempDir,
}

impl Shop {
    fn new() -> Self {
        let shop = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(shop.place("")).unwrap();
        fs::write(shop.place("camera.login"), format!("{LOGIN}\n")).unwrap();
        fs::write(shop.place("mqtt.word"), format!("m{SECRET}\n")).unwrap();
        shop
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(FOLDER).join(name)
    }

    /// A configuration with something to hide in every setting that can hide something; `camera` is an address.
    fn configure(&self, camera: &str, broker: u16, more: &str) -> PathBuf {
        let text = format!(
            "{more}
            [serve]
            address = '127.0.0.1:0'
            [ledger]
            file = 'shop.db'
            [outputs]
            summary = '{}'
            crossings = '{}'
            [publish.mqtt]
            url = 'mqtt://127.0.0.1:{broker}'
            user = 'u{SECRET}'
            password = {{ file = 'mqtt.word' }}
            [publish.nats]
            url = 'nats://127.0.0.1:1'
            user = 'u{SECRET}'
            password = {{ env = 'NATS_WORD' }}
            [[publish.webhook]]
            name = 'till'
            url = 'http://127.0.0.1:1/services/{SECRET}/T0?token={SECRET}'
            secret = 'w{SECRET}'
            [[source]]
            name = 'front'
            url = '{camera}'
            login_file = 'camera.login'
            [[source]]
            name = 'back'
            url = 'rtsp://u{SECRET}:p{SECRET}@127.0.0.1:1/user={SECRET}&password={SECRET}&channel=1?loginpas={SECRET}&pw={SECRET}'
            [[source.line]]
            name = 'gate'
            from = [1, 9]
            to = [9, 9]
            ",
            self.place("summary.json").display(),
            self.place("crossings.jsonl").display(),
        );
        let path = self.place("shop.toml");
        let ledger = text.replace("'shop.db'", &format!("'{}'", self.place("shop.db").display()));
        fs::write(&path, ledger.replace("            ", "")).unwrap();
        path
    }

    fn footfall(&self) -> Command {
        let mut program = footfall();
        program.env("NATS_WORD", format!("n{SECRET}")).current_dir(self.folder.path());
        program
    }
}

fn door() -> String {
    let (name, points) = DOOR.split_once(':').unwrap();
    let at: Vec<_> = points.split(',').collect();
    format!("[[line]]\nname = '{name}'\nfrom = [{}, {}]\nto = [{}, {}]\n", at[0], at[1], at[2], at[3])
}

/// What is answered; of a stream, its beginning.
fn answer(address: &str, path: &str, token: &str) -> String {
    let (status, mut stream) = get(address, path, token);
    let is_endless = ["/events", "/live", "/stream.mjpeg"].iter().any(|end| path.ends_with(end));
    let mut bytes = status.into_bytes();
    let mut some = [0; 4096];
    while !(is_endless && bytes.len() > 500) {
        match stream.read(&mut some).unwrap() {
            0 => break,
            length => bytes.extend(&some[..length]),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Every address of the interface, as its own document has them, for both sources; and the page.
fn addresses(address: &str, token: &str) -> Vec<String> {
    let document = answer(address, "/api/v1/openapi.json", token);
    let body = document.split_once("\r\n\r\n").unwrap().1;
    let document: serde_json::Value = serde_json::from_str(body).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let read = paths.filter(|(_, methods)| methods.get("get").is_some()).map(|(path, _)| path);
    let mut all: Vec<_> = read
        .flat_map(|path| {
            ["front", "back"].map(|source| path.replace("{source}", source).replace("{sequence}", "1"))
        })
        .collect();
    all.extend(["/", "/main.js", "/metrics", "/healthz", "/no-such"].map(str::to_owned));
    all.sort();
    all.dedup();
    all
}

fn assert_free(what: &str, said: &str, of: &[&str]) {
    for word in of {
        if let Some(at) = said.find(word) {
            let around: String =
                said[..at].chars().rev().take(300).collect::<Vec<_>>().iter().rev().collect();
            panic!("{what} has \"{word}\" after: {around}");
        }
    }
}

/// All that is waiting.
fn heard(messages: &Receiver<Message>) -> String {
    let text = |(topic, payload): Message| format!("{topic} {}\n", String::from_utf8_lossy(&payload));
    messages.try_iter().map(text).collect()
}

#[test]
fn what_was_planted_is_nowhere_to_be_seen() {
    let shop = Shop::new();
    let camera = Camera::start_with("http", Some(LOGIN));
    let plain = camera.address.replace(&format!("{LOGIN}@"), "");
    let broker = Broker::start(shop.folder.path());
    let messages = listen(broker.port, "#");
    let (token, entry) = token("reader", "read");
    let more = door();
    let config = shop.configure(&plain, broker.port, &more);
    fs::write(&config, fs::read_to_string(&config).unwrap() + &entry).unwrap();

    let mut command = shop.footfall();
    command.args(["run", "--no-embedder", "--config"]).arg(&config).env("RUST_LOG", "trace");
    command.arg("--trace").arg(shop.place("trace.json"));
    let mut running = Running::start(&mut command);
    let address = address(&mut running);
    let first =
        std::iter::repeat_with(|| messages.recv_timeout(PATIENCE).expect("somebody crosses the line"))
            .find(|message| message.0.ends_with("/crossing"))
            .unwrap();
    assert_free("a crossing", &String::from_utf8_lossy(&first.1), &[SECRET, FOLDER, "127.0.0.1"]);
    let all = addresses(&address, &token);
    assert!(all.len() > 20, "{all:?}");
    for path in &all {
        let answer = answer(&address, path, &token);
        // A picture may be too old to be kept.
        let may_be_gone = path == "/no-such" || path.ends_with("/picture.jpg");
        assert!(may_be_gone || !answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
        assert_free(path, &answer, &[SECRET, FOLDER]);
    }
    let configuration = answer(&address, "/api/v1/configuration", &token);
    assert!(
        configuration.contains("\"read_timeout\""),
        "it is shown, but for what is hidden: {configuration}"
    );

    // An edit that goes wrong is told of, without what stands in the line.
    let good = fs::read_to_string(&config).unwrap();
    for (wrong, told) in [
        ("pasword = 'x'", "pasword"),
        ("password = [1, 2", "line "),
        ("password = { fil = 'x' }", "password"),
    ] {
        let word = wrong.replace('x', SECRET).replace("1, 2", &format!("'{SECRET}', "));
        fs::write(&config, good.replace("password = { file = 'mqtt.word' }", &word)).unwrap();
        let said = running.wait_for("stay in force");
        assert!(said.contains(told) || told == "password", "{said}");
    }
    fs::write(&config, good).unwrap();
    let ended = running.stop().success();
    assert_free("the log", &ended.stderr, &[SECRET]);
    assert_free("stdout", &ended.stdout, &[SECRET]);
    assert_free("MQTT", &heard(&messages), &[SECRET, FOLDER]);
    let mut files = 0;
    for entry in fs::read_dir(shop.place("")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !["shop.toml", "camera.login", "mqtt.word"].contains(&&*name) {
            assert_free(&name, &String::from_utf8_lossy(&fs::read(&path).unwrap()), &[SECRET]);
            files += 1;
        }
    }
    assert!(files >= 4, "ledger, summary, crossings and trace are there: {files}");
}

#[test]
fn no_command_says_what_was_planted() {
    let shop = Shop::new();
    let camera = "rtsp://127.0.0.1:1/${CAMERA_PATH}";
    let config = shop.configure(camera, 1, &door());
    let text = fs::read_to_string(&config).unwrap();
    let says = |line: &str, at: &Path| {
        let mut command = shop.footfall();
        command.env("CAMERA_PATH", format!("live/{SECRET}/1?pwd={SECRET}"));
        let words =
            line.split_whitespace().map(|word| if word == "CONFIG" { at.as_os_str() } else { word.as_ref() });
        let ended = Ended::from(command.args(words).output().unwrap());
        assert!(!ended.stderr.contains("panicked"), "{line}: {}", ended.stderr);
        for said in [&ended.stdout, &ended.stderr] {
            assert_free(line, said, &[SECRET]);
        }
        ended
    };
    let late = "open_timeout = 1.0\ngive_up_after = 1.0\n";
    let quick =
        text.replace("login_file = 'camera.login'\n", &format!("login_file = 'camera.login'\n{late}"));
    fs::write(&config, quick.replace("name = 'back'\n", &format!("name = 'back'\n{late}"))).unwrap();
    says("check CONFIG", &config).success();
    says("doctor -vv --config CONFIG", &config);
    says("run -vvv --no-serve --config CONFIG", &config);
    says("--log-format json run -vvv --no-serve --config CONFIG", &config);
    says("report --config CONFIG", &config);
    let wrong = shop.place("wrong.toml");
    let edits = [
        ("password = { file", "pasword = { file"),
        ("user = 'uhunter2'", "user = ['uhunter2']"),
        ("secret = 'whunter2'", "secret = 'whunter2"),
        ("secret = 'whunter2'", "secret = { key = 'whunter2' }"),
        ("url = 'nats:", "url = 'http:"),
        ("url = 'rtsp://u", "url = 'rtsp:/u"),
        ("url = 'http:", "url = 'gopher:"),
        ("name = 'front'", "name = 'back'"),
        ("login_file = 'camera.login'", "login_file = 'no-such.login'"),
        ("password = { env = 'NATS_WORD' }", "password = { env = 'NO_SUCH_WORD' }"),
    ];
    for (right, mistaken) in edits {
        assert!(text.contains(right), "{right}");
        fs::write(&wrong, text.replacen(right, mistaken, 1)).unwrap();
        for line in [
            "check CONFIG",
            "doctor --config CONFIG",
            "report --config CONFIG",
            "serve --config CONFIG --address 127.0.0.1:x",
        ] {
            says(line, &wrong);
        }
    }
    for line in [
        "run rtsp://uhunter2:phunter2@127.0.0.1:1/a --no-such",
        "run front=rtsp://uhunter2:phunter2@127.0.0.1:1/hunter2/x/?key=hunter2 --line door:1,2",
        "run rtsp:/uhunter2:phunter2@127.0.0.1:1/a",
        "init rtsp://uhunter2:phunter2@127.0.0.1:1/a?loginpas=hunter2 -o CONFIG",
        "harvest http://127.0.0.1:1/a?loginuse=uhunter2&loginpas=hunter2 -o new",
        "doctor rtsp://uhunter2:phunter2@127.0.0.1:1/user=hunter2&password=hunter2",
    ] {
        says(line, &wrong);
    }
}
