//! Every entry once, whatever comes in whatever order, and whoever dies meanwhile.

use async_nats::jetstream::consumer::PullConsumer;
use footfall_serve::told::{About, Line, Run, Stretch, VERSION};

use crate::servers::until;
use crate::shops::{Shop, Town, batch, entry, ledger};

/// Numbers that come in no order that anybody would think of, the same ones each time.
fn shuffled<T>(mut items: Vec<T>, mut seed: u64) -> Vec<T> {
    for index in (1..items.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(index, (seed >> 33) as usize % (index + 1));
    }
    items
}

#[test]
fn whatever_comes_again_and_in_whatever_order_is_there_once() {
    let town = Town::start();
    let shop = Shop::at(&town.hub.url(), "berlin");
    // Batches of all lengths that touch, overlap and repeat each other; the sequence has holes.
    let seqs: Vec<u64> = (1..=90).filter(|seq| seq % 11 != 0).collect();
    let of = |after: u64, through: u64| {
        batch(1, after, through, seqs.iter().copied().filter(|seq| *seq > after && *seq <= through))
    };
    let mut batches: Vec<_> = (0..9).map(|n| of(10 * n, 10 * n + 10)).collect();
    batches.extend((0..6).map(|n| of(15 * n, 15 * n + 15)));
    batches.extend((0..90).step_by(7).map(|n| of(n, n + 1)));
    for told in shuffled(batches.iter().chain(&batches).cloned().collect(), 7) {
        shop.tell(&told);
    }
    town.has(seqs.len());
    let kept = "SELECT seq FROM office.entry ORDER BY seq";
    assert_eq!(town.postgres.sql(kept), seqs.iter().map(ToString::to_string).collect::<Vec<_>>());
    until("all of it", || {
        (town.postgres.sql("SELECT have FROM office.ledger") == ["{[1,91)}"]).then_some(())
    });
    let kinds = "SELECT kind, place, direction, count(*) FROM office.entry GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";
    let of_kind = |digits: &[u64]| seqs.iter().filter(|seq| digits.contains(&(*seq % 10))).count();
    assert_eq!(
        town.postgres.sql(kinds),
        [
            format!("crossing|door|in|{}", of_kind(&[0, 1, 2, 3])),
            format!("crossing|door|out|{}", of_kind(&[4, 5, 6])),
            format!("health|dark|raised|{}", of_kind(&[8])),
            format!("uncounted|dark||{}", of_kind(&[9])),
            format!("visit|till||{}", of_kind(&[7])),
        ]
    );
    assert_eq!(town.postgres.sql("SELECT count(*) FROM office.entry_2026_11"), [seqs.len().to_string()]);
    // What the page adds up is what the entries say, from each quarter of an hour on, and wherever its time ends.
    let from = |first: &str, step: &str| {
        format!("generate_series('{first}'::timestamptz, '2026-11-24 10:10', '{step}')")
    };
    let sums = |before: &str| {
        format!(
            "SELECT count(*), count(*) FILTER (WHERE told.entered <> kept.entered OR told.left <> kept.left)
             FROM {} AS since, {before} AS before, office.shop, office.entered(shop.id, since, before) AS told,
             LATERAL (SELECT count(*) FILTER (WHERE direction = 'in') AS entered,
                             count(*) FILTER (WHERE direction = 'out') AS left
                      FROM office.entry WHERE kind = 'crossing' AND at >= since AND at < before) AS kept",
            from("2026-11-24 08:45", "15 minutes")
        )
    };
    assert_eq!(town.postgres.sql(&sums(&from("2026-11-24 08:50", "7 minutes 13 seconds"))), ["72|0"]);
    assert_eq!(town.postgres.sql(&sums("now()")), ["6|0"]);
    // What is confirmed is gone from the hub, and nothing else.
    until("an empty hub", || {
        let mut stream = shop.runtime.block_on(shop.context.get_stream("OFFICE")).unwrap();
        (shop.runtime.block_on(stream.info()).unwrap().state.messages == 0).then_some(())
    });
}

#[test]
fn the_hub_the_database_and_the_office_may_die_at_any_time() {
    let mut town = Town::start();
    for round in 0..6 {
        let shop = Shop::at(&town.hub.url(), "berlin");
        for n in 0..20 {
            let after = 100 * round + 5 * n;
            shop.tell(&batch(1, after, after + 5, after + 1..=after + 5));
            if n == 10 {
                match round % 3 {
                    0 => town.postgres.kill(),
                    1 => drop(town.office.take()),
                    _ => {}
                }
            }
        }
        match round % 3 {
            0 => town.postgres.go_on(),
            1 => town.open(),
            _ => {
                drop(shop);
                town.hub.kill();
                town.hub.go_on();
            }
        }
    }
    town.has(600);
    assert_eq!(town.postgres.sql("SELECT count(DISTINCT seq) FROM office.entry"), ["600"]);
    let sums = "SELECT sum(entered), sum(\"left\") FROM report.day";
    assert_eq!(town.postgres.sql(sums), ["240|180"]);
}

#[test]
fn more_than_is_read_at_once_is_kept_all_the_same() {
    let mut town = Town::start();
    drop(town.office.take());
    let shop = Shop::at(&town.hub.url(), "berlin");
    // Twice as many bytes as the office asks for, in messages nearly as long as the hub takes.
    for seq in 1..=18 {
        let mut long = batch(1, seq - 1, seq, [seq]);
        long.entries[0]["detail"]["note"] = "long ".repeat(190_000).into();
        shop.tell(&long);
    }
    town.open();
    town.has(18);
    // Nothing of it was read, lost from sight and waited for once more.
    let given = shop.runtime.block_on(async {
        let stream = shop.context.get_stream("OFFICE").await.unwrap();
        let reader: PullConsumer = stream.get_consumer("office").await.unwrap();
        reader.cached_info().delivered.consumer_sequence
    });
    assert_eq!(given, 18);
}

