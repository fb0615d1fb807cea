//! Alerts of the real program: by a real broker, a real mail server and HTTP, once each, over a restart.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;
#[path = "common/office.rs"]
mod office;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use common::broker::{Broker, Message, listen};
use common::camera::Camera;
use common::footfall;
use common::interface::{address, get};
use common::running::Running;
use office::servers::{Postgres, until};
use office::{enrol, prepare};
use serde_json::Value;

/// Nothing here takes nearly as long, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(90);

/// A mail server, and what it was given.
struct MailServer {
    process: Child,
    port: String,
    letters: Receiver<Value>,
}

impl MailServer {
    fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mail/sink.py");
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.next().expect("scripts/setup installs python3-aiosmtpd").unwrap();
        let (sender, letters) = channel();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).unwrap());
            }
        });
        Self { process, port, letters }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An address that takes what is posted; what was posted, crossings left out.
fn hook() -> (u16, Receiver<Value>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, posted) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream);
            let mut length = 0;
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) <= 2 {
                    break;
                }
                let lower = line.to_lowercase();
                if let Some(value) = lower.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let body: Value = serde_json::from_slice(&body).unwrap();
            // It is handed over before it is answered: whoever is answered finds it there.
            for alert in body["alerts"].as_array().into_iter().flatten() {
                let _ = sender.send(alert.clone());
            }
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let _ = reader.get_mut().write_all(answer);
        }
    });
    (port, posted)
}

/// The next state of the alert that is not the one before.
fn next_state(heard: &Receiver<Message>, active: bool) -> Value {
    loop {
        let (topic, payload) = heard.recv_timeout(PATIENCE).expect("the broker is told");
        assert_eq!(topic, "shop/alert/camera/front");
        let state: Value = serde_json::from_slice(&payload).unwrap();
        if state["active"] == active {
            return state;
        }
    }
}

fn run(config: &Path) -> Running {
    let mut command = footfall();
    command.args(["run", "--no-embedder", "--serve", "127.0.0.1:0", "--config"]).arg(config);
    Running::start(&mut command)
}

#[test]
fn a_dead_camera_is_told_once_by_all_and_once_that_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let broker = Broker::start(folder.path());
    let heard = listen(broker.port, "shop/alert/#");
    let (mail, (hook, posted)) = (MailServer::start(), hook());
    let mut camera = Camera::start("http");
    let config = folder.path().join("shop.toml");
    let text = format!(
        "[ledger]\nfile = \"shop.db\"\n[publish.mqtt]\nurl = \"mqtt://127.0.0.1:{}\"\n\
         prefix = \"shop\"\n[publish.mail]\nurl = \"smtp://127.0.0.1:{}\"\nfrom = \"Shop <shop@example.com>\"\n\
         to = [\"owner@example.com\"]\n[[publish.webhook]]\nname = \"office\"\nurl = \"http://127.0.0.1:{hook}/\"\n\
         secret = \"s\"\n[[publish.alert]]\nname = \"camera\"\nwhen = \"silent\"\nseconds = 4.0\n[[source]]\n\
         name = \"front\"\nurl = \"{}\"\nretry_most = 1.0\n",
        broker.port, mail.port, camera.address
    );
    fs::write(&config, text).unwrap();

    let mut running = run(&config);
    let page = address(&mut running);
    next_state(&heard, false);
    camera.stop();
    let state = next_state(&heard, true);
    assert!(state["text"].as_str().unwrap().contains("no picture has come from front"), "{state}");
    let alert = posted.recv_timeout(PATIENCE).unwrap();
    assert_eq!((&alert["number"], &alert["active"]), (&1.into(), &true.into()), "{alert}");
    assert_eq!((&alert["alert"], &alert["source"]), (&"camera".into(), &"front".into()), "{alert}");
    let letter = mail.letters.recv_timeout(PATIENCE).unwrap();
    assert_eq!(letter["to"], serde_json::json!(["owner@example.com"]));
    assert_eq!(letter["from"], "Shop <shop@example.com>");
    assert!(letter["subject"].as_str().unwrap().starts_with("Alert: no picture"), "{letter}");
    let (status, mut answer) = get(&page, "/api/v1/alerts", "");
    let mut body = String::new();
    answer.read_to_string(&mut body).unwrap();
    assert!(status.contains(" 200 ") && body.contains("\"active\":true"), "{body}");
    running.stop();

    // What began before goes on: nobody is told again.
    let running = run(&config);
    camera.start_again();
    let state = next_state(&heard, false);
    assert!(state["text"].as_str().unwrap().contains("again"), "{state}");
    let alert = posted.recv_timeout(PATIENCE).unwrap();
    assert_eq!((&alert["number"], &alert["active"]), (&2.into(), &false.into()), "{alert}");
    let letter = mail.letters.recv_timeout(PATIENCE).unwrap();
    assert!(letter["subject"].as_str().unwrap().starts_with("Over: pictures come"), "{letter}");
    running.stop();
    assert!(posted.try_recv().is_err() && mail.letters.try_recv().is_err(), "and nothing else");
}

