//! What Home Assistant needs to make a device with sensors of the counts, and their states.

use serde_json::{Value, json};

use super::Publication;
use crate::api::Today;
use crate::publish::message::level;

/// A sensor: its key in topics and ids, its name for people, and what it shows.
struct Sensor {
    key: String,
    name: String,
    topic: String,
    value: &'static str,
    icon: &'static str,
    /// Counts that only rise until midnight.
    rises: bool,
}

/// Discovery messages, retained: a sensor for in, out and inside, and for each line in and out.
pub(super) fn messages(discovery: &str, prefix: &str, today: &Today) -> Vec<Publication> {
    let node = level(prefix);
    sensors(prefix, today)
        .into_iter()
        .map(|sensor| Publication {
            topic: format!("{discovery}/sensor/{node}/{}/config", sensor.key),
            retain: true,
            payload: config(prefix, &node, &sensor).to_string().into_bytes(),
        })
        .collect()
}

/// The states that these sensors show, retained.
pub(super) fn states(prefix: &str, today: &Today) -> Vec<Publication> {
    let state = |topic: String, state: Value| Publication {
        topic,
        retain: true,
        payload: state.to_string().into_bytes(),
    };
    let all = json!({ "in": today.entered(), "out": today.left(), "inside": today.occupancy() });
    let lines = today.lines().map(|(source, line, entered, left)| {
        state(line_topic(prefix, source, line), json!({ "in": entered, "out": left }))
    });
    std::iter::once(state(format!("{prefix}/today"), all)).chain(lines).collect()
}

fn line_topic(prefix: &str, source: &str, line: &str) -> String {
    format!("{prefix}/{}/{}/today", level(source), level(line))
}

fn sensors(prefix: &str, today: &Today) -> Vec<Sensor> {
    let mut sensors = Vec::new();
    let mut add = |key: String, name: String, topic: &str, value: &'static str| {
        let icon = match value {
            "in" => "mdi:location-enter",
            "out" => "mdi:location-exit",
            _ => "mdi:account-group",
        };
        sensors.push(Sensor { key, name, topic: topic.to_owned(), value, icon, rises: value != "inside" });
    };
    let all = format!("{prefix}/today");
    for (value, name) in [("in", "In today"), ("out", "Out today"), ("inside", "Inside now")] {
        add(value.to_owned(), name.to_owned(), &all, value);
    }
    for (source, line, ..) in today.lines() {
        let topic = line_topic(prefix, source, line);
        for value in ["in", "out"] {
            let key = format!("{}_{}_{value}", ascii(source), ascii(line));
            add(key, format!("{line} {value} today"), &topic, value);
        }
    }
    sensors
}

/// Home Assistant's object ids are letters, digits, `-` and `_`.
fn ascii(name: &str) -> String {
    level(name).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

fn config(prefix: &str, node: &str, sensor: &Sensor) -> Value {
    json!({
        "name": sensor.name,
        "unique_id": format!("{node}_{}", sensor.key),
        "object_id": format!("{node}_{}", sensor.key),
        "state_topic": sensor.topic,
        "value_template": format!("{{{{ value_json['{}'] }}}}", sensor.value),
        "unit_of_measurement": "people",
        "state_class": if sensor.rises { "total_increasing" } else { "measurement" },
        "icon": sensor.icon,
        "availability_topic": format!("{prefix}/status"),
        "device": {
            "identifiers": [node],
            "name": "Footfall",
            "model": "People counter",
            "sw_version": env!("CARGO_PKG_VERSION"),
        },
        "origin": { "name": "Footfall", "sw_version": env!("CARGO_PKG_VERSION") },
    })
}
