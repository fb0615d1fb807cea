//! The interface as programs use it.

use std::io::{BufRead as _, BufReader, Read as _};

use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Response;

use crate::common::{Site, until};
use footfall_serve::Beside;

/// A client that takes every status as an answer.
pub(crate) fn client() -> Agent {
    Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into()
}

pub(crate) fn get(site: &Site, path: &str) -> (u16, Value) {
    read(client().get(site.url(path)).call().unwrap())
}

fn put(site: &Site, body: &Value) -> (u16, Value) {
    let request =
        client().put(site.url("/api/v1/sources/door/lines")).header("Content-Type", "application/json");
    read(request.send(body.to_string()).unwrap())
}

fn read(mut response: Response<ureq::Body>) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.body_mut().read_to_string().unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

#[test]
fn sources_and_counts_are_told() {
    let site = Site::start(|_| ());
    assert_eq!(get(&site, "/api/v1/health").0, 503, "nothing was seen yet");
    (1..=5).for_each(|n| site.cross(n));
    let (status, sources) = get(&site, "/api/v1/sources");
    assert_eq!(status, 200);
    let door = &sources["sources"][0];
    assert_eq!((&door["id"], &door["status"]["frames"]), (&json!("door"), &json!(5)));
    let till = json!({"name": "till", "people": 1, "most": 3, "visits": 8, "mean_dwell": 12.3});
    assert_eq!(door["status"]["zones"], json!([till]));
    assert_eq!(get(&site, "/api/v1/health").0, 200);
    let (_, today) = get(&site, "/api/v1/today");
    assert_eq!((&today["in"], &today["out"], &today["occupancy"]), (&json!(3), &json!(2), &json!(1)));
    let (_, counts) = get(&site, "/api/v1/counts?by=day");
    assert_eq!(counts["counts"][0]["in"], 3);
    let (_, csv) = get(&site, "/api/v1/counts.csv?by=day");
    assert!(csv.as_str().unwrap().starts_with("start,source,line,in,out\r\n20"), "{csv}");
    let (status, problem) = get(&site, "/api/v1/counts?from=2026-01-01T00:00:00Z&to=2025-01-01T00:00:00Z");
    assert_eq!((status, problem["title"].as_str()), (400, Some("Bad Request")));
    let (_, metrics) = get(&site, "/metrics");
    let line = "footfall_crossings_total{source=\"Door\",line=\"entrance\",direction=\"in\"} 3";
    until(|| get(&site, "/metrics").1.as_str().unwrap().contains(line).then_some(()));
    let inside = "footfall_zone_people{source=\"Door\",zone=\"till\"} 1";
    assert!(metrics.as_str().unwrap().contains(inside), "{metrics}");
    assert!(metrics.as_str().unwrap().ends_with("# EOF\n"), "{metrics}");
}

