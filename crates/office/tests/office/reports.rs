//! Reports over all shops, each by its own clock.

use serde_json::{Value, json};

use crate::servers::until;
use crate::shops::{Shop, Town, batch};

fn get(town: &Town, query: &str) -> (u16, Option<String>, Value) {
    let url = format!("{}api/v1/report?{query}", town.office.as_ref().unwrap().url());
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut answer = agent.get(url).call().unwrap();
    let file = answer.headers().get("content-disposition").map(|name| name.to_str().unwrap().to_owned());
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), file, serde_json::from_str(&text).unwrap())
}

#[test]
fn each_shop_is_told_by_its_own_clock_and_nobody_twice() {
    let town = Town::start();
    let (berlin, aachen) = (Shop::at(&town.hub.url(), "berlin"), Shop::at(&town.hub.url(), "aachen"));
    // Three come in and three leave; of these one works there, and one is counted at another camera.
    let mut told = batch(1, 0, 6, 1..=6);
    told.entries[1]["detail"]["staff"] = true.into();
    told.entries[2]["detail"]["same_as"] = json!({"source": "left", "line": "door", "track": 1, "frame": 2});
    berlin.tell(&told);
    // One comes in, stays for half a minute, and at the ninth minute nobody counts for some seconds.
    aachen.tell(&batch(2, 0, 9, [1, 7, 9]));
    town.has(9);
    let zone = "SELECT zone FROM office.shop WHERE name = 'berlin'";
    until("its zone", || {
        berlin.state(1, 6, 6);
        (town.postgres.sql(zone) == ["Europe/Berlin"]).then_some(())
    });
    let (status, file, rows) = get(&town, "by=hour");
    assert_eq!((status, file), (200, None), "{rows}");
    let told = |row: &Value| {
        ["shop", "from", "entered", "left", "inside", "peak", "came_unseen", "staff", "twice", "uncounted"]
            .map(|name| row[name].clone())
    };
    let aachen =
        [json!("aachen"), json!("2026-11-24T09:00:00+00:00"), json!(1), json!(0), json!(1), json!(1)];
    let berlin =
        [json!("berlin"), json!("2026-11-24T10:00:00+01:00"), json!(1), json!(3), json!(0), json!(1)];
    assert_eq!(told(&rows[0])[..6], aachen);
    assert_eq!(told(&rows[0])[6..], [json!(0), json!(0), json!(0), json!(29.5)]);
    assert_eq!(told(&rows[1])[..6], berlin);
    assert_eq!(told(&rows[1])[6..], [json!(2), json!(1), json!(1), json!(0.0)]);
    assert_eq!((&rows[0]["visits"], &rows[0]["dwell"]), (&json!(1), &json!(29.5)));
    assert_eq!((&rows[1]["visits"], rows[1].get("dwell")), (&json!(0), None));
    let high = |row: &Value| row["entered_high"].as_u64().unwrap();
    assert!(high(&rows[0]) >= 1 && rows[0]["entered_low"].as_u64().unwrap() <= 1, "{rows}");
    assert_eq!(rows.as_array().unwrap().len(), 2);
    let (status, file, rows) =
        get(&town, "by=day&each=line&shop=berlin&format=csv&from=2026-11-24&to=2026-11-24");
    assert_eq!((status, file.as_deref()), (200, Some("attachment; filename=\"shops.csv\"")));
    assert_eq!(
        (&rows[0]["source"], &rows[0]["line"], rows.as_array().unwrap().len()),
        (&"Door".into(), &"door".into(), 1)
    );
    assert_eq!(get(&town, "from=2026-11-25").2, json!([]));
    for wrong in ["from=yesterday", "by=year", "each=", "shop=%00", "colour=red"] {
        assert!((400..500).contains(&get(&town, wrong).0), "{wrong}");
    }
}
