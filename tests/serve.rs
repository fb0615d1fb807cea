//! The page and the interface beside a real run.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use common::{clip, footfall};
use serde_json::Value;

/// A run with its page, ended when dropped.
struct Page {
    process: Child,
    url: String,
    /// What it says afterwards, a line at a time.
    said: Receiver<String>,
}

impl Page {
    /// `footfall run CLIP --serve` with these arguments, once it says where its page is.
    fn open(arguments: &[&str]) -> Self {
        let mut command = footfall();
        command.arg("run").arg(clip()).args(["--serve", "127.0.0.1:0"]).args(arguments);
        Self::of(command)
    }

    /// What `command` serves, once it says where.
    fn of(mut command: Command) -> Self {
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let url = lines.find_map(|line| {
            line.unwrap().strip_prefix("the page is at ").map(|url| url.trim_end_matches('/').to_owned())
        });
        // The rest is read on, so that the process is not held up by a full pipe.
        let (sender, said) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self { process, url: url.expect("it says where its page is"), said }
    }

    /// How many crossings the summary has, once the recording is over and the page alone goes on.
    fn wait_for_the_end(&mut self) -> u64 {
        let mut counted = 0;
        for line in &self.said {
            if let Some(counts) = line.trim_start().strip_prefix("door ") {
                // 2 (1 to 4)  3 (2 to 5): the counts alone have no parenthesis to them.
                counted = counts.split_whitespace().filter_map(|word| word.parse::<u64>().ok()).sum();
            }
            if line.starts_with("the page stays at") {
                return counted;
            }
        }
        panic!("the run ended, and its page with it");
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs tests/page/drive.py, which drives a headless Chromium, and reads what it found.
fn drive(scenario: &str, url: &str, arguments: &[&str]) -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/page/drive.py");
    let output =
        Command::new("/usr/bin/python3").arg(script).args([scenario, url]).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_str(text.trim()).unwrap_or_else(|_| panic!("{text}\n{errors}"))
}

/// The sums over a report.
fn in_and_out(report: &Value) -> [u64; 2] {
    let rows = report.as_array().or_else(|| report["counts"].as_array()).unwrap();
    ["in", "out"].map(|way| rows.iter().map(|row| row[way].as_u64().unwrap()).sum())
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn a_line_and_a_zone_drawn_with_the_mouse_count_and_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("shop.toml");
    // One worker with everybody embedded: the clip must not be over before the line is drawn.
    fs::write(&config, "# the yard\n[counter]\ndead_band = 0.1\n\n[pipeline]\nthreads = 1\n").unwrap();
    let ledger = folder.path().join("shop.db");
    let page = Page::open(&["--config", config.to_str().unwrap(), "--ledger", ledger.to_str().unwrap()]);
    let seen = drive("draw", &page.url, &[]);
    drop(page);
    let report = footfall().args(["report", "--format", "json", "--ledger"]).arg(&ledger).output().unwrap();
    let counted = in_and_out(&serde_json::from_slice(&report.stdout).unwrap());
    let shown = [&seen["page"]["in"], &seen["page"]["out"]].map(|count| count.as_u64().unwrap());
    assert_eq!(shown, counted, "the page and the ledger say the same: {seen}");
    assert!(counted[0] + counted[1] >= 5, "{seen}");
    let kept: toml::Table = read(&config).parse().unwrap();
    assert_eq!(kept["line"][0]["name"].as_str(), Some("yard"));
    assert_eq!(kept["zone"][0]["name"].as_str(), Some("all of it"));
    assert_eq!(kept["zone"][0]["points"].as_array().map(Vec::len), Some(4));
    assert!(kept.get("mask").is_none(), "the mask was given up");
    assert!(seen["zone"]["visits"].as_u64() >= Some(5) && seen["zone"]["most"].as_u64() >= Some(2), "{seen}");
    assert!(read(&config).starts_with("# the yard\n[counter]\ndead_band = 0.1\n"), "the rest stays");
    assert_eq!(seen["problems"], serde_json::json!([]), "nothing in the browser's log");
    assert_eq!(seen["hosts"], serde_json::json!([]), "no request to another host");
}

/// `status body` of a GET by Python's own client, which trusts the certificate at `trusted` alone.
const GET: &str = "import ssl, sys, urllib.error, urllib.request
url, trusted, token = sys.argv[1:]
request = urllib.request.Request(url, headers={'Authorization': 'Bearer ' + token} if token else {})
try:
    answer = urllib.request.urlopen(request, context=ssl.create_default_context(cafile=trusted), timeout=20)
except urllib.error.HTTPError as error:
    answer = error
print(answer.status, answer.read().decode())";

#[test]
fn a_ledger_is_served_over_tls_to_who_has_the_token() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (ledger, certificate, key) = (place("shop.db"), place("server.pem"), place("server.key"));
    let mut run = footfall();
    run.arg("run").arg(clip()).args(["--no-embedder", "--max-frames", "80", "--line", "door:384,576,384,0"]);
    assert!(run.args(["--ledger", &ledger]).output().unwrap().status.success());
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
        .args(["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-out", &certificate, "-keyout", &key])
        .output();
    assert!(made.unwrap().status.success(), "openssl makes a certificate");
    let given = footfall().args(["token", "wall"]).output().unwrap();
    let token = String::from_utf8(given.stdout).unwrap();
    let said = String::from_utf8(given.stderr).unwrap();
    let entry = &said[said.find("[[serve.token]]").unwrap()..said.find("\n\nThe token").unwrap()];
    let config = format!(
        "[serve]\naddress = \"127.0.0.1:0\"\n[serve.tls]\ncertificate = '{certificate}'\nkey = '{key}'\n{entry}\n"
    );
    fs::write(place("serve.toml"), config).unwrap();