#[test]
fn counts_come_with_their_ranges_and_crossings_with_what_they_rest_on() {
    let site = Site::start(|_| ());
    (1..=5).for_each(|n| site.cross(n));
    let (_, today) = get(&site, "/api/v1/today");
    for way in ["in", "out"] {
        let of = |what: &str| today[format!("{way}{what}")].as_u64().unwrap();
        assert!(of("_low") <= of("") && of("") < of("_high"), "{today}");
        assert_eq!(today["lines"][0][way], today[way]);
        assert_eq!(today["lines"][0][format!("{way}_high")], today[format!("{way}_high")]);
    }
    assert!(today.get("groups").is_none());
    site.book.group(2, 1.5);
    let (_, today) = get(&site, "/api/v1/today");
    assert_eq!((&today["groups"], &today["group_size"]), (&json!(2), &json!(1.5)));
    let (_, periods) = get(&site, "/api/v1/periods?by=day");
    assert_eq!(
        (&periods["periods"][0]["groups"], &periods["periods"][0]["group_size"]),
        (&json!(2), &json!(1.5))
    );
    assert!(today.get("conversion").is_none());
    let (in_outside, transactions, conversion) = (Some(1), Some(2), Some(0.5));
    site.book.put_beside(Beside { in_outside, transactions, conversion, ..Beside::default() });
    let (_, today) = get(&site, "/api/v1/today");
    assert_eq!((&today["in_outside"], &today["transactions"]), (&json!(1), &json!(2)));
    assert_eq!((today["conversion"].as_f64(), today.get("out_outside")), (Some(0.5), None));
    let (_, periods) = get(&site, "/api/v1/periods?by=day");
    assert_eq!(periods["periods"][0]["conversion"], json!(0.5));
    site.book.visit(jiff::Timestamp::now(), "Door", "till");
    let (status, zones) = get(&site, "/api/v1/zones?by=day");
    assert_eq!(
        (status, &zones["zones"][0]["visits"], &zones["zones"][0]["zone"]),
        (200, &json!(1), &json!("till"))
    );
    let (_, periods) = get(&site, "/api/v1/periods?by=day");
    let day = &periods["periods"][0];
    assert_eq!((&day["in"], &day["occupancy"], &day["uncounted"]), (&json!(3), &json!(1), &json!(0.0)));
    let last = until(|| {
        let (_, told) = get(&site, "/api/v1/crossings?limit=1");
        (told["crossings"][0]["picture"] == true).then(|| told["crossings"][0].clone())
    });
    assert_eq!((&last["confidence"], &last["reasons"]), (&json!(0.9), &json!(["followed"])));
    assert_eq!(get(&site, "/api/v1/crossings/1/picture.jpg"), (200, json!("jpeg 1 from -5")));
    assert_eq!(get(&site, "/api/v1/crossings/6/picture.jpg").0, 404);
    assert_eq!(get(&site, "/api/v1/settings").0, 409, "there is no file");
}

#[test]
fn crossings_come_in_order_from_a_cursor() {
    let site = Site::start(|_| ());
    (1..=250).for_each(|n| site.cross(n));
    let (mut after, mut heard) = (0, Vec::new());
    loop {
        let (_, page) = get(&site, &format!("/api/v1/crossings?after={after}&limit=60"));
        heard.extend(page["crossings"].as_array().unwrap().iter().map(|c| c["sequence"].as_u64().unwrap()));
        after = page["next"].as_u64().unwrap();
        if page["more"] == false {
            break;
        }
    }
    assert_eq!(heard, (1..=250).collect::<Vec<_>>());
    let (_, last) = get(&site, "/api/v1/crossings?last=2");
    assert_eq!(last["crossings"][0]["identity"], "id-249");
    let (_, csv) = get(&site, "/api/v1/crossings.csv");
    assert_eq!(csv.as_str().unwrap().lines().count(), 251);
    assert_eq!(get(&site, "/api/v1/crossings?limit=0").0, 400);
    assert_eq!(get(&site, "/api/v1/crossings?after=9223372036854775808").0, 400);
}

#[test]
fn events_tell_every_crossing_from_where_one_left_off() {
    let site = Site::start(|_| ());
    (1..=300).for_each(|n| site.cross(n));
    let request = client().get(site.url("/api/v1/events")).header("Last-Event-ID", "40");
    let stream = request.call().unwrap().into_body().into_reader();
    let mut heard = Vec::new();
    let mut live = false;
    for line in BufReader::new(stream).lines() {
        if let Some(data) =
            line.unwrap().strip_prefix("data: ").and_then(|d| serde_json::from_str::<Value>(d).ok())
            && let Some(sequence) = data["sequence"].as_u64()
        {
            heard.push(sequence);
        }
        if heard.len() == 260 && !live {
            live = true;
            (301..=320).for_each(|n| site.cross(n));
        }
        if heard.len() == 280 {
            break;
        }
    }
    assert_eq!(heard, (41..=320).collect::<Vec<_>>());
}

