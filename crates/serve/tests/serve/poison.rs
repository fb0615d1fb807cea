//! Messages that a receiver never takes: set aside, told and counted, and nothing else is held up or sent
//! again.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use footfall_serve::{Entry, Live, PublishConfig, Publishers, Secret, WebhookConfig};
use serde_json::Value;

use crate::common::{Daemon, book, crossing, free_port, until};
use crate::memory::MemoryBook;
use crate::mqtt::{broker, listen, publish, shapes};
use crate::old_broker::{Mood, OldBroker};
use crate::outages::quick;
use crate::webhook::receive;

/// Of twenty crossings those that are of the line `bad`.
const BAD: [u64; 5] = [1, 7, 8, 14, 15];

/// Twenty crossings, the last of them good.
fn fill(kept: &MemoryBook, live: &Live, bad: &str) {
    live.draw("Door", shapes(&["entrance", bad], &[]));
    for n in 1..=20 {
        let line = if BAD.contains(&n) { bad } else { "entrance" };
        kept.add(Entry { line: line.to_owned(), ..crossing(n) });
    }
}

/// Waits until all is done; what was refused, and why.
fn done(kept: &MemoryBook, publishers: &Publishers, name: &str) -> BTreeMap<u64, String> {
    until(|| (kept.cursor(name) == 20).then_some(()));
    let state = until(|| publishers.states().all().pop().filter(|state| state.behind == 0));
    assert_eq!((state.refused, state.trouble), (BAD.len() as u64, None));
    let refusals = kept.refusals(name);
    assert_eq!(refusals.keys().copied().collect::<Vec<_>>(), BAD);
    refusals
}

fn good() -> Vec<u64> {
    (1..=20).filter(|n| !BAD.contains(n)).collect()
}

fn sequences(payloads: impl IntoIterator<Item = Vec<u8>>) -> Vec<u64> {
    let number =
        |payload: Vec<u8>| serde_json::from_slice::<Value>(&payload).unwrap()["sequence"].as_u64().unwrap();
    payloads.into_iter().map(number).collect()
}

#[test]
fn a_packet_over_the_limit_of_mosquitto() {
    for (limit, reason) in
        [("max_packet_size 3000", "longer than the 3000 bytes"), ("message_size_limit 3000", "closed")]
    {
        let folder = tempfile::tempdir().unwrap();
        let mut broker = broker(folder.path(), limit);
        broker.start();
        let heard = listen(broker.port, "listener", true);
        let (kept, book, live) = book();
        fill(&kept, &live, &"n".repeat(12_000));
        let config = publish(broker.port, "shop");
        let publishers = Publishers::start_at(quick(), &config, &book, &live).unwrap().unwrap();
        let refusals = done(&kept, &publishers, "mqtt");
        assert!(refusals.values().all(|why| why.contains(reason)), "{refusals:?}");
        let told = std::iter::from_fn(|| heard.recv_timeout(crate::common::PATIENCE).ok());
        let crossings =
            told.filter(|(topic, ..)| topic.ends_with("/crossing")).map(|(_, payload, _)| payload);
        let crossings = crossings.take(good().len());
        assert_eq!(sequences(crossings), good(), "{limit}: each once, in order");
    }
}

#[test]
fn a_packet_at_which_a_broker_of_3_1_1_closes_the_connection() {
    let broker = OldBroker::start(Mood { longest: 3000, patience: usize::MAX });
    let (kept, book, live) = book();
    fill(&kept, &live, &"n".repeat(12_000));
    let config = publish(broker.port, "shop");
    let publishers = Publishers::start_at(quick(), &config, &book, &live).unwrap().unwrap();
    let refusals = done(&kept, &publishers, "mqtt");
    assert!(refusals.values().all(|why| why.contains("closed whenever it is sent")), "{refusals:?}");
    drop(publishers);
    let taken = broker.taken.lock().unwrap().clone();
    let crossings =
        taken.into_iter().filter(|(topic, _)| topic.ends_with("/crossing")).map(|(_, payload)| payload);
    assert_eq!(sequences(crossings), good(), "each once, in order");
    // Three times each, and what had left behind it.
    let connections = broker.connections.load(Ordering::Relaxed);
    assert!(connections <= 2 + 4 * BAD.len(), "{connections}");
}

