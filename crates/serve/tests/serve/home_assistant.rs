//! What Home Assistant finds at the broker, and what it does not find any more.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::common::{book_in, crossing};
use crate::mqtt::{Kept, broker, publish, shapes, start};
use footfall_serve::Beside;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn every_name_has_a_sensor_of_its_own_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = broker(folder.path(), "");
    broker.start();
    let lines = [
        "入口",
        "出口",
        "Ebene +1",
        "Ebene -1",
        "café",
        "cafè",
        "Door 1",
        "Door-1",
        "door-1",
        "A/B",
        "A B",
        "🚪",
        "🛗",
        "#",
        "+",
        &"n".repeat(12_000),
        &format!("{}m", "n".repeat(12_000)),
    ];
    let (_, book, live) = book_in(TimeZone::UTC);
    live.draw("büro", shapes(&lines, &["入口", "till"]));
    live.draw("buro", shapes(&["入口"], &[]));
    let _publishers = start(&publish(broker.port, "büro/süd"), &book, &live);
    let mut kept = Kept::of(broker.port);
    // In and out of each line, visits of each zone, and three of the site.
    let wanted = 2 * (lines.len() + 1) + 2 + 3;
    kept.until(|topics| topics.keys().filter(|topic| topic.starts_with("homeassistant/")).count() == wanted);
    let sensors = kept.sensors();
    assert_eq!(sensors.len(), wanted, "ids are unique: {sensors:#?}");
    kept.until(|topics| sensors.values().all(|topic| topics.contains_key(topic)));
    for topic in sensors.values().filter(|topic| topic.ends_with("/today")) {
        assert!(kept.topics[topic].contains("\"in\":0"), "{topic}");
    }
    // The Door-1 of before is still called that.
    assert!(sensors.keys().any(|id| id.ends_with("_Door-1_in")), "{sensors:#?}");
}

#[test]
fn counts_go_to_zero_at_the_local_midnight_without_anybody_crossing() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    // The day on which clocks went forward has 23 hours; the day after begins at 22:00 UTC, not at 23:00.
    for (evening, midnight) in
        [("2026-03-29T21:59:58Z", "2026-03-29T22:00:00Z"), ("2026-10-25T22:59:58Z", "2026-10-25T23:00:00Z")]
    {
        let folder = tempfile::tempdir().unwrap();
        let mut broker = broker(folder.path(), "");
        broker.start();
        let (kept, book, live) = book_in(zone.clone());
        live.draw("Door", shapes(&["entrance", "never crossed"], &["till"]));
        kept.set_clock(at(evening));
        (1..=3).for_each(|n| {
            kept.add(footfall_serve::Entry { at: at(evening), ..crossing(n) });
            kept.visit(at(evening), "Door", "till");
        });
        let config = publish(broker.port, "shop");
        let publishers = start(&config, &book, &live);
        let mut heard = Kept::of(broker.port);
        let line = "shop/Door/entrance/today";
        let is = |topic: &'static str, value: serde_json::Value| {
            move |topics: &std::collections::BTreeMap<String, String>| {
                topics
                    .get(topic)
                    .is_some_and(|text| serde_json::from_str::<serde_json::Value>(text).unwrap() == value)
            }
        };
        heard.until(is(line, json!({"in": 2, "out": 1})));
        heard.until(is("shop/Door/till/zone", json!({"visits": 3})));
        let silent = heard.topics.keys().find(|topic| topic.contains("never-crossed")).unwrap().clone();
        assert!(heard.topics.contains_key(&silent));
        // Two hours earlier by the clock of the world, nothing has changed but the day at the site.
        kept.set_clock(at(midnight));
        heard.until(is(line, json!({"in": 0, "out": 0})));
        heard.until(is("shop/Door/till/zone", json!({"visits": 0})));
        heard.until(is("shop/today", json!({"in": 0, "out": 0, "inside": 0})));

        // A midnight that passes while nothing runs.
        kept.add(footfall_serve::Entry { at: book.now().unwrap(), ..crossing(5) });
        heard.until(is(line, json!({"in": 1, "out": 0})));
        drop(publishers);
        kept.set_clock(at(midnight).checked_add(jiff::SignedDuration::from_hours(30)).unwrap());
        let _publishers = start(&config, &book, &live);
        heard.until(is(line, json!({"in": 0, "out": 0})));
        assert_eq!(heard.times["homeassistant/sensor/shop/Door_entrance_in/config"], 2, "once a connection");
    }
}

