//! The page and the interface over what is in the database.

use serde_json::Value;

use crate::servers::until;
use crate::shops::{Shop, Town, batch};

fn get(town: &Town, path: &str) -> (u16, String) {
    let url = town.office.as_ref().unwrap().url();
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut answer = agent.get(format!("{url}{path}")).call().unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

fn json(town: &Town, path: &str) -> Value {
    let (status, text) = get(town, path);
    assert_eq!(status, 200, "{path}: {text}");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn all_shops_are_on_one_page_and_each_has_its_own() {
    let town = Town::start();
    assert_eq!(json(&town, "api/v1/shops")["shops"], serde_json::json!([]));
    let (berlin, aachen) = (Shop::at(&town.hub.url(), "berlin"), Shop::at(&town.hub.url(), "aachen"));
    // Now, so that it is today, and a week ago.
    let mut told = batch(1, 0, 6, 1..=6);
    let now = town
        .postgres
        .sql("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
        .remove(0);
    let ago = "SELECT to_char(now() AT TIME ZONE 'UTC' - interval '7 days 1 second', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";
    let ago = town.postgres.sql(ago).remove(0);
    for (index, entry) in told.entries.iter_mut().enumerate() {
        entry["at"] = if index < 5 { now.clone() } else { ago.clone() }.into();
    }
    told.entries[0]["detail"]["staff"] = true.into();
    told.entries[2]["detail"]["same_as"] =
        serde_json::json!({"source": "left", "line": "door", "track": 1, "frame": 2});
    berlin.tell(&told);
    aachen.tell(&batch(2, 3, 4, [4]));
    town.has(7);
    let shops = until("both shops", || {
        berlin.state(1, 6, 6);
        let shops = json(&town, "api/v1/shops")["shops"].clone();
        (shops[1]["zone"] == "Europe/Berlin" && shops[0]["gaps"] == 1).then_some(shops)
    });
    let berlin = &shops[1];
    assert_eq!((&shops[0]["shop"], &berlin["shop"]), (&"aachen".into(), &"berlin".into()));
    assert_eq!((&berlin["silent"], &berlin["version"]), (&false.into(), &"0.1.0".into()));
    assert_eq!(shops[0]["silent"], true, "it has never said how it is");
    // Of crossings 1 to 6 the first is staff's, the third is counted at another camera, 1 to 3 go in, and the last was a
    // week ago.
    assert_eq!((&berlin["entered_today"], &berlin["left_today"]), (&1.into(), &2.into()));
    assert_eq!(berlin["left_week_ago"], 1);
    let one = json(&town, "api/v1/shops/berlin");
    assert_eq!(one["days"].as_array().unwrap().len(), 2);
    assert_eq!(one["ledgers"][0]["last"], 6);
    let other = json(&town, "api/v1/shops/aachen");
    assert_eq!((&other["gaps"][0]["first"], &other["gaps"][0]["last"]), (&1.into(), &3.into()));
    assert_eq!(get(&town, "api/v1/shops/nobody").0, 404);
    assert_eq!(get(&town, "api/v1/shops/%00").0, 404);
    let metrics = get(&town, "metrics").1;
    assert!(metrics.contains("footfall_office_shop_gaps{shop=\"aachen\"} 1"), "{metrics}");
    assert!(metrics.contains("footfall_office_messages_total 2"), "{metrics}");
    for (file, words) in
        [("", "head office"), ("office.js", "showAll"), ("style.css", "--accent"), ("healthz", "up")]
    {
        let (status, text) = get(&town, file);
        assert!(status == 200 && text.contains(words), "{file}");
    }
    let document = json(&town, "api/v1/openapi.json");
    assert!(document["paths"]["/api/v1/shops/{shop}"]["get"]["responses"]["200"].is_object());
}

#[test]
fn without_its_database_the_office_says_so_and_comes_back() {
    let mut town = Town::start();
    let shop = Shop::at(&town.hub.url(), "berlin");
    shop.tell(&batch(1, 0, 3, 1..=3));
    town.has(3);
    town.postgres.kill();
    assert_eq!(get(&town, "api/v1/shops").0, 503);
    assert_eq!(get(&town, "metrics").0, 200);
    town.postgres.go_on();
    until("it is back", || (get(&town, "api/v1/shops").0 == 200).then_some(()));
    shop.tell(&batch(1, 3, 4, [4]));
    town.has(4);
    until("no trouble", || (json(&town, "api/v1/shops")["troubles"] == serde_json::json!([])).then_some(()));
}
