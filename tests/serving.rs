//! The page by the configuration: whether it is served, to whom, and with which certificate, while the program runs.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use common::interface::{address, get, token};
use common::running::Running;
use common::{clip, footfall, run};

#[test]
fn a_token_that_is_taken_out_of_the_file_ends_what_it_has_open() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("c.toml");
    let (leaving, leaves) = token("leaving", "read");
    let (staying, stays) = token("staying", "read");
    fs::write(&config, format!("[serve]\naddress = \"127.0.0.1:0\"\n{leaves}{stays}")).unwrap();
    let mut command = footfall();
    command.arg("run").arg(clip()).args(["--no-embedder", "--config"]).arg(&config);
    let mut running = Running::start(&mut command);
    let address = address(&mut running);
    let (status, mut events) = get(&address, "/api/v1/events", &leaving);
    assert!(status.contains(" 200 "), "{status}");
    fs::write(&config, format!("[serve]\naddress = \"127.0.0.1:0\"\n{stays}")).unwrap();
    let said = running.wait_for("was read again");
    assert!(said.contains("tokens"), "{said}");
    events.read_to_end(&mut Vec::new()).expect("it ends");
    let status = |token: &str| get(&address, "/api/v1/sources", token).0;
    assert!(status(&leaving).contains(" 401 ") && status(&staying).contains(" 200 "));
}

#[test]
fn a_file_with_an_address_serves_unless_told_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("c.toml");
    fs::write(&config, "[serve]\naddress = \"127.0.0.1:0\"\n").unwrap();
    let config = config.to_str().unwrap();
    let few = ["--no-embedder", "--max-frames", "3", "--config", config];
    let mut running = Running::start(footfall().arg("run").arg(clip()).args(few));
    let address = address(&mut running);
    assert!(get(&address, "/api/v1/sources", "").0.contains(" 200 "));
    running.wait_for("the page stays at");
    running.stop().success();
    let ended = run(clip(), few.into_iter().chain(["--no-serve"])).success();
    assert!(!ended.stderr.contains("the page is at"), "{}", ended.stderr);
}

#[test]
fn a_ledger_that_cannot_be_read_is_no_good_health() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("shop.db");
    run(clip(), ["--no-embedder", "--max-frames", "30", "--ledger", ledger.to_str().unwrap()]).success();
    let mut command = footfall();
    command.args(["serve", "--address", "127.0.0.1:0", "--ledger"]).arg(&ledger);
    let mut running = Running::start(&mut command);
    let address = address(&mut running);
    let health = || {
        let (status, mut rest) = get(&address, "/api/v1/health", "");
        let mut body = String::new();
        rest.read_to_string(&mut body).unwrap();
        (status, body)
    };
    let (status, body) = health();
    assert!(status.contains(" 200 ") && body.contains("\"ledger\":true"), "{status}{body}");
    // Another one takes its place, all but the first page of which is damaged; that has the names of the tables.
    let mut bytes = fs::read(&ledger).unwrap();
    bytes[4096..].fill(0xA5);
    let other = folder.path().join("other.db");
    fs::write(&other, bytes).unwrap();
    fs::rename(&other, &ledger).unwrap();
    let (status, body) = health();
    assert!(status.contains(" 503 ") && body.contains("\"ledger\":false"), "{status}{body}");
    assert!(!body.contains("shop.db"), "where it is is nobody's business: {body}");
}

fn certificate(folder: &Path, name: &str) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
        .args(["-days", "2", "-subj", &format!("/CN={name}"), "-out", &format!("{name}.pem")])
        .args(["-keyout", &format!("{name}.key")])
        .current_dir(folder)
        .output();
    assert!(made.unwrap().status.success(), "openssl makes a certificate");
}

/// The certificate that is shown at `address`, as it stands in its file.
fn shown(address: &str) -> String {
    let (host, port) = address.split_once(':').unwrap();
    let script = "import ssl, sys; print(ssl.get_server_certificate((sys.argv[1], int(sys.argv[2]))))";
    let output = Command::new("/usr/bin/python3").args(["-c", script, host, port]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_certificate_is_read_again_when_it_changes_and_a_broken_one_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let read = |name: &str| fs::read_to_string(place(name)).unwrap().trim().to_owned();
    let ledger = place("shop.db");
    run(clip(), ["--no-embedder", "--max-frames", "2", "--ledger", ledger.to_str().unwrap()]).success();
    for name in ["server", "next", "other"] {
        certificate(folder.path(), name);
    }
    let tls = format!("certificate = {:?}\nkey = {:?}", place("server.pem"), place("server.key"));
    fs::write(place("c.toml"), format!("[serve]\naddress = \"127.0.0.1:0\"\n[serve.tls]\n{tls}\n")).unwrap();
    let mut command = footfall();
    command.arg("serve").arg("--ledger").arg(&ledger).arg("--config").arg(place("c.toml"));
    let mut running = Running::start(&mut command);
    let address = address(&mut running);
    assert_eq!(shown(&address), read("server.pem"));

    let next = read("next.pem");
    fs::rename(place("next.pem"), place("server.pem")).unwrap();
    fs::rename(place("next.key"), place("server.key")).unwrap();
    running.wait_for("was read again");
    assert_eq!(shown(&address), next);

    // A key of another certificate, and then no certificate at all.
    fs::rename(place("other.pem"), place("server.pem")).unwrap();
    running.wait_for("The one from before stays");
    assert_eq!(shown(&address), next);
    fs::write(place("server.pem"), "not a certificate").unwrap();
    running.wait_for("The one from before stays");
    assert_eq!(shown(&address), next);
}
