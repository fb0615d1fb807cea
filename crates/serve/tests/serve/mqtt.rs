//! MQTT against Debian's mosquitto, which is stopped and started meanwhile.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use footfall_serve::{Book, Live, MqttConfig, PublishConfig, Publishers, Shapes};
use mqtt3::{Client, Event, MqttOptions, Packet, QoS};
use serde_json::Value;

use crate::common::{Daemon, PATIENCE, book, crossing, free_port, until};

/// A broker that keeps what it has over a restart, with these lines in its configuration besides.
pub(crate) fn broker(folder: &Path, more: &str) -> Daemon {
    let port = free_port();
    let file = folder.join("mosquitto.conf");
    let settings = format!(
        "listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {}/\nuser root\n{more}\n",
        folder.display()
    );
    fs::write(&file, settings).unwrap();
    Daemon::new("mosquitto", port, vec!["-c".into(), file.display().to_string()])
}

/// A publisher to the broker at `port`, and to nobody else.
pub(crate) fn publish(port: u16, prefix: &str) -> PublishConfig {
    let mqtt = MqttConfig {
        url: format!("mqtt://127.0.0.1:{port}").into(),
        user: None,
        password: None,
        prefix: prefix.into(),
        discovery: "homeassistant".into(),
    };
    PublishConfig { mqtt: Some(mqtt), ..PublishConfig::default() }
}

/// A message: its topic, what is in it, and whether the broker had kept it.
pub(crate) type Message = (String, Vec<u8>, bool);

