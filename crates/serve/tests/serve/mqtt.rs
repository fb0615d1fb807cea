//! MQTT against Debian's mosquitto, which is stopped and started meanwhile.

use std::fs;
use std::time::Duration;

use footfall_serve::{MqttConfig, PublishConfig, Publishers};
use rumqttc::{Client, Event, MqttOptions, Packet, QoS};
use serde_json::Value;

use crate::common::{Daemon, PATIENCE, book, crossing, free_port};

fn broker(folder: &std::path::Path) -> Daemon {
    let port = free_port();
    let file = folder.join("mosquitto.conf");
    let settings = format!(
        "listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {}/\nuser root\n",
        folder.display()
    );
    fs::write(&file, settings).unwrap();
    Daemon::new("mosquitto", port, vec!["-c".into(), file.display().to_string()])
}

/// Messages that somebody gets who comes back after losing the broker, in order.
fn listen(port: u16) -> std::sync::mpsc::Receiver<(String, Vec<u8>, bool)> {
    let (sender, heard) = std::sync::mpsc::channel();
    let mut options = MqttOptions::new("listener", "127.0.0.1", port);
    options.set_clean_session(false).set_keep_alive(Duration::from_secs(5));
    let (client, mut connection) = Client::new(options, 10);
    let (ready, is_ready) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for event in connection.iter() {
            match event {
                Ok(Event::Incoming(Packet::ConnAck(_))) => {
                    client.subscribe("#", QoS::AtLeastOnce).unwrap();
                }
                Ok(Event::Incoming(Packet::SubAck(_))) => drop(ready.send(())),
                Ok(Event::Incoming(Packet::Publish(p))) => {
                    if sender.send((p.topic, p.payload.to_vec(), p.retain)).is_err() {
                        return;
                    }
                }
                Ok(_) => {}
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    });
    is_ready.recv_timeout(PATIENCE).unwrap();
    heard
}

#[test]
fn a_broker_that_was_down_gets_everything_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = broker(folder.path());
    broker.start();
    let heard = listen(broker.port);
    let mqtt = MqttConfig {
        url: format!("mqtt://127.0.0.1:{}", broker.port),
        user: None,
        password: None,
        prefix: "shop".into(),
        discovery: "homeassistant".into(),
    };
    let (kept, book, live) = book();
    (1..=3).for_each(|n| kept.add(crossing(n)));
    let config = PublishConfig { mqtt: Some(mqtt), ..PublishConfig::default() };
    let publishers = Publishers::start(&config, &book, &live).unwrap().unwrap();

    let mut crossings = Vec::new();
    let mut others = std::collections::BTreeMap::new();
    let mut hear = |wanted: usize, crossings: &mut Vec<String>| {
        while crossings.len() < wanted {
            let (topic, payload, _) = heard.recv_timeout(PATIENCE).unwrap();
            if topic == "shop/Door/entrance/crossing" {
                let message: Value = serde_json::from_slice(&payload).unwrap();
                let identity = message["identity"].as_str().unwrap().to_owned();
                // What was sent when the broker went may be sent again, under the same identity.
                if !crossings.contains(&identity) {
                    crossings.push(identity);
                }
            } else {
                others.insert(topic, String::from_utf8(payload).unwrap());
            }
        }
    };
    hear(3, &mut crossings);
    broker.stop();
    (4..=200).for_each(|n| kept.add(crossing(n)));
    broker.start();
    hear(200, &mut crossings);
    let expected: Vec<_> = (1..=200).map(|n| format!("id-{n}")).collect();
    assert_eq!(crossings, expected);
    assert_eq!(others["shop/status"], "online");
    let sensor: Value = serde_json::from_str(&others["homeassistant/sensor/shop/in/config"]).unwrap();
    assert_eq!(sensor["state_topic"], "shop/today");
    assert_eq!(sensor["availability_topic"], "shop/status");

    // The state is retained, and so is the good-bye.
    drop(publishers);
    let end = std::time::Instant::now() + PATIENCE;
    let mut retained = std::collections::BTreeMap::new();
    let late = listen_late(broker.port);
    while retained.len() < 2 {
        let wait = end.saturating_duration_since(std::time::Instant::now());
        let (topic, payload, is_retained) = late.recv_timeout(wait).unwrap();
        if is_retained && matches!(topic.as_str(), "shop/today" | "shop/status") {
            retained.insert(topic, String::from_utf8(payload).unwrap());
        }
    }
    let today: Value = serde_json::from_str(&retained["shop/today"]).unwrap();
    assert_eq!((&today["in"], &today["out"]), (&100.into(), &100.into()));
    assert_eq!(retained["shop/status"], "offline");
}

/// As [`listen`], for somebody who comes for the first time.
fn listen_late(port: u16) -> std::sync::mpsc::Receiver<(String, Vec<u8>, bool)> {
    let (sender, heard) = std::sync::mpsc::channel();
    let (client, mut connection) = Client::new(MqttOptions::new("late", "127.0.0.1", port), 10);
    client.subscribe("shop/#", QoS::AtLeastOnce).unwrap();
    std::thread::spawn(move || {
        // Held for as long as somebody listens.
        let _client = client;
        for event in connection.iter().flatten() {
            if let Event::Incoming(Packet::Publish(p)) = event
                && sender.send((p.topic, p.payload.to_vec(), p.retain)).is_err()
            {
                return;
            }
        }
    });
    heard
}
