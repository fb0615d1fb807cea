//! A hub that is not as it should be.

use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::stream;
use footfall_office::{Database, make_reader};
use footfall_serve::told::VERSION;

use crate::servers::until;
use crate::shops::{Shop, Town, batch};

/// More than a reader was given out at once before it was unlimited.
const MANY: usize = 1_100;

#[test]
fn shops_that_are_newer_than_the_office_are_in_nobodys_way() {
    let town = Town::start();
    let (newer, berlin) = (Shop::at(&town.hub.url(), "aachen"), Shop::at(&town.hub.url(), "berlin"));
    let mut told = batch(1, 0, 1, [1]);
    told.version = VERSION + 1;
    (0..MANY).for_each(|_| newer.tell(&told));
    berlin.tell(&batch(2, 0, 3, 1..=3));
    town.has(3);
    let mut stream = berlin.runtime.block_on(berlin.context.get_stream("OFFICE")).unwrap();
    until("the rest waits", || {
        (berlin.runtime.block_on(stream.info()).unwrap().state.messages == MANY as u64).then_some(())
    });
}

#[test]
fn a_reader_that_gives_nothing_is_made_anew() {
    let town = Town::start();
    let shop = Shop::at(&town.hub.url(), "berlin");
    shop.tell(&batch(1, 0, 1, [1]));
    town.has(1);
    let another = pull::Config {
        durable_name: Some("office".to_owned()),
        ack_policy: AckPolicy::Explicit,
        ack_wait: std::time::Duration::from_secs(30),
        max_ack_pending: -1,
        filter_subject: "office.nobody.entries".to_owned(),
        ..pull::Config::default()
    };
    shop.runtime.block_on(async {
        let stream = shop.context.get_stream("OFFICE").await.unwrap();
        stream.create_consumer(another).await.unwrap();
    });
    shop.tell(&batch(1, 1, 3, 2..=3));
    town.has(3);
}

#[test]
fn a_reader_is_made_by_one_program_at_a_time() {
    let town = Town::start();
    let shop = Shop::at(&town.hub.url(), "berlin");
    let database = Database::new(&town.config().database, "test").unwrap();
    let connect = || shop.runtime.block_on(database.connect()).unwrap();
    let (first, second) = (connect(), connect());
    // As in crates/office/src/reader.rs.
    let lock = |what: &str| format!("SELECT pg_advisory_{what}(x'48756220'::bigint)");
    shop.runtime.block_on(first.batch_execute(&lock("lock"))).unwrap();
    let context = shop.context.clone();
    let making = shop.runtime.spawn(async move {
        let subjects = vec!["other.>".to_owned()];
        let wanted = stream::Config { name: "OTHER".to_owned(), subjects, ..stream::Config::default() };
        let reader = pull::Config { durable_name: Some("other".to_owned()), ..pull::Config::default() };
        make_reader(&context, &second, wanted, reader).await.map(drop)
    });
    let waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    until("it waits", || (town.postgres.sql(waits) == ["1"]).then_some(()));
    let is_there = || shop.runtime.block_on(shop.context.get_stream("OTHER")).is_ok();
    assert!(!is_there() && !making.is_finished());
    shop.runtime.block_on(first.batch_execute(&lock("unlock"))).unwrap();
    shop.runtime.block_on(making).unwrap().unwrap();
    assert!(is_there());
}
