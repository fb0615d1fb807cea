//! Publishers of the real program: what they call things, and whose a ledger's place is.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{Ended, footfall};
use footfall_count::Direction;
use footfall_ledger::{CrossingEntry, Digest, Entry, Ledger, Origin, RunInfo, Start};
use serde_json::Value;

/// The longest that anything here is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

fn check(folder: &Path, config: &str) -> Ended {
    let path = folder.join("shop.toml");
    fs::write(&path, config).unwrap();
    footfall().arg("check").arg(path).output().unwrap().into()
}

fn line(name: &str) -> String {
    format!("[[line]]\nname = {name:?}\nfrom = [384, 576]\nto = [384, 0]\n")
}

#[test]
fn check_says_what_each_will_be_called() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "入口", "出口", "Ebene +1", "Ebene -1", "café", "cafè", "Door 1", "Door-1", "🚪", "🛗", "A/B", "A B",
        "door", "Door",
    ];
    let publish = "[publish.mqtt]\nurl = \"mqtt://127.0.0.1:1\"\nprefix = \"büro\"\n";
    let config =
        |names: &[&str]| publish.to_owned() + &names.iter().map(|name| line(name)).collect::<String>();
    let called = |config: &str| -> BTreeMap<String, String> {
        let said = check(folder.path(), config).success().stderr;
        let rows = said.lines().skip_while(|line| !line.starts_with("  called")).skip(1);
        let parts =
            |row: &str| row.trim().rsplit_once("  ").map(|(name, id)| (name.trim().into(), id.into()));
        rows.filter_map(parts).collect()
    };
    let all = called(&config(&names));
    assert_eq!(all.keys().map(String::as_str).collect::<Vec<_>>(), {
        let mut names = names.to_vec();
        names.sort_unstable();
        names
    });
    let mut ids: Vec<_> = all.values().collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), names.len(), "{all:?}");
    assert!(ids.iter().all(|id| id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')), "{all:?}");
    assert_eq!(["door", "Door", "Door-1"].map(|name| all[name].as_str()), ["door", "Door", "Door-1"]);
    // Alone, and in company of others.
    assert_eq!(called(&config(&["入口"]))["入口"], all["入口"]);
}

#[test]
fn a_prefix_that_a_receiver_would_refuse_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for prefix in ["", "#", "a/+/b", "$SYS", "/a", "a/", "a\\u0000", "a\\u0007"] {
        let config = format!("[publish.mqtt]\nurl = \"mqtt://127.0.0.1\"\nprefix = \"{prefix}\"\n");
        check(folder.path(), &config).failure(2, &["publish.mqtt.prefix"]);
        let config = config.replace("prefix", "discovery");
        if !prefix.is_empty() {
            check(folder.path(), &config).failure(2, &["publish.mqtt.discovery"]);
        }
    }
    for prefix in ["", "a.b", "a b", "a*", ">", "$JS", "$SYS"] {
        let config = format!("[publish.nats]\nurl = \"nats://127.0.0.1\"\nprefix = \"{prefix}\"\n");
        check(folder.path(), &config).failure(2, &["publish.nats.prefix"]);
        if !prefix.starts_with('$') {
            check(folder.path(), &config.replace("prefix", "stream")).failure(2, &["publish.nats.stream"]);
        }
    }
    check(folder.path(), "[publish.mqtt]\nurl = \"broker:1883\"\n")
        .failure(2, &["publish.mqtt.url", "mqtt://HOST:PORT"]);
}

/// A crossing of the door in each of these frames, of a recording with this name.
fn record(ledger: &Path, source: &str, frames: std::ops::RangeInclusive<u64>) {
    let info = RunInfo {
        source: source.into(),
        origin: Origin::Recorded {
            content: Digest::of([source.as_bytes()]),
            start: Start::Given("2026-03-29T10:00:00Z".parse().unwrap()),
        },
        version: "1".into(),
        config: Digest::of([]),
        places: Vec::new(),
        recount: false,
    };
    let run = Ledger::open(ledger).unwrap().begin(&info).unwrap();
    let crossing = |frame| {
        Entry::Crossing(CrossingEntry {
            line: "door".into(),
            direction: Direction::In,
            track: frame,
            frame,
            time: Duration::from_secs(frame),
            detail: serde_json::Map::new(),
        })
    };
    run.record(&frames.map(crossing).collect::<Vec<_>>()).unwrap();
}