#[test]
fn a_stream_with_other_subjects_and_a_server_with_short_messages() {
    for (subjects, bad) in
        [(vec!["shop.crossing.Door.entrance"], "till".to_owned()), (vec!["shop.>"], "n".repeat(12_000))]
    {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let file = folder.path().join("nats.conf");
        let store = folder.path().display();
        let settings =
            format!("listen: 127.0.0.1:{port}\nmax_payload: 3000\njetstream {{ store_dir: \"{store}\" }}\n");
        fs::write(&file, settings).unwrap();
        let mut server = Daemon::new("nats-server", port, vec!["-c".into(), file.display().to_string()]);
        server.start();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let stream = async_nats::jetstream::stream::Config {
            name: "SHOP".into(),
            subjects: subjects.iter().map(ToString::to_string).collect(),
            ..Default::default()
        };
        let made = runtime.block_on(async {
            let client = async_nats::connect(format!("127.0.0.1:{port}")).await.unwrap();
            async_nats::jetstream::new(client).create_stream(stream).await
        });
        made.unwrap();
        let (kept, book, live) = book();
        fill(&kept, &live, &bad);
        let config = crate::nats::publish(port);
        let publishers = Publishers::start_at(quick(), &config, &book, &live).unwrap().unwrap();
        let refusals = done(&kept, &publishers, "nats");
        let reason = if bad == "till" { "no stream takes its subject" } else { "size" };
        assert!(refusals.values().all(|why| why.contains(reason)), "{refusals:?}");
        let stored: Vec<u64> = crate::nats::stored(port).iter().map(|id| id[3..].parse().unwrap()).collect();
        assert_eq!(stored, good());
    }
}

type Shared<T> = Arc<Mutex<T>>;

/// A receiver that answers as `answer` says to what it is sent; and the sequences that it has said yes to.
fn hook(
    answer: impl Fn(&str) -> &'static str + Send + 'static,
) -> (PublishConfig, Shared<Vec<u64>>, Shared<u64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (taken, requests) = (Arc::<Mutex<Vec<u64>>>::default(), Arc::<Mutex<u64>>::default());
    let (noted, counted) = (taken.clone(), requests.clone());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let Some((_, body)) = receive(&stream) else { continue };
            *counted.lock().unwrap() += 1;
            let said = answer(std::str::from_utf8(&body).unwrap());
            if said.starts_with('2') {
                let body: Value = serde_json::from_slice(&body).unwrap();
                let crossings = body["crossings"].as_array().unwrap();
                noted.lock().unwrap().extend(crossings.iter().map(|c| c["sequence"].as_u64().unwrap()));
            }
            let answer = format!("HTTP/1.1 {said}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    let webhook = WebhookConfig {
        name: "office".into(),
        url: format!("http://{address}/hook").into(),
        secret: Secret::Here("s3cret".into()),
    };
    (PublishConfig { webhooks: vec![webhook], ..PublishConfig::default() }, taken, requests)
}

#[test]
fn a_webhook_that_does_not_take_one_line() {
    for said in [
        "422 Unprocessable Content",
        "400 Bad Request",
        "413 Content Too Large",
        "403 Forbidden",
        "404 Not Found",
    ] {
        let (config, taken, requests) =
            hook(move |body| if body.contains("\"till\"") { said } else { "204 No Content" });
        let (kept, book, live) = book();
        fill(&kept, &live, "till");
        let publishers = Publishers::start_at(quick(), &config, &book, &live).unwrap().unwrap();
        let refusals = done(&kept, &publishers, "webhook office");
        assert!(refusals.values().all(|why| why.contains(&said[..3])), "{refusals:?}");
        assert_eq!(*taken.lock().unwrap(), good(), "{said}: each once, in order");
        let requests = *requests.lock().unwrap();
        assert!(requests < 60, "{requests} requests for twenty crossings");
    }
}

#[test]
fn a_receiver_that_refuses_everything_for_now_gets_everything_later() {
    let is_open = Arc::new(AtomicBool::new(false));
    let open = is_open.clone();
    let said =
        move |_: &str| if open.load(Ordering::Relaxed) { "204 No Content" } else { "401 Unauthorized" };
    let (config, taken, requests) = hook(said);
    let (kept, book, live) = book();
    fill(&kept, &live, "till");
    let publishers = Publishers::start_at(quick(), &config, &book, &live).unwrap().unwrap();
    let state = until(|| publishers.states().all().pop().filter(|state| state.failures > 20));
    assert!(state.trouble.unwrap().contains("401"));
    assert_eq!((kept.cursor("webhook office"), state.refused), (0, 0), "nothing is given up");
    // One of those that are held is tried before each pause, and all of the twenty once.
    assert!(*requests.lock().unwrap() < 5 * state.failures + 60);
    is_open.store(true, Ordering::Relaxed);
    until(|| (kept.cursor("webhook office") == 20).then_some(()));
    let mut all = taken.lock().unwrap().clone();
    all.sort_unstable();
    assert_eq!(all, (1..=20).collect::<Vec<_>>(), "each once");
    assert!(kept.refusals("webhook office").is_empty());
}

#[test]
fn another_ledger_in_the_place_of_the_first_is_sent_from_its_beginning() {
    let (config, taken, _) = hook(|_| "204 No Content");
    let (kept, book, live) = book();
    (1..=20).for_each(|n| kept.add(crossing(n)));
    let _publishers = Publishers::start_at(quick(), &config, &book, &live).unwrap().unwrap();
    until(|| (kept.cursor("webhook office") == 20).then_some(()));
    // As a ledger that was deleted and made anew tells it.
    kept.set_back("webhook office", 0);
    until(|| (kept.cursor("webhook office") == 20).then_some(()));
    assert_eq!(taken.lock().unwrap().len(), 40);
}
