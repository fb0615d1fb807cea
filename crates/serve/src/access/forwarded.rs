//! What proxies say of the requests that they pass on.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, Version};

use super::network::Network;

/// Beginnings of headers that proxies add, and no browser does.
const BEGINNINGS: [&str; 8] =
    ["x-forwarded", "x-original-", "x-envoy-", "x-arr-", "x-amzn-", "x-azure-", "cf-", "fastly-"];

/// The others.
const HEADERS: [&str; 19] = [
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-proxyuser-ip",
    "x-host",
    "x-scheme",
    "x-url-scheme",
    "x-rewrite-url",
    "x-appengine-user-ip",
    "x-coming-from",
    "x-varnish",
    "client-ip",
    "true-client-ip",
    "fly-client-ip",
    "front-end-https",
    "cdn-loop",
    "max-forwards",
];

/// What tells that a request came through a proxy, in words; `None` where nothing does.
///
/// Browsers speak HTTP/1.1 or newer. One that does not, and says nothing else, is nginx as it comes.
pub(super) fn sign_of_proxy(version: Version, headers: &HeaderMap) -> Option<String> {
    let is_sign = |name: &HeaderName| {
        let name = name.as_str();
        HEADERS.contains(&name) || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
    };
    let sign = headers.keys().find(|name| is_sign(name)).map(|name| format!("it has \"{name}\""));
    sign.or_else(|| (version < Version::HTTP_11).then(|| "it is HTTP/1.0".to_owned()))
}

/// Where a request came from, as far as that can be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The client's address; the proxy's own where it does not say clearly for whom it asks.
    pub(crate) address: IpAddr,
    /// Whether the client's connection is known to be encrypted, by a proxy's word.
    pub(crate) https: bool,
    /// The host that the client asked for, by a proxy's word.
    pub(super) host: Option<String>,
    /// Whether a proxy that is trusted has passed it on.
    pub(crate) is_passed_on: bool,
}

/// Proxies whose word is believed.
#[derive(Clone, Debug, Default)]
pub(super) struct Proxies(Vec<Network>);

impl Proxies {
    pub(super) fn new(networks: &[Network]) -> Self {
        Self(networks.to_vec())
    }

    /// Whether a proxy has this address, whose word is believed.
    pub(super) fn has(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.has(address))
    }

    /// Where the request with these headers is from, that came over a connection from `peer`.
    pub(super) fn origin(&self, peer: IpAddr, headers: &HeaderMap) -> Origin {
        let peer = peer.to_canonical();
        if !self.has(peer) {
            return Origin { address: peer, https: false, host: None, is_passed_on: false };
        }
        let forwarded = elements(headers);
        let values = |name: &str| list(headers, name);
        let by_x = values("x-forwarded-for");
        let by_forwarded: Vec<_> = forwarded.iter().filter_map(|e| e.get("for")).collect();
        let address = match (by_x.is_empty(), by_forwarded.is_empty()) {
            (true, true) => peer,
            (false, true) => self.client(peer, by_x.iter().map(String::as_str)),
            (true, false) => self.client(peer, by_forwarded.into_iter()),
            (false, false) => {
                let one = self.client(peer, by_x.iter().map(String::as_str));
                let other = self.client(peer, by_forwarded.into_iter());
                // One of both may be the client's own invention, which the proxy has let pass.
                if one == other { one } else { peer }
            }
        };
        let first = |name: &str| values(name).into_iter().next();
        let of_first = |key: &str| forwarded.first().and_then(|e| e.get(key)).map(str::to_owned);
        let scheme = first("x-forwarded-proto").or_else(|| first("x-forwarded-scheme"));
        let scheme = scheme.or_else(|| of_first("proto"));
        let https = scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
            || first("x-forwarded-ssl").is_some_and(|on| on.eq_ignore_ascii_case("on"));
        let host = first("x-forwarded-host").or_else(|| of_first("host"));
        Origin { address, https, host, is_passed_on: true }
    }

    /// The client's address: each proxy has added whom it was asked by, so the last one that no proxy has whose
    /// word is believed. What stands before that, anybody may have made up.
    fn client<'a>(&self, peer: IpAddr, hops: impl DoubleEndedIterator<Item = &'a str>) -> IpAddr {
        let mut address = peer;
        for hop in hops.rev() {
            // Who is not named is somewhere behind the last that was.
            let Some(before) = parsed(hop) else { break };
            address = before;
            if !self.has(before) {
                break;
            }
        }
        address
    }
}

/// An address with a port or without, IPv6 in brackets or without.
fn parsed(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let address =
        bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

/// The values of a header that is a list, over all its lines, in order.
fn list(headers: &HeaderMap, name: &str) -> Vec<String> {
    let lines = headers.get_all(name).into_iter().map(|line| String::from_utf8_lossy(line.as_bytes()));
    let values = lines.flat_map(|line| line.split(',').map(|v| v.trim().to_owned()).collect::<Vec<_>>());
    values.filter(|value| !value.is_empty()).collect()
}

/// One proxy's part of `Forwarded`: pairs of a name and a value.
struct Element(Vec<(String, String)>);

impl Element {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// The elements of `Forwarded` (RFC 7239), over all its lines, in order.
fn elements(headers: &HeaderMap) -> Vec<Element> {
    let lines = headers.get_all("forwarded").into_iter().map(|line| String::from_utf8_lossy(line.as_bytes()));
    let line = lines.collect::<Vec<_>>().join(",");
    let pair = |text: &str| {
        let (name, value) = text.split_once('=')?;
        let quoted = value.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        Some((name.trim().to_owned(), quoted.unwrap_or(value.trim()).replace('\\', "")))
    };
    let element = |text: &str| Element(outside_quotes(text, ';').into_iter().filter_map(pair).collect());
    outside_quotes(&line, ',').into_iter().map(element).collect()
}

/// The pieces between `separator`s that are not in quotes.
fn outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let (mut pieces, mut start) = (Vec::new(), 0);
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (index, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            c if c == separator && !is_quoted => {
                pieces.push(&text[start..index]);
                start = index + c.len_utf8();
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    pieces
}

#[cfg(test)]
mod tests;
