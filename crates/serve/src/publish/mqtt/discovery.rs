//! What Home Assistant needs to make a device with sensors of the counts, and their states.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::VisitCount;
use crate::api::{Today, Uncountable};
use crate::names::id;
use crate::publish::reading::Standing;

/// Longer names are cut where people read them.
const LONGEST_NAME: usize = 100;

/// Retained messages by topic.
type Messages = BTreeMap<String, Vec<u8>>;

/// The counts of today of everything that is drawn.
pub(super) struct Site<'a> {
    prefix: &'a str,
    today: &'a Today,
    places: Vec<Place<'a>>,
}

/// A line or a zone.
struct Place<'a> {
    source: &'a str,
    name: &'a str,
    /// The last level of its topic: lines and zones may have the same name.
    leaf: &'static str,
    state: Value,
    /// The members of `state` that are sensors, with how people call them.
    values: Vec<(&'static str, &'static str)>,
}

/// A sensor: its key in topics and ids, its name for people, and what it shows.
struct Sensor {
    key: String,
    name: String,
    topic: String,
    value: &'static str,
}

impl<'a> Site<'a> {
    pub(super) fn new(
        prefix: &'a str,
        standing: &'a Standing,
        today: &'a Today,
        visits: &'a [VisitCount],
    ) -> Self {
        let mut places = Vec::new();
        for (source, shapes) in &standing.drawn {
            let uncountable = standing.uncountable.get(source).copied().and_then(Uncountable::of);
            for name in &shapes.lines {
                let mut counted = today.lines().filter(|(s, l, ..)| s == source && l == name);
                let (entered, left) = counted.next().map_or((0, 0), |(_, _, entered, left)| (entered, left));
                let mut state = json!({ "in": entered, "out": left });
                if let Some(uncountable) = &uncountable {
                    state["uncountable"] = json!(uncountable);
                }
                let values = vec![("in", "in today"), ("out", "out today")];
                places.push(Place { source, name, leaf: "today", state, values });
            }
            for name in &shapes.zones {
                let counted = visits.iter().filter(|v| v.source == *source && v.zone == *name);
                let mut state = json!({ "visits": counted.map(|v| v.visits).sum::<u64>() });
                let mut values = vec![("visits", "visits today")];
                // Of a source that another program watches it is not known who is there now.
                if shapes.is_watched {
                    let people = standing.people.get(source).and_then(|zones| zones.get(name));
                    state["people"] = people.copied().into();
                    values.push(("people", "people now"));
                }
                places.push(Place { source, name, leaf: "zone", state, values });
            }
        }
        Self { prefix, today, places }
    }

    /// The states that the sensors show.
    pub(super) fn states(&self) -> Messages {
        let mut all =
            json!({ "in": self.today.entered(), "out": self.today.left(), "inside": self.today.occupancy() });
        if let Some((groups, size)) = self.today.groups() {
            (all["groups"], all["group_size"]) = (groups.into(), size.into());
        }
        if let (Value::Object(all), Ok(Value::Object(beside))) =
            (&mut all, serde_json::to_value(self.today.beside()))
        {
            all.extend(beside);
        }
        let places = self.places.iter().map(|place| (place.topic(self.prefix), place.state.clone()));
        let states = std::iter::once((format!("{}/today", self.prefix), all)).chain(places);
        states.map(|(topic, state)| (topic, state.to_string().into_bytes())).collect()
    }

    /// Discovery messages: sensors for in, out and inside, for each line in and out, and for each zone.
    pub(super) fn messages(&self, discovery: &str) -> Messages {
        let node = id(self.prefix);
        let message = |sensor: Sensor| {
            let topic = format!("{discovery}/sensor/{node}/{}/config", sensor.key);
            (topic, sensor.config(self.prefix, &node).to_string().into_bytes())
        };
        self.sensors().into_iter().map(message).collect()
    }

    fn sensors(&self) -> Vec<Sensor> {
        let topic = format!("{}/today", self.prefix);
        let mut all = vec![("in", "In today"), ("out", "Out today"), ("inside", "Inside now")];
        if self.today.groups().is_some() {
            all.extend([("groups", "Groups today"), ("group_size", "Mean group size today")]);
        }
        let beside = self.today.beside();
        if beside.in_outside.is_some() {
            all.extend([
                ("in_outside", "In outside hours today"),
                ("out_outside", "Out outside hours today"),
            ]);
        }
        if beside.transactions.is_some() {
            all.extend([
                ("transactions", "Transactions today"),
                ("conversion", "Transactions for each who came in today"),
            ]);
        }
        let all = all.into_iter().map(|(value, name)| Sensor {
            key: value.to_owned(),
            name: name.to_owned(),
            topic: topic.clone(),
            value,
        });
        let mut sensors: Vec<_> = all.collect();
        for place in &self.places {
            let (source, name) = (id(place.source), id(place.name));
            let short: String = place.name.chars().take(LONGEST_NAME).collect();
            sensors.extend(place.values.iter().map(|&(value, words)| Sensor {
                key: format!("{source}_{name}_{value}"),
                name: format!("{short} {words}"),
                topic: place.topic(self.prefix),
                value,
            }));
        }
        sensors
    }
}

/// What all sensors belong to.
pub(super) fn device(node: &str) -> Value {
    json!({
        "identifiers": [node],
        "name": "Footfall",
        "model": "People counter",
        "sw_version": env!("CARGO_PKG_VERSION"),
    })
}

impl Place<'_> {
    fn topic(&self, prefix: &str) -> String {
        format!("{prefix}/{}/{}/{}", id(self.source), id(self.name), self.leaf)
    }
}

impl Sensor {
    /// Counts that only rise until midnight.
    fn rises(&self) -> bool {
        !matches!(self.value, "inside" | "people" | "group_size" | "conversion")
    }

    fn icon(&self) -> &'static str {
        match self.value {
            "in" => "mdi:location-enter",
            "out" => "mdi:location-exit",
            _ => "mdi:account-group",
        }
    }

    fn config(&self, prefix: &str, node: &str) -> Value {
        let mut config = json!({
            "name": self.name,
            "unique_id": format!("{node}_{}", self.key),
            "object_id": format!("{node}_{}", self.key),
            "state_topic": self.topic,
            "value_template": format!("{{{{ value_json['{}'] }}}}", self.value),
            "state_class": if self.rises() { "total_increasing" } else { "measurement" },
            "icon": self.icon(),
            "availability_topic": format!("{prefix}/status"),
            "device": device(node),
            "origin": { "name": "Footfall", "sw_version": env!("CARGO_PKG_VERSION") },
        });
        // A share has no unit.
        match self.value {
            "conversion" => {}
            "transactions" => config["unit_of_measurement"] = "transactions".into(),
            _ => config["unit_of_measurement"] = "people".into(),
        }
        config
    }
}