#[test]
fn lines_are_changed_by_whoever_has_seen_the_present_ones() {
    let site = Site::start(|_| ());
    let (_, seen) = get(&site, "/api/v1/sources/door/lines");
    assert_eq!(seen["lines"][0]["points"], json!([[320.0, 480.0], [320.0, 0.0]]));
    let line = |name: &str| json!({"name": name, "points": [[0, 0], [10, 10.5], [20, 0]]});
    let (status, drawn) = put(&site, &json!({"revision": seen["revision"], "lines": [line("a"), line("b")]}));
    assert_eq!((status, &drawn["saved"]), (200, &json!(false)));
    assert_eq!(get(&site, "/api/v1/sources/door/lines").1["lines"][1], line_as_told("b"));
    let (status, problem) = put(&site, &json!({"revision": seen["revision"], "lines": []}));
    assert_eq!(status, 409, "{problem}");
    let revision = &drawn["revision"];
    for (lines, word) in [
        (json!([line("a"), line("a")]), "two lines"),
        (json!([line(" ")]), "name"),
        (json!([{"name": "x", "points": [[0, 0]]}]), "point"),
        (json!([{"name": "x", "points": [[0, 0], [0, 0]]}]), "point"),
        (json!([{"name": "x", "points": [[0, 0], [1e9, 0]]}]), "pixels"),
        (json!([{"name": "x\u{7}", "points": [[0, 0], [1, 0]]}]), "control"),
    ] {
        let (status, problem) = put(&site, &json!({"revision": revision, "lines": lines}));
        assert_eq!(status, 422, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(word), "{problem}");
    }
    assert_eq!(put(&site, &json!({"lines": 3})).0, 422);
    assert_eq!(get(&site, "/api/v1/sources/window/lines").0, 404);
}

#[test]
fn zones_and_masks_are_drawn_beside_lines() {
    let site = Site::start(|_| ());
    let corners = json!([[0.0, 0.0], [50.0, 0.0], [50.0, 40.0]]);
    let zones = json!([{"name": "till", "points": corners}]);
    let masks = json!([{"points": corners}]);
    let (status, drawn) = put(&site, &json!({"revision": 1, "lines": [], "zones": zones, "masks": masks}));
    assert_eq!((status, &drawn["zones"], &drawn["masks"]), (200, &zones, &masks));
    let (status, drawn) = put(&site, &json!({"revision": 2, "lines": [line_as_told("a")]}));
    assert_eq!((status, &drawn["zones"], &drawn["masks"]), (200, &zones, &masks), "not named: as they were");
    assert_eq!(get(&site, "/api/v1/sources/door/lines").1["zones"], zones);
    for (zones, word) in [
        (json!([zones[0], zones[0]]), "two zones"),
        (json!([{"name": "x", "points": [[0, 0], [1, 1]]}]), "at least 3"),
        (json!([{"name": "x", "points": [[0, 0], [1, 1], [2, 2]]}]), "no area"),
        (json!([{"name": "", "points": corners}]), "name"),
    ] {
        let (status, problem) = put(&site, &json!({"revision": 3, "lines": [], "zones": zones}));
        assert_eq!(status, 422, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(word), "{problem}");
    }
    let none = put(&site, &json!({"revision": 3, "lines": [], "zones": [], "masks": []}));
    assert_eq!((none.0, &none.1["zones"], &none.1["masks"]), (200, &json!([]), &json!([])));
}

fn line_as_told(name: &str) -> Value {
    json!({"name": name, "points": [[0.0, 0.0], [10.0, 10.5], [20.0, 0.0]], "role": "entrance"})
}

#[test]
fn pictures_are_the_newest_and_scenes_come_with_them() {
    let site = Site::start(|_| ());
    assert_eq!(get(&site, "/api/v1/sources/door/snapshot.jpg").0, 503, "there is none yet");
    (1..=9).for_each(|frame| site.show(frame, 0));
    assert_eq!(get(&site, "/api/v1/sources/door/snapshot.jpg").1, "jpeg 9");
    let stream = client().get(site.url("/api/v1/sources/door/live")).call().unwrap();
    let mut reader = BufReader::new(stream.into_body().into_reader());
    let mut part = || {
        let mut length = 0;
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            assert!(reader.read_line(&mut line).unwrap() > 0);
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length + 2];
        reader.read_exact(&mut body).unwrap();
        String::from_utf8(body[..length].to_vec()).unwrap()
    };
    let scene: Value = serde_json::from_str(&part()).unwrap();
    assert_eq!((&scene["frame"], &scene["people"][0]["box"]), (&json!(9), &json!([10.0, 20.0, 30.0, 60.0])));
    assert_eq!(part(), "jpeg 9");
    // While nothing is read, a hundred frames pass: the next one that is sent is the newest, or one that was
    // on its way.
    (10..=110).for_each(|frame| site.show(frame, 0));
    let mut last = 9;
    while last < 110 {
        let scene: Value = serde_json::from_str(&part()).unwrap();
        let frame = scene["frame"].as_u64().unwrap();
        assert!(frame > last);
        last = frame;
        assert_eq!(part(), format!("jpeg {frame}"));
    }
}