    let mut command = footfall();
    command.args(["serve", "--ledger", &ledger, "--config", &place("serve.toml")]);
    let page = Page::of(command);
    assert!(page.url.starts_with("https://127.0.0.1:"), "{}", page.url);
    let get = |token: &str| {
        let url = format!("{}/api/v1/crossings", page.url);
        let output = Command::new("/usr/bin/python3").args(["-c", GET, &url, &certificate, token]).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    assert!(get("").starts_with("401 "), "{}", get(""));
    assert!(get(&"0".repeat(64)).starts_with("401 "));
    let answer = get(token.trim());
    let body: Value = serde_json::from_str(answer.strip_prefix("200 ").expect(&answer)).unwrap();
    let report = footfall().args(["report", "--format", "json", "--ledger", &ledger]).output().unwrap();
    let counted = in_and_out(&serde_json::from_slice(&report.stdout).unwrap());
    assert_eq!(body["crossings"].as_array().unwrap().len() as u64, counted[0] + counted[1]);
    assert!(counted[0] + counted[1] >= 2, "the ledger holds something to serve");
}

#[test]
fn strangers_at_the_page_get_nothing_and_change_no_count() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/page/attack.py");
    let program = env!("CARGO_BIN_EXE_footfall");
    let attack = Command::new("/usr/bin/python3").args([script, program]).arg(clip()).arg("200").output();
    let ended = common::Ended::from(attack.unwrap()).success();
    let found: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert!(found["wrong tokens"]["429"].as_u64() > Some(100), "guessing has an end: {found}");
    assert!(found["connections over the share"]["hung up on"].as_u64() > Some(100), "{found}");
    assert!(found["crossings, as without strangers"].as_u64() >= Some(4), "{found}");
}

/// Takes what is posted to it, and says yes: its address, and the bodies.
fn receiver() -> (String, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (sender, bodies) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut length = 0;
            for line in reader.by_ref().lines().map(Result::unwrap).take_while(|line| !line.is_empty()) {
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            stream
                .write_all(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .unwrap();
            if sender.send(serde_json::from_slice(&body).unwrap()).is_err() {
                return;
            }
        }
    });
    (address, bodies)
}

#[test]
fn publishers_need_a_ledger_and_no_page() {
    let folder = tempfile::tempdir().unwrap();
    let (address, bodies) = receiver();
    let config = folder.path().join("publish.toml");
    let webhook =
        format!("[[publish.webhook]]\nname = \"office\"\nurl = \"http://{address}/\"\nsecret = \"s\"\n");
    fs::write(&config, webhook).unwrap();
    let run = |ledger: &[&str]| {
        let mut command = footfall();
        command.arg("run").arg(clip()).args(["--no-embedder", "--max-frames", "80"]);
        command.args(["--line", "door:384,576,384,0", "--config", config.to_str().unwrap()]).args(ledger);
        common::Ended::from(command.output().unwrap())
    };
    run(&[]).failure(2, &["[publish]", "--ledger"]);

    let ledger = folder.path().join("shop.db");
    let ledger = ledger.to_str().unwrap();
    run(&["--ledger", ledger]).success();
    let report = footfall().args(["report", "--format", "json", "--ledger", ledger]).output().unwrap();
    let [entered, left] = in_and_out(&serde_json::from_slice(&report.stdout).unwrap());
    let posts: Vec<Value> = bodies.try_iter().collect();
    let crossings = posts.iter().flat_map(|post| post["crossings"].as_array().unwrap());
    let told: Vec<u64> = crossings.map(|crossing| crossing["sequence"].as_u64().unwrap()).collect();
    assert_eq!(told, (1..=entered + left).collect::<Vec<_>>(), "each once, in order");
    assert!(told.len() >= 2, "the clip has people who pass");
}

#[test]
fn without_a_ledger_the_page_counts_all_the_same() {
    let mut page = Page::open(&["--no-embedder", "--max-frames", "80", "--line", "door:384,576,384,0"]);
    let counted = page.wait_for_the_end();
    let script =
        "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=20).read().decode())";
    let url = format!("{}/api/v1/crossings", page.url);
    let answer = Command::new("/usr/bin/python3").args(["-c", script, &url]).output().unwrap();
    let body: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(body["crossings"].as_array().unwrap().len() as u64, counted);
    assert!(counted >= 2);
}