#[test]
fn the_office_writes_a_letter_when_a_shop_is_silent_and_when_it_is_heard_again() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("office");
    let (mail, postgres) = (MailServer::start(), Postgres::start());
    let extra = format!(
        "[[alert]]\nname = 'away'\nwhen = 'silent'\nminutes = 0.3\n[mail]\nurl = 'smtp://127.0.0.1:{}'\n\
         from = 'Office <office@example.com>'\nto = ['chief@example.com']\n",
        mail.port
    );
    let hub = prepare(&place, &postgres, &extra);
    let (ledger, config) = (folder.path().join("shop.db"), folder.path().join("shop.toml"));
    drop(footfall_ledger::Ledger::open(&ledger).unwrap());
    let text = format!("[ledger]\nfile = '{}'\n{}\n", ledger.display(), enrol(&place, &hub, "berlin"));
    fs::write(&config, text).unwrap();
    let serve = || {
        let mut command = footfall();
        Running::start(command.args(["serve", "--address", "127.0.0.1:0", "--config"]).arg(&config))
    };
    let shop = serve();
    let office = Running::start(footfall().args(["office", "--config"]).arg(place.join("office.toml")));
    let seen = "SELECT name FROM office.shop WHERE seen IS NOT NULL";
    until("the shop", || (postgres.try_sql(seen)? == ["berlin"]).then_some(()));
    shop.stop();
    let letter = mail.letters.recv_timeout(PATIENCE).unwrap();
    assert_eq!(letter["from"], "Office <office@example.com>");
    assert_eq!(letter["to"], serde_json::json!(["chief@example.com"]));
    let subject = letter["subject"].as_str().unwrap();
    assert!(subject.starts_with("Alert: nothing has been heard of berlin"), "{letter}");
    let shop = serve();
    let letter = mail.letters.recv_timeout(PATIENCE).unwrap();
    assert!(letter["subject"].as_str().unwrap().starts_with("Over: berlin"), "{letter}");
    shop.stop();
    office.stop();
}

/// A change of the settings by the interface; the settings that are then.
fn settings(page: &str, method: &str, path: &str, body: &str) -> Value {
    let mut stream = std::net::TcpStream::connect(page).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = format!("{method} /api/v1/settings/{path} HTTP/1.1\r\nHost: {page}\r\nConnection: close\r\n");
    let length = body.len();
    write!(stream, "{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(" 200 "), "{answer}");
    serde_json::from_str(body).unwrap()
}

#[test]
fn an_alert_that_is_added_on_the_page_is_told_at_once_and_one_that_is_removed_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let broker = Broker::start(folder.path());
    let heard = listen(broker.port, "shop/alert/#");
    let mut camera = Camera::start("http");
    let config = folder.path().join("shop.toml");
    let text = format!(
        "[ledger]\nfile = \"shop.db\"\n[publish.mqtt]\nurl = \"mqtt://127.0.0.1:{}\"\nprefix = \"shop\"\n\
         [[source]]\nname = \"front\"\nurl = \"{}\"\nretry_most = 1.0\n",
        broker.port, camera.address
    );
    fs::write(&config, text).unwrap();
    let mut running = run(&config);
    let page = address(&mut running);
    let told = settings(&page, "POST", "alerts", r#"{"name": "camera", "when": "silent", "seconds": 4}"#);
    assert_eq!(
        (&told["alerts"][0]["name"], &told["needs_restart"]),
        (&"camera".into(), &false.into()),
        "{told}"
    );
    next_state(&heard, false);
    camera.stop();
    assert!(next_state(&heard, true)["text"].as_str().unwrap().contains("from front"));
    // The file has it too, and is read again: nothing begins anew.
    running.wait_for("was read again");
    let told = settings(&page, "DELETE", "alerts/camera", "");
    assert_eq!((&told["alerts"], &told["needs_restart"]), (&serde_json::json!([]), &false.into()), "{told}");
    let (topic, payload) = heard.recv_timeout(PATIENCE).expect("the broker is told");
    assert_eq!((topic.as_str(), payload.as_slice()), ("shop/alert/camera/front", &[][..]), "it is forgotten");
    running.stop();
}
