//! Edits from the office and a shop that was away, as the real program has it at both ends; and edits that are not the
//! office's, or that came before.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test, all of it")]

mod common;
#[path = "common/office.rs"]
mod office;

use std::fs;

use async_nats::{Client, ConnectOptions};
use common::camera::Camera;
use common::footfall;
use common::interface::token;
use common::running::Running as Program;
use footfall_serve::told::{Edit, Sealed, Subjects};
use nkeys::KeyPair;
use office::servers::{Postgres, until};
use office::{camera_of, count, enrol, prepare};
use serde_json::{Value, json};

/// The office's interface, and who asks.
struct Desk {
    url: String,
    token: String,
}

impl Desk {
    /// What is known of the shop's one machine.
    fn machine(&self) -> Option<Value> {
        let asked = ureq::get(format!("{}api/v1/shops/berlin/settings", self.url));
        let mut answer = asked.header("Authorization", format!("Bearer {}", self.token)).call().ok()?;
        let text = answer.body_mut().read_to_string().unwrap();
        let body: Value = serde_json::from_str(&text).unwrap();
        body["machines"].get(0).cloned()
    }

    /// Wants another dead band, from what the office knows to be in force.
    fn edit(&self, dead_band: f64) {
        let machine = self.machine().unwrap();
        let mut wanted = machine["settings"].clone();
        wanted["thresholds"]["counter.dead_band"] = dead_band.into();
        let ledger = machine["ledger"].as_str().unwrap();
        let asked = ureq::put(format!("{}api/v1/shops/berlin/settings/{ledger}", self.url));
        let asked = asked.header("Authorization", format!("Bearer {}", self.token));
        let body = json!({"based_on": machine["digest"], "settings": wanted}).to_string();
        asked.header("Content-Type", "application/json").send(body).unwrap();
    }
}

/// Whoever has got hold of the hub with the office's key to it, but not of the key that edits are signed with.
struct Intruder {
    runtime: tokio::runtime::Runtime,
    client: Client,
    subjects: Subjects,
}

impl Intruder {
    fn new(url: &str, seed: &str) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let options = ConnectOptions::with_nkey(seed.trim().to_owned());
        let client = runtime.block_on(options.connect(url)).unwrap();
        Self { runtime, client, subjects: Subjects::of("office", "berlin") }
    }

    /// The edit that the hub keeps.
    fn kept(&self, ledger: &str) -> Option<Sealed> {
        let subject = self.subjects.last_set("OFFICE", ledger);
        let answer = self.runtime.block_on(self.client.request(subject, "".into())).ok()?;
        serde_json::from_slice(&answer.payload).ok()
    }

    fn send(&self, ledger: &str, sealed: &Sealed) {
        let payload = serde_json::to_vec(sealed).unwrap().into();
        let request = self.client.request(self.subjects.set(ledger), payload);
        let answer = self.runtime.block_on(request).unwrap();
        assert!(!String::from_utf8_lossy(&answer.payload).contains("error"), "the hub has to take it");
    }
}

#[test]
fn a_shop_that_was_away_takes_the_last_edit_and_nothing_that_is_forged_or_old() {
    let folder = tempfile::tempdir().unwrap();
    let postgres = Postgres::start();
    let (token, entry) = token("chief", "change");
    let hub = prepare(&folder.path().join("office"), &postgres, &entry);
    let publish = enrol(&folder.path().join("office"), &hub, "berlin");
    let camera = Camera::start("http");
    let shop = folder.path().join("shop.toml");
    fs::write(&shop, camera_of(&folder.path().join("shop.db"), &publish, &camera)).unwrap();
    let mut counting = count(&shop);
    let config = folder.path().join("office/office.toml");
    let mut serving = Program::start(footfall().args(["office", "--config"]).arg(&config));
    let said = serving.wait_for("the office's page is at ");
    let desk = Desk { url: said.split_whitespace().last().unwrap().to_owned(), token };
    let machine =
        until("the shop's settings", || desk.machine().filter(|machine| machine["digest"].is_string()));
    let ledger = machine["ledger"].as_str().unwrap();
    let outcomes = || postgres.sql("SELECT number, outcome FROM report.edit ORDER BY number");
    desk.edit(0.25);
    until("the first edit", || (outcomes() == ["1|in force"]).then_some(()));
    let intruder =
        Intruder::new(&hub.url(), &fs::read_to_string(folder.path().join("office/office.key")).unwrap());
    let first = intruder.kept(ledger).unwrap();
    // Two edits while the shop is away: it takes the later one when it is back.
    counting.kill();
    desk.edit(0.3);
    desk.edit(0.35);
    assert!(fs::read_to_string(&shop).unwrap().contains("dead_band = 0.25"));
    counting = count(&shop);
    let expected = ["1|in force", "2|refused", "3|in force"];
    until("the edits of meanwhile", || (outcomes() == expected).then_some(()));
    let in_force = || fs::read_to_string(&shop).unwrap();
    assert!(in_force().contains("dead_band = 0.35"), "{}", in_force());
    // The first edit once more, and one that somebody else has signed.
    let distrusted = |words: &str| {
        until(words, || {
            let found = desk.machine()?["distrusted"].to_string();
            found.contains(words).then_some(())
        });
    };
    intruder.send(ledger, &first);
    distrusted("number 1, and number 3 was here already");
    let edit: Edit = serde_json::from_str(&first.edit).unwrap();
    let forged = Sealed::new(&KeyPair::new_user(), &Edit { number: 9, ..edit }).unwrap();
    intruder.send(ledger, &forged);
    distrusted("sign");
    // Neither changes anything, also where it is found there after a restart.
    counting.kill();
    let _counting = count(&shop);
    desk.edit(0.4);
    let expected = ["1|in force", "2|refused", "3|in force", "4|in force"];
    until("an edit of the office's", || (outcomes() == expected).then_some(()));
    assert!(in_force().contains("dead_band = 0.4\n"), "{}", in_force());
    // The time in which it did not run is told, too.
    let stopped = "SELECT count(*) > 1 FROM office.entry WHERE kind = 'uncounted' AND place = 'stopped'";
    until("when it was away", || (postgres.sql(stopped) == ["t"]).then_some(()));
}
