//! A shop says what is its own to say, and nothing else.

use async_nats::ConnectOptions;
use footfall_office::{prepare, reload};

use crate::enrolled::{enrolled, with_key};
use crate::servers::until;
use crate::shops::batch;

#[test]
fn a_shop_cannot_publish_as_another_and_not_at_all_once_it_is_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (town, config, mut roll) = enrolled(folder.path(), |_| {});
    assert!(prepare(folder.path(), "127.0.0.1:1".parse().unwrap()).is_err(), "nothing is written over");
    let berlin = with_key(&town.hub, "berlin", &at("berlin.key"));
    let body = serde_json::to_vec(&batch(1, 0, 2, 1..=2)).unwrap();
    until("the office", || berlin.publish(berlin.subjects.entries(), "1", body.clone()).ok());
    town.has(2);
    // One that is enrolled while the hub runs.
    roll.enrol("aachen", &at("aachen.key"), false).unwrap();
    assert!(reload(&config.hub.roll), "the hub runs beside the roll");
    let seed = std::fs::read_to_string(at("aachen.key")).unwrap().trim().to_owned();
    let aachen = until("the new shop", || {
        let options = ConnectOptions::with_nkey(seed.clone());
        let url = town.hub.url();
        let known = berlin.runtime.block_on(options.connect(&url)).is_ok();
        known.then(|| with_key(&town.hub, "aachen", &at("aachen.key")))
    });
    // Its own subjects, and no others: the other shop's, the stream's own interface, what the other is asked.
    for subject in
        [berlin.subjects.entries(), berlin.subjects.about(), "$JS.API.STREAM.DELETE.OFFICE".to_owned()]
    {
        assert!(aachen.publish(subject.clone(), "forged", body.clone()).is_err(), "{subject}");
    }
    let mut heard = aachen.runtime.block_on(aachen.client.subscribe("office.berlin.ask")).unwrap();
    aachen.runtime.block_on(aachen.client.flush()).unwrap();
    berlin.runtime.block_on(async {
        // The office itself may ask; a shop may ask nobody.
        berlin.client.publish("office.aachen.ask", "x".into()).await.unwrap();
        berlin.client.flush().await.unwrap();
    });
    let nothing = async {
        let patience = std::time::Duration::from_millis(300);
        tokio::time::timeout(patience, futures_util::StreamExt::next(&mut heard)).await.ok().flatten()
    };
    assert!(aachen.runtime.block_on(nothing).is_none());
    // Nor does it help to name the other shop's ledger on its own subject.
    aachen
        .publish(aachen.subjects.entries(), "named", serde_json::to_vec(&batch(1, 2, 3, [3])).unwrap())
        .unwrap();
    let refused = "SELECT reason LIKE 'aachen tells of the ledger %, which is berlin''s' FROM office.refused";
    until("a refusal", || (town.postgres.sql(refused) == ["t"]).then_some(()));
    town.has(2);
    roll.revoke("berlin").unwrap();
    assert!(reload(&config.hub.roll));
    until("it is refused", || berlin.publish(berlin.subjects.entries(), "late", body.clone()).err());
    aachen.tell(&batch(2, 0, 1, [1]));
    town.has(3);
}
