//! Webhooks against a receiver that fails, hangs up, and checks signatures.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use footfall_serve::{PublishConfig, Publishers, Secret, WebhookConfig};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use crate::common::{book, crossing, until};

/// One request: its signature and its body.
pub(crate) fn receive(stream: &TcpStream) -> Option<(String, Vec<u8>)> {
    let mut reader = BufReader::new(stream);
    let (mut signature, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 || line == "\r\n" {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        match name.to_ascii_lowercase().as_str() {
            "footfall-signature" => value.trim().clone_into(&mut signature),
            "content-length" => length = value.trim().parse().unwrap(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((signature, body))
}

fn is_signed(signature: &str, body: &[u8]) -> bool {
    let (time, hex) = signature.split_once(",v1=").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(b"s3cret").unwrap();
    mac.update(format!("{}.", time.strip_prefix("t=").unwrap()).as_bytes());
    mac.update(body);
    let bytes: Vec<u8> =
        (0..64).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect();
    mac.verify_slice(&bytes).is_ok()
}

#[test]
fn a_receiver_that_fails_gets_everything_in_order_with_signatures() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, received) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let Some((signature, body)) = receive(&stream) else { continue };
            let answer = match number {
                0 => "500 Internal Server Error",
                // It hangs up without a word.
                1 => continue,
                2 => "302 Found\r\nLocation: http://127.0.0.1:9/",
                _ => {
                    sender.send((signature, body)).unwrap();
                    "204 No Content"
                }
            };
            let _ = stream.write_all(
                format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").as_bytes(),
            );
        }
    });
    let (kept, book, live) = book();
    (1..=120).for_each(|n| kept.add(crossing(n)));
    let webhook = WebhookConfig {
        name: "office".into(),
        url: format!("http://{address}/hook").into(),
        secret: Secret::Here("s3cret".into()),
    };
    let config = PublishConfig { webhooks: vec![webhook], ..PublishConfig::default() };
    let publishers = Publishers::start(&config, &book, &live).unwrap().unwrap();
    let mut identities = Vec::new();
    while identities.len() < 120 {
        let (signature, body) = received.recv_timeout(crate::common::PATIENCE).unwrap();
        assert!(is_signed(&signature, &body));
        assert!(!is_signed(&signature, b"something else"));
        let body: Value = serde_json::from_slice(&body).unwrap();
        let crossings = body["crossings"].as_array().unwrap();
        identities.extend(crossings.iter().map(|c| c["identity"].as_str().unwrap().to_owned()));
    }
    assert_eq!(identities, (1..=120).map(|n| format!("id-{n}")).collect::<Vec<_>>());
    until(|| (kept.cursor("webhook office") == 120).then_some(()));
    // The place in the ledger is written down before it is told that all is well.
    let state = until(|| publishers.states().all().pop().filter(|state| state.behind == 0));
    assert!(state.failures >= 3 && state.up && state.trouble.is_none(), "{state:?}");
}