/// Messages that somebody gets, in order, who comes back after losing the broker.
pub(crate) fn listen(port: u16, name: &str, is_kept: bool) -> Receiver<Message> {
    let (sender, heard) = std::sync::mpsc::channel();
    let mut options = MqttOptions::new(name, ("127.0.0.1", port));
    options.set_clean_session(!is_kept).set_keep_alive(5);
    options.set_max_packet_size(1 << 20, 1 << 20);
    let (client, mut connection) = Client::builder(options).capacity(10).build();
    let (ready, is_ready) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for event in connection.iter() {
            match event {
                Ok(Event::Incoming(Packet::ConnAck(_))) => {
                    client.subscribe("#", QoS::AtLeastOnce).unwrap();
                }
                Ok(Event::Incoming(Packet::SubAck(_))) => drop(ready.send(())),
                Ok(Event::Incoming(Packet::Publish(p))) => {
                    let topic = String::from_utf8(p.topic.to_vec()).unwrap();
                    if sender.send((topic, p.payload.to_vec(), p.retain)).is_err() {
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

/// What a broker keeps, as far as somebody has heard it who came for the first time.
pub(crate) struct Kept {
    heard: Receiver<Message>,
    pub(crate) topics: BTreeMap<String, String>,
    /// How often each was told.
    pub(crate) times: BTreeMap<String, usize>,
}

impl Kept {
    pub(crate) fn of(port: u16) -> Self {
        let chance = getrandom_name();
        Self { heard: listen(port, &chance, false), topics: BTreeMap::new(), times: BTreeMap::new() }
    }

    /// Listens on until it is so.
    pub(crate) fn until(&mut self, is_so: impl Fn(&BTreeMap<String, String>) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_so(&self.topics) {
            let left = end.saturating_duration_since(Instant::now());
            let Ok((topic, payload, _)) = self.heard.recv_timeout(left) else {
                panic!("waited in vain; there is {:#?}", self.topics)
            };
            *self.times.entry(topic.clone()).or_default() += 1;
            // What happens is told and not kept.
            if topic.ends_with("/crossing") {
                continue;
            }
            // Of what is taken back the broker tells an empty message.
            if payload.is_empty() {
                self.topics.remove(&topic);
            } else {
                self.topics.insert(topic, String::from_utf8(payload).unwrap());
            }
        }
    }

    pub(crate) fn json(&self, topic: &str) -> Value {
        serde_json::from_str(&self.topics[topic]).unwrap()
    }

    /// Sensors that Home Assistant knows, by their unique ids, with the topics of their states.
    pub(crate) fn sensors(&self) -> BTreeMap<String, String> {
        let configs = self.topics.iter().filter(|(topic, _)| topic.starts_with("homeassistant/"));
        let sensor = |(topic, text): (&String, &String)| {
            let config: Value = serde_json::from_str(text).unwrap();
            // <discovery>/<component>/<node>/<object>/config
            let parts: Vec<_> = topic.split('/').collect();
            assert_eq!((parts.len(), parts[1], parts[4]), (5, "sensor", "config"), "{topic}");
            for part in [parts[2], parts[3]] {
                let is_fit = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
                assert!(!part.is_empty() && part.chars().all(is_fit), "{topic}");
            }
            let text = |key: &str| config[key].as_str().unwrap().to_owned();
            (text("unique_id"), text("state_topic"))
        };
        configs.map(sensor).collect()
    }
}

fn getrandom_name() -> String {
    use std::hash::{BuildHasher as _, RandomState};
    format!("late-{:x}", RandomState::new().hash_one(0))
}

/// Leaves something at the broker under each of these topics.
pub(crate) fn retain(port: u16, topics: &[&str]) {
    let options = MqttOptions::new(getrandom_name(), ("127.0.0.1", port));
    let (client, mut connection) = Client::builder(options).capacity(topics.len()).build();
    for topic in topics {
        client.publish(*topic, "{}", mqtt3::PublishOptions::at_least_once().retained()).unwrap();
    }
    let is_kept = |event: &Result<Event, _>| matches!(event, Ok(Event::Incoming(Packet::PubAck(_))));
    assert_eq!(connection.iter().filter(is_kept).take(topics.len()).count(), topics.len());
}

pub(crate) fn shapes(lines: &[&str], zones: &[&str]) -> Shapes {
    let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    Shapes { lines: owned(lines), zones: owned(zones), is_watched: false }
}

pub(crate) fn start(config: &PublishConfig, book: &std::sync::Arc<dyn Book>, live: &Live) -> Publishers {
    Publishers::start(config, book, live).unwrap().unwrap()
}

#[test]
fn a_broker_that_was_down_gets_everything_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = broker(folder.path(), "");
    broker.start();
    let heard = listen(broker.port, "listener", true);
    let (kept, book, live) = book();
    live.draw("Door", shapes(&["entrance"], &[]));
    (1..=3).for_each(|n| kept.add(crossing(n)));
    let publishers = start(&publish(broker.port, "shop"), &book, &live);

    let mut crossings = Vec::new();
    let mut others = BTreeMap::new();
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
    let sensor: Value =
        serde_json::from_str(&others["homeassistant/sensor/shop/Door_entrance_in/config"]).unwrap();
    assert_eq!(sensor["state_topic"], "shop/Door/entrance/today");

    // The state is retained, and so is the good-bye.
    drop(publishers);
    let mut late = Kept::of(broker.port);
    late.until(|kept| kept.get("shop/status").is_some_and(|said| said == "offline"));
    late.until(|kept| kept.contains_key("shop/today"));
    let today = late.json("shop/today");
    assert_eq!((&today["in"], &today["out"]), (&100.into(), &100.into()));
}

#[test]
fn another_program_on_the_ledger_waits_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = broker(folder.path(), "");
    broker.start();
    let heard = listen(broker.port, "listener", true);
    let (kept, book, live) = book();
    kept.add(crossing(1));
    kept.hold(Some("process 4711"));
    let publishers = start(&publish(broker.port, "shop"), &book, &live);
    let states = publishers.states();
    let state = until(|| states.all().pop().filter(|state| state.trouble.is_some()));
    assert!(state.trouble.unwrap().contains("process 4711 publishes from this ledger already"));
    assert!(!state.up);
    // Whoever was first has gone.
    kept.hold(None);
    let (topic, ..) = heard.recv_timeout(PATIENCE).unwrap();
    assert_eq!(topic, "shop/status", "nothing was said before");
    until(|| (kept.cursor("mqtt") == 1).then_some(()));
    until(|| states.all().pop().filter(|state| state.trouble.is_none() && state.up));
}
