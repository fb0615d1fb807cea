//! What is missing is shown, asked for, and closed when it is here.

use footfall_serve::told::{Ask, Batch};
use futures_util::StreamExt as _;

use crate::servers::until;
use crate::shops::{Shop, Town, about, batch, ledger};

/// What the shop is asked for, while it goes on saying that it is there.
fn asked(shop: &Shop, subscription: &mut async_nats::Subscriber, number: u64, confirmed: u64) -> Ask {
    until("a question", || {
        shop.state(number, confirmed, confirmed);
        let next =
            async { tokio::time::timeout(std::time::Duration::from_millis(500), subscription.next()).await };
        let message = shop.runtime.block_on(next).ok()?.unwrap();
        Some(serde_json::from_slice(&message.payload).unwrap())
    })
}

#[test]
fn a_number_that_is_missing_is_shown_asked_for_and_filled() {
    let town = Town::start();
    let shop = Shop::at(&town.hub.url(), "berlin");
    let mut questions = shop.runtime.block_on(shop.client.subscribe(shop.subjects.ask())).unwrap();
    shop.tell(&batch(1, 0, 4, 1..=4));
    shop.tell(&batch(1, 7, 9, 8..=9));
    let gaps = "SELECT first, last, closed IS NULL FROM report.gap";
    until("the gap", || (town.postgres.sql(gaps) == ["5|7|t"]).then_some(()));
    assert_eq!(town.postgres.sql("SELECT gaps FROM report.shop"), ["1"]);
    let ask = asked(&shop, &mut questions, 1, 9);
    assert_eq!(ask, Ask { ledger: ledger(1), after: 4, through: 7, about: false });
    // It has not all of it at once.
    shop.tell(&batch(1, 4, 5, [5]));
    until("the rest", || (town.postgres.sql(gaps) == ["6|7|t"]).then_some(()));
    shop.tell(&batch(1, 5, 7, [6]));
    until("the end", || (town.postgres.sql(gaps) == ["6|7|f"]).then_some(()));
    assert_eq!(town.postgres.sql("SELECT gaps, losses FROM report.shop"), ["0|0"]);
    town.has(8);
}

#[test]
fn what_the_hub_has_confirmed_and_lost_is_missing_too() {
    let town = Town::start();
    let shop = Shop::at(&town.hub.url(), "berlin");
    let mut questions = shop.runtime.block_on(shop.client.subscribe(shop.subjects.ask())).unwrap();
    shop.tell(&batch(1, 0, 3, 1..=3));
    town.has(3);
    // A disk of the hub's is gone with what was on it; or the database was put back from a copy.
    let ask = asked(&shop, &mut questions, 1, 8);
    assert_eq!(ask, Ask { ledger: ledger(1), after: 3, through: 8, about: false });
    let lost =
        Batch { lost: Some("retention has removed old entries here".into()), ..batch(1, 3, 8, [4, 8]) };
    shop.tell(&lost);
    let gap = "SELECT first, last, closed IS NULL, lost FROM report.gap";
    until("a loss", || {
        (town.postgres.sql(gap) == ["4|8|f|retention has removed old entries here"]).then_some(())
    });
    assert_eq!(town.postgres.sql("SELECT gaps, losses FROM report.shop"), ["0|1"], "it is seen for good");
    town.has(5);
}

#[test]
fn what_is_on_its_way_is_no_gap() {
    let mut town = Town::start();
    let shop = Shop::at(&town.hub.url(), "berlin");
    shop.tell(&batch(1, 0, 3, 1..=3));
    town.has(3);
    drop(town.office.take());
    (0..50).for_each(|n| shop.tell(&batch(1, 3 + n, 4 + n, [4 + n])));
    town.open();
    shop.state(1, 53, 53);
    town.has(53);
    until("it is expected", || {
        shop.state(1, 53, 53);
        (town.postgres.sql("SELECT expected FROM office.ledger") == ["53"]).then_some(())
    });
    assert_eq!(town.postgres.sql("SELECT count(*) FROM office.gap"), ["0"]);
}

#[test]
fn a_clock_that_was_set_back_keeps_nobody_from_asking() {
    let town = Town::start();
    let shop = Shop::at(&town.hub.url(), "berlin");
    let mut questions = shop.runtime.block_on(shop.client.subscribe(shop.subjects.ask())).unwrap();
    shop.tell(&batch(1, 2, 4, 3..=4));
    let gaps = "SELECT first, last FROM report.gap";
    until("the gap", || (town.postgres.sql(gaps) == ["1|2"]).then_some(()));
    // It was found, and asked for, by a clock that was days ahead.
    let ahead = "UPDATE office.gap SET found = now() + interval '3 days', asked_at = now() + interval '3 days', asked = 1";
    town.postgres.sql(ahead);
    let ask = asked(&shop, &mut questions, 1, 4);
    assert_eq!(ask, Ask { ledger: ledger(1), after: 0, through: 2, about: false });
    let again = "SELECT asked > 1 AND asked_at <= now() FROM office.gap";
    assert_eq!(town.postgres.sql(again), ["t"]);
    // Nor does a shop seem to be there that was seen by that clock.
    shop.state(1, 4, 0);
    let seen = |sql: &str| until(sql, || (town.postgres.sql(sql) == ["t"]).then_some(()));
    seen("SELECT seen IS NOT NULL FROM office.shop");
    town.postgres.sql("UPDATE office.shop SET seen = now() + interval '3 days'");
    seen("SELECT seen <= now() FROM office.shop");
    assert_eq!(town.postgres.sql("SELECT found <= now() FROM office.gap"), ["t"]);
}

#[test]
fn what_is_no_entry_and_was_lost_on_the_way_is_asked_for_too() {
    let town = Town::start();
    let shop = Shop::at(&town.hub.url(), "berlin");
    let mut questions = shop.runtime.block_on(shop.client.subscribe(shop.subjects.ask())).unwrap();
    let tell = |told: u64, after: u64| {
        let payload = serde_json::to_vec(&about(1, told, after)).unwrap();
        shop.publish(shop.subjects.about(), &format!("about {told}"), payload).unwrap();
    };
    let is = |what: &str, sql: &str, wanted: &str| {
        until(what, || (town.postgres.sql(sql) == [wanted]).then_some(()));
    };
    let told = "SELECT told FROM office.ledger";
    tell(2, 0);
    tell(3, 2);
    is("both", told, "3");
    // The hub has confirmed message 4, which is not here: the one behind it does not make up for it.
    tell(5, 4);
    is("it is read", "SELECT sequence FROM office.position", "3");
    assert_eq!(town.postgres.sql(told), ["3"]);
    let ask = until("a question", || {
        shop.state_after(1, 0, 0, 5);
        let next =
            async { tokio::time::timeout(std::time::Duration::from_millis(500), questions.next()).await };
        let message = shop.runtime.block_on(next).ok()?.unwrap();
        Some(serde_json::from_slice::<Ask>(&message.payload).unwrap())
    });
    assert_eq!(ask, Ask { ledger: ledger(1), after: 0, through: 0, about: true });
    // Everything anew.
    tell(6, 0);
    is("all of it", told, "6");
}
