//! What strangers, careless programs and hostile pages try.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use footfall_serve::{Role, new_token};

use crate::api::{client, get};
use crate::common::{PATIENCE, Site, until};

/// Sends these bytes as they are; gives what comes back until the server closes, or a while has passed.
pub(crate) fn raw(site: &Site, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(site.server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
    // The server may have hung up before all was sent.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(site: &Site, head: &str) -> String {
    let answer = raw(site, format!("{head}\r\nConnection: close\r\n\r\n").as_bytes());
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[test]
fn no_path_leads_out_of_the_page() {
    let site = Site::start(|_| ());
    for path in [
        "/../etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "//etc/passwd",
        "/%2e%2e/",
        "/web.rs",
        "/\\..\\x",
        "/.git",
    ] {
        let answer = raw(
            &site,
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes(),
        );
        assert!(answer.contains(" 404 ") || answer.contains(" 400 "), "{path}: {answer}");
        assert!(!answer.contains("root:"), "{answer}");
    }
    assert_eq!(get(&site, "/api/v1/sources/..%2f..%2fdoor/lines").0, 404);
}

#[test]
fn other_sites_and_rebound_names_are_turned_away() {
    let site = Site::start(|_| ());
    let put = "PUT /api/v1/sources/door/lines HTTP/1.1\r\nContent-Length: 0\r\n";
    assert_eq!(status(&site, "GET /api/v1/sources HTTP/1.1\r\nHost: evil.example"), "421");
    assert_eq!(status(&site, &format!("{put}Host: localhost\r\nOrigin: http://evil.example")), "403");
    assert_eq!(status(&site, &format!("{put}Host: localhost\r\nSec-Fetch-Site: cross-site")), "403");
    assert_eq!(status(&site, &format!("{put}Host: localhost\r\nContent-Type: text/plain")), "415");
    let answer = raw(&site, b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    for header in ["content-security-policy: default-src 'none'", "x-frame-options: DENY", "nosniff"] {
        assert!(answer.contains(header), "{header} in {answer}");
    }
}

#[test]
fn garbage_and_giants_bring_nothing_down() {
    let site = Site::start(|config| config.limits.patience = 1.0);
    let giant = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "x".repeat(1 << 20));
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00"[..],
        b"GET\r\n\r\n",
        &[0; 4096],
        giant.as_bytes(),
        b"GET / HTTP/9\r\n\r\n",
    ] {
        let answer = raw(&site, bytes);
        assert!(!answer.contains(" 200 "), "{answer}");
    }
    let body = "{".repeat(1 << 20);
    let head =
        "PUT /api/v1/sources/door/lines HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
    let answer = raw(&site, request.as_bytes());
    assert!(answer.is_empty() || answer.contains(" 413 "), "{answer}");
    // A request that never becomes complete, by its head and by its body.
    assert!(!raw(&site, b"GET / HTTP/1.1\r\nHost: local").contains(" 200 "));
    let answer = raw(&site, format!("{head}Content-Length: 100\r\n\r\n{{").as_bytes());
    assert!(answer.contains(" 408 "), "{answer}");
    assert_eq!(get(&site, "/api/v1/sources").0, 200, "it still answers");
}

#[test]
fn tokens_let_in_and_roles_keep_apart() {
    let (reader, read) = new_token("wall", Role::Read).unwrap();
    let (changer, change) = new_token("owner", Role::Change).unwrap();
    let site = Site::start(|config| config.tokens = vec![read, change]);
    let sources = site.url("/api/v1/sources");
    let lines = site.url("/api/v1/sources/door/lines");
    let with = |token: &str| {
        let response =
            client().get(&sources).header("Authorization", format!("Bearer {token}")).call().unwrap();
        response.status().as_u16()
    };
    let put = |token: &str| {
        let request = client().put(&lines).header("Authorization", format!("Bearer {token}"));
        let request = request.header("Content-Type", "application/json");
        request.send("{\"revision\":1,\"lines\":[]}").unwrap().status().as_u16()
    };
    assert_eq!(get(&site, "/api/v1/sources").0, 401);
    assert_eq!(get(&site, "/metrics").0, 401);
    assert_eq!(get(&site, "/").0, 200, "the page itself, which asks for a token");
    assert_eq!((with(&reader), with(&changer)), (200, 200));
    assert_eq!((put(&reader), put(&changer)), (403, 200));

    // A browser's session: the cookie is for this site alone and out of scripts' reach.
    let begin = client().post(site.url("/api/v1/session")).header("Content-Type", "application/json");
    let response = begin.send(format!("{{\"token\":\"{reader}\"}}")).unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    let by_cookie = |url: &str| client().get(url).header("Cookie", cookie).call().unwrap().status().as_u16();
    assert_eq!(by_cookie(&sources), 200);
    client().delete(site.url("/api/v1/session")).header("Cookie", cookie).call().unwrap();
    assert_eq!(by_cookie(&sources), 401);

    // Whoever guesses must wait; who shares the address and has a token need not.
    let statuses: Vec<_> = (0..20).map(|n| with(&format!("guess {n}"))).collect();
    assert!(statuses.starts_with(&[401; 5]) && statuses.ends_with(&[429; 5]), "{statuses:?}");
    assert_eq!(with(&changer), 200);
}

#[test]
fn clients_that_take_nothing_hold_up_nobody_and_are_dropped() {
    let site = Site::start(|config| {
        config.limits.patience = 1.0;
        config.limits.viewers = 3;
    });
    site.show(1, 0);
    let request = b"GET /api/v1/sources/door/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let viewers: Vec<_> = (0..3)
        .map(|_| {
            let mut stream = TcpStream::connect(site.server.address()).unwrap();
            stream.write_all(request).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            let mut first = [0; 12];
            stream.read_exact(&mut first).unwrap();
            stream
        })
        .collect();
    assert_eq!(get(&site, "/api/v1/sources/door/live").0, 503, "no more than three");
    drop(viewers);
    let mut frame = 1;
    until(|| {
        frame += 1;
        site.show(frame, 0);
        let mut stream = TcpStream::connect(site.server.address()).unwrap();
        stream.write_all(request).unwrap();
        let mut first = [0; 12];
        stream.read_exact(&mut first).unwrap();
        first.ends_with(b"200").then_some(())
    });
}

#[test]
fn an_address_has_its_share_of_requests_and_connections() {
    let site = Site::start(|config| {
        config.limits.requests_per_second = 1;
        config.limits.connections_per_address = 5;
    });
    let statuses: Vec<_> = (0..15).map(|_| get(&site, "/healthz").0).collect();
    assert!(statuses.starts_with(&[200; 10]) && statuses.contains(&429), "{statuses:?}");
    let held: Vec<_> = (0..5).map(|_| TcpStream::connect(site.server.address()).unwrap()).collect();
    let mut one_more = TcpStream::connect(site.server.address()).unwrap();
    one_more.set_read_timeout(Some(PATIENCE)).unwrap();
    assert!(matches!(one_more.read(&mut [0; 1]), Ok(0) | Err(_)), "hung up on");
    drop(held);
}
