//! What somebody is told of shops: once when it begins, once when it is over, over a restart of the office too.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use footfall_office::{Office, OfficeConfig};
use serde_json::Value;

use crate::servers::{PATIENCE, until};
use crate::shops::{Shop, Town, batch, plain};

/// An address that takes what is posted.
fn hook() -> (u16, Receiver<Value>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, posted) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let (mut line, mut length) = (String::new(), 0);
            while stream.read_line(&mut line).unwrap_or(0) > 2 {
                if let Some((name, value)) = line.split_once(':')
                    && name.eq_ignore_ascii_case("content-length")
                {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            stream.get_mut().write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
            if sender.send(serde_json::from_slice(&body).unwrap()).is_err() {
                return;
            }
        }
    });
    (port, posted)
}

/// The next alert that is told: its name, its shop, whether it is on.
fn told(posted: &Receiver<Value>) -> (String, String, bool) {
    let body = posted.recv_timeout(PATIENCE).unwrap();
    let alert = &body["alerts"][0];
    let text = |name: &str| alert[name].as_str().unwrap().to_owned();
    (text("alert"), text("source"), alert["active"].as_bool().unwrap())
}

fn with_alerts(town: &Town, port: u16, alerts: &str) -> OfficeConfig {
    let text =
        format!("[[webhook]]\nname = 'hook'\nurl = 'http://127.0.0.1:{port}/'\nsecret = 's'\n{alerts}");
    let OfficeConfig { alerts, webhooks, .. } = OfficeConfig::parse(&text).unwrap();
    OfficeConfig { alerts, webhooks, ..town.config() }
}

#[test]
fn what_is_wrong_is_told_once_and_so_is_its_end() {
    let mut town = Town::start();
    let (port, posted) = hook();
    let alerts = "
        [[alert]]
        name = 'full'
        when = 'occupancy'
        above = 2
        [[alert]]
        name = 'lens'
        when = 'condition'
        condition = 'dark'
        minutes = 0.001
        [[alert]]
        name = 'hole'
        when = 'gap'
        minutes = 0.001";
    let config = with_alerts(&town, port, alerts);
    town.office = Some(Office::start(config.clone(), plain()).unwrap());
    let shop = Shop::at(&town.hub.url(), "berlin");
    let now = town
        .postgres
        .sql("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
        .remove(0);
    // Three come in; then entry 8: it gets dark; entries 6 and 7 are missing.
    let mut first = batch(1, 0, 3, 1..=3);
    first.entries.iter_mut().for_each(|entry| entry["at"] = now.clone().into());
    let mut dark = batch(1, 7, 8, [8]);
    dark.entries[0]["at"] = now.clone().into();
    shop.tell(&first);
    let name = |name: &str, on: bool| (name.to_owned(), "berlin".to_owned(), on);
    assert_eq!(told(&posted), name("full", true));
    shop.tell(&dark);
    let mut both = [told(&posted), told(&posted)];
    both.sort();
    assert_eq!(both, [name("hole", true), name("lens", true)]);
    let url = town.office.as_ref().unwrap().url();
    let shown: Value = serde_json::from_str(
        &ureq::get(format!("{url}api/v1/alerts")).call().unwrap().body_mut().read_to_string().unwrap(),
    )
    .unwrap();
    let active = shown["alerts"].as_array().unwrap().iter().filter(|alert| alert["active"] == true).count();
    assert_eq!(active, 3, "{shown}");
    // A restart tells none of it again; then it is over.
    drop(town.office.take());
    town.office = Some(Office::start(config, plain()).unwrap());
    let mut rest = batch(1, 3, 7, [4, 5, 6, 7]);
    rest.entries.iter_mut().for_each(|entry| entry["at"] = now.clone().into());
    shop.tell(&rest);
    let mut light = batch(1, 8, 18, [18]);
    light.entries[0]["at"] = now.into();
    light.entries[0]["raised"] = false.into();
    shop.tell(&light);
    town.has(9);
    // 18 leaves 9 to 17 out of nothing: the batch has all that there is between 8 and 18.
    let mut over: Vec<_> = (0..3).map(|_| told(&posted)).collect();
    over.sort();
    assert_eq!(over, [name("full", false), name("hole", false), name("lens", false)]);
}

#[test]
fn a_shop_that_is_silent_is_told_of() {
    let mut town = Town::start();
    let (port, posted) = hook();
    let silent = "[[alert]]\nname = 'away'\nwhen = 'silent'\nminutes = 0.2";
    town.office = Some(Office::start(with_alerts(&town, port, silent), plain()).unwrap());
    let shop = Shop::at(&town.hub.url(), "berlin");
    shop.tell(&batch(1, 0, 3, 1..=3));
    assert_eq!(told(&posted), ("away".to_owned(), "berlin".to_owned(), true));
    let over = until("it is over", || {
        shop.state(1, 3, 3);
        posted.recv_timeout(std::time::Duration::from_secs(1)).ok()
    });
    assert_eq!(over["alerts"][0]["active"], false, "{over}");
}