#[test]
fn what_a_manager_asks_and_tells_is_checked() {
    let site = Site::start(|_| ());
    (1..=5).for_each(|n| site.cross(n));
    let (status, report) = get(&site, "/api/v1/report?by=day");
    assert_eq!((status, &report["rows"][0]["in"]), (200, &json!(3)));
    for wrong in [
        "by=minute&from=2020-01-01T00:00:00Z",
        "each_zone=true&each_line=true",
        "by=month&compare=week",
        "compare=month",
        "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
    ] {
        assert_eq!(get(&site, &format!("/api/v1/report?{wrong}")).0, 400, "{wrong}");
    }
    let post = |path: &str, body: &Value| {
        let request = client().post(site.url(path)).header("Content-Type", "application/json");
        read(request.send(body.to_string()).unwrap())
    };
    let span = json!({"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z", "note": "a party"});
    assert_eq!(post("/api/v1/marks", &span).0, 201);
    assert_eq!(get(&site, "/api/v1/marks").1["marks"][0]["note"], "a party");
    assert_eq!(get(&site, "/api/v1/marks?from=2026-02-01T00:00:00Z").1["marks"], json!([]));
    let delete = || client().delete(site.url("/api/v1/marks/1")).call().unwrap().status().as_u16();
    assert_eq!((delete(), delete()), (204, 404));
    let sale = |transactions: Value| json!({"time": "2026-01-01T10:00:00Z", "transactions": transactions});
    assert_eq!(post("/api/v1/sales", &json!({"sales": [sale(json!(3))]})).1["added"], 1);
    assert_eq!(post("/api/v1/sales", &json!({"sales": [sale(json!(4))]})).1["replaced"], 1);
    for sales in
        [json!([sale(json!(-1))]), json!([sale(json!(1)), sale(json!(1))]), json!([sale(json!(1e10 as u64))])]
    {
        assert_eq!(post("/api/v1/sales", &json!({"sales": sales})).0, 422, "{sales}");
    }
}

#[test]
fn the_document_describes_what_there_is() {
    let site = Site::start(|_| ());
    site.cross(1);
    let (status, document) = get(&site, "/api/v1/openapi.json");
    assert_eq!(status, 200);
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() >= 17, "{:?}", paths.keys());
    for (path, methods) in paths {
        let streams = ["/events", "/live", "/stream.mjpeg"];
        if methods.get("get").is_none() || streams.iter().any(|end| path.ends_with(end)) {
            continue;
        }
        let place = path.replace("{source}", "door").replace("{sequence}", "1").replace("{number}", "0");
        let (status, _) = get(&site, &place);
        // There is no configuration file here, and no evidence.
        let expected = match () {
            () if path.ends_with("/settings") => 409,
            () if path.contains("/audit") => 404,
            () => 200,
        };
        assert_eq!(status, expected, "{path}");
        let responses = &methods["get"]["responses"];
        let is_told = |status: &str| responses.get(status).is_some();
        assert!(is_told(&status.to_string()) || status >= 400 && is_told("4XX"), "{path}");
    }
}

/// Types of one name once hid one another: what a line is for and what somebody may do, a zone and what it has seen, a
/// source and its setting.
#[test]
fn the_document_has_a_schema_for_each_type() {
    let site = Site::start(|_| ());
    let (_, document) = get(&site, "/api/v1/openapi.json");
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["LineRole"]["enum"], json!(["entrance", "inner"]));
    assert_eq!(schemas["Role"]["enum"], json!(["audit", "read", "change"]));
    let role = |of: &str| schemas[of]["properties"]["role"].to_string();
    assert!(role("Line").contains("schemas/LineRole"), "{}", role("Line"));
    assert!(role("Who").contains("schemas/Role"), "{}", role("Who"));
    for (name, own) in
        [("Zone", "points"), ("ZoneState", "people"), ("Source", "width"), ("SourceSetting", "address")]
    {
        assert!(schemas[name]["properties"].get(own).is_some(), "{name}: {}", schemas[name]);
    }
}