#[test]
fn what_means_nothing_is_put_aside_and_holds_up_nothing() {
    let town = Town::start();
    let shop = Shop::at(&town.hub.url(), "berlin");
    let subject = || shop.subjects.entries();
    shop.publish(subject(), "1", b"no JSON".to_vec()).unwrap();
    shop.tell(&batch(1, 0, 2, [1, 2]));
    let mut strange = batch(1, 2, 4, [3, 4]);
    // PostgreSQL has no such text, which it says only when it is given it.
    strange.entries[0]["line"] = "a\0b".into();
    shop.tell(&strange);
    let mut impossible = batch(1, 4, 5, [5]);
    impossible.entries[0]["at"] = "-009999-01-02T00:00:00Z".into();
    shop.tell(&impossible);
    shop.tell(&batch(1, 5, 6, [6]));
    town.has(3);
    let refused = "SELECT count(*), count(DISTINCT reason) FROM office.refused";
    until("three refusals", || (town.postgres.sql(refused) == ["3|3"]).then_some(()));
    let kept = "SELECT convert_from(message, 'UTF8') FROM office.refused ORDER BY id LIMIT 1";
    assert_eq!(town.postgres.sql(kept), ["no JSON"]);
    // They are missing, and seen to be.
    until("gaps", || (town.postgres.sql("SELECT first, last FROM report.gap") == ["3|5"]).then_some(()));
}

#[test]
fn two_entries_under_one_name_are_seen_and_the_first_stays() {
    let town = Town::start();
    let shop = Shop::at(&town.hub.url(), "berlin");
    shop.tell(&batch(1, 0, 3, 1..=3));
    town.has(3);
    let mut other = batch(1, 0, 3, 1..=3);
    other.entries[1]["id"] = "f".repeat(32).into();
    shop.tell(&other);
    until("a conflict", || (town.postgres.sql("SELECT seq FROM office.conflict") == ["2"]).then_some(()));
    assert_eq!(town.postgres.sql("SELECT conflicts FROM report.shop"), ["1"]);
    assert_eq!(town.postgres.sql("SELECT count(*) FROM office.entry WHERE id::text LIKE 'ffff%'"), ["0"]);
}

#[test]
fn an_event_that_comes_in_two_ledgers_of_a_shop_is_counted_once() {
    let town = Town::start();
    let (berlin, aachen) = (Shop::at(&town.hub.url(), "berlin"), Shop::at(&town.hub.url(), "aachen"));
    let again = |number: u64| {
        let mut told = batch(number, 0, 3, 1..=3);
        told.entries
            .iter_mut()
            .for_each(|told| told["id"] = entry(1, told["seq"].as_u64().unwrap())["id"].clone());
        told
    };
    berlin.tell(&batch(1, 0, 3, 1..=3));
    berlin.tell(&again(2));
    // Another shop has counted the same recording: that is another count.
    aachen.tell(&again(3));
    town.has(9);
    assert_eq!(
        town.postgres.sql("SELECT shop, entered FROM report.day ORDER BY 1"),
        ["aachen|3", "berlin|3"]
    );
}

#[test]
fn runs_clocks_and_lines_are_as_they_were_told_last() {
    let town = Town::start();
    let shop = Shop::at(&town.hub.url(), "berlin");
    let run = |ended: Option<&str>| Run {
        id: 1,
        source: "Door".into(),
        recorded: false,
        began: "2026-11-24T08:00:00Z".into(),
        start: "2026-11-24T08:00:01Z".into(),
        seen: Some("2026-11-24T09:00:00Z".into()),
        ended: ended.map(Into::into),
        outcome: ended.map(|_| "done".into()),
        program: "0.1.0".into(),
        config: "abc".into(),
    };
    let about = |told: u64, ended: Option<&str>, role: &str| About {
        version: VERSION,
        ledger: ledger(1),
        told,
        after: 0,
        runs: vec![run(ended)],
        clock: vec![Stretch {
            id: 1,
            began: "2026-11-24T08:00:00Z".into(),
            until: "2026-11-24T09:00:00Z".into(),
            step: Some(-3600.0),
            standing: if told > 1 { "off" } else { "sound" }.into(),
        }],
        lines: vec![Line {
            source: "Door".into(),
            line: "door".into(),
            role: role.into(),
            in_total: role != "inner",
        }],
        settings: None,
    };
    shop.tell(&batch(1, 0, 10, 1..=10));
    let news = [about(2, Some("2026-11-24T10:00:00Z"), "inner"), about(1, None, "entrance")];
    for (name, about) in ["b", "a", "again"].iter().zip([&news[0], &news[1], &news[0]]) {
        shop.publish(shop.subjects.about(), name, serde_json::to_vec(about).unwrap()).unwrap();
    }
    until("all three", || (town.postgres.sql("SELECT sequence FROM office.position") == ["4"]).then_some(()));
    let row = "SELECT run.config, run.outcome, clock.standing, line.role, line.in_total
               FROM office.run, office.clock, office.line";
    assert_eq!(town.postgres.sql(row), ["abc|done|off|inner|f"]);
    assert_eq!(town.postgres.sql("SELECT count(*) FROM report.day"), ["0"], "an inner line is in no total");
    assert_eq!(
        town.postgres.sql("SELECT entered, \"left\", local_hour FROM report.hour"),
        ["4|3|2026-11-24 09:00:00"]
    );
}
