//! NATS JetStream against Debian's nats-server, which is stopped and started meanwhile.

use footfall_serve::{NatsConfig, PublishConfig, Publishers};
use serde_json::Value;

use crate::common::{Daemon, book, crossing, free_port, until};

/// A publisher to the server at `port`, and to nobody else.
pub(crate) fn publish(port: u16) -> PublishConfig {
    let nats = NatsConfig {
        url: format!("nats://127.0.0.1:{port}").into(),
        user: None,
        password: None,
        prefix: "shop".into(),
        stream: "SHOP".into(),
    };
    PublishConfig { nats: Some(nats), ..PublishConfig::default() }
}

#[test]
fn a_server_that_was_down_gets_everything_in_order_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let arguments =
        ["-a", "127.0.0.1", "-p", &port.to_string(), "-js", "-sd", folder.path().to_str().unwrap()];
    let mut server = Daemon::new("nats-server", port, arguments.map(ToOwned::to_owned).to_vec());
    let (kept, book, live) = book();
    (1..=3).for_each(|n| kept.add(crossing(n)));
    let config = publish(port);
    // It is down from the beginning.
    let publishers = Publishers::start(&config, &book, &live).unwrap().unwrap();
    server.start();
    until(|| (kept.cursor("nats") == 3).then_some(()));
    server.stop();
    (4..=120).for_each(|n| kept.add(crossing(n)));
    server.start();
    until(|| (kept.cursor("nats") == 120).then_some(()));
    // A publisher that was killed before its cursor moved sends again: the server drops what it has.
    drop(publishers);
    kept.set_back("nats", 100);
    let publishers = Publishers::start(&config, &book, &live).unwrap().unwrap();
    until(|| (kept.cursor("nats") == 120).then_some(()));
    until(|| (publishers.states().all()[0].behind == 0).then_some(()));
    assert_eq!(stored(port), (1..=120).map(|n| format!("id-{n}")).collect::<Vec<_>>());
}

/// The identities of all messages in the stream, in its order.
pub(crate) fn stored(port: u16) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = async_nats::connect(format!("127.0.0.1:{port}")).await.unwrap();
        let context = async_nats::jetstream::new(client);
        let stream = context.get_stream("SHOP").await.unwrap();
        let last = stream.cached_info().state.last_sequence;
        let mut identities = Vec::new();
        for sequence in 1..=last {
            let message = stream.get_raw_message(sequence).await.unwrap();
            assert_eq!(message.subject.as_str(), "shop.crossing.Door.entrance");
            let body: Value = serde_json::from_slice(&message.payload).unwrap();
            identities.push(body["identity"].as_str().unwrap().to_owned());
        }
        identities
    })
}
