//! What somebody edits at the office reaches the machine that it is for, signed, and its answer is seen.

use std::path::Path;

use async_nats::ConnectOptions;
use footfall_office::{OfficeConfig, Roll, editing_key};
use footfall_serve::told::{About, Answer, Distrusted, Edit, Sealed, SettingsTold, ShopSettings, VERSION};
use futures_util::StreamExt as _;
use nkeys::KeyPair;
use serde_json::{Value, json};

use crate::enrolled::{enrolled, with_key};
use crate::servers::until;
use crate::shops::{Shop, Town, ledger};

/// An office that may be edited at, with a shop in its roll.
fn town(folder: &Path) -> (Town, OfficeConfig, Shop) {
    let tokens = [("chief", "change"), ("looker", "read")]
        .map(|(name, role)| json!({"name": name, "role": role, "sha256": sha256(name)}));
    let (town, config, _) = enrolled(folder, |config| {
        config.serve.tokens = serde_json::from_value(json!(tokens)).unwrap();
    });
    let shop = with_key(&town.hub, "berlin", &folder.join("berlin.key"));
    (town, config, shop)
}

/// What `printf TOKEN | sha256sum` says.
fn sha256(token: &str) -> &'static str {
    match token {
        "chief" => "9285827b8031a1dbe7d1d04eb8a08c8891ee424a8002cfc7dd2df3d82cbff611",
        _ => "d133efd9800e396abbeb9de0cc7a6f873d58159121a0fc587f8a2ec1208ad50a",
    }
}

fn ask(town: &Town, method: &str, path: &str, token: &str, body: Option<&Value>) -> (u16, Value) {
    let url = format!("{}api/v1/shops/{path}", town.office.as_ref().unwrap().url());
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let bearer = format!("Bearer {token}");
    let mut answer = match (method, body) {
        ("PUT", Some(body)) => agent
            .put(url)
            .header("Authorization", bearer)
            .header("Content-Type", "application/json")
            .send(body.to_string())
            .unwrap(),
        _ => agent.get(url).header("Authorization", bearer).call().unwrap(),
    };
    (answer.status().as_u16(), serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap())
}

/// What is in force at the shop, with a gap of so many seconds.
fn settings(gap: f64) -> ShopSettings {
    let line = json!({"name": "door", "points": [[1.5, 2.0], [3.0, 4.0]], "role": "entrance"});
    let drawn = json!({"Front": {"lines": [line], "zones": [], "masks": []}});
    serde_json::from_value(json!({"sources": drawn, "thresholds": {"counter.max_gap": gap}})).unwrap()
}

impl Shop {
    /// Tells what is in force, and how it has answered.
    fn set(&self, told: u64, gap: f64, answer: Option<Answer>, distrusted: Vec<Distrusted>) {
        let settings = settings(gap);
        let told = About {
            version: VERSION,
            ledger: ledger(1),
            told,
            after: 0,
            runs: Vec::new(),
            clock: Vec::new(),
            lines: Vec::new(),
            settings: Some(SettingsTold { digest: settings.digest(), settings, answer, distrusted }),
        };
        let name = format!("about {}", told.told);
        let payload = serde_json::to_vec(&told).unwrap();
        until("the office's stream", || self.publish(self.subjects.about(), &name, payload.clone()).ok());
    }

    /// The last edit that the hub keeps for it.
    fn last_edit(&self, from: &KeyPair) -> Option<Edit> {
        let subject = self.subjects.last_set("OFFICE", &ledger(1));
        let answer = self.runtime.block_on(self.client.request(subject, "".into())).ok()?;
        let sealed: Sealed = serde_json::from_slice(&answer.payload).ok()?;
        Some(sealed.open(from).unwrap())
    }
}

