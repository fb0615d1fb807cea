use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, Version};

use super::{Origin, Proxies, sign_of_proxy};

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect()
}

fn origin(peer: &str, pairs: &[(&str, &str)]) -> Origin {
    let proxies = ["127.0.0.1", "10.0.0.0/24", "fd00::/8"].map(|text| text.parse().unwrap());
    let mut map = HeaderMap::new();
    for (name, value) in pairs {
        map.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
    }
    Proxies::new(&proxies).origin(peer.parse().unwrap(), &map)
}

#[test]
fn the_client_is_the_last_that_no_trusted_proxy_is() {
    let x = "x-forwarded-for";
    for (peer, pairs, client) in [
        ("127.0.0.1", vec![(x, "203.0.113.7")], "203.0.113.7"),
        ("127.0.0.1", vec![(x, "203.0.113.7:1234")], "203.0.113.7"),
        ("::ffff:127.0.0.1", vec![(x, "203.0.113.7")], "203.0.113.7"),
        ("127.0.0.1", vec![(x, "[2001:db8::7]:1234")], "2001:db8::7"),
        ("127.0.0.1", vec![(x, "2001:db8::7")], "2001:db8::7"),
        ("127.0.0.1", vec![(x, "::ffff:203.0.113.7")], "203.0.113.7"),
        // What the client has sent itself stands before what the proxy has added.
        ("127.0.0.1", vec![(x, "198.51.100.1, 203.0.113.7")], "203.0.113.7"),
        ("127.0.0.1", vec![(x, "10.0.0.3, 203.0.113.7")], "203.0.113.7"),
        ("127.0.0.1", vec![(x, "127.0.0.1"), (x, "203.0.113.7, 10.0.0.3")], "203.0.113.7"),
        ("127.0.0.1", vec![(x, "198.51.100.1, unknown")], "127.0.0.1"),
        ("127.0.0.1", vec![(x, "198.51.100.1, unknown, 10.0.0.3")], "10.0.0.3"),
        ("127.0.0.1", vec![(x, "10.0.0.9, 10.0.0.3")], "10.0.0.9"),
        ("127.0.0.1", vec![(x, ", ,")], "127.0.0.1"),
        ("127.0.0.1", vec![], "127.0.0.1"),
        ("127.0.0.1", vec![("forwarded", "for=203.0.113.7;proto=https")], "203.0.113.7"),
        ("127.0.0.1", vec![("forwarded", "For=\"[2001:db8::7]:4711\"")], "2001:db8::7"),
        ("127.0.0.1", vec![("forwarded", "for=1.1.1.1, for=203.0.113.7;by=10.0.0.3")], "203.0.113.7"),
        ("127.0.0.1", vec![("forwarded", "for=203.0.113.7"), ("forwarded", "for=10.0.0.3")], "203.0.113.7"),
        ("127.0.0.1", vec![("forwarded", "for=1.1.1.1;host=\"a,for=2.2.2.2\", for=_hidden")], "127.0.0.1"),
        // Both, of which one may be the client's own.
        ("127.0.0.1", vec![(x, "203.0.113.7"), ("forwarded", "for=203.0.113.7")], "203.0.113.7"),
        ("127.0.0.1", vec![(x, "203.0.113.7"), ("forwarded", "for=198.51.100.1")], "127.0.0.1"),
        ("127.0.0.1", vec![(x, "198.51.100.1"), ("forwarded", "for=203.0.113.7")], "127.0.0.1"),
        // Who is not trusted may say what he likes.
        ("203.0.113.9", vec![(x, "198.51.100.1")], "203.0.113.9"),
        ("203.0.113.9", vec![("forwarded", "for=127.0.0.1")], "203.0.113.9"),
    ] {
        assert_eq!(origin(peer, &pairs).address, client.parse::<IpAddr>().unwrap(), "{peer} {pairs:?}");
    }
}

#[test]
fn only_a_trusted_proxy_tells_of_encryption_and_hosts() {
    let of = |peer: &str, pairs: &[(&str, &str)]| {
        let origin = origin(peer, pairs);
        (origin.https, origin.host)
    };
    let proto = ("x-forwarded-proto", "https");
    assert_eq!(of("10.0.0.3", &[proto]), (true, None));
    assert_eq!(of("203.0.113.9", &[proto, ("x-forwarded-host", "a")]), (false, None));
    assert_eq!(of("10.0.0.3", &[("x-forwarded-proto", "http")]), (false, None));
    assert_eq!(of("10.0.0.3", &[("x-forwarded-ssl", "on")]), (true, None));
    let forwarded =
        ("forwarded", "for=1.1.1.1;proto=HTTPS;host=\"shop.example:8443\", for=10.0.0.4;proto=http");
    assert_eq!(of("10.0.0.3", &[forwarded]), (true, Some("shop.example:8443".to_owned())));
    assert_eq!(
        of("10.0.0.3", &[("x-forwarded-host", "shop.example")]),
        (false, Some("shop.example".to_owned()))
    );
}

#[test]
fn whatever_a_proxy_adds_gives_it_away() {
    let sign = |pairs: &[(&str, &str)]| sign_of_proxy(Version::HTTP_11, &headers(pairs));
    for name in [
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "X-Forwarded-Host",
        "X-Forwarded",
        "X-Real-IP",
        "Forwarded",
        "Via",
        "CF-Connecting-IP",
        "CF-Ray",
        "True-Client-IP",
        "X-Client-IP",
        "X-Original-Forwarded-For",
        "X-Cluster-Client-IP",
        "Fastly-Client-IP",
    ] {
        let found = sign(&[("host", "localhost"), (name, "203.0.113.7")]).expect(name);
        assert!(found.contains(&name.to_ascii_lowercase()), "{found}");
    }
    let browser = [
        ("host", "localhost:8080"),
        ("user-agent", "Mozilla/5.0"),
        ("accept", "*/*"),
        ("origin", "http://localhost:8080"),
        ("sec-fetch-site", "same-origin"),
        ("x-requested-with", "XMLHttpRequest"),
        ("connection", "keep-alive"),
        ("last-event-id", "7"),
    ];
    assert_eq!(sign(&browser), None);
    assert!(sign_of_proxy(Version::HTTP_10, &headers(&browser)).unwrap().contains("HTTP/1.0"));
}