#[test]
fn what_is_renamed_or_removed_disappears_also_while_nothing_ran() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = broker(folder.path(), "");
    broker.start();
    let (kept, book, live) = book_in(TimeZone::UTC);
    kept.add(crossing(1));
    live.draw("Door", shapes(&["entrance", "exit"], &["till"]));
    let config = publish(broker.port, "shop");
    let publishers = start(&config, &book, &live);
    let mut heard = Kept::of(broker.port);
    let has = |part: &'static str| {
        move |topics: &std::collections::BTreeMap<String, String>| topics.keys().any(|t| t.contains(part))
    };
    for part in ["Door_exit_out/config", "Door/exit/today", "Door_till_visits/config", "Door/till/zone"] {
        heard.until(has(part));
    }
    // While it runs.
    live.draw("Door", shapes(&["entrance", "way out"], &["till"]));
    heard.until(has("Door/way-out-x"));
    heard.until(|topics| !has("exit")(topics));
    drop(publishers);
    // While it does not: another line, no zone, another source, another prefix.
    live.draw("Door", shapes(&["hall"], &[]));
    live.draw("Gate", shapes(&["gate"], &[]));
    let publishers = start(&config, &book, &live);
    heard.until(has("Gate/gate/today"));
    heard.until(|topics| {
        !["entrance", "way-out", "till"].iter().any(|part| topics.keys().any(|t| t.contains(part)))
    });
    drop(publishers);
    let _publishers = start(&publish(broker.port, "store"), &book, &live);
    heard.until(has("store/Door/hall/today"));
    heard.until(|topics| !topics.keys().any(|topic| topic.contains("shop")));
    let sensors = heard.sensors();
    assert!(sensors.len() == 7 && sensors.keys().all(|id| id.starts_with("store_")), "{sensors:#?}");
}

#[test]
fn what_an_older_program_announced_of_these_lines_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = broker(folder.path(), "");
    broker.start();
    let old = [
        "homeassistant/sensor/shop/Door_--_in/config",
        "homeassistant/sensor/shop/Door_--_out/config",
        "shop/Door/入口/today",
    ];
    crate::mqtt::retain(broker.port, &old);
    let mut heard = Kept::of(broker.port);
    heard.until(|topics| old.iter().all(|topic| topics.contains_key(*topic)));
    let (_, book, live) = book_in(TimeZone::UTC);
    live.draw("Door", shapes(&["入口", "entrance"], &[]));
    let _publishers = start(&publish(broker.port, "shop"), &book, &live);
    heard.until(|topics| old.iter().all(|topic| !topics.contains_key(*topic)));
    heard.until(|topics| topics.contains_key("homeassistant/sensor/shop/Door_entrance_in/config"));
}

#[test]
fn groups_are_told_beside_people_where_anybody_tells_them_apart() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = broker(folder.path(), "");
    broker.start();
    let (kept, book, live) = book_in(TimeZone::UTC);
    live.draw("Door", shapes(&["entrance"], &[]));
    (1..=3).for_each(|n| kept.add(footfall_serve::Entry { at: Timestamp::now(), ..crossing(n) }));
    let config = publish(broker.port, "shop");
    let _publishers = start(&config, &book, &live);
    let mut heard = Kept::of(broker.port);
    let today = |heard: &std::collections::BTreeMap<String, String>| {
        let text = heard.get("shop/today")?;
        serde_json::from_str::<serde_json::Value>(text).ok()
    };
    heard.until(|topics| today(topics).is_some_and(|today| today["in"] == 2));
    assert!(today(&heard.topics).unwrap().get("groups").is_none());
    kept.group(2, 1.0);
    heard.until(|topics| {
        today(topics)
            .is_some_and(|today| (&today["groups"], &today["group_size"]) == (&json!(2), &json!(1.0)))
    });
    heard.until(|topics| topics.keys().any(|topic| topic.ends_with("/group_size/config")));

    // So are what was outside of the opening hours, and what the till has sold.
    assert!(today(&heard.topics).unwrap().get("transactions").is_none());
    let (in_outside, out_outside, transactions, conversion) = (Some(1), Some(0), Some(1), Some(0.5));
    let beside = Beside { in_outside, out_outside, transactions, conversion };
    kept.put_beside(beside);
    let beside = serde_json::to_value(beside).unwrap();
    let members = || beside.as_object().unwrap().iter();
    heard.until(|topics| {
        today(topics).is_some_and(|today| members().all(|(name, value)| today[name] == *value))
    });
    let sensor = |name: &str| format!("homeassistant/sensor/shop/{name}/config");
    heard.until(|topics| members().all(|(name, _)| topics.contains_key(&sensor(name))));
}