#[test]
fn an_edit_reaches_the_shop_by_itself_and_later_and_its_answer_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let (town, config, shop) = town(folder.path());
    let key = KeyPair::from_public_key(&editing_key(&config.hub.editing_key).unwrap()).unwrap();
    let path = format!("berlin/settings/{}", ledger(1));
    shop.set(1, 2.0, None, Vec::new());
    let shown = until("what is in force", || {
        let (status, body) = ask(&town, "GET", "berlin/settings", "looker", None);
        (status == 200 && body["machines"][0]["digest"] == settings(2.0).digest()).then_some(body)
    });
    assert_eq!(shown["editable"], true);
    assert_eq!(shown["machines"][0]["settings"]["thresholds"]["counter.max_gap"], 2.0);
    let wanted = |gap: f64| json!({"based_on": settings(2.0).digest(), "settings": settings(gap)});
    let mut heard = shop.runtime.block_on(shop.client.subscribe(shop.subjects.set(&ledger(1)))).unwrap();
    shop.runtime.block_on(shop.client.flush()).unwrap();
    // Whoever may only read edits nothing, nor does anybody from what was.
    assert_eq!(ask(&town, "PUT", &path, "looker", Some(&wanted(3.0))).0, 403);
    let stale = json!({"based_on": settings(1.0).digest(), "settings": settings(3.0)});
    assert_eq!(ask(&town, "PUT", &path, "chief", Some(&stale)).0, 409);
    assert_eq!(ask(&town, "PUT", "aachen/settings/x", "chief", Some(&wanted(3.0))).0, 404);
    let other = format!("berlin/settings/{}", ledger(2));
    assert_eq!(ask(&town, "PUT", &other, "chief", Some(&wanted(3.0))).0, 404);
    let (status, body) = ask(&town, "PUT", &path, "chief", Some(&wanted(3.0)));
    assert_eq!(status, 200, "{body}");
    let edit = &body["machines"][0]["edits"][0];
    assert_eq!(
        (&edit["number"], &edit["edited_by"], &edit["taken"]),
        (&1.into(), &"chief".into(), &Value::Null)
    );
    let message = shop.runtime.block_on(async {
        tokio::time::timeout(std::time::Duration::from_mins(1), heard.next()).await.unwrap().unwrap()
    });
    let sealed: Sealed = serde_json::from_slice(&message.payload).unwrap();
    let edit = sealed.open(&key).unwrap();
    assert_eq!((edit.shop.as_str(), edit.ledger, edit.number), ("berlin", ledger(1), 1));
    assert_eq!((edit.based_on, edit.settings), (settings(2.0).digest(), settings(3.0)));
    // Another one, before there was an answer: it counts, and the one before does not.
    assert_eq!(ask(&town, "PUT", &path, "chief", Some(&wanted(4.0))).0, 200);
    until("the second edit", || shop.last_edit(&key).filter(|edit| edit.number == 2));
    let answer = Answer { number: 2, taken: true, words: String::new(), at: "2026-11-24T09:00:00Z".into() };
    let forged = Distrusted { at: "2026-11-24T09:00:01Z".into(), reason: "it is not signed".into() };
    shop.set(2, 4.0, Some(answer), vec![forged.clone()]);
    let rows =
        "SELECT number, edited_by, outcome, words FROM report.edit WHERE shop = 'berlin' ORDER BY number";
    let expected = ["1|chief|refused|a later edit came instead", "2|chief|in force|"];
    until("the answer", || (town.postgres.sql(rows) == expected).then_some(()));
    let body = ask(&town, "GET", "berlin/settings", "looker", None).1;
    assert_eq!(body["machines"][0]["edits"][0]["taken"], true);
    assert_eq!(body["machines"][0]["distrusted"][0]["reason"], "it is not signed");
    // The database was put back from a copy that knows of no edits: the next number is greater all the same.
    town.postgres.sql("DELETE FROM office.edit");
    let next = json!({"based_on": settings(4.0).digest(), "settings": settings(5.0)});
    assert_eq!(ask(&town, "PUT", &path, "chief", Some(&next)).1["machines"][0]["edits"][0]["number"], 3);
}

#[test]
fn a_shop_hears_its_own_edits_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (town, config, shop) = town(folder.path());
    shop.set(1, 2.0, None, Vec::new());
    let mut roll = Roll::read(&config.hub.roll, &config.hub.prefix, &config.hub.stream).unwrap();
    roll.enrol("aachen", &folder.path().join("aachen.key"), false).unwrap();
    assert!(footfall_office::reload(&config.hub.roll));
    let seed = std::fs::read_to_string(folder.path().join("aachen.key")).unwrap().trim().to_owned();
    let aachen = until("the new shop", || {
        let options = ConnectOptions::with_nkey(seed.clone());
        let known = shop.runtime.block_on(options.connect(town.hub.url())).is_ok();
        known.then(|| Shop::with(&town.hub.url(), "aachen", ConnectOptions::with_nkey(seed.clone())))
    });
    let wanted = json!({"based_on": settings(2.0).digest(), "settings": settings(3.0)});
    let path = format!("berlin/settings/{}", ledger(1));
    until("the edit", || (ask(&town, "PUT", &path, "chief", Some(&wanted)).0 == 200).then_some(()));
    let key = KeyPair::from_public_key(&editing_key(&config.hub.editing_key).unwrap()).unwrap();
    until("its own edit", || shop.last_edit(&key));
    // The other shop's question is not even put to the hub: its own has no answer, which shows that it was looked for.
    let request = |subject: String| {
        let asked = aachen.client.request(subject, "".into());
        aachen.runtime.block_on(async {
            tokio::time::timeout(std::time::Duration::from_secs(2), asked).await.ok().and_then(Result::ok)
        })
    };
    assert!(request(aachen.subjects.last_set("OFFICE", &ledger(1))).is_some(), "404: there is none");
    assert!(request(shop.subjects.last_set("OFFICE", &ledger(1))).is_none());
    // Nor may a shop edit anything, its own settings included.
    let forged = Sealed { edit: String::new(), signature: String::new() };
    let payload = serde_json::to_vec(&forged).unwrap();
    for subject in [shop.subjects.set(&ledger(1)), aachen.subjects.set(&ledger(1))] {
        assert!(aachen.publish(subject, "forged", payload.clone()).is_err());
    }
    assert_eq!(shop.last_edit(&key).unwrap().number, 1);
}
