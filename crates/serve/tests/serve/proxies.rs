//! Requests that come through proxies: whom they are for, and who may not come that way.

use footfall_serve::{Network, Role, new_token};
use ureq::http::Response;

use crate::abuse::raw;
use crate::api::client;
use crate::common::Site;

const SOURCES: &str = "/api/v1/sources";

/// A site with a token behind a proxy at loopback, that answers ten requests at once; and that token.
fn behind_a_proxy(trusted: &str) -> (Site, String) {
    let (token, config) = new_token("wall", Role::Change).unwrap();
    let site = Site::start(|serve| {
        serve.tokens = vec![config];
        serve.trusted_proxies = vec![trusted.parse().unwrap()];
        serve.limits.requests_per_second = 1;
        serve.limits.connections_per_address = 1_000;
    });
    (site, token)
}

/// The status of a GET with these headers.
fn get(site: &Site, path: &str, headers: &[(&str, &str)]) -> u16 {
    let request = headers
        .iter()
        .fold(client().get(site.url(path)), |request, (name, value)| request.header(*name, *value));
    request.call().unwrap().status().as_u16()
}

/// The statuses of some requests, one after the other, by whoever `client` says.
fn many(site: &Site, path: &str, client: impl Fn(usize) -> Vec<(&'static str, String)>) -> Vec<u16> {
    let ask = |number| {
        let headers = client(number);
        get(site, path, &headers.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>())
    };
    (0..40).map(ask).collect()
}

fn sign_in(site: &Site, token: &str, headers: &[(&str, &str)]) -> Response<ureq::Body> {
    let request = client().post(site.url("/api/v1/session")).header("Content-Type", "application/json");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.send(format!("{{\"token\":\"{token}\"}}")).unwrap()
}

#[test]
fn without_a_token_what_comes_through_a_proxy_is_refused_with_words() {
    for trusted in [None, Some("127.0.0.1".parse::<Network>().unwrap())] {
        let site = Site::start(|serve| serve.trusted_proxies.extend(trusted));
        let ask = |request: &str| raw(&site, format!("{request}\r\nConnection: close\r\n\r\n").as_bytes());
        for header in [
            "X-Forwarded-For: 203.0.113.7",
            "X-Forwarded-Proto: https",
            "X-Forwarded-Host: shop.example",
            "X-Real-IP: 203.0.113.7",
            "Forwarded: for=203.0.113.7",
            "Via: 1.1 proxy",
            "CF-Connecting-IP: 203.0.113.7",
            "True-Client-IP: 203.0.113.7",
        ] {
            for path in ["/", "/metrics", SOURCES] {
                let answer = ask(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}"));
                assert!(
                    answer.starts_with("HTTP/1.1 403 ") && answer.contains("footfall token"),
                    "{header}: {answer}"
                );
            }
        }
        let answer = ask(&format!("GET {SOURCES} HTTP/1.0\r\nHost: 127.0.0.1:8080"));
        assert!(answer.contains(" 403 ") && answer.contains("proxy"), "nginx as it comes: {answer}");
        for head in [
            "GET / HTTP/1.1\r\nHost: [::1].evil.example",
            "GET / HTTP/1.1\r\nHost: 127.0.0.1.evil.example",
            "GET / HTTP/1.1\r\nHost: localhost@evil.example",
            "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example",
            "GET http://evil.example/ HTTP/1.1\r\nHost: localhost",
        ] {
            let answer = ask(head);
            assert!(answer.starts_with("HTTP/1.1 421 ") && answer.contains("localhost"), "{head}: {answer}");
        }
        let answer =
            ask("PUT /api/v1/sources/door/lines HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\
             Sec-Fetch-Site: same-origin\r\nOrigin: https://shop.example");
        assert!(answer.starts_with("HTTP/1.1 403 "), "a proxy that says nothing of itself: {answer}");
        for host in ["localhost", "LOCALHOST:1", "127.0.0.1:8080", "[::1]:80", "localhost."] {
            let answer = ask(&format!("GET {SOURCES} HTTP/1.1\r\nHost: {host}"));
            assert!(answer.starts_with("HTTP/1.1 200 "), "{host}: {answer}");
        }
    }
}

#[test]
fn behind_a_trusted_proxy_limits_are_of_the_client() {
    let (site, _) = behind_a_proxy("127.0.0.0/8");
    let of = |address: &'static str| move |_| vec![("X-Forwarded-For", address.to_owned())];
    let is_limited = |statuses: &[u16]| statuses.starts_with(&[200; 10]) && statuses.contains(&429);
    assert!(is_limited(&many(&site, "/healthz", of("203.0.113.7"))));
    assert_eq!(get(&site, "/healthz", &[("X-Forwarded-For", "203.0.113.8")]), 200, "another client");
    // Whatever the client says of itself stands before what the proxy has added.
    let spoofed = many(&site, "/healthz", |n| vec![("X-Forwarded-For", format!("10.0.0.{n}, 203.0.113.9"))]);
    assert!(is_limited(&spoofed), "{spoofed:?}");
    let spoofed = many(&site, "/healthz", |n| {
        vec![("X-Forwarded-For", "203.0.113.10".to_owned()), ("Forwarded", format!("for=10.0.0.{n}"))]
    });
    assert!(is_limited(&spoofed), "{spoofed:?}");
    let elements =
        many(&site, "/healthz", |n| vec![("Forwarded", format!("for=10.0.0.{n}, for=203.0.113.11"))]);
    assert!(is_limited(&elements), "{elements:?}");
    // Whoever has one address of an IPv6 network has them all.
    let network = many(&site, "/healthz", |n| vec![("X-Forwarded-For", format!("2001:db8::{n:x}"))]);
    assert!(is_limited(&network), "{network:?}");
    assert_eq!(get(&site, "/healthz", &[("X-Forwarded-For", "2001:db8:0:1::1")]), 200);
    assert!(is_limited(&many(&site, "/healthz", |_| vec![(
        "X-Forwarded-For",
        "::ffff:198.51.100.7".to_owned()
    )])));
    assert_eq!(get(&site, "/healthz", &[("X-Forwarded-For", "198.51.100.7")]), 429, "the same address");
}

#[test]
fn who_is_no_trusted_proxy_is_the_client_whatever_it_says() {
    let (site, token) = behind_a_proxy("203.0.113.1");
    let statuses = many(&site, "/healthz", |n| vec![("X-Forwarded-For", format!("10.0.0.{n}"))]);
    assert!(statuses.starts_with(&[200; 10]) && statuses.contains(&429), "{statuses:?}");
    let cookie = sign_in(&site, &token, &[("X-Forwarded-Proto", "https")]).headers()["set-cookie"].clone();
    assert!(!cookie.to_str().unwrap().contains("Secure"), "{cookie:?}");
}

#[test]
fn a_cookie_is_for_encrypted_connections_where_the_proxy_says_so() {
    let (site, token) = behind_a_proxy("127.0.0.1");
    let cookie = |name, value| {
        let response = sign_in(&site, &token, &[(name, value)]);
        response.headers()["set-cookie"].to_str().unwrap().to_owned()
    };
    assert!(cookie("X-Forwarded-Proto", "https").contains("; Secure"));
    assert!(cookie("Forwarded", "for=203.0.113.7;proto=https").contains("; Secure"));
    assert!(!cookie("X-Forwarded-Proto", "http").contains("Secure"));
    // What the browser asked for is the proxy's name.
    let change = |host: &str| {
        let request =
            client().put(site.url("/api/v1/sources/door/lines")).header("Content-Type", "application/json");
        let request = request.header("Authorization", format!("Bearer {token}"));
        let request = request.header("X-Forwarded-Host", host).header("Origin", "https://shop.example");
        request.send("{\"revision\":1,\"lines\":[]}").unwrap().status().as_u16()
    };
    assert_eq!(change("evil.example"), 403);
    assert_eq!(change("shop.example"), 200);
}

#[test]
fn who_guesses_tokens_keeps_nobody_waiting_who_has_one() {
    let (site, token) = behind_a_proxy("127.0.0.1");
    let with = |token: &str, client: &str| {
        get(&site, SOURCES, &[("Authorization", &format!("Bearer {token}")), ("X-Forwarded-For", client)])
    };
    // More than may be guessed, and more than a stranger may ask.
    let statuses: Vec<_> = (0..100).map(|n| with(&format!("guess {n}"), "203.0.113.7")).collect();
    let refused = statuses.iter().filter(|status| **status == 429).count();
    assert!(statuses.starts_with(&[401; 9]) && refused > 50, "{statuses:?}");
    assert_eq!(with(&token, "203.0.113.7"), 200, "from the same address, with a right token");
    assert_eq!(with("guess", "203.0.113.8"), 401, "another address is not locked out");
    let response = sign_in(&site, "guess", &[("X-Forwarded-For", "203.0.113.7")]);
    assert!([401, 429].contains(&response.status().as_u16()));
    let response = sign_in(&site, &token, &[("X-Forwarded-For", "203.0.113.7")]);
    assert_eq!(response.status().as_u16(), 200);
    let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(get(&site, SOURCES, &[("Cookie", &cookie), ("X-Forwarded-For", "203.0.113.7")]), 200);
}
