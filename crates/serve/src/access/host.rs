//! The name of a host in a request, and whether it is this machine's own.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::{HeaderMap, Uri, header};

/// Whether the request is for a name of this machine's loopback, by everything in it that names a host. A page of
/// a stranger whose name was made to point to 127.0.0.1 shows itself by that name.
pub(super) fn is_for_loopback(uri: &Uri, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let named = uri.authority().is_none_or(|authority| is_loopback(authority.as_str()));
    named && host.to_str().is_ok_and(is_loopback)
}

/// Whether `host`, with a port or without, is a name of loopback: nothing else has these, whoever asks.
pub(super) fn is_loopback(host: &str) -> bool {
    match split(host) {
        Some(Name::Address(address)) => address.to_canonical().is_loopback(),
        // A dot at the end says that the name is whole, which this one is anyway.
        Some(Name::Text(name)) => name.strip_suffix('.').unwrap_or(name).eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

/// What stands before the port.
enum Name<'a> {
    Address(IpAddr),
    Text(&'a str),
}

/// The host of `HOST[:PORT]`; `None` where it is not that: with a user before it, or with more behind it.
fn split(text: &str) -> Option<Name<'_>> {
    if let Some(rest) = text.strip_prefix('[') {
        let (address, rest) = rest.split_once(']')?;
        let address: Ipv6Addr = address.parse().ok()?;
        return is_port(rest).then_some(Name::Address(address.into()));
    }
    let end = text.find(':').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if !is_port(rest) {
        return None;
    }
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    if name.is_empty() || !name.bytes().all(is_plain) {
        return None;
    }
    Some(name.parse().map_or(Name::Text(name), |address| Name::Address(IpAddr::V4(address))))
}

/// Nothing, or a colon and a port.
fn is_port(text: &str) -> bool {
    match text.strip_prefix(':') {
        Some(digits) => digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse::<u16>().is_ok(),
        None => text.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, Uri, header};

    use super::{is_for_loopback, is_loopback};

    #[test]
    fn only_loopback_has_loopback_names() {
        for host in [
            "localhost",
            "localhost:8080",
            "LOCALHOST:1",
            "LocalHost",
            "localhost.",
            "localhost.:80",
            "127.0.0.1",
            "127.0.0.1:8080",
            "127.9.9.9:65535",
            "[::1]",
            "[::1]:80",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]:80",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            ":80",
            "evil.example",
            "localhost.evil",
            "localhost.evil.example:80",
            "evil.localhost",
            "localhost..",
            ".localhost",
            "localhost.evil.",
            "127.0.0.1.",
            "127.0.0.1.evil.example",
            "127.0.0.1.nip.io",
            "127.0.0.1evil.example",
            "127.1",
            "0x7f.0.0.1",
            "2130706433",
            "0.0.0.0",
            "[::]",
            "10.0.0.1:8080",
            "[::2]",
            "[::1].evil.example",
            "[::1]evil.example",
            "[::1]:80.evil.example",
            "[::1]:80:90",
            "[::1]:http",
            "[::1]:65536",
            "[::1",
            "::1",
            "::1]",
            "[::1%lo]",
            "[localhost]",
            "[127.0.0.1]",
            "localhost:80@evil.example",
            "user@localhost",
            "localhost@evil.example",
            "user:secret@127.0.0.1",
            "evil.example#@localhost",
            "localhost:80.evil.example",
            "localhost:evil.example",
            "localhost:-1",
            "localhost:+80",
            "localhost:80:80",
            "localhost:99999",
            "localhost:",
            "localhost/evil.example",
            "localhost evil.example",
            " localhost",
            "localhost,evil.example",
            "locаlhost",
            "localhost\u{0}",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn all_that_a_request_names_must_be_loopback() {
        let request = |uri: &str, hosts: &[&str]| {
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(header::HOST, host.parse().unwrap());
            }
            is_for_loopback(&uri.parse::<Uri>().unwrap(), &headers)
        };
        assert!(request("/", &["localhost"]));
        assert!(request("http://localhost/", &["localhost"]));
        assert!(!request("/", &[]));
        assert!(!request("/", &["localhost", "evil.example"]));
        assert!(!request("/", &["localhost", "localhost"]));
        assert!(!request("http://evil.example/", &["localhost"]));
        assert!(!request("http://evil@localhost/", &["localhost"]));
    }
}