/// A page over a ledger, ended when dropped; and what it says.
struct Server {
    process: Child,
    url: String,
    said: Receiver<String>,
}

impl Server {
    fn start(ledger: &Path, config: &Path) -> Self {
        let mut command = footfall();
        command
            .args(["serve", "--address", "127.0.0.1:0", "--config"])
            .arg(config)
            .arg("--ledger")
            .arg(ledger);
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
        let (sender, said) = channel();
        let mut told = Vec::new();
        let url = lines.find_map(|line| {
            let url = line.strip_prefix("the page is at ").map(|url| url.trim_end_matches('/').to_owned());
            told.push(line);
            url
        });
        for line in told {
            sender.send(line).unwrap();
        }
        std::thread::spawn(move || lines.try_for_each(|line| sender.send(line)));
        Self { process, url: url.expect("it says where its page is"), said }
    }

    fn get(&self, path: &str) -> String {
        let address = self.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text.split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    fn wait_for(&self, words: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let line = self.said.recv_timeout(left).unwrap_or_else(|_| panic!("it never says: {words}"));
            if line.contains(words) {
                return;
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Kill -9, without a good-bye.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An address that takes everything, and the identities that it was sent.
fn hook() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let taken = Arc::<Mutex<Vec<String>>>::default();
    let noted = taken.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(&stream);
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if line.trim().is_empty() {
                    break;
                }
                if let Some(bytes) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = bytes.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let body: Value = serde_json::from_slice(&body).unwrap();
            let crossings = body["crossings"].as_array().unwrap();
            noted
                .lock()
                .unwrap()
                .extend(crossings.iter().map(|c| c["identity"].as_str().unwrap().to_owned()));
            stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
        }
    });
    (url, taken)
}

fn until(mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "waited in vain");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn of_two_programs_on_a_ledger_one_publishes_and_the_other_follows_when_it_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let (url, taken) = hook();
    let (ledger, config) = (folder.path().join("shop.db"), folder.path().join("shop.toml"));
    let webhook = format!("[[publish.webhook]]\nname = \"office\"\nurl = \"{url}\"\nsecret = \"s3cret\"\n");
    fs::write(&config, webhook).unwrap();
    record(&ledger, "a", 1..=300);
    let first = Server::start(&ledger, &config);
    until(|| taken.lock().unwrap().len() == 300);
    let second = Server::start(&ledger, &config);
    second.wait_for(&format!("process {} publishes from this ledger already", first.process.id()));
    let health: Value = serde_json::from_str(&second.get("/api/v1/health")).unwrap();
    let publisher = &health["publishers"][0];
    assert_eq!((&publisher["name"], &publisher["up"]), (&"webhook office".into(), &false.into()));
    assert!(publisher["trouble"].as_str().unwrap().contains("publishes from this ledger already"));
    record(&ledger, "b", 1..=300);
    until(|| taken.lock().unwrap().len() >= 600);
    // Killed, it leaves its place to the other. What it has sent and not noted yet would be sent again.
    let behind = || serde_json::from_str::<Value>(&first.get("/api/v1/health")).unwrap();
    until(|| behind()["publishers"][0]["behind"] == 0);
    drop(first);
    record(&ledger, "c", 1..=300);
    until(|| taken.lock().unwrap().len() >= 900);
    let health = || serde_json::from_str::<Value>(&second.get("/api/v1/health")).unwrap();
    until(|| health()["publishers"][0]["trouble"].is_null());
    let mut identities = taken.lock().unwrap().clone();
    assert_eq!(identities.len(), 900, "each was sent once");
    identities.sort_unstable();
    identities.dedup();
    assert_eq!(identities.len(), 900);
}

#[test]
fn totals_of_two_recordings_of_one_file_name_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let (ledger, config) = (folder.path().join("shop.db"), folder.path().join("shop.toml"));
    fs::write(&config, "").unwrap();
    record(&ledger, "front/clip.avi", 1..=5);
    record(&ledger, "back/clip.avi", 1..=7);
    let server = Server::start(&ledger, &config);
    let sums = || -> Vec<String> {
        let metrics = server.get("/metrics");
        let sums = metrics.lines().filter(|line| line.starts_with("footfall_crossings_total{"));
        sums.filter(|line| line.contains("direction=\"in\"")).map(ToOwned::to_owned).collect()
    };
    until(|| !sums().is_empty());
    let sums = sums();
    assert!(sums.len() == 1 && sums[0].ends_with(" 12"), "{sums:?}");
}
